# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Neighbours are those that a search over all pairs finds, and rigid motions keep them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.neighbors import k_nearest


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)


def test_neighbours_equal_a_search_over_all_pairs(points: np.ndarray) -> None:
    queries = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    distances, idx = k_nearest(points, queries, 8)
    pairs = np.linalg.norm(np.float64(queries)[:, None] - points, axis=2)
    np.testing.assert_array_equal(idx, np.argsort(pairs, axis=1)[:, :8])
    np.testing.assert_allclose(distances, np.sort(pairs, axis=1)[:, :8], rtol=1e-6)
    assert (distances.dtype, idx.dtype) == (np.float32, np.int64)


def test_rigid_motion_leaves_neighbours_unchanged(points: np.ndarray) -> None:
    rotation = Rotation.random(random_state=3).as_matrix()
    moved = points.astype(np.float64) @ rotation.T + [5.0, -2.0, 9.0]
    np.testing.assert_array_equal(k_nearest(points, points, 6)[1], k_nearest(moved, moved, 6)[1])


def test_every_point_finds_itself_first(points: np.ndarray) -> None:
    distances, idx = k_nearest(points, points, 1)
    np.testing.assert_array_equal(idx, np.arange(len(points))[:, None])
    assert (distances == 0).all()


def test_radius_pads_with_inf_and_minus_one(points: np.ndarray) -> None:
    distances, idx = k_nearest(points, points, 10, max_radius=0.3)
    assert ((distances < 0.3) == (idx >= 0)).all()
    assert np.isinf(distances[idx < 0]).all()
    assert (idx < 0).any() and (idx[:, 0] == np.arange(len(points))).all()


def test_all_points_can_be_asked_for_but_not_more(points: np.ndarray) -> None:
    np.testing.assert_array_equal(np.sort(k_nearest(points, points[:2], 400)[1])[0], range(400))
    for k in (0, 401):
        with pytest.raises(InputError, match=r'k must lie in 1 … 400'):
            k_nearest(points, points, k)
