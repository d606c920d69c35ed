# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Whether points keep their part from one cloud to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

_MAX_POINTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledPoints:
    """Finite points and their parts.

    Attributes:
        points: (N, 3) in a frame in which the scene rests [m].
        labels: (N,) part of each point, 0 for none.
    """

    points: np.ndarray
    labels: np.ndarray


def label_stability(
    before: LabeledPoints, after: LabeledPoints, *, radius: float, same_ids: bool
) -> float:
    """Share of the points whose part stays the same between two consecutive clouds.

    Every point of the later cloud (of large clouds every n-th, 20 000 or fewer) is paired with the
    nearest point of the earlier cloud, unless that is farther than `radius`. Of the pairs in which
    at least one point has a part, those count as stable whose points have the same one; a pair
    with a part on one side alone is not stable, and pairs without any part say nothing.

    Args:
        before: The earlier cloud.
        after: The later cloud.
        radius: Longest distance of a pair [m].
        same_ids: Whether an id means the same part in both clouds. Else the parts of both are
            first matched one to one, such that most pairs are stable.

    Returns:
        The share in [0, 1]; NaN without a pair that counts.
    """
    if not len(before.points) or not len(after.points):
        return float('nan')
    step = -(-len(after.points) // _MAX_POINTS)
    points, labels = after.points[::step], after.labels[::step]
    distances, nearest = cKDTree(before.points).query(points, distance_upper_bound=radius)
    is_pair = np.isfinite(distances)
    first, second = before.labels[nearest[is_pair]], labels[is_pair]
    counts = (first > 0) | (second > 0)
    if not counts.any():
        return float('nan')
    first, second = first[counts].astype(np.int64), second[counts].astype(np.int64)
    if same_ids:
        return float((first == second).mean())
    shared = np.zeros((first.max() + 1, second.max() + 1), np.int64)
    np.add.at(shared, (first, second), 1)
    shared = shared[1:, 1:]
    rows, columns = linear_sum_assignment(-shared)
    return float(shared[rows, columns].sum() / len(first))
