# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which true parts of a seen object count, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.object import granularity_of
from part_seg_ros.evaluation.datasets import LabeledObject

MIN_PART_POINTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePart:
    """One true part of a seen object.

    Attributes:
        object_name: The object.
        kind: What the object is, '' when unknown.
        group: Where the object comes from, '' when unknown.
        part_id: Its id in the object.
        part_name: Its name, '' when unknown.
        share: Its share of the seen points, in (0, 1).
    """

    object_name: str
    kind: str
    group: str
    part_id: int
    part_name: str
    share: float

    @property
    def granularity(self) -> float:
        """Its fineness, in (0, 1]."""
        return granularity_of(self.share)


def true_parts(obj: LabeledObject, part_ids: np.ndarray) -> list[TruePart]:
    """List the parts with at least 10 seen points that are not all that is seen.

    Args:
        obj: The object.
        part_ids: (N,) int32 part of each seen point, -1 where it is not known.

    Returns:
        The parts by ascending id.
    """
    found = []
    for part_id, count in zip(*np.unique(part_ids, return_counts=True), strict=True):
        if part_id >= 0 and MIN_PART_POINTS <= count < len(part_ids):
            found.append(
                TruePart(
                    object_name=obj.name,
                    kind=obj.kind,
                    group=obj.group,
                    part_id=int(part_id),
                    part_name=obj.part_names[part_id] if part_id < len(obj.part_names) else '',
                    share=float(count / len(part_ids)),
                )
            )
    return found
