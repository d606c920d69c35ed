# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Metrics and click simulation; NumPy and k-d trees only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.interior import deepest_point, depths

Points = Any  # a NumPy array, or a tensor where the caller brings a `find_deepest` for tensors


def mask_iou(mask: np.ndarray, target: np.ndarray) -> float:
    """Intersection over union of two (N,) bool masks; NaN when both are empty."""
    union = np.count_nonzero(mask | target)
    return np.count_nonzero(mask & target) / union if union else float('nan')


def best_iou(part_ids: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Best IoU of a mask with any part of a segmentation.

    Args:
        part_ids: (N,) int part of every point or face, negative where there is none.
        target: (N,) bool, not empty.
        weights: (N,) float >= 0 how much each counts, as the areas of faces; None for all alike.

    Returns:
        The IoU, 0.0 where no part overlaps the mask.
    """
    counted = np.ones(len(target)) if weights is None else weights
    is_shared, is_part = target & (part_ids >= 0), part_ids >= 0
    shared = np.bincount(part_ids[is_shared], counted[is_shared])
    sizes = np.bincount(part_ids[is_part], counted[is_part])[: len(shared)]
    union = sizes + counted[target].sum() - shared
    return float(
        np.divide(shared, union, where=union > 0, out=np.zeros_like(union)).max(initial=0)
    )


def best_mask_iou(masks: np.ndarray, target: np.ndarray) -> float:
    """Best IoU of a mask with any of several masks, which may overlap.

    Args:
        masks: (M, N) bool.
        target: (N,) bool, not empty.

    Returns:
        The IoU, 0.0 without masks.
    """
    shared = np.count_nonzero(masks & target, axis=1)
    union = np.count_nonzero(masks | target, axis=1)
    return float((shared / union).max(initial=0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickRule:
    """What two protocols of simulated clicks decide differently.

    Attributes:
        draw_is_missed: Of errors equally deep the missed points are clicked, not the wrong ones.
        whole_is_deep: The whole cloud is deeper than any other region, and its first point is
            clicked; else it has no depth, like an empty region, and cannot be clicked.
    """

    draw_is_missed: bool = False
    whole_is_deep: bool = False


POINT_SAM_CLICKS = ClickRule()
PARTSAM_CLICKS = ClickRule(draw_is_missed=True, whole_is_deep=True)


def next_click(
    points: Points,
    target: Points,
    mask: Points | None,
    rule: ClickRule = POINT_SAM_CLICKS,
    find_deepest: Callable[[Points, Points], tuple[int, float]] = deepest_point,
) -> tuple[int, int]:
    """Simulate a user's next click.

    Args:
        points: (N, 3).
        target: (N,) bool true part, neither empty nor the whole cloud.
        mask: (N,) bool answer so far, None for the first click.
        rule: What is done in cases of doubt.
        find_deepest: `deepest_point`, or the same on arrays of another library.

    Returns:
        Index of the clicked point and its label, 1 foreground or 0 background.

    Raises:
        InputError: the target is empty, or covers the cloud where `rule` cannot click that.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4, and AGILE3D: deepest point of the part, later of the
        missed or the wrongly covered points, whichever lies deeper; a draw goes to the latter, a
        perfect mask to the part. PartSAM's release (arXiv 2509.21965) has the rule
        `PARTSAM_CLICKS`.
    """
    if not target.any() or (target.all() and not rule.whole_is_deep):
        raise InputError('a click needs a part that is neither empty nor the whole cloud')

    def find(region: Points) -> tuple[int, float]:
        if rule.whole_is_deep and region.all():
            return 0, math.inf
        return find_deepest(points, region)

    if mask is not None:
        missed, missed_depth = find(target & ~mask)
        wrong, wrong_depth = find(mask & ~target)
        if missed_depth > wrong_depth or (
            rule.draw_is_missed and missed_depth == wrong_depth >= 0
        ):
            return missed, 1
        if wrong_depth >= 0:
            return wrong, 0
    return find(target)[0], 1


def most_central_point(points: np.ndarray, target: np.ndarray) -> int:
    """Find the point of a part that is near its centre and far from all that is not of it.

    Args:
        points: (N, 3).
        target: (N,) bool the part, neither empty nor the whole cloud.

    Returns:
        Index of the point with the greatest sum of both, each stretched to [0, 1] over the part.
        Of equals the first.

    Raises:
        InputError: the target is empty or covers the cloud.

    Source:
        Click simulation of S2AM3D's release (arXiv 2512.00995).
    """
    inside = np.flatnonzero(target)
    if not 0 < len(inside) < len(target):
        raise InputError('a click needs a part that is neither empty nor the whole cloud')
    from_center = np.linalg.norm(points[inside] - points[inside].mean(axis=0), axis=1)
    score = _stretched(depths(points, target)) - _stretched(from_center)
    return int(inside[score.argmax()])


def _stretched(values: np.ndarray) -> np.ndarray:
    least = values.min()
    return (values - least) / (values.max() - least + 1e-6)
