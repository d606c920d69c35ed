# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Lifting and tidying as in the release, on shapes whose answer is known."""

import numpy as np
import pytest

from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.rendered_views import mesh_surface, render
from part_seg_ros.geometry.view_cameras import ViewCamera
from part_seg_ros.models.geosam2.cameras import find_world, twelve_cameras
from part_seg_ros.models.geosam2.post_processing import tidy, tidy_parts
from part_seg_ros.models.geosam2.release_lifting import (
    NO_PART,
    UNSEEN,
    lift,
    link_points,
    points_on_faces,
    vote,
)
from part_seg_ros.structures import Mesh, PartSegmentation


@pytest.mark.parametrize(
    ('labels', 'wanted'),
    [
        ([0, 0, 0], UNSEEN),
        ([0, 0, 4], 4),
        ([4, 2, 4], 4),
        ([4, 2, 0], 2),
        ([NO_PART, NO_PART, 2], NO_PART),
        ([NO_PART, 2, 0], 2),
    ],
)
def test_the_most_frequent_label_wins_unless_it_is_unseen(labels, wanted):
    assert vote(np.array([labels])).tolist() == [wanted]


def test_points_lie_in_their_faces_and_are_spread_over_them():
    corners = np.random.default_rng(0).normal(size=(400, 3, 3))
    points = points_on_faces(corners)
    assert points.shape == (400, 5, 3)
    edges = corners[:, 1:] - corners[:, :1]
    gram = edges @ edges.transpose(0, 2, 1)
    right = np.einsum('fec,fpc->fpe', edges, points - corners[:, :1])
    weights = np.linalg.solve(gram[:, None], right[..., None])[..., 0]
    assert weights.min() > -1e-9 and weights.sum(axis=2).max() < 1 + 1e-9
    np.testing.assert_allclose(weights.mean(axis=(0, 1)), 1 / 3, atol=0.02)
    np.testing.assert_array_equal(points, points_on_faces(corners))


def test_points_are_drawn_as_the_release_draws_them():
    corners = np.random.default_rng(1).normal(size=(6, 3, 3))
    random = np.random.RandomState(3)
    first, second = random.rand(6, 5), random.rand(6, 5)
    is_outside = first + second > 1
    first[is_outside], second[is_outside] = 1 - first[is_outside], 1 - second[is_outside]
    weights = np.stack([first, second, 1 - first - second], axis=2)
    np.testing.assert_allclose(points_on_faces(corners), weights @ corners, atol=1e-12)


@pytest.mark.parametrize('axis', [0, 1])
def test_the_last_column_and_row_say_nothing(axis):
    """Faces in a plane at distance 2 before a camera whose picture they fill."""
    size = 32
    camera = ViewCamera(size=size, focal_px=size / 2, T_world_camera=np.eye(4))
    places = np.full((size + 1, 1, 2), size / 2)
    places[:, 0, axis] = np.arange(size + 1)  # of these, size - 1 and on are read there
    centers = np.pad((places - size / 2) * [4 / size, -4 / size], [(0, 0), (0, 0), (0, 1)])
    centers[..., 2] = -2
    corners = centers + 1e-4 * np.array([[-1.0, -1, 0], [1, -1, 0], [0, 1, 0]])
    depth, is_shape = np.full((size, size), 2.0), np.ones((size, size), bool)
    labels = np.arange(1, size * size + 1).reshape(size, size)
    found = lift(corners, [camera], [depth], [is_shape], [labels])
    wanted = (labels if axis == 0 else labels.T)[size // 2, : size - 1]
    assert found[: size - 1].tolist() == wanted.tolist()
    assert (found[size - 1 :] == UNSEEN).all()


def test_points_beside_or_behind_the_camera_are_not_seen():
    camera = ViewCamera(size=16, focal_px=16, T_world_camera=np.eye(4))
    points = np.array([[0.0, 0, -2], [9, 0, -2], [0, -9, -2], [0, 0, 2], [1, 1, 0], [0, 0, 0]])
    pixels, is_visible = link_points(points, camera, np.full((16, 16), 2.0), np.ones((16, 16)) > 0)
    assert is_visible.tolist() == [True] + [False] * 5
    assert pixels[:3].tolist() == [[8, 8], [15, 8], [8, 15]]
    assert ((pixels >= 0) & (pixels < 16)).all()


def test_true_masks_give_true_labels(mesh, mesh_parts):
    world = find_world(mesh.vertices)
    surface = mesh_surface(world.apply(mesh.vertices), mesh.faces)
    views = render(surface, twelve_cameras(world.box_size, 512))
    pictures = [
        np.where(view.is_shape, 1 + mesh_parts[view.element_idx], NO_PART) for view in views
    ]
    found = lift(
        surface.vertices[surface.faces],
        [view.camera for view in views],
        [view.depth for view in views],
        [view.is_shape for view in views],
        pictures,
    )
    from_ball = np.linalg.norm(mesh.vertices[mesh.faces].mean(axis=1) - [1, -2, 0.7], axis=1)
    hidden = (mesh_parts == 0) & (from_ball < 0.06)
    assert (found[hidden] == UNSEEN).all()
    is_labeled = found > 0
    assert is_labeled[~hidden].mean() > 0.8
    assert (found == 1 + mesh_parts)[is_labeled].mean() > 0.98


def test_tidying_removes_specks_and_leaves_no_hole():
    side = 12
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    corner = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    first = np.stack([corner, corner + 1, corner + side + 1], axis=1)
    second = np.stack([corner + 1, corner + side + 2, corner + side + 1], axis=1)
    faces = np.concatenate([first, second])
    left = vertices[faces].mean(axis=1)[:, 0] < side / 2
    labels = np.where(left, 3, 8)
    speckled = labels.copy()
    speckled[[27, 100, 200]] = 1
    speckled[[60, 61, 148]] = -1
    graph = build_face_graph(Mesh(vertices=vertices, faces=faces))
    np.testing.assert_array_equal(tidy(speckled, graph, small_share=0.05), labels)
    kept = tidy(speckled, graph, small_share=0.0)
    assert (kept[[27, 100, 200]] == 1).all()
    assert (tidy(np.full(len(faces), -1), graph) == -1).all()
    found = PartSegmentation(part_ids=np.int32(speckled), parts=())
    mesh = Mesh(vertices=vertices, faces=faces)
    np.testing.assert_array_equal(tidy_parts(found, mesh, small_share=0.05).part_ids, labels)
