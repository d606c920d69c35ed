# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clouds whose parts are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.structures import PointCloud


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledCloud:
    """A cloud with its true parts.

    Attributes:
        cloud: N points, in the units of the file.
        part_ids: (N,) int32 true part instance of every point, -1 where none is known.

    Raises:
        InputError: `part_ids` has not one entry per point.
    """

    cloud: PointCloud
    part_ids: np.ndarray

    def __post_init__(self) -> None:
        part_ids = np.asarray(self.part_ids).astype(np.int32)
        if part_ids.shape != (len(self.cloud),):
            raise InputError(
                f'part_ids must have one entry per point ({len(self.cloud)}), got {part_ids.shape}'
            )
        object.__setattr__(self, 'part_ids', part_ids)


def draw_labeled_points(
    labeled: LabeledCloud, num_points: int, rng: np.random.Generator
) -> tuple[PointCloud, np.ndarray]:
    """Draw points without repeating one, all of them where there are no more than `num_points`.

    Returns:
        The cloud of N <= `num_points` in the order of the file, and part_ids (N,) int32.
    """
    kept = np.sort(rng.permutation(len(labeled.cloud))[:num_points])
    return labeled.cloud.select(kept), labeled.part_ids[kept]
