# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts of a mesh in files: what is written is read back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data.files import read_shape
from part_seg_ros.data.mesh_results import (
    UNASSIGNED,
    check_mesh_result_path,
    node_names,
    write_mesh_parts,
)
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PartSegmentation, SegmentedPart

trimesh = pytest.importorskip('trimesh')

VERTICES = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0.5], [2, 1, 0.5]])
FACES = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 2], [4, 5, 2]])
MESH = Mesh(vertices=VERTICES, faces=FACES, vertex_colors=np.eye(6, 3))
PARTS = (
    SegmentedPart(part_id=0, score=0.9, name='handle', name_probability=0.8),
    SegmentedPart(part_id=1, score=0.5),
)
FOUND = PartSegmentation(part_ids=np.array([1, 1, 0, -1], np.int32), parts=PARTS)


def _triangles(mesh) -> set[tuple[tuple[float, ...], ...]]:
    corners = np.asarray(mesh.vertices)[np.asarray(mesh.faces)]
    return {tuple(map(tuple, np.round(triangle, 5).tolist())) for triangle in corners}


def test_a_glb_has_one_named_node_a_part(tmp_path: Path) -> None:
    write_mesh_parts(tmp_path / 'new' / 'out.glb', MESH, FOUND)
    scene = trimesh.load_scene(tmp_path / 'new' / 'out.glb')
    nodes = set(scene.graph.nodes_geometry)
    assert nodes == {'handle', 'part_1', UNASSIGNED}
    colors = set()
    for node, part_id in (('handle', 0), ('part_1', 1), (UNASSIGNED, -1)):
        transform, geometry = scene.graph[node]
        np.testing.assert_array_equal(transform, np.eye(4))
        piece = scene.geometry[geometry]
        wanted = Mesh(vertices=VERTICES, faces=FACES[FOUND.part_ids == part_id])
        assert _triangles(piece) == _triangles(wanted)
        colors.add(tuple(piece.visual.material.baseColorFactor.tolist()))
    assert len(colors) == 3
    back = read_shape(tmp_path / 'new' / 'out.glb')
    assert _triangles(back) == _triangles(MESH)


def test_a_ply_keeps_the_mesh_and_the_part_of_every_face(tmp_path: Path) -> None:
    write_mesh_parts(tmp_path / 'out.ply', MESH, FOUND)
    back = read_shape(tmp_path / 'out.ply')
    assert isinstance(back, Mesh)
    np.testing.assert_array_equal(back.vertices, MESH.vertices)
    np.testing.assert_array_equal(back.faces, MESH.faces)
    np.testing.assert_allclose(back.vertex_colors, MESH.vertex_colors)
    raw = trimesh.load(tmp_path / 'out.ply', process=False).metadata['_ply_raw']['face']['data']
    assert np.asarray(raw['part_id']).reshape(-1).tolist() == FOUND.part_ids.tolist()


def test_an_npz_keeps_ids_and_names(tmp_path: Path) -> None:
    write_mesh_parts(tmp_path / 'out.npz', MESH, FOUND)
    with np.load(tmp_path / 'out.npz', allow_pickle=False) as file:
        assert file['part_ids'].tolist() == FOUND.part_ids.tolist()
        assert file['part_names'].tolist() == ['handle', 'part_1']
    assert _triangles(read_shape(tmp_path / 'out.npz')) == _triangles(MESH)


def test_json_lists_the_faces_of_each_part(tmp_path: Path) -> None:
    write_mesh_parts(tmp_path / 'out.json', MESH, FOUND)
    summary = json.loads((tmp_path / 'out.json').read_text())
    assert summary['num_faces'] == 4
    assert [part['face_indices'] for part in summary['parts']] == [[2], [0, 1]]
    assert [part['name'] for part in summary['parts']] == ['handle', '']


def test_no_two_nodes_have_one_name() -> None:
    parts = [
        SegmentedPart(part_id=i, score=0.5, name=name)
        for i, name in enumerate(['leg', 'leg', '', 'seat', ''])
    ]
    assert node_names(tuple(parts)) == ['leg_0', 'leg_1', 'part_2', 'seat', 'part_4']


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"got '.obj'"):
        check_mesh_result_path('out.obj')
    other = PartSegmentation(part_ids=np.zeros(3, np.int32), parts=PARTS)
    with pytest.raises(InputError, match='one entry per face: 4'):
        write_mesh_parts(tmp_path / 'out.glb', MESH, other)
