# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clusters of points by density (DBSCAN)."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.geometry.face_graph import connected_pieces

NOISE = -1


def density_clusters(points: np.ndarray, radius: float, min_points: int) -> np.ndarray:
    """Find sets of points that hang together through crowded places.

    A point is a core if at least `min_points` points, itself counted, lie within `radius` of it.
    Cores within `radius` of each other are in one cluster; another point joins the cluster of its
    nearest core within `radius`.

    Args:
        points: (N, 3) float, finite.
        radius: Positive [unit of the points].
        min_points: At least 1.

    Returns:
        (N,) int64 cluster of each point, numbered by their first core, -1 for noise.

    Source:
        DBSCAN (Ester et al. 1996). There a border point of two clusters goes to the one that is
        grown first; here to that of the nearest core, so the order of the points does not matter.
    """
    pairs = cKDTree(points).query_pairs(radius, output_type='ndarray').astype(np.int64)
    near = 1 + np.bincount(pairs.ravel(), minlength=len(points))
    is_core = near >= min_points
    labels = np.full(len(points), NOISE, np.int64)
    if not is_core.any():
        return labels
    row = np.cumsum(is_core) - 1
    between_cores = row[pairs[is_core[pairs].all(axis=1)]]
    labels[is_core] = connected_pieces(between_cores, int(is_core.sum()))
    others = np.flatnonzero(~is_core)
    distances, nearest = cKDTree(points[is_core]).query(points[others])
    reached = distances <= radius
    labels[others[reached]] = labels[is_core][nearest[reached]]
    return labels
