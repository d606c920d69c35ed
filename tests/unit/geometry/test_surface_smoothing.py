# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Averages along a surface."""

import numpy as np
import pytest

from part_seg_ros.geometry.surface_smoothing import surface_average

SIZE = 16


def corner() -> tuple[np.ndarray, np.ndarray]:
    """Points on a floor and on a wall that meet at x = 0, with their normals."""
    grid = np.stack(
        np.meshgrid(np.arange(1, SIZE + 1), np.arange(SIZE), indexing='ij'), -1
    ).reshape(-1, 2)
    floor = np.stack([grid[:, 0], grid[:, 1], 0 * grid[:, 0]], axis=1)
    wall = np.stack([0 * grid[:, 0], grid[:, 1], grid[:, 0]], axis=1)
    normals = np.repeat([[0.0, 0, 1], [1, 0, 0]], len(grid), axis=0)
    return 0.1 * np.concatenate([floor, wall]), normals


def test_a_crease_is_not_crossed():
    points, normals = corner()
    values = np.repeat([[0.0], [1.0]], SIZE**2, axis=0)
    average = surface_average(points, normals)
    np.testing.assert_allclose(average @ values, values)
    flat = surface_average(points, np.tile([0.0, 0, 1], (2 * SIZE**2, 1)))
    mixed = flat @ values
    assert (
        0.1 < mixed[0, 0] < 0.9 and mixed[SIZE**2 - 1, 0] == 0.0
    )  # next to the crease, and far away


def test_rows_are_means_over_a_point_and_its_neighbours():
    points, normals = corner()
    average = surface_average(points, normals).toarray()
    np.testing.assert_allclose(average.sum(axis=1), 1.0, atol=1e-6)
    for row, weights in enumerate(average):
        members = np.flatnonzero(weights)
        assert row in members and weights[members] == pytest.approx(1 / len(members))
        distances = np.linalg.norm(points[members] - points[row], axis=1)
        assert distances.max() < 0.35


def test_pieces_are_not_mixed_and_points_without_normal_stay_alone():
    points, normals = corner()
    pieces = (points[:, 1] > 0.35).astype(int)
    values = pieces[:, None].astype(float)
    np.testing.assert_allclose(surface_average(points, normals, pieces) @ values, values)
    alone = surface_average(points, np.zeros_like(normals)).toarray()
    np.testing.assert_array_equal(alone, np.eye(2 * SIZE**2))


def test_far_points_are_no_neighbours():
    points, _ = corner()
    apart = np.concatenate([points, points[:3] + [50, 0, 0]])
    average = surface_average(apart, np.tile([0.0, 0, 1], (2 * SIZE**2 + 3, 1))).toarray()
    assert (average[-3:, :-3] == 0).all() and (average[:-3, -3:] == 0).all()
    assert average[-3:, -3:] == pytest.approx(np.full((3, 3), 1 / 3))


def test_fewer_points_than_neighbours_and_points_in_one_place_work():
    average = surface_average(np.zeros((5, 3)), np.tile([0.0, 0, 1], (5, 1)))
    np.testing.assert_allclose(average.sum(axis=1), 1.0)
    values = np.arange(800.0)[:, None]
    heap = surface_average(np.zeros((800, 3)), np.tile([0.0, 0, 1], (800, 1)))
    assert (np.diff(heap.indptr) <= 13).all() and (heap @ values).max() <= 799.0
