# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where a user would click on a part: near its middle and far from all others."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError

_FLOOR = 1e-6


def simulated_click(points: np.ndarray, target: np.ndarray) -> int:
    """Return the row of the point of a part that is clicked in evaluation.

    Args:
        points: (N, 3) finite.
        target: (N,) bool, the part.

    Returns:
        The point with the highest mean of nearness to the centroid of the part and distance from
        the nearest point outside, both scaled to 0 … 1 over the part; the lower row at a tie.

    Raises:
        InputError: the part has no point.

    Source:
        S2AM3D (arXiv 2512.00995), click simulation of the release.
    """
    rows = np.flatnonzero(target)
    if not len(rows):
        raise InputError('the part must have points, got none')
    inside, outside = points[rows], points[~target]
    from_center = np.linalg.norm(inside - inside.mean(axis=0), axis=1)
    from_others = cKDTree(outside).query(inside)[0] if len(outside) else np.zeros(len(inside))
    preference = (1.0 - _unit_range(from_center)) + _unit_range(from_others)
    return int(rows[preference.argmax()])


def _unit_range(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (np.ptp(values) + _FLOOR)
