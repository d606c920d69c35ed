# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Farthest-point and voxel sampling do what their definitions say, for every order of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry import sampling
from part_seg_ros.geometry.sampling import (
    farthest_point_sample,
    fast_farthest_point_sample,
    random_subset,
    spread_subset,
    voxel_groups,
    voxel_sample,
    voxel_size_for,
)


def _sphere(num_points: int, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(num_points, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return (points * [1.0, 0.8, 0.5]).astype(np.float32)


def _greedy(points: np.ndarray, num_samples: int, start: int) -> np.ndarray:
    picked = [start]
    distance = np.full(len(points), np.inf, np.float32)
    for _ in range(num_samples - 1):
        distance = np.minimum(distance, ((points - points[picked[-1]]) ** 2).sum(axis=1))
        picked.append(int(distance.argmax()))
    return np.array(picked)


def _covering_radius(points: np.ndarray, picked: np.ndarray) -> float:
    return max(np.linalg.norm(points[picked] - point, axis=1).min() for point in points)


@pytest.mark.parametrize('start', [0, 7, 499])
def test_farthest_points_equal_the_greedy_definition_pick_by_pick(start: int) -> None:
    points = np.random.default_rng(start).normal(size=(500, 3)).astype(np.float32)
    picked = farthest_point_sample(points, 200, start=start)
    assert picked.dtype == np.int64
    np.testing.assert_array_equal(picked, _greedy(points, 200, start))


@pytest.mark.parametrize('num_points', [40, 300, 3000])
def test_fast_farthest_points_cover_as_well_as_the_greedy_ones(num_points: int) -> None:
    points = _sphere(num_points)
    picked = fast_farthest_point_sample(points, 32)
    assert len(set(picked.tolist())) == 32
    np.testing.assert_array_equal(picked, fast_farthest_point_sample(points, 32))
    exact = _greedy(points, 32, int(picked[0]))
    assert _covering_radius(points, picked) <= 1.1 * _covering_radius(points, exact)


@pytest.mark.parametrize('num_points', [50, 3000])
def test_fast_farthest_points_do_not_depend_on_the_order_of_rows(num_points: int) -> None:
    points = _sphere(num_points)
    order = np.random.default_rng(1).permutation(num_points)
    np.testing.assert_array_equal(
        order[fast_farthest_point_sample(points[order], 40)],
        fast_farthest_point_sample(points, 40),
    )


def test_farthest_points_of_coincident_points_are_still_indices() -> None:
    points = np.zeros((100, 3), np.float32)
    for sample in (farthest_point_sample, fast_farthest_point_sample):
        picked = sample(points, 100)
        assert picked.shape == (100,)
        assert ((picked >= 0) & (picked < 100)).all()


@pytest.mark.parametrize('sample', [farthest_point_sample, fast_farthest_point_sample])
def test_farthest_points_refuse_bad_input(sample) -> None:
    points = _sphere(20)
    for count in (0, 21):
        with pytest.raises(InputError, match=r'num_samples must lie in 1 … 20'):
            sample(points, count)
    with pytest.raises(InputError, match=r'\(N, 3\), got \(20, 2\)'):
        sample(points[:, :2], 3)
    points[3, 1] = np.nan
    with pytest.raises(InputError, match='1 rows that are not'):
        sample(points, 3)


def test_farthest_points_refuse_a_start_outside_the_cloud() -> None:
    with pytest.raises(InputError, match=r'start must lie in 0 … 19, got 20'):
        farthest_point_sample(_sphere(20), 3, start=20)


def _voxels_by_hand(points: np.ndarray, size: float) -> dict[tuple, int]:
    best: dict[tuple, tuple[float, int]] = {}
    cells = (points - points.min(axis=0)) / np.float32(size)
    for row, cell in enumerate(cells):
        key = tuple(np.floor(cell).astype(int))
        best.setdefault(key, (np.inf, -1))
        offset = float(((cell - np.floor(cell) - 0.5) ** 2).sum())
        if offset < best[key][0]:
            best[key] = (offset, row)
    return {key: row for key, (_, row) in best.items()}


@pytest.mark.parametrize('max_table_cells', [1 << 25, 0])
def test_voxels_keep_the_point_nearest_to_their_centre(monkeypatch, max_table_cells: int) -> None:
    monkeypatch.setattr(sampling, '_MAX_TABLE_CELLS', max_table_cells)
    points = _sphere(800)
    expected = sorted(_voxels_by_hand(points, 0.2).values())
    np.testing.assert_array_equal(voxel_sample(points, 0.2), expected)


def test_voxels_of_a_hair_and_of_the_whole_cloud() -> None:
    points = _sphere(300)
    np.testing.assert_array_equal(voxel_sample(points, 1e-7), np.arange(300))
    assert len(voxel_sample(points, 10.0)) == 1


def test_groups_partition_the_cloud_and_lie_in_the_voxel_of_their_point() -> None:
    points = _sphere(2000)
    kept, group_idx = voxel_groups(points, 0.1)
    np.testing.assert_array_equal(group_idx[kept], np.arange(len(kept)))
    cells = np.floor((points - points.min(axis=0)) / np.float32(0.1))
    np.testing.assert_array_equal(cells, cells[kept[group_idx]])


def test_voxels_do_not_depend_on_the_order_of_rows() -> None:
    points = _sphere(2000)
    order = np.random.default_rng(1).permutation(2000)
    np.testing.assert_array_equal(
        np.sort(order[voxel_sample(points[order], 0.1)]), voxel_sample(points, 0.1)
    )


def test_voxels_need_a_size() -> None:
    for size in (0.0, -1.0, np.nan):
        with pytest.raises(InputError, match='voxel_size must be positive'):
            voxel_sample(_sphere(20), size)


@pytest.mark.parametrize('num_voxels', [200, 3000])
def test_voxel_size_gives_about_the_wanted_number(num_voxels: int) -> None:
    points = _sphere(60_000)
    count = len(voxel_sample(points, voxel_size_for(points, num_voxels)))
    assert 0.7 * num_voxels <= count <= 1.4 * num_voxels


def test_voxel_size_is_not_misled_by_an_outlier() -> None:
    points = np.concatenate([_sphere(60_000), [[300.0, -200.0, 90.0]]]).astype(np.float32)
    count = len(voxel_sample(points, voxel_size_for(points, 3000)))
    assert 0.5 * 3000 <= count <= 2.0 * 3000


def test_subset_covers_thin_and_dense_regions_alike() -> None:
    points = _sphere(200_000)
    rng = np.random.default_rng(0)
    is_kept = (points[:, 0] > 0) | (rng.random(len(points)) < 0.02)
    points = points[is_kept]
    assert (points[:, 0] > 0).mean() > 0.97
    picked = spread_subset(points, 1000)
    assert len(picked) == 1000
    assert (np.diff(picked) > 0).all()
    assert 0.4 < (points[picked, 0] > 0).mean() < 0.6


def test_subset_does_not_depend_on_the_order_of_rows() -> None:
    points = _sphere(30_000)
    order = np.random.default_rng(1).permutation(len(points))
    np.testing.assert_array_equal(
        np.sort(order[spread_subset(points[order], 500)]), spread_subset(points, 500)
    )


def test_subset_of_a_small_cloud_is_the_cloud() -> None:
    np.testing.assert_array_equal(spread_subset(_sphere(30), 30), np.arange(30))


@pytest.mark.parametrize('num_places', [1, 3, 60])
def test_subset_fills_up_where_places_run_out(num_places: int) -> None:
    points = np.repeat(_sphere(num_places), 900 // num_places, axis=0)
    picked = spread_subset(points, 100, seed=3)
    assert len(picked) == 100
    assert (np.diff(picked) > 0).all()
    assert len(np.unique(points[picked], axis=0)) == num_places
    np.testing.assert_array_equal(picked, spread_subset(points, 100, seed=3))


def test_random_subset_is_a_sorted_draw_that_the_seed_repeats() -> None:
    picked = random_subset(1000, 50, 3)
    assert (np.diff(picked) > 0).all()
    np.testing.assert_array_equal(picked, random_subset(1000, 50, 3))
    assert (picked != random_subset(1000, 50, 4)).any()
    np.testing.assert_array_equal(random_subset(5, 9, 0), np.arange(5))
