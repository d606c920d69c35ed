# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""True parts of the clouds of a bag."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import numpy as np

from part_seg_ros.data.bags.topics import TRUTH_TOPIC
from part_seg_ros.data.cloud_codec import num_points, read_field
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.frames import Frame
from part_seg_ros.evaluation.bags.reader import Bag

DEFAULT_FIELD = 'label'
_TEXT_TYPE = 'std_msgs/msg/String'


class Truth(Protocol):
    """Where the true parts come from."""

    def labels(self, frame: Frame) -> np.ndarray | None:
        """Return the (N,) int64 true part of every point, -1 for none; None if not known.

        Raises:
            InputError: they do not fit the cloud.
        """
        ...


class FieldTruth:
    """True parts in an integer field of the clouds, negative for none.

    Args:
        name: The field.
        is_required: Whether a cloud without it is an error; else its truth is not known.
    """

    def __init__(self, name: str = DEFAULT_FIELD, *, is_required: bool = False) -> None:
        self._name = name
        self._is_required = is_required

    def labels(self, frame: Frame) -> np.ndarray | None:
        """See `Truth`."""
        if not self._is_required and self._name not in {f.name for f in frame.message.fields}:
            return None
        values = read_field(frame.message, self._name)
        if values.dtype.kind not in 'iu':
            raise InputError(f'the field {self._name!r} must hold integers, got {values.dtype}')
        return np.maximum(values.astype(np.int64), -1)


class FileTruth:
    """True parts in an .npz: an (N,) integer array for each cloud, negative for none.

    Its name is the stamp of the cloud in nanoseconds, as decimal digits; clouds without an array
    have no truth. `part-seg evaluate bag --report` writes `labels.npz` in the same form.

    Raises:
        InputError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._arrays = np.load(path)
        except (OSError, ValueError) as error:
            raise InputError(f'{path} cannot be read as .npz: {error}') from error
        if not isinstance(self._arrays, np.lib.npyio.NpzFile):
            raise InputError(f'{path} must be an .npz with an array for each cloud')

    def labels(self, frame: Frame) -> np.ndarray | None:
        """See `Truth`."""
        key = str(frame.stamp_ns)
        if key not in self._arrays:
            return None
        values, count = self._arrays[key], num_points(frame.message)
        if values.shape != (count,) or values.dtype.kind not in 'iu':
            raise InputError(
                f'{self._path}: {key} must be ({count},) integers, one for each point of the'
                f' cloud, got {values.shape} {values.dtype}'
            )
        return np.maximum(values.astype(np.int64), -1)


def read_part_names(bag: Bag) -> dict[int, str]:
    """Return the names of the true parts that a generated bag tells; none for other bags.

    They are on /truth/parts as JSON: {"labels": {"0": {"name": "handle", "object": "mug_0"}}}.
    """
    topic = bag.topics.get(TRUTH_TOPIC)
    if topic is None or topic.type_name != _TEXT_TYPE:
        return {}
    names: dict[int, str] = {}
    for stored in bag.messages([TRUTH_TOPIC]):
        try:
            labels = json.loads(bag.read(stored).data)['labels']
            names |= {
                int(label): f'{part["object"]}/{part["name"]}' for label, part in labels.items()
            }
        except (InputError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return names
