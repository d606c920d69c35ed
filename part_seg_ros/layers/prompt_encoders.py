# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks and previous masks as vectors for the mask decoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.fourier_encoding import FourierEncoding
from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.patch_pointnet import PatchPointNet


class PointEncoder(nn.Module):
    """Vectors of clicks and of positions.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1, prompt encoder.
    """

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.pe_layer = FourierEncoding(width)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, width) for _ in range(2))

    def forward(self, coords: Tensor, labels: Tensor) -> Tensor:
        """Encode clicks.

        Args:
            coords: (..., 3) in [-1, 1].
            labels: (...) 1 on the part, 0 off it; any other value stands for neither.

        Returns:
            (..., C) code of the position plus the vector of the label, if it has one.
        """
        code = self.pe_layer(coords)
        for label, embedding in enumerate(self.point_embeddings):
            code = code + (labels == label).unsqueeze(-1) * embedding.weight
        return code


class MaskEncoder(nn.Module):
    """A vector a patch of a previous mask.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1, mask prompts: raw logits on the patches of the
        cloud encoder.
    """

    def __init__(self, inner: int, outer: int, width: int) -> None:
        """Build with random weights; see `PatchPointNet` for the sizes."""
        super().__init__()
        self.patch_encoder = PatchPointNet(4, inner, outer, width)
        self.no_mask_embed = nn.Embedding(1, width)

    def forward(self, groups: PatchGroups, mask_logits: Tensor | None) -> Tensor:
        """Encode masks, which are cut from the gradient.

        Args:
            groups: Patches of B clouds.
            mask_logits: (B, M, N) raw logits, or None for no masks.

        Returns:
            (B, M, G, C); without masks the same vector for all, as (1, 1, 1, C).
        """
        if mask_logits is None:
            return self.no_mask_embed.weight[None, None]
        values = _on_patches(mask_logits.detach(), groups.neighbor_idx)
        offsets = groups.offsets.unsqueeze(1).expand(*values.shape, 3)
        return self.patch_encoder(torch.cat([offsets, values.unsqueeze(-1)], dim=-1))


def _on_patches(mask_logits: Tensor, neighbor_idx: Tensor) -> Tensor:
    """Pick (B, M, N) values at (B, G, K) points: (B, M, G, K)."""
    flat = neighbor_idx.flatten(1).unsqueeze(1).expand(-1, mask_logits.shape[1], -1)
    return mask_logits.gather(2, flat).unflatten(2, neighbor_idx.shape[1:])
