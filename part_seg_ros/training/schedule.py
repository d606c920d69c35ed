# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Learning rates over the steps of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence


def trapezoid(step: int, *, num_steps: int, warmup_steps: int, decay_share: float) -> float:
    """Linear warm-up, constant, then linear to one hundredth of the peak.

    Until the decay begins the length of the run does not matter: a run may be resumed with another
    `num_steps` and decays towards that.

    Args:
        step: From 0.
        num_steps: Of the run.
        warmup_steps: Of the warm-up; the last of them has the peak.
        decay_share: Share of the run, at its end, in which the rate falls, in (0, 1].

    Returns:
        Share of the peak, in (0, 1].
    """
    warm = min(1.0, (step + 1) / max(1, warmup_steps))
    rest = max(0.0, 1.0 - step / num_steps)
    return warm * max(0.01, min(1.0, rest / decay_share))


def milestones(
    step: int, *, warmup_steps: int, marks: Sequence[int], first: float = 1e-3, factor: float = 0.1
) -> float:
    """Linear warm-up, then constant between marks.

    Args:
        step: From 0.
        warmup_steps: Of the warm-up; the first step after it has the peak.
        marks: Steps from which on the rate is multiplied once more.
        first: Share of the peak at step 0.
        factor: What the rate is multiplied by at each mark.

    Returns:
        Share of the peak.
    """
    warm = 1.0 if step >= warmup_steps else first + (1.0 - first) * step / warmup_steps
    return warm * factor ** sum(step >= mark for mark in marks)


def staircase(step: int, *, every: int, factor: float) -> float:
    """Return the share of the peak at a step (from 0) that is `factor` lower every so often."""
    return factor ** (step // every)


def cosine(step: int, *, num_steps: int, last: float) -> float:
    """Return the share of the peak at a step (from 0), down to `last` at the end of the run."""
    done = min(1.0, step / num_steps)
    return last + (1.0 - last) * 0.5 * (1.0 + math.cos(math.pi * done))
