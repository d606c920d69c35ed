# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Choosing points that stand for a larger cloud; everything here is deterministic."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.geometry.normalization import fit_unit_sphere
from part_seg_ros.geometry.point_arrays import check_points, extent

# Voxel grids up to this many cells are tables; larger ones are sorted.
_MAX_TABLE_CELLS = 1 << 25
# A voxel size is found on at most so many points.
_MAX_JUDGED_POINTS = 1 << 17
# Voxels asked for per wanted sample, of which farthest-point sampling then picks.
_VOXELS_PER_SAMPLE = 3.0
# Smaller clouds gain nothing from a tree.
_MIN_TREE_POINTS = 64
# No two points of a grid project to the same number.
_ORDERING_DIRECTION = np.sqrt([2.0, 3.0, 5.0])


def farthest_point_sample(points: np.ndarray, num_samples: int, *, start: int = 0) -> np.ndarray:
    """Pick points greedily so that each is farthest from those already picked.

    Args:
        points: (N, 3) finite; computed in float32.
        num_samples: S, with 1 <= S <= N.
        start: Index of the first pick.

    Returns:
        (S,) int64 indices in pick order. Once all distinct points are used up, repeats follow.

    Raises:
        InputError: `points` is not (N, 3) or not finite, or S or `start` is out of range.
        BackendMissingError: fpsample is not installed.

    Source:
        PointNet++ (Qi et al. 2017), Sec. 3.2, sampling layer. The first pick is an argument here.
    """
    points = _sampled_points(points, num_samples)
    if not 0 <= start < len(points):
        raise InputError(f'start must lie in 0 … {len(points) - 1}, got {start}')
    picked = _fpsample().fps_sampling(points, num_samples, start_idx=int(start))
    return picked.astype(np.int64)


def fast_farthest_point_sample(points: np.ndarray, num_samples: int) -> np.ndarray:
    """Pick well-spread points like `farthest_point_sample`, many times faster on large clouds.

    The choice depends on the points and not on the order of their rows, as long as no two rows
    coincide.

    Args:
        points: (N, 3) finite; computed in float32.
        num_samples: S, with 1 <= S <= N.

    Returns:
        (S,) int64 indices in pick order.

    Raises:
        InputError: `points` is not (N, 3) or not finite, or S is out of range.
        BackendMissingError: fpsample is not installed.

    Source:
        QuickFPS (Han et al. 2023): farthest-point sampling over the buckets of a k-d tree. The
        first pick falls to whichever point its tree puts first.
    """
    points = _sampled_points(points, num_samples)
    # The tree, and with it the first pick, depends on the order of rows: give it a fixed one.
    order = np.argsort(points.astype(np.float64) @ _ORDERING_DIRECTION, kind='stable')
    if len(points) < _MIN_TREE_POINTS:
        picked = _fpsample().fps_sampling(points[order], num_samples, start_idx=0)
    else:
        height = int(np.clip(np.log2(len(points)) - 9, 3, 9))
        picked = _fpsample().bucket_fps_kdline_sampling(
            points[order], num_samples, height, start_idx=0
        )
    return order[picked]


def voxel_sample(points: np.ndarray, voxel_size: float) -> np.ndarray:
    """Keep one point of every occupied voxel: the one nearest to the voxel's centre.

    Args:
        points: (N, 3) finite.
        voxel_size: Edge of the voxels, > 0 [unit of the points]. The grid starts at the smallest
            coordinates of the cloud.

    Returns:
        (S,) int64 ascending indices; of equally near points the lower index.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, or `voxel_size` is not positive.
    """
    return voxel_groups(points, voxel_size)[0]


def voxel_groups(points: np.ndarray, voxel_size: float) -> tuple[np.ndarray, np.ndarray]:
    """Group points by the voxel that they lie in; see `voxel_sample`.

    Returns:
        kept (S,) int64 as from `voxel_sample`, and group_idx (N,) int32, the position in `kept` of
        the point that stands for each point.

    Raises:
        InputError: as for `voxel_sample`.
    """
    points = check_points(points)
    if not voxel_size > 0.0:
        raise InputError(f'voxel_size must be positive, got {voxel_size}')
    keys, num_keys, offset = _voxel_keys(points, voxel_size)
    nearest = np.full(num_keys, np.inf, np.float32)
    np.minimum.at(nearest, keys, offset)
    kept = np.flatnonzero(offset == nearest[keys])
    _, first = np.unique(keys[kept], return_index=True)
    kept = np.sort(kept[first])
    group_of_key = np.zeros(num_keys, np.int32)
    group_of_key[keys[kept]] = np.arange(len(kept), dtype=np.int32)
    return kept, group_of_key[keys]


