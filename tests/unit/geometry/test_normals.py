# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Normals are those of known surfaces, point outwards, and survive degenerate neighbourhoods."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.data.procedural import random_held_out_object, sample_surface
from part_seg_ros.errors import InputError
from part_seg_ros.geometry import normals as normals_module
from part_seg_ros.geometry.normals import estimate_normals, local_normals


def _directions(num_points: int, seed: int = 0) -> np.ndarray:
    directions = np.random.default_rng(seed).normal(size=(num_points, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _torus(num_points: int) -> tuple[np.ndarray, np.ndarray]:
    u, v = np.random.default_rng(0).uniform(0, 2 * np.pi, (2, num_points))
    normals = np.stack([np.cos(u) * np.cos(v), np.sin(u) * np.cos(v), np.sin(v)], axis=1)
    ring = np.stack([np.cos(u), np.sin(u), np.zeros_like(u)], axis=1)
    return ring + 0.3 * normals, normals


def test_plane_has_its_own_normal() -> None:
    rng = np.random.default_rng(0)
    normal = _directions(1)[0]
    points = rng.normal(size=(500, 3))
    points -= np.outer(points @ normal, normal)
    np.testing.assert_allclose(np.abs(local_normals(points) @ normal), 1.0, atol=1e-6)


def test_sphere_and_torus_point_outwards() -> None:
    sphere = _directions(4000)
    assert (estimate_normals(sphere) * sphere).sum(axis=1).min() > 0.98
    points, normals = _torus(4000)
    assert (estimate_normals(points) * normals).sum(axis=1).min() > 0.9


def test_pieces_apart_each_point_outwards() -> None:
    ball, (ring, ring_normals) = _directions(2000), _torus(2000)
    points = np.concatenate([ball, ring + np.array([0.0, 0.0, 5.0]), 0.2 * ball + [4.0, 0.0, 0.0]])
    expected = np.concatenate([ball, ring_normals, ball])
    assert (estimate_normals(points) * expected).sum(axis=1).min() > 0.9


def test_box_points_outwards_on_its_faces() -> None:
    rng = np.random.default_rng(0)
    axis, side = rng.integers(3, size=6000), rng.choice([-1.0, 1.0], 6000)
    points = rng.uniform(-1, 1, (6000, 3))
    rows = np.arange(6000)
    points[rows, axis] = side
    expected = np.zeros((6000, 3))
    expected[rows, axis] = side
    assert ((estimate_normals(points) * expected).sum(axis=1) > 0.99).mean() > 0.8
    assert ((estimate_normals(points) * expected).sum(axis=1) > 0.0).mean() > 0.999


def test_rigid_motion_turns_normals_along() -> None:
    points, _ = _torus(2000)
    rotation = Rotation.random(random_state=3).as_matrix()
    moved = points @ rotation.T + [3.0, 1.0, -2.0]
    np.testing.assert_allclose(
        estimate_normals(moved), estimate_normals(points) @ rotation.T, atol=1e-4
    )


def test_order_of_rows_does_not_matter() -> None:
    points, _ = _torus(2000)
    order = np.random.default_rng(1).permutation(len(points))
    np.testing.assert_allclose(
        estimate_normals(points[order]), estimate_normals(points)[order], atol=1e-5
    )


def test_viewpoint_decides_the_sign() -> None:
    sphere = _directions(2000)
    viewpoint = np.array([0.0, 0.0, 4.0])
    normals = estimate_normals(sphere, viewpoint=viewpoint)
    assert ((viewpoint - sphere) * normals).sum(axis=1).min() >= 0.0
    inside = estimate_normals(sphere, viewpoint=np.zeros(3))
    assert (inside * sphere).sum(axis=1).max() < -0.98


def test_depth_image_of_a_thin_sheet_faces_the_camera() -> None:
    y, x = np.mgrid[-1:1:40j, -1:1:40j]
    points = np.stack([x, y, 2.0 + 0.1 * x], axis=-1).reshape(-1, 3).astype(np.float32)
    normals = estimate_normals(points, viewpoint=np.zeros(3))
    expected = np.array([0.1, 0.0, -1.0]) / np.hypot(0.1, 1.0)
    np.testing.assert_allclose(normals, np.broadcast_to(expected, normals.shape), atol=1e-4)


DEGENERATE = {
    'one point': np.ones((1, 3)),
    'two points': np.array([[0.0, 0, 0], [1, 0, 0]]),
    'coincident': np.full((40, 3), 0.3),
    'collinear': np.linspace(0, 1, 50)[:, None] * [1.0, 2.0, 3.0],
    'duplicates': np.repeat(_directions(10), 30, axis=0),
    'far from the origin': _directions(300) + 1e5,
    'tiny': _directions(300) * 1e-12,
    'huge': _directions(300) * 1e12,
}


@pytest.mark.parametrize('points', DEGENERATE.values(), ids=DEGENERATE.keys())
@pytest.mark.parametrize('viewpoint', [None, np.zeros(3)], ids=['outwards', 'viewpoint'])
def test_degenerate_neighbourhoods_give_unit_vectors(points, viewpoint) -> None:
    normals = estimate_normals(points.astype(np.float32), viewpoint=viewpoint)
    assert normals.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-5)


def test_normals_of_a_line_stand_across_it() -> None:
    normals = local_normals(DEGENERATE['collinear'])
    np.testing.assert_allclose(normals @ [1.0, 2.0, 3.0], 0.0, atol=1e-5)


def test_chunks_make_no_difference(monkeypatch) -> None:
    points, _ = _torus(500)
    whole = local_normals(points)
    monkeypatch.setattr(normals_module, '_CHUNK', 64)
    np.testing.assert_array_equal(local_normals(points), whole)


def test_bad_arguments_are_named() -> None:
    with pytest.raises(InputError, match='k must be at least 1, got 0'):
        estimate_normals(_directions(20), k=0)
    with pytest.raises(InputError, match='viewpoint must be 3 finite numbers'):
        estimate_normals(_directions(20), viewpoint=np.array([0.0, np.nan, 0.0]))
    with pytest.raises(InputError, match='must have at least 1 rows, got 0'):
        estimate_normals(np.zeros((0, 3)))


def test_normals_of_assemblies_look_outwards_where_pieces_touch() -> None:
    right = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sample = sample_surface(random_held_out_object(rng), 3000, rng)
        cosine = (estimate_normals(sample.points) * sample.normals).sum(1)
        right.append((cosine > 0)[np.abs(cosine) > 0.3].mean())
    assert np.mean(right) > 0.93
    assert min(right) > 0.75


def test_a_body_inside_a_closed_one_looks_outwards_too() -> None:
    ball = _directions(4000)
    normals = estimate_normals(np.concatenate([0.3 * ball, ball]))
    assert (normals * np.concatenate([ball, ball])).sum(axis=1).min() > 0.9
