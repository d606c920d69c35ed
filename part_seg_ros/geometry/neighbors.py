# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Nearest neighbours in a cloud."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.point_arrays import check_points


def k_nearest(
    points: np.ndarray,
    queries: np.ndarray,
    k: int,
    *,
    max_radius: float | None = None,
    workers: int = -1,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the k points nearest to each query, nearest first.

    Args:
        points: (N, 3) finite.
        queries: (M, 3) finite, in the frame of `points`.
        k: K, with 1 <= K <= N. A query that is itself a point finds itself first.
        max_radius: Neighbours at this distance or beyond do not count; None for no limit.
        workers: Threads, -1 for all cores.

    Returns:
        distances (M, K) float32 and indices (M, K) int64 into `points`. Where `max_radius` leaves
        fewer than K, the rest is inf and -1. Order among equally near points is not defined.

    Raises:
        InputError: an array is not (N, 3) or not finite, or K is out of range.
    """
    points = check_points(points)
    queries = check_points(queries, 'queries', min_points=0)
    if not 1 <= k <= len(points):
        raise InputError(f'k must lie in 1 … {len(points)} for this cloud, got {k}')
    bound = np.inf if max_radius is None else max_radius
    ranks = np.arange(1, k + 1)
    distances, idx = cKDTree(points).query(
        queries, ranks, distance_upper_bound=bound, workers=workers
    )
    idx = np.where(np.isfinite(distances), idx, -1)
    return distances.astype(np.float32), idx.astype(np.int64)
