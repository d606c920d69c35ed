# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Metrics and click simulation; NumPy and k-d trees only."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError


def mask_iou(mask: np.ndarray, target: np.ndarray) -> float:
    """Intersection over union of two (N,) bool masks; NaN when both are empty."""
    union = np.count_nonzero(mask | target)
    return np.count_nonzero(mask & target) / union if union else float('nan')


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


def next_click(points: np.ndarray, target: np.ndarray, mask: np.ndarray | None) -> tuple[int, int]:
    """Simulate a user's next click.

    Args:
        points: (N, 3).
        target: (N,) bool true part, neither empty nor the whole cloud.
        mask: (N,) bool answer so far, None for the first click.

    Returns:
        Index of the clicked point and its label, 1 foreground or 0 background.

    Raises:
        InputError: the target is empty or covers the cloud.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4, and AGILE3D: deepest point of the part, later of the
        missed or the wrongly covered points, whichever lies deeper; a draw goes to the latter, a
        perfect mask to the part.
    """
    first, depth = deepest_point(points, target)
    if depth < 0:
        raise InputError('a click needs a part that is neither empty nor the whole cloud')
    if mask is None:
        return first, 1
    missed, missed_depth = deepest_point(points, target & ~mask)
    wrong, wrong_depth = deepest_point(points, mask & ~target)
    if missed_depth > wrong_depth:
        return missed, 1
    return (first, 1) if wrong_depth < 0 else (wrong, 0)
