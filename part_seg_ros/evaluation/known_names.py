# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which name of the vocabulary each true part bears."""

from __future__ import annotations

from collections.abc import Iterable

from part_seg_ros.data.procedural.families import PART_NAME_OF
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.names import find_part_name


def known_names(
    obj: LabeledObject, part_ids: Iterable[int], vocabulary: tuple[str, ...]
) -> dict[int, str]:
    """Find the names of parts.

    Args:
        obj: The object.
        part_ids: Of its parts.
        vocabulary: Names that count.

    Returns:
        Part id to name; parts without a label, or with one that no name stands for, are left out.
    """
    labels = {i: obj.part_names[i] for i in part_ids if i < len(obj.part_names)}
    names = {part_id: _name_of(obj, label) for part_id, label in labels.items()}
    return {part_id: name for part_id, name in names.items() if name in vocabulary}


def _name_of(obj: LabeledObject, label: str) -> str:
    if isinstance(obj.shape, ProceduralObject):
        return PART_NAME_OF.get(label, '')
    try:
        return find_part_name(label)
    except InputError:
        return ''
