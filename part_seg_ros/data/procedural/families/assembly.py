# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Collects the parts of one object in the order in which they are attached."""

from __future__ import annotations

from collections.abc import Iterable

from part_seg_ros.data.procedural.families.placement import Piece
from part_seg_ros.data.procedural.object import Part, ProceduralObject


class Assembly:
    """Builds a `ProceduralObject` part by part.

    The first part is the root; later ones are attached to it unless told otherwise.

    Args:
        family: Name of the object family.
    """

    def __init__(self, family: str) -> None:
        self._family = family
        self._parts: list[Part] = []
        self._num_groups = 0

    def add(self, name: str, piece: Piece, parent: int = 0) -> int:
        """Adds one part in a group of its own.

        Args:
            name: Part name.
            piece: Primitives of the part.
            parent: Index of the part that it is attached to.

        Returns:
            Index of the new part.
        """
        return self.add_copies(name, [piece], parent)[0]

    def add_copies(self, name: str, pieces: Iterable[Piece], parent: int = 0) -> list[int]:
        """Adds equal parts that form one group.

        Args:
            name: Part name that all of them carry.
            pieces: Primitives of every copy.
            parent: Index of the part that all of them are attached to.

        Returns:
            Indices of the new parts.
        """
        return self.add_group(name, [(piece, parent) for piece in pieces])

    def add_group(self, name: str, members: Iterable[tuple[Piece, int]]) -> list[int]:
        """Adds parts of one group that hang on different parents.

        Args:
            name: Part name that all of them carry.
            members: Primitives and parent index of every one.

        Returns:
            Indices of the new parts.
        """
        first = len(self._parts)
        for piece, parent in members:
            self._parts.append(
                Part(
                    name=name,
                    primitives=tuple(solid.placed() for solid in piece),
                    group=self._num_groups,
                    parent=parent if first else -1,
                )
            )
        self._num_groups += 1
        return list(range(first, len(self._parts)))

    def finish(self) -> ProceduralObject:
        """Returns the object assembled so far."""
        return ProceduralObject(parts=tuple(self._parts), family=self._family)
