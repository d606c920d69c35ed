# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Uneven density."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.density import (
    draw_rows,
    inverse_square_density,
    random_density,
    voxel_grid,
    voxel_size_for,
)
from part_seg_ros.errors import InputError


def sheet(count: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).random((count, 3), dtype=np.float32)
    points[:, 2] = 0.0
    return points


def test_density_falls_with_the_square_of_distance_and_with_incidence() -> None:
    points = np.array([[0, 0, 1], [0, 0, 2], [0, 0, 1]], dtype=np.float32)
    tilted = [np.sqrt(0.75), 0.0, 0.5]
    normals = np.array([[0, 0, 1], [0, 0, -1], tilted], dtype=np.float32)
    density = inverse_square_density(points, normals, np.zeros(3))
    np.testing.assert_allclose(density, [1.0, 0.25, 0.5], rtol=1e-6)


def test_random_density_is_positive_smooth_and_uneven() -> None:
    points = sheet(2000) + [100.0, 0.0, 0.0]
    rng = np.random.default_rng(0)
    contrast = []
    for _ in range(30):
        density = random_density(points, rng)
        assert (density > 0.0).all() and np.isfinite(density).all()
        contrast.append(float(density.max() / density.min()))
        near = np.linalg.norm(points - points[0], axis=1) < 0.02
        assert np.ptp(np.log(density[near])) < 0.6
    assert np.median(contrast) > 2.0
    assert max(contrast) < 500.0


def test_rows_are_drawn_in_proportion_and_once() -> None:
    density = np.where(np.arange(40_000) < 20_000, 3.0, 1.0)
    rows = draw_rows(density, 2000, np.random.default_rng(0))
    assert len(rows) == len(np.unique(rows)) == 2000
    assert (rows < 20_000).mean() == pytest.approx(0.75, abs=0.04)
    assert sorted(draw_rows(density[:5], 9, np.random.default_rng(0))) == [0, 1, 2, 3, 4]


def test_voxel_grid_averages_each_voxel() -> None:
    points = np.array(
        [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [3.0, 0.0, 0.0], [3.5, 0.0, 0.0], [0.0, 3.0, 0.0]],
        dtype=np.float32,
    )
    normals = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1]], dtype=np.float32)
    part_ids = np.array([2, 7, -1, 4, 3], dtype=np.int32)
    shift = np.array([50.0, 0.0, 0.0], dtype=np.float32)
    centroids, mean, owners = voxel_grid(points + shift, normals, part_ids, 1.0)
    order = np.lexsort((centroids[:, 1], centroids[:, 0]))
    expected = [[0.0, 3.0, 0.0], [0.25, 0.25, 0.25], [3.25, 0.0, 0.0]]
    np.testing.assert_allclose(centroids[order] - shift, expected, atol=1e-5)
    assert owners[order].tolist() == [3, 2, -1]
    np.testing.assert_allclose(mean[order][1], [0.0, np.sqrt(0.5), np.sqrt(0.5)], atol=1e-6)
    np.testing.assert_allclose(mean[order][2], [1.0, 0.0, 0.0])  # opposite normals cancel out


def test_voxel_grid_evens_the_density() -> None:
    dense = sheet(20_000) * [0.5, 1.0, 1.0]
    points = np.concatenate([dense, sheet(2000, 1) + [1.0, 0.0, 0.0]]).astype(np.float32)
    normals = np.tile(np.float32([0, 0, 1]), (len(points), 1))
    size = voxel_size_for(points, 800)
    kept, _, _ = voxel_grid(points, normals, np.zeros(len(points), dtype=np.int32), size)
    assert len(kept) == pytest.approx(800, rel=0.1)
    per_area = [np.count_nonzero(kept[:, 0] < 0.5) / 0.5, np.count_nonzero(kept[:, 0] > 0.75)]
    assert per_area[0] == pytest.approx(per_area[1], rel=0.15)  # from 20 : 1


def test_bad_requests_are_refused() -> None:
    points = sheet(10)
    with pytest.raises(InputError, match='size of a voxel'):
        voxel_grid(points, points, np.zeros(10, dtype=np.int32), 0.0)
    with pytest.raises(InputError, match='count'):
        voxel_size_for(points, 0)
    with pytest.raises(InputError, match='size of a voxel'):
        voxel_size_for(points[:1], 4)
