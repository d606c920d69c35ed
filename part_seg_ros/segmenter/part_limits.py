# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which of the parts that were found are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLimits:
    """Which parts are told, and how.

    Attributes:
        min_points: Parts with fewer input points are dissolved: their points go to the next best.
        max_parts: At most so many, best first; 0 for no limit.
        min_name_probability: A part whose likeliest name is less probable gets no name.
    """

    min_points: int
    max_parts: int
    min_name_probability: float
