# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Halving and doubling the resolution of a sparse grid by moving children into channels and back.

A child's slot is `xbit + 2·ybit + 4·zbit`: x varies fastest.
"""

from __future__ import annotations

import torch
from torch import Tensor

from part_seg_ros.models.segvigen.sparse.sites import Sites, cell_keys

NUM_SLOTS = 8


class Pooling:
    """How the cells of a level lie in those of the level above.

    Attributes:
        coarse: The P cells of half the resolution that are occupied, sorted by object, x, y, z.
        parent: (N,) int64 row of each fine cell's parent.
        slot: (N,) int64 slot of each fine cell in its parent.
    """

    def __init__(self, fine: Sites) -> None:
        """Find the parents of `fine`."""
        halved = fine.coords.clone()
        halved[:, 1:] = fine.coords[:, 1:].div(2, rounding_mode='floor')
        parents, self.parent = torch.unique(cell_keys(halved)[0], return_inverse=True)
        coords = halved.new_zeros(len(parents), 4)
        coords[self.parent] = halved
        self.coarse = Sites(coords)
        bits = fine.coords[:, 1:] - 2 * halved[:, 1:]
        self.slot = (bits * bits.new_tensor([1, 2, 4])).sum(1)

    def to_channels(self, features: Tensor) -> Tensor:
        """Move (N, C) children into (P, 8 C) channels, slot by slot; absent children are zeros."""
        moved = features.new_zeros(len(self.coarse) * NUM_SLOTS, features.shape[1])
        moved = moved.index_copy(0, self.parent * NUM_SLOTS + self.slot, features)
        return moved.view(len(self.coarse), -1)

    @property
    def occupancy(self) -> Tensor:
        """(P, 8) bool table of the children that are there."""
        table = torch.zeros(
            len(self.coarse) * NUM_SLOTS, dtype=torch.bool, device=self.slot.device
        )
        table[self.parent * NUM_SLOTS + self.slot] = True
        return table.view(-1, NUM_SLOTS)


def pyramid(sites: Sites, num_levels: int) -> list[Pooling]:
    """Halve the resolution `num_levels` times; the finest step first."""
    steps: list[Pooling] = []
    for _ in range(num_levels):
        steps.append(Pooling(sites))
        sites = steps[-1].coarse
    return steps


class Subdivision:
    """The cells of double resolution that a table chooses.

    Attributes:
        coarse: The P parents.
        fine: The M chosen cells: by parent, then by slot. They are not sorted by place.
        parent: (M,) int64 row of each one's parent.
        slot: (M,) int64 slot in the parent.
    """

    def __init__(self, coarse: Sites, table: Tensor) -> None:
        """Choose the children.

        Args:
            coarse: The P parents.
            table: (P, 8) bool, which children there are.
        """
        self.coarse = coarse
        self.parent, self.slot = table.nonzero(as_tuple=True)
        bits = torch.stack([self.slot & 1, self.slot >> 1 & 1, self.slot >> 2 & 1], dim=1)
        coords = coarse.coords[self.parent]
        self.fine = Sites(torch.cat([coords[:, :1], 2 * coords[:, 1:] + bits], dim=1))

    def from_channels(self, features: Tensor) -> Tensor:
        """Return (M, C / 8): each child takes its slot's share of its parent's (P, C) channels."""
        return features.unflatten(1, (NUM_SLOTS, -1))[self.parent, self.slot]


def subdivide_to(fine: Sites, num_levels: int) -> list[Subdivision]:
    """Return the steps that lead from the coarsest cells to exactly the cells of `fine`.

    Args:
        fine: The cells to arrive at, in any order.
        num_levels: L, how often the resolution doubles.

    Returns:
        L steps, coarsest first; the first begins at cells sorted by object, x, y, z.
    """
    steps: list[Subdivision] = []
    for pooling in reversed(pyramid(fine, num_levels)):
        table = pooling.occupancy
        coarse = pooling.coarse
        if steps:
            coarse = steps[-1].fine
            table = table[cell_keys(coarse.coords)[0].argsort().argsort()]
        steps.append(Subdivision(coarse, table))
    return steps
