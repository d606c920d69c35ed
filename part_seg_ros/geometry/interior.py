# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where the inside of a region of a cloud is."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


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
    depth = cKDTree(points[~region]).query(points[inside])[0]
    deepest = int(depth.argmax())
    return int(inside[deepest]), float(depth[deepest])
