# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Patches of clouds as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.geometry.patches import Patches


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatchGroups:
    """Patches of B clouds; see `geometry.patches.Patches` for the tables.

    Attributes:
        centers: (B, G, 3) positions of the centres.
        neighbor_idx: (B, G, K) int64 points of each patch.
        offsets: (B, G, K, 3) positions of these points relative to their centre.
        interp_idx: (B, N, 3) int64 patches nearest to each point.
        interp_weights: (B, N, 3).
    """

    centers: Tensor
    neighbor_idx: Tensor
    offsets: Tensor
    interp_idx: Tensor
    interp_weights: Tensor

    @property
    def num_bytes(self) -> int:
        """Memory of the tensors [bytes]."""
        return sum(getattr(self, name).nbytes for name in self.__dataclass_fields__)


def group_points(points: Tensor, patches: Sequence[Patches]) -> PatchGroups:
    """Group clouds by tables of equal sizes.

    Args:
        points: (B, N, 3).
        patches: Tables of each of the B clouds.

    Returns:
        The groups, on the device of `points`.
    """

    def stacked(name: str) -> Tensor:
        arrays = np.stack([getattr(table, name) for table in patches])
        return torch.from_numpy(arrays).to(points.device)

    neighbor_idx = stacked('neighbor_idx')
    centers = take_rows(points, stacked('center_idx'))
    return PatchGroups(
        centers=centers,
        neighbor_idx=neighbor_idx,
        offsets=take_rows(points, neighbor_idx) - centers.unsqueeze(2),
        interp_idx=stacked('interp_idx'),
        interp_weights=stacked('interp_weights'),
    )


def take_rows(values: Tensor, idx: Tensor) -> Tensor:
    """Pick rows of each cloud.

    Args:
        values: (B, N, C).
        idx: (B, ...) int64 rows.

    Returns:
        (B, ..., C).
    """
    flat = idx.flatten(1).unsqueeze(-1).expand(-1, -1, values.shape[-1])
    return values.gather(1, flat).unflatten(1, idx.shape[1:])