def voxel_size_for(points: np.ndarray, num_voxels: float) -> float:
    """Return the size at which about `num_voxels` voxels are occupied, within some 25 %.

    Large clouds are judged by some of their points. Where a cloud has too few distinct points, the
    voxels get very small instead.

    Args:
        points: (N, 3) finite.
        num_voxels: Wanted number, >= 1.

    Returns:
        Edge of the voxels [unit of the points], > 0.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite.
    """
    points = check_points(points)
    if len(points) > _MAX_JUDGED_POINTS:
        rng = np.random.default_rng(0)
        points = points[rng.integers(len(points), size=_MAX_JUDGED_POINTS)]
    low, high = extent(points)
    edge = float((high - low).max())
    if edge == 0.0:
        return 1.0
    # A few points cannot show many voxels; the rest is extrapolated.
    shown = min(num_voxels, max(len(points) / 4.0, 1.0))
    size = edge / np.sqrt(shown)
    for _ in range(8):
        ratio = len(np.unique(_voxel_keys(points, size)[0])) / shown
        # A surface fills voxels with the inverse square of their size.
        size = max(size * np.sqrt(ratio), edge * 1e-6)
        if 0.8 <= ratio <= 1.25:
            break
    return float(size * np.sqrt(shown / num_voxels))


def spread_subset(points: np.ndarray, num_samples: int, *, seed: int = 0) -> np.ndarray:
    """Choose points that cover the shape evenly in space, however dense the scan is where.

    A voxel grid thins dense regions to a few times the wanted number, farthest-point sampling
    picks among those. Scans with several millions of points take about a second.

    Args:
        points: (N, 3) finite.
        num_samples: S >= 1; all points are returned where N <= S.
        seed: Chooses the points that fill up where fewer than S distinct places exist.

    Returns:
        (min(N, S),) int64 ascending indices without repeats.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, or S < 1.
        BackendMissingError: fpsample is not installed.
    """
    points = check_points(points)
    if num_samples < 1:
        raise InputError(f'num_samples must be at least 1, got {num_samples}')
    if len(points) <= num_samples:
        return np.arange(len(points))
    kept = _thinned(points, num_samples)
    if len(kept) > num_samples:
        unit = fit_unit_sphere(points[kept]).apply(points[kept])
        kept = np.unique(kept[fast_farthest_point_sample(unit, num_samples)])
    missing = num_samples - len(kept)
    if missing == 0:
        return kept
    rest = np.setdiff1d(np.arange(len(points)), kept, assume_unique=True)
    return np.sort(np.append(kept, rest[random_subset(len(rest), missing, seed)]))


def random_subset(num_points: int, num_samples: int, seed: int) -> np.ndarray:
    """Draw `num_samples` of `num_points` rows without repeats, the same for the same seed.

    Returns:
        (min(num_points, num_samples),) int64 ascending indices.

    Raises:
        InputError: a count is negative.
    """
    if num_points < 0 or num_samples < 0:
        raise InputError(f'counts must not be negative, got {num_points} and {num_samples}')
    if num_samples >= num_points:
        return np.arange(num_points)
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(num_points, num_samples, replace=False, shuffle=False))


def _thinned(points: np.ndarray, num_samples: int) -> np.ndarray:
    """Return several well-spread points per sample wherever the cloud has them."""
    if len(points) <= 2.0 * _VOXELS_PER_SAMPLE * num_samples:
        return np.arange(len(points))
    size = voxel_size_for(points, _VOXELS_PER_SAMPLE * num_samples)
    for _ in range(4):
        kept = voxel_sample(points, size)
        if len(kept) >= num_samples:
            break
        size /= 2.0
    return kept


def _voxel_keys(points: np.ndarray, voxel_size: float) -> tuple[np.ndarray, int, np.ndarray]:
    """Number the cells of a grid, one coordinate at a time, which is fast and lean.

    Returns:
        keys (N,) int64, one more than the largest possible key, and the squared distance of each
        point to the centre of its cell (N,) float32 [squared edges].
    """
    keys = np.zeros(len(points), np.int64)
    offset = np.zeros(len(points), np.float32)
    num_cells = 1
    for column in points.T:
        cell = (column - column.min()) * column.dtype.type(1.0 / voxel_size)
        whole = cell.astype(np.int64)  # rounds down, since no cell is negative
        cell -= whole
        offset += np.square(cell - 0.5, dtype=np.float32)
        num_along = int(whole.max()) + 1
        if num_cells * num_along >= 2**62:
            num_cells, keys = _compact(keys)
        keys *= num_along
        keys += whole
        num_cells *= num_along
    if num_cells > _MAX_TABLE_CELLS:
        num_cells, keys = _compact(keys)
    return keys, num_cells, offset


def _compact(keys: np.ndarray) -> tuple[int, np.ndarray]:
    unique, position = np.unique(keys, return_inverse=True)
    return len(unique), position.reshape(-1).astype(np.int64)


def _sampled_points(points: np.ndarray, num_samples: int) -> np.ndarray:
    points = check_points(points).astype(np.float32, copy=False)
    if not 1 <= num_samples <= len(points):
        raise InputError(f'num_samples must lie in 1 … {len(points)}, got {num_samples}')
    return points


def _fpsample() -> ModuleType:
    try:
        import fpsample
    except ImportError as error:
        raise BackendMissingError(
            'farthest-point sampling needs the package fpsample; pip install fpsample'
        ) from error
    return fpsample
