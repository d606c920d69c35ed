# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where the user of an interactive evaluation clicks, by published protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.metrics import (
    PARTSAM_CLICKS,
    POINT_SAM_CLICKS,
    ClickRule,
    most_central_point,
    next_click,
)

User = Callable[[int, np.ndarray | None], tuple[int, int]]
"""From the number of clicks given so far, and the (N,) bool answer to them or None before the
first, to the index of the next point clicked and its label, 1 on the part or 0 off it."""

Builder = Callable[[np.ndarray, np.ndarray, np.random.Generator], User]


def correcting_user(
    points: np.ndarray, target: np.ndarray, rule: ClickRule = POINT_SAM_CLICKS
) -> User:
    """Click into the middle of the part, then into the middle of the worst error.

    Args:
        points: (N, 3) [m].
        target: (N,) bool the part, as for `next_click`.
        rule: What is done in cases of doubt.
    """
    return lambda num_given, answer: next_click(points, target, answer, rule)


def marking_user(target: np.ndarray, rng: np.random.Generator) -> User:
    """Click on random points of the part whatever the answers; on none twice while any is left.

    Args:
        target: (N,) bool the part.
        rng: Draws the order; the first k clicks are the same for any number of them.

    Raises:
        InputError: the part is empty.

    Source:
        SegviGen (Li et al. 2026), Sec. 4.1, "Metrics": ten positive points are sampled for each
        part. It does not say how; ours are drawn evenly from the points of the part that are
        seen, which lie evenly by area unless a camera sees the object.
    """
    order = rng.permutation(np.flatnonzero(target))
    if len(order) == 0:
        raise InputError('a click needs a part with at least one point, got an empty one')
    return lambda num_given, answer: (int(order[num_given % len(order)]), 1)


def central_user(points: np.ndarray, target: np.ndarray) -> User:
    """Click where the part is both central and far from its border, then as `correcting_user`.

    Args:
        points: (N, 3) [m].
        target: (N,) bool the part, as for `next_click`.

    Source:
        Click simulation of S2AM3D's release (arXiv 2512.00995), which has one click. The distance
        to the other parts is to all that is not this part here, points of no part among them.
    """

    def click(num_given: int, answer: np.ndarray | None) -> tuple[int, int]:
        if answer is None:
            return most_central_point(points, target), 1
        return next_click(points, target, answer)

    return click


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickProtocol:
    """A published way to simulate clicks.

    Attributes:
        build: From (N, 3) points, the (N,) bool part and a generator to its user.
        corrects: Later clicks correct the answer, with clicks off the part among them.
        description: One sentence for a report.
    """

    build: Builder
    corrects: bool
    description: str


def _correcting(rule: ClickRule) -> Builder:
    return lambda points, target, rng: correcting_user(points, target, rule)


POINT_SAM = 'point_sam'
CLICK_PROTOCOLS: dict[str, ClickProtocol] = {
    POINT_SAM: ClickProtocol(
        build=_correcting(POINT_SAM_CLICKS),
        corrects=True,
        description='Clicks as in Point-SAM: the middle of the part, then of the worst error, on'
        ' the part or off it',
    ),
    'partsam': ClickProtocol(
        build=_correcting(PARTSAM_CLICKS),
        corrects=True,
        description='Clicks as in the release of PartSAM: the middle of the part, then of the'
        ' worst error, of equal ones the missed',
    ),
    's2am3d': ClickProtocol(
        build=lambda points, target, rng: central_user(points, target),
        corrects=True,
        description='The first click as in S2AM3D, central in the part and far from its border,'
        ' later ones as in Point-SAM',
    ),
    'segvigen': ClickProtocol(
        build=lambda points, target, rng: marking_user(target, rng),
        corrects=False,
        description='Clicks as in SegviGen: random points of the part, none off it',
    ),
}
