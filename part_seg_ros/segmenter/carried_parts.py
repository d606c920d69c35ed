# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts that were found on some elements, such as points, described on others, such as faces."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.structures import PartSegmentation

_NONE = -1


def carry_parts(
    found: PartSegmentation, part_ids: np.ndarray, places: Callable[[np.ndarray], np.ndarray]
) -> tuple[PartSegmentation, np.ndarray]:
    """Describe the parts on elements that got their ids.

    Args:
        found: K parts.
        part_ids: (M,) int ids of these parts, -1 for none.
        places: Returns the (P, 3) places that a (M,) bool mask of the elements has, for its box.

    Returns:
        The parts that any element has, numbered anew, and (K + 1,) int32 the new id of each of the
        K parts, -1 for none; the last stands for the id -1.
    """
    used = [part for part in found.parts if (part_ids == part.part_id).any()]
    number = np.full(len(found.parts) + 1, _NONE, np.int32)
    number[[part.part_id for part in used]] = np.arange(len(used))
    part_ids = number[part_ids]
    parts = tuple(
        dataclasses.replace(part, part_id=new_id, box=oriented_box(places(part_ids == new_id)))
        for new_id, part in enumerate(used)
    )
    return dataclasses.replace(found, part_ids=part_ids, parts=parts), number
