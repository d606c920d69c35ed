# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts as the author of a file made them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from part_seg_ros.data_engine.native_parts import NativeParts, read_native_parts
from part_seg_ros.errors import InputError

BOXES = [((2, 1, 1), (0, 0, 0)), ((1, 1, 1), (3, 0, 0)), ((1, 2, 3), (0, 5, 0))]


def part_masks(parts: NativeParts) -> np.ndarray:
    """(P, F) bool, the faces of each part."""
    return parts.face_part_ids == np.arange(parts.num_parts)[:, None]


def extents_of_parts(parts: NativeParts) -> set[tuple[float, ...]]:
    """Size and centre of the bounding box of each part."""
    found = set()
    for mask in part_masks(parts):
        corners = parts.mesh.vertices[parts.mesh.faces[mask]].reshape(-1, 3)
        low, high = corners.min(axis=0), corners.max(axis=0)
        found.add((*np.round(high - low, 4).tolist(), *np.round((low + high) / 2, 4).tolist()))
    return found


WANTED = {(*map(float, size), *map(float, center)) for size, center in BOXES}


def test_each_node_is_a_part_at_its_place(write_scene: Callable[..., Path]) -> None:
    parts = read_native_parts(write_scene('a.glb', BOXES))
    assert parts.num_parts == 3
    assert extents_of_parts(parts) == WANTED


def test_nodes_are_not_split_into_their_pieces(tmp_path: Path) -> None:
    pair = trimesh.util.concatenate(
        [trimesh.creation.box(bounds=[[x, 0, 0], [x + 1, 1, 1]]) for x in (0, 2)]
    )
    scene = trimesh.Scene([pair, trimesh.creation.box(bounds=[[0, 5, 0], [1, 6, 1]])])
    scene.export(tmp_path / 'a.glb')
    parts = read_native_parts(tmp_path / 'a.glb')
    assert sorted(np.bincount(parts.face_part_ids).tolist()) == [12, 24]


def test_a_single_node_has_a_part_for_each_connected_piece(
    write_single_node: Callable[..., Path],
) -> None:
    parts = read_native_parts(write_single_node('a.glb', BOXES))
    assert extents_of_parts(parts) == WANTED


def test_pieces_that_share_a_vertex_alone_are_two(tmp_path: Path) -> None:
    vertices = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [1, 1, 0]]
    mesh = trimesh.Trimesh(vertices, [[0, 1, 2], [0, 3, 4], [1, 5, 2]], process=False)
    trimesh.Scene(mesh).export(tmp_path / 'a.glb')
    parts = read_native_parts(tmp_path / 'a.glb')
    assert sorted(np.bincount(parts.face_part_ids).tolist()) == [1, 2]


def test_seams_of_repeated_vertices_cut_nothing(tmp_path: Path) -> None:
    soup = trimesh.creation.box()
    soup.unmerge_vertices()
    assert len(soup.vertices) == 36
    trimesh.Scene(soup).export(tmp_path / 'a.glb')
    assert read_native_parts(tmp_path / 'a.glb').num_parts == 1


def test_the_order_of_parts_does_not_depend_on_that_of_the_nodes(
    write_scene: Callable[..., Path],
) -> None:
    parts = read_native_parts(write_scene('a.glb', BOXES))
    turned = read_native_parts(write_scene('b.glb', BOXES[::-1]))
    np.testing.assert_array_equal(parts.mesh.vertices, turned.mesh.vertices)
    np.testing.assert_array_equal(parts.mesh.faces, turned.mesh.faces)
    np.testing.assert_array_equal(parts.face_part_ids, turned.face_part_ids)


def test_the_order_is_that_of_the_hash_of_geometry(write_scene: Callable[..., Path]) -> None:
    parts = read_native_parts(
        write_scene('a.glb', [((1, 1, k), (3 * k, 0, 0)) for k in range(1, 7)])
    )
    digests = []
    for mask in part_masks(parts):
        used, faces = np.unique(parts.mesh.faces[mask], return_inverse=True)
        content = parts.mesh.vertices[used].astype('<f4').tobytes()
        content += faces.reshape(-1, 3).astype('<i8').tobytes()
        digests.append(hashlib.sha256(content).hexdigest())
    assert len(digests) == 6
    assert digests == sorted(digests)


def test_faces_without_an_area_and_with_infinite_corners_are_left_out(tmp_path: Path) -> None:
    good = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    line = [[5, 0, 0], [6, 0, 0], [7, 0, 0]]
    broken = [[9, 0, 0], [np.nan, 0, 0], [9, 1, 0]]
    vertices = np.array([*good, *line, *broken], np.float32)
    mesh = trimesh.Trimesh(vertices, np.arange(9).reshape(3, 3), process=False, validate=False)
    (tmp_path / 'a.ply').write_bytes(trimesh.exchange.ply.export_ply(mesh))
    parts = read_native_parts(tmp_path / 'a.ply')
    assert len(parts.mesh.faces) == 1
    np.testing.assert_array_equal(parts.mesh.vertices, np.float32(good))


