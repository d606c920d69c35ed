# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects that are read from disk when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar('T')


class LazyObjects(Sequence[T], Generic[T]):
    """A sequence that reads an object whenever it is asked for, and keeps none.

    Attributes:
        readers: {name of the object: what reads it}, in the order of the sequence. Each can be
            pickled, so that another process reads the object.
        kinds: {name: what the object is}; empty where only the objects themselves tell.
    """

    def __init__(
        self, readers: Mapping[str, Callable[[], T]], kinds: Mapping[str, str] | None = None
    ) -> None:
        """Take what reads each object, by the object's name, and perhaps what each is."""
        self.readers = dict(readers)
        self.kinds = dict(kinds or {})
        self._names = tuple(self.readers)

    def __len__(self) -> int:
        """Return the number of objects, reading none."""
        return len(self.readers)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> LazyObjects[T]: ...

    def __getitem__(self, index: int | slice) -> T | LazyObjects[T]:
        """Read one object, or take some of them unread."""
        if isinstance(index, slice):
            names = self._names[index]
            kinds = {name: self.kinds[name] for name in names if name in self.kinds}
            return LazyObjects({name: self.readers[name] for name in names}, kinds)
        return self.readers[self._names[index]]()
