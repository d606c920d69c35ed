# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Metrics and click simulation; NumPy and k-d trees only."""

from __future__ import annotations

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.interior import deepest_point


def mask_iou(mask: np.ndarray, target: np.ndarray) -> float:
    """Intersection over union of two (N,) bool masks; NaN when both are empty."""
    union = np.count_nonzero(mask | target)
    return np.count_nonzero(mask & target) / union if union else float('nan')


def best_iou(part_ids: np.ndarray, target: np.ndarray) -> float:
    """Best IoU of a mask with any part of a segmentation.

    Args:
        part_ids: (N,) int part of every point, negative where there is none.
        target: (N,) bool, not empty.

    Returns:
        The IoU, 0.0 where no part overlaps the mask.
    """
    shared = np.bincount(part_ids[target & (part_ids >= 0)])
    sizes = np.bincount(part_ids[part_ids >= 0])[: len(shared)]
    union = sizes + np.count_nonzero(target) - shared
    return float((shared / union).max(initial=0.0))


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
