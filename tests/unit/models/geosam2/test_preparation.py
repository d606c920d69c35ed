# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes and clouds on their way into the network."""

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.geosam2.preparation import prepare
from part_seg_ros.models.geosam2.settings import GeoSam2Settings
from part_seg_ros.structures import Mesh, PointCloud

SIZE = 96


def test_faces_of_a_mesh_are_what_answers_are_about(mesh, mesh_parts):
    shape = prepare(mesh, SIZE, GeoSam2Settings())
    assert shape.view_numbers == tuple(range(12)) and len(shape.views) == 12
    np.testing.assert_allclose(shape.points, mesh.vertices[mesh.faces].mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(shape.world.apply(shape.points), shape.positions, atol=1e-6)
    for view in shape.views:
        shown = shape.positions[view.element_idx[view.is_shape]]
        assert np.linalg.norm(shown - view.point_map()[view.is_shape], axis=1).max() < 0.2
    assert [shape.opposite(v) for v in range(12)] == [*range(6, 12), *range(6)]
    # What lies inside is not seen, and nothing is said about it.
    from_ball = np.linalg.norm(shape.points - [1.0, -2.0, 0.7], axis=1)
    inside = (mesh_parts == 0) & (from_ball < 0.06)
    assert inside.sum() > 10 and not shape.links.is_seen[inside].any()
    votes = shape.links.num_votes()
    np.testing.assert_array_equal(votes > 0, shape.links.is_seen)


def test_vertices_that_no_face_uses_do_not_count(mesh):
    stray = Mesh(vertices=np.concatenate([mesh.vertices, [[99.0, 0, 0]]]), faces=mesh.faces)
    found, wanted = (prepare(each, 32, GeoSam2Settings()) for each in (stray, mesh))
    np.testing.assert_array_equal(found.views[3].depth, wanted.views[3].depth)


def test_points_of_a_cloud_all_get_votes(cloud, mesh):
    shape = prepare(cloud, SIZE, GeoSam2Settings())
    assert shape.view_numbers == tuple(range(12))
    assert (shape.links.num_votes() > 0).all()
    np.testing.assert_array_equal(shape.points, cloud.points)
    areas = [view.is_shape.sum() for view in shape.views]
    solid = [view.is_shape.sum() for view in prepare(mesh, SIZE, GeoSam2Settings()).views]
    assert 0.9 < np.mean(areas) / np.mean(solid) < 1.25


def test_a_scan_is_seen_from_where_the_sensor_was_and_not_from_behind(scan):
    shape = prepare(scan, SIZE, GeoSam2Settings())
    assert 0 in shape.view_numbers and 6 not in shape.view_numbers
    assert 4 <= len(shape.views) < 12
    assert shape.opposite(0) is None
    for v, number in enumerate(shape.view_numbers):
        behind = shape.opposite(v)
        assert behind is None or shape.view_numbers[behind] == (number + 6) % 12
    towards = shape.world.apply(scan.viewpoint[None])[0]
    first = shape.views[0].camera.position
    cosine = first @ towards / np.linalg.norm(first) / np.linalg.norm(towards)
    assert cosine > 0.999
    num_seen = [len(np.unique(e)) for e in shape.links.elements]
    assert num_seen[0] >= 0.8 * max(num_seen) and min(num_seen) >= 0.1 * max(num_seen)
    all_views = prepare(scan, SIZE, GeoSam2Settings(min_seen_share=0.0))
    assert all_views.view_numbers == tuple(range(12))


def test_the_given_normals_are_those_that_are_shown(cloud):
    normals = np.tile(np.float32([0, 0.6, 0.8]), (len(cloud), 1))
    shape = prepare(dataclasses.replace(cloud, normals=normals), 32, GeoSam2Settings())
    for view in shape.views:
        shown = view.normals[view.is_shape] / 127.5 - 1
        assert np.abs(np.abs(shown @ [0, 0.6, 0.8]) - 1).max() < 0.02


def test_up_axis_turns_the_shape(mesh):
    turned = Mesh(vertices=mesh.vertices @ [[1, 0, 0], [0, 0, -1], [0, 1, 0]], faces=mesh.faces)
    upright = prepare(mesh, 32, GeoSam2Settings())
    found = prepare(turned, 32, GeoSam2Settings(up_axis='y'))
    # By a turn of a quarter about x, what was z is y.
    assert found.world.box_size.argmax() == upright.world.box_size.argmax() == 2
    np.testing.assert_allclose(found.positions[:, 2], upright.positions[:, 2], atol=1e-5)


@pytest.mark.parametrize(
    ('shape', 'words'),
    [
        (
            Mesh(vertices=np.eye(3), faces=np.zeros((0, 3), int)),
            'needs a mesh with faces, got one without any',
        ),
        (Mesh(vertices=[[0, 0, 0], [1, 0, 0], [np.inf, 1, 0]], faces=[[0, 1, 2]]), 'finite'),
        (Mesh(vertices=np.ones((3, 3)), faces=[[0, 1, 2]]), 'must have extent'),
        (
            Mesh(vertices=[[0, 0, 0], [1, 0, 0], [2, 0, 0]], faces=[[0, 1, 2]]),
            'no view sees anything of the shape; has a mesh area',
        ),
        (PointCloud(points=np.eye(3)), 'at least 16 points'),
        (PointCloud(points=np.full((20, 3), np.nan)), 'finite'),
    ],
)
def test_shapes_that_cannot_be_shown_are_refused(shape, words):
    with pytest.raises(InputError, match=words):
        prepare(shape, 32, GeoSam2Settings())
