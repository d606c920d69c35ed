# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg parts` on meshes; clouds are tested with `segment`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.files import read_cloud, read_shape
from part_seg_ros.structures import Mesh

trimesh = pytest.importorskip('trimesh')

_FEW = ('--model', 'compact-tiny', '--device', 'cpu', '--num-prompts', '16', '--min-score', '0')


@pytest.fixture
def mesh_path(tmp_path: Path) -> Path:
    """Two boxes, one above the other."""
    boxes = [
        trimesh.creation.box(extents=[0.4, 0.3, 0.1]),
        trimesh.creation.box(extents=[0.1, 0.1, 0.5]),
    ]
    boxes[1].apply_translation([0, 0, 0.4])
    trimesh.util.concatenate(boxes).export(tmp_path / 'boxes.glb')
    return tmp_path / 'boxes.glb'


def _parts(mesh_path: Path, suffix: str, *words: str) -> Path:
    out = mesh_path.parent / f'out{suffix}'
    words = (*_FEW, '--num-samples', '2000', *words)
    assert main(['parts', str(mesh_path), *words, '-o', str(out)]) == 0
    return out


def test_a_glb_holds_the_parts_and_all_faces(
    mesh_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = mesh_path.parent / 'out.png'
    scene = trimesh.load_scene(_parts(mesh_path, '.glb', '--picture', str(picture)))
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ['part', 'faces', 'score', 'name', 'size', '[m]']
    assert len(scene.graph.nodes_geometry) == len(said) - 2
    assert sum(len(piece.faces) for piece in scene.geometry.values()) == 24
    assert sum(int(row.split()[1]) for row in said[1:-1]) == 24
    assert picture.read_bytes().startswith(b'\x89PNG')


def test_points_of_a_mesh_may_be_asked_for(mesh_path: Path) -> None:
    file = read_cloud(_parts(mesh_path, '.ply', '--points'))
    assert len(file.cloud) == 2000 and file.part_ids.max() >= 0
    assert isinstance(read_shape(_parts(mesh_path, '.ply')), Mesh)


def test_faces_without_a_point_may_stay_unlabelled(mesh_path: Path) -> None:
    few = ('--num-samples', '20', '--no-fill', '--min-points', '1', '--max-points', '20')
    summary = json.loads(_parts(mesh_path, '.json', *few).read_text())
    labelled = [face for part in summary['parts'] for face in part['face_indices']]
    assert 0 < len(labelled) == len(set(labelled)) < 24


def test_connection_alone_keeps_boxes_apart(mesh_path: Path) -> None:
    """Random weights say nothing; with much trust in connection each box is whole."""
    with np.load(_parts(mesh_path, '.npz', '--connectivity', '0.9')) as file:
        part_ids = file['part_ids']
    for box in (part_ids[:12], part_ids[12:]):
        assert len(set(box.tolist())) == 1


def test_mistakes_are_named(mesh_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, message in (
        (['-o', 'out.obj'], "got '.obj'"),
        (['-o', 'out.glb', '--region', '0', '0', '0', '1'], 'add --points'),
        (['-o', 'out.glb', '--points'], "got '.glb'"),
    ):
        assert main(['parts', str(mesh_path), *_FEW, *words]) == 2
        assert message in capsys.readouterr().err
