# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Following a part from one cloud of a stream to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.config import check_limits, setting
from part_seg_ros.geometry.interior import deepest_point
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import MaskCandidates, PointPrompt

# Logit of a point that is expected on the part; its negative elsewhere.
_SURE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowSettings:
    """How a part is found again."""

    radius: float = setting(
        0.01,
        'Farthest that a point may be from where the part was last seen to be expected on it [m].',
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSight:
    """A part and what is beside it, as it was last seen.

    Attributes:
        points: (M, 3) finite, in a frame in which the scene rests [m].
        is_part: (M,) bool.
    """

    points: np.ndarray
    is_part: np.ndarray

    def moved(self, T_target_source: np.ndarray) -> PartSight:
        """Return the same in another frame, by a (4, 4) transform."""
        return replace(self, points=transform_points(T_target_source, self.points))


def see_part(points: np.ndarray, mask: np.ndarray, radius: float) -> PartSight:
    """Keep the points of a part and all others in the box around it.

    Args:
        points: (N, 3); rows that are not finite are left out.
        mask: (N,) bool the part, set at one point or more, at finite ones alone.
        radius: How far the box reaches beyond the part, in the unit of the points.
    """
    low, high = points[mask].min(axis=0) - radius, points[mask].max(axis=0) + radius
    near_idx = np.flatnonzero(_is_in_box(points, low, high))
    return PartSight(points=points[near_idx], is_part=mask[near_idx])


def expected_mask(points: np.ndarray, sight: PartSight, radius: float) -> np.ndarray:
    """Tell which points of a cloud lie where a part was last seen.

    A point is expected on the part if the nearest point of what was seen belonged to it, and is no
    farther than `radius`.

    Args:
        points: (N, 3); rows that are not finite are expected nowhere.
        sight: In the frame of `points`.
        radius: In the unit of the points.

    Returns:
        (N,) bool.
    """
    is_expected = np.zeros(len(points), bool)
    part_points = sight.points[sight.is_part]
    low, high = part_points.min(axis=0) - radius, part_points.max(axis=0) + radius
    # Most of a scene is nowhere near; the tree is asked about the box around the part alone.
    near_idx = np.flatnonzero(_is_in_box(points, low, high))
    distances, nearest = cKDTree(sight.points).query(points[near_idx], distance_upper_bound=radius)
    is_near = np.isfinite(distances)
    is_expected[near_idx[is_near]] = sight.is_part[nearest[is_near]]
    return is_expected


def click_inside(points: np.ndarray, mask: np.ndarray) -> PointPrompt:
    """Click on the point of a mask that is farthest from everything outside it.

    Points farther from the mask than its size are left out of account.

    Args:
        points: (N, 3); rows that are not finite are left out.
        mask: (N,) bool, set at one point or more, at finite ones alone.
    """
    low, high = points[mask].min(axis=0), points[mask].max(axis=0)
    size = np.linalg.norm(high - low)
    near_idx = np.flatnonzero(_is_in_box(points, low - size, high + size))
    deepest, _ = deepest_point(points[near_idx], mask[near_idx])
    if deepest < 0:  # nothing lies outside
        inside = points[near_idx]
        deepest = int(np.linalg.norm(inside - inside.mean(axis=0), axis=1).argmin())
    return PointPrompt(
        prompt_coords=points[near_idx[deepest]][None], prompt_labels=np.ones(1, np.int8)
    )


def remembered(prompt: PointPrompt, expected: np.ndarray, network_idx: np.ndarray) -> Prediction:
    """Return what is expected as an earlier answer, for a network to refine.

    Args:
        prompt: The click to answer.
        expected: (N,) bool.
        network_idx: (S,) rows that the network saw.
    """
    logits = np.where(expected[network_idx], _SURE, -_SURE).astype(np.float32)[None]
    iou_pred = np.ones(1, np.float32)
    return Prediction(
        candidates=MaskCandidates(mask_logits=np.zeros((1, 0), np.float32), iou_pred=iou_pred),
        network_logits=logits,
        prompt=prompt,
        snap_distances=np.zeros(1, np.float32),
        decode_ms=0.0,
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


def _is_in_box(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return (N,) bool; points that are not finite are in no box."""
    is_inside = (points >= low) & (points <= high)
    return np.asarray(is_inside.all(axis=1))