def test_a_node_of_no_area_does_not_count_as_a_node(tmp_path: Path) -> None:
    two = trimesh.util.concatenate(
        [trimesh.creation.box(bounds=[[x, 0, 0], [x + 1, 1, 1]]) for x in (0, 2)]
    )
    flat = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]], process=False)
    trimesh.Scene([two, flat]).export(tmp_path / 'a.glb')
    parts = read_native_parts(tmp_path / 'a.glb')
    assert np.bincount(parts.face_part_ids).tolist() == [12, 12]


def test_a_mirrored_node_keeps_its_outside_outside(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box(), transform=np.diag([-1.0, 1, 1, 1]))
    scene.export(tmp_path / 'a.glb')
    mesh = read_native_parts(tmp_path / 'a.glb').mesh
    assert trimesh.Trimesh(mesh.vertices, mesh.faces).volume == pytest.approx(1.0)


def test_colours_come_along_and_bare_nodes_are_grey(tmp_path: Path) -> None:
    red = trimesh.creation.box(bounds=[[0, 0, 0], [1, 1, 1]])
    red.visual.vertex_colors = [255, 0, 0, 255]
    bare = trimesh.creation.box(bounds=[[4, 0, 0], [5, 1, 1]])
    trimesh.Scene([red, bare]).export(tmp_path / 'a.glb')
    mesh = read_native_parts(tmp_path / 'a.glb').mesh
    is_red = mesh.vertices[:, 0] < 2
    np.testing.assert_allclose(mesh.vertex_colors[is_red], [[1, 0, 0]] * is_red.sum())
    np.testing.assert_allclose(mesh.vertex_colors[~is_red], 192 / 255, atol=1e-6)
    trimesh.Scene(bare).export(tmp_path / 'b.glb')
    assert read_native_parts(tmp_path / 'b.glb').mesh.vertex_colors is None


def test_colours_of_a_texture_are_read_at_the_vertices(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[[0, 0, 255], [0, 255, 0]]], np.uint8))
    square = trimesh.Trimesh(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]],
        [[0, 1, 2], [0, 2, 3]],
        visual=trimesh.visual.TextureVisuals(
            uv=[[0, 0], [1, 0], [1, 1], [0, 1]],
            material=trimesh.visual.material.PBRMaterial(baseColorTexture=image),
        ),
        process=False,
    )
    trimesh.Scene(square).export(tmp_path / 'a.glb')
    mesh = read_native_parts(tmp_path / 'a.glb').mesh
    wanted = np.where(mesh.vertices[:, :1] < 0.5, [[0, 0, 1.0]], [[0, 1.0, 0]])
    np.testing.assert_allclose(mesh.vertex_colors, wanted, atol=0.01)


def test_colours_of_a_material_are_those_of_all_its_vertices(tmp_path: Path) -> None:
    mesh = trimesh.creation.box()
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[51, 102, 204, 255])
    mesh.visual = trimesh.visual.TextureVisuals(material=material)
    trimesh.Scene(mesh).export(tmp_path / 'a.glb')
    colors = read_native_parts(tmp_path / 'a.glb').mesh.vertex_colors
    np.testing.assert_allclose(colors, [[0.2, 0.4, 0.8]] * len(colors), atol=0.005)


def test_labelled_meshes_keep_their_parts(tmp_path: Path) -> None:
    mesh = trimesh.creation.box()
    labels = np.repeat([7, 3], 6)
    np.savez(tmp_path / 'a.npz', vertices=mesh.vertices, faces=mesh.faces, labels=labels)
    parts = read_native_parts(tmp_path / 'a.npz')
    assert parts.face_part_ids.tolist() == [1] * 6 + [0] * 6


def test_what_is_no_mesh_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='no such file'):
        read_native_parts(tmp_path / 'a.glb')
    with pytest.raises(InputError, match=r"must end in .*got '\.txt'"):
        read_native_parts(tmp_path / 'a.txt')
    (tmp_path / 'a.glb').write_bytes(b'glTF')
    with pytest.raises(InputError, match='not a readable glb'):
        read_native_parts(tmp_path / 'a.glb')
    flat = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]], process=False)
    trimesh.Scene(flat).export(tmp_path / 'b.glb')
    with pytest.raises(InputError, match='no triangle with an area'):
        read_native_parts(tmp_path / 'b.glb')
