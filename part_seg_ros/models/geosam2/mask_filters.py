# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which of the objects that a pass found are kept. Source: the release of GeoSAM2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter, minimum_filter

from part_seg_ros.models.geosam2.model import ABSENT_LOGIT

_OPENING = 13
_CERTAIN = 0.7
_STABILITY_SLACK = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRules:
    """When an object is dropped.

    Attributes:
        min_stability: Least share of the pixels with a logit above -0.7 that has one above 0.7, in
            the prompted view; 0.07 less will do in others.
        max_growth: Largest area in any other view, in areas in the prompted view.
        max_overlap: Largest IoU with an earlier object in the prompted view.
    """

    min_stability: float
    max_growth: float
    max_overlap: float = 0.8


PROMPTED = ObjectRules(min_stability=0.0, max_growth=10_000.0)


def is_kept(logits: Mapping[int, np.ndarray], start: int, rules: ObjectRules) -> bool:
    """Judge one object by its masks.

    Args:
        logits: (S, S) for each view.
        start: The prompted view.
        rules: When it is dropped.
    """
    area = (logits[start] > 0).sum()
    for v, found in logits.items():
        size = (found > 0).sum()
        if v != start and size > rules.max_growth * area:
            return False
        threshold = rules.min_stability - (0.0 if v == start else _STABILITY_SLACK)
        # Without a threshold nothing is dropped, so the opening can be saved.
        if (
            threshold > 0
            and (size or v == start)
            and stability(sure_of_thin_bits(found)) < threshold
        ):
            return False
    return True


def stability(logits: np.ndarray) -> float:
    """Return how little the area of a mask depends on the threshold, 0 to 1; 0 for no mask."""
    outer = (logits > -_CERTAIN).sum()
    return float((logits > _CERTAIN).sum() / outer) if outer else 0.0


def sure_of_thin_bits(logits: np.ndarray) -> np.ndarray:
    """Make bits of a mask that a square of 13 pixels does not fit into certain.

    The release means to remove them; what it does is this.

    Args:
        logits: (S, S).
    """
    mask = (logits > 0).astype(np.uint8)
    core = minimum_filter(mask, _OPENING, mode='constant', cval=1)
    opened = maximum_filter(core, _OPENING, mode='constant', cval=0)
    return np.where(mask > opened, -ABSENT_LOGIT, logits)


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Return the IoU of two bool masks; 0 for two empty ones."""
    union = (first | second).sum()
    return float((first & second).sum() / union) if union else 0.0
