# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The encoder: two triplane trunks, their mean, and patches of the points."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups, take_rows
from part_seg_ros.layers.partfield.trunk import TriplaneTrunk
from part_seg_ros.layers.patch_pointnet import PatchPointNet
from part_seg_ros.models.partsam.config import PartSamConfig


class PatchEmbedding(nn.Module):
    """A vector of the points and their part features in each patch."""

    def __init__(self, part_width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.patch_encoder = PatchPointNet(3 + part_width, part_width, part_width, part_width)

    def forward(self, part_features: Tensor, groups: PatchGroups) -> Tensor:
        """Map (B, N, C) features of the points and the patches to (B, G, C)."""
        of_patches = take_rows(part_features, groups.neighbor_idx)
        return self.patch_encoder(torch.cat([groups.offsets, of_patches], dim=-1))


class DualBranchEncoder(nn.Module):
    """A frozen trunk on coordinates and a learnable one on coordinates, colours and normals.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.1; the branches' planes are averaged, as in the release.
    """

    def __init__(self, config: PartSamConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.patch_embed = PatchEmbedding(config.trunk.part_width)
        self.partfield = TriplaneTrunk(config.trunk).requires_grad_(False)
        self.partfieldMy = TriplaneTrunk(config.learnable_trunk)

    def part_planes(self, coords: Tensor, colors: Tensor, normals: Tensor) -> Tensor:
        """Encode clouds.

        Args:
            coords: (B, N, 3), the longest side of each bounding box from -0.9 to 0.9.
            colors: (B, N, 3) in [0, 1].
            normals: (B, N, 3) unit normals.

        Returns:
            (B, 3, H, W, C) planes of part features; read them with `sample_planes`.
        """
        frozen = self.partfield.part_planes(coords, coords)
        learned = self.partfieldMy.part_planes(coords, coords, torch.cat([colors, normals], -1))
        return (frozen + learned) / 2
