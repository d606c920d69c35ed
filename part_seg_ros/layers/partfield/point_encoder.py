# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the numbers of each point to the features that are scattered onto the planes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.partfield.config import INPUT_CHANNELS, TrunkConfig
from part_seg_ros.layers.partfield.point_voxel import PointVoxelBlock


class PointEncoder(nn.Module):
    """The first point-voxel block; with extra channels, a second one beside it.

    The further blocks are part of the released weights, but nothing reads their output: they are
    kept so that files load strictly, and never run.
    """

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights; the map of the extra block starts at zero."""
        super().__init__()
        if config.num_extra_channels:
            width, resolution = config.point_blocks[0]
            self.add_conv1 = nn.Conv1d(width, width, 1)
            nn.init.zeros_(self.add_conv1.weight)
            nn.init.zeros_(self.add_conv1.bias)
            self.add_layer = nn.ModuleList([PointVoxelBlock(INPUT_CHANNELS, width, resolution)])
        blocks, in_width = [], INPUT_CHANNELS
        for width, resolution in config.point_blocks:
            blocks.append(PointVoxelBlock(in_width, width, resolution))
            in_width = width
        self.encoder = nn.ModuleList(blocks)

    def forward(self, coords: Tensor, features: Tensor, extra: Tensor | None = None) -> Tensor:
        """Return (B, N, C) features of the points.

        Args:
            coords: (B, N, 3) nominally in [-1, 1].
            features: (B, N, 3) three numbers per point; they enter doubled.
            extra: (B, N, E) with E up to 8, for a trunk with extra channels; they enter as is.
        """
        doubled = 2 * torch.cat([centered(coords), features], -1)
        places = doubled[..., :3]
        encoded = self.encoder[0](_padded(doubled), places)
        if extra is None:
            return encoded
        added = self.extra_features(extra, places)
        return encoded + F.linear(added, self.add_conv1.weight.squeeze(-1), self.add_conv1.bias)

    def extra_features(self, extra: Tensor, coords: Tensor) -> Tensor:
        """Return (B, N, C) features of the extra channels, before they are mapped and added."""
        return self.add_layer[0](_padded(extra), coords)


def centered(coords: Tensor) -> Tensor:
    """Return half the coordinates, by the operations of the release: rounding decides on cells."""
    return (coords - (-1)) / 2 - 0.5


def _padded(features: Tensor) -> Tensor:
    return F.pad(features, (0, INPUT_CHANNELS - features.shape[-1]))
