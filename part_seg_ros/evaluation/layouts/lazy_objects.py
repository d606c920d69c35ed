# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects that are read from disk when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import overload

from part_seg_ros.evaluation.datasets import LabeledObject


class LazyObjects(Sequence[LabeledObject]):
    """A sequence that reads an object whenever it is asked for, and keeps none."""

    def __init__(self, readers: Iterable[Callable[[], LabeledObject]]) -> None:
        """Take what reads each object."""
        self._readers = tuple(readers)

    def __len__(self) -> int:
        """Return the number of objects, reading none."""
        return len(self._readers)

    @overload
    def __getitem__(self, index: int) -> LabeledObject: ...

    @overload
    def __getitem__(self, index: slice) -> LazyObjects: ...

    def __getitem__(self, index: int | slice) -> LabeledObject | LazyObjects:
        """Read one object, or take some of them unread."""
        if isinstance(index, slice):
            return LazyObjects(self._readers[index])
        return self._readers[index]()
