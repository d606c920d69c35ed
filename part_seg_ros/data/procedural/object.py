# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects made of named parts, their meshes and their ground-truth masks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.finish import SurfaceFinish
from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.errors import InputError

MIN_MASK_POINTS = 8
MAX_MASK_FRACTION = 0.92


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One instance of a part.

    Attributes:
        name: What it is called, '' if it has no name.
        primitives: Surfaces whose union it is; they may overlap each other and other parts.
        group: Symmetric copies share this number.
        parent: Index of the part that it is attached to, -1 for the root.
    """

    name: str
    primitives: tuple[Primitive, ...]
    group: int
    parent: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProceduralObject:
    """Parts that touch or overlap; where surfaces coincide, the later part owns them.

    Attributes:
        parts: At least one; a parent comes before its children.
        family: What kind of object it is, 'free' for a free assembly.
        finish: How sampled points depart from the exact surface; None for not at all.

    Raises:
        InputError: no part, a part without primitives, or a parent that does not come first.
    """

    parts: tuple[Part, ...]
    family: str
    finish: SurfaceFinish | None = None

    def __post_init__(self) -> None:
        """Checks the tree."""
        if not self.parts:
            raise InputError('an object needs at least one part')
        for part_idx, part in enumerate(self.parts):
            if not part.primitives:
                raise InputError(f'part {part_idx} ({part.name!r}) has no primitives')
            if not -1 <= part.parent < part_idx:
                raise InputError(
                    f'the parent of part {part_idx} ({part.name!r}) must be -1 or an earlier'
                    f' part, got {part.parent}'
                )

    def mesh(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Joins all surfaces, hidden ones included.

        Returns:
            vertices (V, 3) float32, faces (F, 3) int32, face_part_ids (F,) int32 and
            corner_normals (F, 3, 3) float32.
        """
        primitives = [primitive for part in self.parts for primitive in part.primitives]
        owners = [i for i, part in enumerate(self.parts) for _ in part.primitives]
        offsets = np.cumsum([0] + [len(primitive.vertices) for primitive in primitives[:-1]])
        faces = [
            primitive.faces + offset for primitive, offset in zip(primitives, offsets, strict=True)
        ]
        return (
            np.concatenate([primitive.vertices for primitive in primitives]),
            np.concatenate(faces).astype(np.int32),
            np.repeat(owners, [len(primitive.faces) for primitive in primitives]).astype(np.int32),
            np.concatenate([primitive.corner_normals for primitive in primitives]),
        )

    def masks(self, part_ids: np.ndarray) -> list[tuple[str, float, np.ndarray]]:
        """Ground-truth masks at every level: instances, groups of copies, attached subtrees.

        Args:
            part_ids: (N,) integer part index of each point, -1 for none.

        Returns:
            (name, granularity, mask) of each, mask (N,) bool. None has fewer than
            `MIN_MASK_POINTS` points or more than `MAX_MASK_FRACTION` of them, no two are equal.
            A subtree bears the name of the part at its root.
        """
        counts = np.bincount(part_ids[part_ids >= 0], minlength=len(self.parts))
        found: dict[frozenset[int], str] = {}
        for name, members in self._selections():
            visible = frozenset(i for i in members if counts[i])
            size = sum(counts[i] for i in visible)
            if MIN_MASK_POINTS <= size <= MAX_MASK_FRACTION * len(part_ids):
                found[visible] = found.get(visible) or name
        result = []
        for visible, name in found.items():
            chosen = np.zeros(len(self.parts) + 1, dtype=bool)
            chosen[list(visible)] = True
            mask = chosen[part_ids]  # -1 reads the last entry
            result.append((name, granularity_of(np.count_nonzero(mask) / len(mask)), mask))
        return result

    def _selections(self) -> list[tuple[str, set[int]]]:
        """Sets of parts that make a mask: instances, groups, subtrees, subtrees of groups."""
        subtrees = [{i} for i in range(len(self.parts))]
        for i in reversed(range(len(self.parts))):
            if self.parts[i].parent >= 0:
                subtrees[self.parts[i].parent] |= subtrees[i]
        groups: dict[int, set[int]] = {}
        for i, part in enumerate(self.parts):
            groups.setdefault(part.group, set()).add(i)
        selections = [(part.name, {i}) for i, part in enumerate(self.parts)]
        for members in groups.values():
            selections.append((self.parts[min(members)].name, members))
        selections += [(part.name, subtrees[i]) for i, part in enumerate(self.parts)]
        for members in groups.values():
            union = set().union(*(subtrees[i] for i in members))
            selections.append((self.parts[min(members)].name, union))
        return selections


def granularity_of(fraction: float) -> float:
    """Fineness of a mask from the fraction of the object that it covers.

    It falls evenly with the logarithm of the fraction: 1/256 and less is 1 (finest), 1/16 is
    0.5, the whole object comes close to 0.

    Args:
        fraction: In (0, 1].

    Returns:
        A value in (0, 1].
    """
    return min(1.0, max(0.01, -math.log2(fraction) / 8.0))
