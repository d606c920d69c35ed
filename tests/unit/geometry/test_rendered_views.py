# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rendered meshes and clouds against shapes whose pictures are known."""

import importlib.util

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.rendered_views import cloud_surface, mesh_surface, render
from part_seg_ros.geometry.view_cameras import ViewCamera, look_from, ring_directions

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec('open3d') is None, reason='open3d is not installed'
)

# A tetrahedron of corners of the cube of side one around the origin.
CORNERS = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 2
FACES = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])


def cameras(directions, size=96):
    return [
        ViewCamera(size=size, focal_px=1.4 * size, T_world_camera=look_from(each, 2.2))
        for each in directions
    ]


RING = ring_directions(0.3, [0.1, 0.5, -0.3, 0.0])


def sphere_points(num, rng):
    points = rng.normal(size=(num, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True) / 2


def test_pixels_show_the_face_that_they_should():
    views = render(mesh_surface(CORNERS, FACES), cameras(RING))
    normals = np.cross(
        CORNERS[FACES[:, 1]] - CORNERS[FACES[:, 0]], CORNERS[FACES[:, 2]] - CORNERS[FACES[:, 0]]
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    offsets = (normals * CORNERS[FACES[:, 0]]).sum(axis=1)
    for view in views:
        points = view.point_map()[view.is_shape]
        shown = view.element_idx[view.is_shape]
        # On the plane of its face, and within all others: a convex shape has no other surface.
        distances = points @ normals.T - offsets
        assert np.abs(distances[np.arange(len(shown)), shown]).max() < 1e-5
        assert distances.max() < 1e-5
        places, depth = view.camera.project(points)
        rows, columns = np.nonzero(view.is_shape)
        np.testing.assert_allclose(places, np.stack([columns, rows], axis=1) + 0.5, atol=1e-3)
        np.testing.assert_allclose(depth, view.depth[view.is_shape], rtol=1e-5)
        np.testing.assert_array_equal(
            view.normals[view.is_shape], np.rint(127.5 * (normals[shown] + 1))
        )
        assert (view.normals[~view.is_shape] == 255).all()
        assert (view.point_map()[~view.is_shape] == 0).all()
        assert np.isinf(view.depth[~view.is_shape]).all()


def test_normals_turn_towards_the_camera_however_a_face_is_wound():
    camera = cameras(RING)
    outside = render(mesh_surface(CORNERS, FACES), camera)
    inside = render(mesh_surface(CORNERS, FACES[:, ::-1]), camera)
    for a, b in zip(outside, inside, strict=True):
        np.testing.assert_array_equal(a.normals, b.normals)


def test_a_cloud_looks_like_the_surface_that_it_was_taken_from():
    points = sphere_points(3000, np.random.default_rng(0))
    for view in render(cloud_surface(points, None, None), cameras(RING)):
        rows, columns = np.mgrid[:96, :96]
        rays = view.camera.directions(columns.ravel(), rows.ravel())
        towards = rays @ view.camera.position
        root = towards**2 - (rays**2).sum(axis=1) * (
            view.camera.position @ view.camera.position - 0.25
        )
        is_sphere = (root > 0).reshape(96, 96)
        both, either = (is_sphere & view.is_shape).sum(), (is_sphere | view.is_shape).sum()
        assert both / either > 0.95
        shown = view.point_map()[is_sphere & view.is_shape]
        assert np.quantile(np.abs(np.linalg.norm(shown, axis=1) - 0.5), 0.99) < 0.02
        # Nothing of the far side shines through.
        assert (shown @ view.camera.position > 0).mean() > 0.98
        # Each pixel shows a point that is near.
        nearest = points[view.element_idx[is_sphere & view.is_shape]]
        assert np.quantile(np.linalg.norm(nearest - shown, axis=1), 0.99) < 0.08
        encoded = view.normals[is_sphere & view.is_shape] / 127.5 - 1
        assert np.median((encoded * shown).sum(axis=1) / np.linalg.norm(shown, axis=1)) > 0.98


def test_a_cloud_of_one_side_has_no_back():
    sensor = np.array([3.0, 0, 0])
    points = sphere_points(3000, np.random.default_rng(0))
    points = points[points @ sensor > 0.3]
    front, back = render(
        cloud_surface(points, None, sensor), cameras(np.array([[1.0, 0, 0.1], [-1.0, 0, 0.1]]))
    )
    assert front.is_shape.mean() > 0.1
    assert not back.is_shape.any()


def test_a_shape_that_fills_the_picture_and_one_beside_it():
    (camera,) = cameras(np.array([[1.0, 0, 0]]), size=32)
    wall = np.array([[0, -9, -9], [0, 9, -9], [0, 0, 20.0]])
    (view,) = render(mesh_surface(wall, np.array([[0, 1, 2]])), [camera])
    assert view.is_shape.all()
    np.testing.assert_allclose(view.depth, 2.2, rtol=1e-5)
    (view,) = render(mesh_surface(wall + [0, 99, 0], np.array([[0, 1, 2]])), [camera])
    assert not view.is_shape.any()


def test_a_mesh_without_faces_is_refused():
    with pytest.raises(InputError, match='a mesh with faces'):
        mesh_surface(CORNERS, FACES[:0])
