# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Choosing points that stand for a larger cloud; everything here is deterministic."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.geometry.validation import check_points

# Voxel grids up to this many cells are tables; larger ones are sorted.
_MAX_TABLE_CELLS = 1 << 26
# Voxels asked for per wanted sample, of which farthest-point sampling then picks.
_VOXELS_PER_SAMPLE = 3.0


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

    The first pick is the point farthest from the mean, so that the choice depends on the shape and
    not on the order of its rows (up to ties).

    Args:
        points: (N, 3) finite; computed in float32.
        num_samples: S, with 1 <= S <= N.

    Returns:
        (S,) int64 indices in pick order.

    Raises:
        InputError: `points` is not (N, 3) or not finite, or S is out of range.
        BackendMissingError: fpsample is not installed.

    Source:
        QuickFPS (Han et al. 2023): farthest-point sampling over the buckets of a k-d tree.
    """
    points = _sampled_points(points, num_samples)
    center = points.mean(axis=0, dtype=np.float64).astype(np.float32)
    start = int(((points - center) ** 2).sum(axis=1).argmax())
    height = int(np.clip(np.log2(len(points)) - 6, 0, 9))
    if height < 1:
        return farthest_point_sample(points, num_samples, start=start)
    picked = _fpsample().bucket_fps_kdline_sampling(points, num_samples, height, start_idx=start)
    return picked.astype(np.int64)


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
    points = check_points(points)
    if not voxel_size > 0.0:
        raise InputError(f'voxel_size must be positive, got {voxel_size}')
    cells = (points - points.min(axis=0)) / points.dtype.type(voxel_size)
    whole = np.floor(cells)
    offset = ((cells - whole - 0.5) ** 2).sum(axis=1, dtype=np.float32)
    keys, num_keys = _voxel_keys(whole)
    nearest = np.full(num_keys, np.inf, np.float32)
    np.minimum.at(nearest, keys, offset)
    kept = np.flatnonzero(offset == nearest[keys])
    _, first = np.unique(keys[kept], return_index=True)
    return np.sort(kept[first])


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
    voxels = _thin(points, num_samples)
    if len(voxels) >= num_samples:
        picked = np.unique(voxels[fast_farthest_point_sample(points[voxels], num_samples)])
    else:
        picked = voxels
    missing = num_samples - len(picked)
    if missing == 0:
        return picked
    rest = np.setdiff1d(np.arange(len(points)), picked, assume_unique=True)
    return np.sort(np.append(picked, rest[random_subset(len(rest), missing, seed)]))


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


def _thin(points: np.ndarray, num_samples: int) -> np.ndarray:
    """Return voxel representatives, about `_VOXELS_PER_SAMPLE` per sample and seldom fewer."""
    wanted = _VOXELS_PER_SAMPLE * num_samples
    extent = float((points.max(axis=0) - points.min(axis=0)).max())
    voxel_size = extent / np.sqrt(wanted)
    kept = np.arange(len(points))
    for _ in range(6):
        if not voxel_size > extent * 1e-6:
            break
        kept = voxel_sample(points, voxel_size)
        if 0.6 * wanted <= len(kept) <= 2.0 * wanted:
            break
        # A surface fills voxels with the inverse square of their size.
        voxel_size *= np.sqrt(len(kept) / wanted)
    return kept


def _voxel_keys(whole: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the occupied cells: (N,) int64 keys and one more than the largest possible key."""
    cells = whole.astype(np.int64)
    size = cells.max(axis=0) + 1
    num_cells = float(size[0]) * float(size[1]) * float(size[2])
    if num_cells < 2.0**62:
        keys = (cells[:, 0] * size[1] + cells[:, 1]) * size[2] + cells[:, 2]
        if num_cells <= _MAX_TABLE_CELLS:
            return keys, int(num_cells)
        unique, keys = np.unique(keys, return_inverse=True)
    else:
        unique, keys = np.unique(cells, axis=0, return_inverse=True)
    return keys.reshape(-1), len(unique)


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
