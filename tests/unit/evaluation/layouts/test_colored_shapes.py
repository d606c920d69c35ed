# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts told by colour or node."""

import numpy as np
import pytest
import trimesh

from part_seg_ros.data.ply import write_ply
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.colored_shapes import read_colored_shapes

RED, BLUE, GREEN = (255, 0, 0), (0, 0, 255), (0, 255, 0)


def write(path, points, colors, faces=None):
    columns = dict(zip('xyz', np.float32(points).T, strict=True))
    if colors is not None:
        columns |= zip(('red', 'green', 'blue'), np.uint8(colors).T, strict=True)
    write_ply(path, columns, faces=None if faces is None else np.int32(faces))


def test_each_color_of_a_cloud_is_a_part_and_colors_are_hidden(tmp_path):
    points = np.arange(12).reshape(4, 3)
    write(tmp_path / 'cloud.ply', points, [RED, BLUE, RED, BLUE])
    (read,) = read_colored_shapes(tmp_path)
    assert (read.name, read.part_names) == ('cloud', ())
    np.testing.assert_array_equal(read.shape.cloud.points, points)
    assert read.shape.cloud.colors is None
    np.testing.assert_array_equal(read.shape.part_ids, [1, 0, 1, 0])  # by colour, blue first


def test_faces_take_the_color_of_two_corners(tmp_path):
    faces = [[0, 1, 2], [0, 2, 3], [0, 2, 4], [2, 3, 0], [3, 0, 2]]
    write(tmp_path / 'm.ply', np.eye(5, 3), [RED, RED, BLUE, BLUE, GREEN], faces)
    (read,) = read_colored_shapes(tmp_path)
    # blue 0, green 1, red 2
    np.testing.assert_array_equal(read.shape.face_part_ids, [2, 0, -1, 0, 0])
    assert read.shape.mesh.vertex_colors is None


def test_each_node_is_a_part_in_its_place(tmp_path):
    scene = trimesh.Scene()
    scene.add_geometry(
        trimesh.creation.box((1, 1, 1)),
        node_name='seat',
        geom_name='seat',
        transform=trimesh.transformations.translation_matrix((0, 0, 5)),
    )
    scene.add_geometry(trimesh.creation.icosphere(subdivisions=1), node_name='ball')
    scene.add_geometry(trimesh.creation.box((9, 9, 9)), node_name='unassigned')
    (tmp_path / 'chair.glb').write_bytes(scene.export(file_type='glb'))
    (read,) = read_colored_shapes(tmp_path)
    assert read.part_names == read.shape.part_names == ('ball', 'seat')
    ids, mesh = read.shape.face_part_ids, read.shape.mesh
    assert [(ids == k).sum() for k in (-1, 0, 1)] == [12, 80, 12]
    seat = mesh.vertices[mesh.faces[ids == 1]]
    np.testing.assert_allclose([seat[..., 2].min(), seat[..., 2].max()], [4.5, 5.5])


def test_objects_are_read_when_asked_for(tmp_path):
    write(tmp_path / 'a.ply', np.eye(3), [RED, RED, BLUE])
    (tmp_path / 'b.ply').write_text('no ply')
    objects = read_colored_shapes(tmp_path)
    assert len(objects) == len(objects[:2]) == 2
    assert objects[0].name == 'a'
    with pytest.raises(InputError, match=r'b\.ply: not a readable ply'):
        objects[-1]


def test_what_is_wrong_is_said(tmp_path):
    with pytest.raises(InputError, match='must be a folder with coloured'):
        read_colored_shapes(tmp_path / 'no')
    with pytest.raises(InputError, match=r'no \.ply or \.glb'):
        read_colored_shapes(tmp_path)
    write(tmp_path / 'plain.ply', np.eye(3), None)
    with pytest.raises(InputError, match='has no colours; give'):
        read_colored_shapes(tmp_path)[0]
    (tmp_path / 'plain.glb').write_bytes(b'')
    with pytest.raises(InputError, match=r'plain as \.ply and as \.glb'):
        read_colored_shapes(tmp_path)
    (tmp_path / 'plain.ply').unlink()
    with pytest.raises(InputError, match='not a readable glb'):
        read_colored_shapes(tmp_path)[0]
