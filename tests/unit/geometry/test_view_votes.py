# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Votes of pixels about faces and points."""

import importlib.util

import numpy as np
import pytest

from part_seg_ros.geometry.rendered_views import cloud_surface, mesh_surface, render
from part_seg_ros.geometry.view_cameras import ViewCamera, look_from, ring_directions
from part_seg_ros.geometry.view_votes import ViewLinks, link_faces, link_points

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec('open3d') is None, reason='open3d is not installed'
)


def links(pixels, elements, num_elements, owners=(), neighbors=()):
    owners = np.array(owners, np.int64)
    return ViewLinks(
        pixels=tuple(map(np.array, pixels)),
        elements=tuple(map(np.array, elements)),
        owners=owners,
        neighbors=np.reshape(neighbors, (len(owners), 2)).astype(np.int64),
        is_seen=np.ones(num_elements, bool),
    )


def test_the_majority_wins_the_smallest_label_a_tie_and_silent_pixels_nothing():
    found = links([[0, 1, 2, 3], [0, 1, 2]], [[0, 0, 1, 2], [0, 1, 2]], 4)
    pictures = [np.array([[7, 5], [5, -1]]), np.array([[5, 2], [-1, 9]])]
    assert found.labels_from(pictures).tolist() == [5, 2, -1, -1]
    assert found.labels_from([pictures[0], None]).tolist() == [5, 5, -1, -1]
    assert found.labels_from([None, None]).tolist() == [-1] * 4
    assert found.num_votes().tolist() == [3, 2, 2, 0]
    assert found.votes_for([pictures[0] == 5, None]).tolist() == [1, 1, 0, 0]


def test_an_element_without_pixels_takes_all_votes_of_its_neighbors():
    found = links([[0, 1, 2, 3]], [[0, 1, 1, 1]], 4, owners=[2], neighbors=[[0, 1]])
    assert found.num_votes().tolist() == [1, 3, 4, 0]
    assert found.votes_for([np.array([[1, 1], [0, 0]], bool)]).tolist() == [1, 1, 2, 0]
    assert found.labels_from([np.array([[4, 4], [3, 3]])]).tolist() == [4, 3, 3, -1]


def ring(size, distance=2.2):
    return [
        ViewCamera(size=size, focal_px=1.4 * size, T_world_camera=look_from(each, distance))
        for each in ring_directions(0.3, [0.1, 0.5, -0.3, 0.0])
    ]


@pytest.fixture
def sphere_mesh():
    """A sphere around a smaller one that nobody sees: vertices, faces, which faces are outside."""
    import trimesh

    outer, inner = (trimesh.creation.icosphere(3, radius=r) for r in (0.5, 0.3))
    vertices = np.concatenate([outer.vertices, inner.vertices])
    faces = np.concatenate([outer.faces, inner.faces + len(outer.vertices)])
    return vertices, faces, np.arange(len(faces)) < len(outer.faces)


def test_what_is_seen_gets_its_label_and_what_is_not_none(sphere_mesh):
    vertices, faces, is_outside = sphere_mesh
    middles = vertices[faces].mean(axis=1)
    surface, cameras = mesh_surface(vertices, faces), ring(160)
    views = render(surface, cameras)
    labels = (middles[:, 0] > 0).astype(int) + 2 * (middles[:, 2] > 0)
    found = link_faces(surface, views, middles)
    # The ring looks from between -0.3 and 0.5 rad: the caps are seen at flat angles, but are seen.
    assert (found.is_seen == is_outside)[np.abs(middles[:, 2]) < 0.4].all()
    assert not found.is_seen[~is_outside].any()
    pictures = [np.where(v.is_shape, labels[v.element_idx], -1) for v in views]
    lifted = found.labels_from(pictures)
    assert (lifted == labels)[found.is_seen].mean() > 0.99
    assert (lifted[~found.is_seen] == -1).all()


def test_small_faces_between_pixels_are_seen_and_labelled(sphere_mesh):
    vertices, faces, is_outside = sphere_mesh
    middles = vertices[faces].mean(axis=1)
    surface = mesh_surface(vertices, faces)
    views = render(surface, ring(24))
    found = link_faces(surface, views, middles)
    has_pixel = np.zeros(len(faces), bool)
    for elements in found.elements:
        has_pixel[elements] = True
    between = found.is_seen & ~has_pixel
    assert between.sum() > 20 and not found.is_seen[~is_outside].any()
    np.testing.assert_array_equal(np.sort(found.owners), np.flatnonzero(between))
    labels = (middles[:, 0] > 0).astype(int)
    pictures = [np.where(v.is_shape, labels[v.element_idx], -1) for v in views]
    assert (found.labels_from(pictures) == labels)[between].mean() > 0.9


def test_points_look_up_their_pixels_where_nothing_hides_them():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(4000, 3))
    points /= 2 * np.linalg.norm(points, axis=1, keepdims=True)
    is_inner = np.arange(4000) >= 3000
    points[is_inner] *= 0.6
    surface = cloud_surface(points, None, None)
    views = render(surface, ring(128))
    found = link_points(surface, views, points)
    assert found.is_seen[~is_inner].all() and found.is_seen[is_inner].mean() < 0.15
    assert (found.num_votes() > 0).all()
    # Each vote is the pixel that the point falls into, on the near side of the sphere.
    for view, pixels, elements in zip(views, found.pixels, found.elements, strict=True):
        cells, is_inside = view.camera.pixels_of(points[elements])
        assert is_inside.all()
        np.testing.assert_array_equal(cells[:, 1] * 128 + cells[:, 0], pixels)
        assert (points[elements] @ view.camera.position > -0.1).mean() > 0.98
    pictures = [np.where(view.is_shape, view.point_map()[..., 0] > 0, -1) for view in views]
    labels = found.labels_from(pictures)
    assert (labels == (points[:, 0] > 0))[~is_inner].mean() > 0.98


def test_points_of_one_side_are_not_seen_from_behind():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(3000, 3))
    points /= 2 * np.linalg.norm(points, axis=1, keepdims=True)
    sensor = np.array([3.0, 0.3, 0.2])
    points = points[points @ sensor > 0.4]
    surface = cloud_surface(points, None, sensor)
    views = render(surface, ring(64))
    found = link_points(surface, views, points)
    is_left = points[:, 1] > 0
    masks = [is_left[view.element_idx] & view.is_shape for view in views]
    share = found.votes_for(masks) / found.num_votes()
    assert (found.num_votes() > 0).all()
    assert ((share > 0.5) == is_left).mean() > 0.98
    behind = [v for v, view in enumerate(views) if view.camera.position @ sensor < -6]
    assert behind and all(len(found.pixels[v]) == 0 for v in behind)
