# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a coloured cloud in patches to one vector a patch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups, take_rows
from part_seg_ros.layers.linear import Linear
from part_seg_ros.layers.patch_pointnet import PatchPointNet
from part_seg_ros.models.point_sam.config import PointSamConfig
from part_seg_ros.models.point_sam.transformer import Transformer


class PatchEmbedding(nn.Module):
    """A vector of the points and colours of each patch."""

    def __init__(self, config: PointSamConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.patch_encoder = PatchPointNet(
            6, config.patch_inner, config.patch_outer, config.patch_outer
        )

    def forward(self, colors: Tensor, groups: PatchGroups) -> Tensor:
        """Map (B, N, 3) colours and the patches to (B, G, patch_outer)."""
        of_patches = take_rows(colors, groups.neighbor_idx)
        return self.patch_encoder(torch.cat([groups.offsets, of_patches], dim=-1))


class CloudEncoder(nn.Module):
    """Patch vectors and positions, a transformer over them, and a map to the decoder's width.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1, point-cloud encoder.
    """

    def __init__(self, config: PointSamConfig) -> None:
        """Build with random weights."""
        super().__init__()
        width = config.transformer.width
        self.patch_embed = PatchEmbedding(config)
        self.patch_proj = Linear(config.patch_outer, width)
        self.pos_embed = nn.Sequential(
            Linear(3, config.position_inner), nn.GELU(), Linear(config.position_inner, width)
        )
        self.transformer = Transformer(config.transformer)
        self.out_proj = Linear(width, config.width)

    def forward(self, colors: Tensor, groups: PatchGroups) -> Tensor:
        """Encode clouds.

        Args:
            colors: (B, N, 3) in [-1, 1].
            groups: Their patches.

        Returns:
            (B, G, D).
        """
        tokens = self.patch_proj(self.patch_embed(colors, groups)) + self.pos_embed(groups.centers)
        return self.out_proj(self.transformer(tokens))
