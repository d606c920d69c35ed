# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where the inside of a region of a cloud is."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


def depths(points: np.ndarray, region: np.ndarray) -> np.ndarray:
    """Measure how far each point of a region is from everything outside it.

    Args:
        points: (N, 3).
        region: (N,) bool with K points, neither none nor all.

    Returns:
        (K,) float64 distance to the nearest point outside, in the order of the points.
    """
    return cKDTree(points[~region]).query(points[region])[0]


def deepest_point(points: np.ndarray, region: np.ndarray) -> tuple[int, float]:
    """Find the point of a region that is farthest from everything outside it.

    Args:
        points: (N, 3).
        region: (N,) bool.

    Returns:
        Its index and its distance to the nearest point outside; (-1, -1.0) when the region is
        empty or the whole cloud. Ties go to the lower index.
    """
    inside = np.flatnonzero(region)
    if len(inside) == 0 or len(inside) == len(points):
        return -1, -1.0
    depth = depths(points, region)
    deepest = int(depth.argmax())
    return int(inside[deepest]), float(depth[deepest])
