# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Following a part from one cloud of a stream to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.config import check_limits, setting
from part_seg_ros.geometry.interior import deepest_point
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import PointPrompt


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowSettings:
    """How a part is found again."""

    radius: float = setting(
        0.01,
        'A point is expected on a part if the part had a point this near in the last cloud [m].',
        minimum=1e-6,
    )
    min_points: int = setting(
        10, 'With fewer expected points a part counts as out of sight.', minimum=1
    )
    min_agreement: float = setting(
        0.3,
        'IoU with the expected points below which the answer counts as another part.',
        minimum=0.0,
        maximum=1.0,
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def expected_mask(points: np.ndarray, part_points: np.ndarray, radius: float) -> np.ndarray:
    """Tell which points of a cloud lie where a part was seen before.

    Args:
        points: (N, 3); rows that are not finite are expected nowhere.
        part_points: (M, 3) finite points of the part, in the frame of `points`.
        radius: Farthest that a point may be from one of the part, in the unit of the points.

    Returns:
        (N,) bool.
    """
    is_expected = np.zeros(len(points), bool)
    if not len(part_points):
        return is_expected
    # Most of a scene is nowhere near; the tree is asked about the box around the part alone.
    low, high = part_points.min(axis=0) - radius, part_points.max(axis=0) + radius
    near_idx = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    distances, _ = cKDTree(part_points).query(points[near_idx], distance_upper_bound=radius)
    is_expected[near_idx] = np.isfinite(distances)
    return is_expected


def click_inside(points: np.ndarray, mask: np.ndarray) -> PointPrompt:
    """Click on the point of a mask that is farthest from everything outside it.

    Args:
        points: (N, 3); rows that are not finite are left out.
        mask: (N,) bool, set at one finite point or more.
    """
    valid_idx = np.flatnonzero(np.isfinite(points).all(axis=1))
    deepest, _ = deepest_point(points[valid_idx], mask[valid_idx])
    if deepest < 0:  # nothing lies outside
        inside = points[valid_idx]
        deepest = int(np.linalg.norm(inside - inside.mean(axis=0), axis=1).argmin())
    return PointPrompt(
        prompt_coords=points[valid_idx[deepest]][None], prompt_labels=np.ones(1, np.int8)
    )


def agreeing(
    prediction: Prediction, expected: np.ndarray, min_agreement: float
) -> Prediction | None:
    """Choose the candidate that is most like what is expected.

    Args:
        prediction: The answer to a click on the part.
        expected: (N,) bool.
        min_agreement: IoU with `expected` that the candidate must have.

    Returns:
        The prediction with that candidate chosen; None where none is enough like it.
    """
    masks = prediction.candidates.masks
    shared = (masks & expected).sum(axis=1)
    union = (masks | expected).sum(axis=1)
    ious = shared / np.maximum(union, 1)
    best = int(ious.argmax())
    if ious[best] < min_agreement or not shared[best]:
        return None
    return prediction.refine_from(best)
