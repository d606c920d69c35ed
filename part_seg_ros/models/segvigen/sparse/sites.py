# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Occupied cells of a grid, and which of them touch."""

from __future__ import annotations

import itertools
from functools import cached_property

import torch
from torch import Tensor

from part_seg_ros.errors import InputError

# Offsets of the 3×3×3 neighbourhood; the first 13 are the opposites of the last 13.
OFFSETS = tuple(itertools.product((-1, 0, 1), repeat=3))


class Sites:
    """N occupied cells; what is derived from them is computed once and shared by all layers.

    Attributes:
        coords: (N, 4) int64 rows of object index, x, y, z; no row twice, in any order.
        tables: What other packages derive from the cells, by their names.
    """

    def __init__(self, coords: Tensor) -> None:
        """Hold the cells.

        Raises:
            InputError: `coords` is not (N, 4).
        """
        if coords.ndim != 2 or coords.shape[1] != 4:
            raise InputError(f'coords must be (N, 4), object, x, y, z; got {tuple(coords.shape)}')
        self.coords = coords.long()
        self.tables: dict[str, tuple[Tensor, ...]] = {}

    def __len__(self) -> int:
        """Return N."""
        return len(self.coords)

    @cached_property
    def neighbor_pairs(self) -> tuple[tuple[Tensor, Tensor], ...]:
        """Rows that touch, for each of the first 13 offsets.

        Returns:
            13 pairs of (P,) int64 rows `here, there` with `coords[there] = coords[here] + offset`.

        Raises:
            InputError: a cell is there twice.
        """
        keys, steps = cell_keys(self.coords)
        sorted_keys, order = keys.sort()
        if (sorted_keys[1:] == sorted_keys[:-1]).any():
            raise InputError('a cell of a sparse grid must not be there twice')
        pairs = []
        for offset in OFFSETS[:13]:
            wanted = sorted_keys + sum(o * s for o, s in zip(offset, steps, strict=True))
            place = torch.searchsorted(sorted_keys, wanted).clamp_(max=max(len(keys) - 1, 0))
            is_there = sorted_keys[place] == wanted
            pairs.append((order[is_there], order[place[is_there]]))
        return tuple(pairs)

    @cached_property
    def lengths(self) -> list[int]:
        """Number of cells of each object."""
        return torch.bincount(self.coords[:, 0]).tolist()

    @property
    def num_bytes(self) -> int:
        """Memory of the cells and of what was derived from them so far [bytes]."""
        derived = [*self.__dict__.get('neighbor_pairs', ()), *self.tables.values()]
        return self.coords.nbytes + sum(table.nbytes for tables in derived for table in tables)


def cell_keys(coords: Tensor) -> tuple[Tensor, tuple[int, int, int]]:
    """Return one number per cell that sorts as object, x, y, z do.

    Args:
        coords: (N, 4) int64.

    Returns:
        (N,) int64 keys, and by how much a key grows with a step along x, y and z. A step out of
        the bounding box gives the key of no other cell.
    """
    if not len(coords):
        return coords.new_zeros(0), (0, 0, 0)
    places = coords[:, 1:] - coords[:, 1:].amin(0) + 1
    size_x, size_y, size_z = (places.amax(0) + 2).tolist()
    steps = (size_y * size_z, size_z, 1)
    keys = coords[:, 0] * (size_x * size_y * size_z)
    return keys + (places * places.new_tensor(steps)).sum(1), steps
