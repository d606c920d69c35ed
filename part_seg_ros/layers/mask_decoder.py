# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From clicks and patches to masks over the points and an estimate of their quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.linear import Linear, linear
from part_seg_ros.layers.mlp import MLP
from part_seg_ros.layers.row_chunks import map_rows
from part_seg_ros.layers.row_mixing import mix_rows
from part_seg_ros.layers.two_way_attention import TwoWayTransformer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecodedMasks:
    """Masks of M prompt sets on each of B clouds: first the one answer, then the candidates.

    Attributes:
        mask_logits: (B, M, O, N).
        iou_pred: (B, M, O), unbounded.
    """

    mask_logits: Tensor
    iou_pred: Tensor

    def answers(self, *, several: bool) -> DecodedMasks:
        """Return the candidates for an unclear prompt, or the one answer to a clear one."""
        wanted = slice(1, None) if several else slice(0, 1)
        return DecodedMasks(
            mask_logits=self.mask_logits[:, :, wanted], iou_pred=self.iou_pred[:, :, wanted]
        )


class MaskDecoder(nn.Module):
    """Two-way attention between output tokens, clicks and patches, then a dot product a point.

    Source:
        Segment Anything (Kirillov et al. 2023), mask decoder, on patches of a cloud: Point-SAM
        (Zhou et al. 2024), Sec. 3.1. Interpolation and the map after it are linear, so the map is
        applied to the patches, of which there are fewer.
    """

    def __init__(
        self,
        *,
        width: int,
        num_heads: int,
        num_layers: int,
        inner: int,
        num_candidates: int = 3,
        point_width: int = 0,
    ) -> None:
        """Build with random weights.

        Args:
            width: C, channels of tokens and patches.
            num_heads: Of every attention.
            num_layers: Of the two-way transformer.
            inner: Width of its feed-forward maps.
            num_candidates: Masks beside the one answer.
            point_width: Channels of features that points bring along; 0 for none.
        """
        super().__init__()
        num_masks = 1 + num_candidates
        self.width = width
        self.transformer = TwoWayTransformer(width, num_heads, num_layers, inner)
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(num_masks, width)
        self.output_hypernetworks_mlps = nn.ModuleList(
            MLP(width, width, width, width) for _ in range(num_masks)
        )
        self.output_upscaling = nn.Sequential(
            Linear(width + point_width, width),
            nn.LayerNorm(width),
            nn.GELU(),
            Linear(width, width),
            nn.GELU(),
        )
        self.iou_prediction_head = MLP(width, width, width, num_masks)

    def forward(
        self,
        clicks: Tensor,
        patches: Tensor,
        patch_code: Tensor,
        groups: PatchGroups,
        point_code: Tensor | None = None,
    ) -> DecodedMasks:
        """Answer M prompt sets on each of B clouds.

        Args:
            clicks: (B, M, Q, C) vectors of the clicks.
            patches: (B, M, G, C), or (B, 1, G, C) where all prompt sets see the same.
            patch_code: (B, G, C) position code of the centres.
            groups: Patches of the clouds.
            point_code: (B, N, C) from `encode_points`, where points bring features along.

        Returns:
            The one answer and the candidates.
        """
        tokens, patches = self.attend(clicks, patches, patch_code)
        hypernetworks = enumerate(self.output_hypernetworks_mlps)
        own = torch.stack([mlp(tokens[:, :, 1 + i]) for i, mlp in hypernetworks], dim=2)
        # One prompt set after the other: features of all points for each would not fit.
        logits = [
            self._on_points(patches[b, m], groups, b, point_code, own[b, m]).T
            for b, m in np.ndindex(*own.shape[:2])
        ]
        return DecodedMasks(
            mask_logits=torch.stack(logits).unflatten(0, own.shape[:2]),
            iou_pred=self.iou_prediction_head(tokens[:, :, 0]),
        )

    def encode_points(self, features: Tensor) -> Tensor:
        """Map (B, N, point_width) features of the points to (B, N, C), once for all prompts."""
        return linear(features, self.output_upscaling[0].weight[:, self.width :])

    def attend(self, clicks: Tensor, patches: Tensor, patch_code: Tensor) -> tuple[Tensor, Tensor]:
        """Return output tokens and clicks (B, M, 1 + O + Q, C), and patches (B, M, G, C)."""
        outputs = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        outputs = outputs.expand(*clicks.shape[:2], -1, -1)
        return self.transformer(
            torch.cat([outputs, clicks], dim=2), patches, patch_code.unsqueeze(1)
        )

    def upscale(
        self, patches: Tensor, groups: PatchGroups, cloud: int, point_code: Tensor | None = None
    ) -> Tensor:
        """Carry the (G, C) patches of one prompt set to the (N, C) points of its cloud."""
        return self._on_points(patches, groups, cloud, point_code)

    def _on_points(
        self,
        patches: Tensor,
        groups: PatchGroups,
        cloud: int,
        point_code: Tensor | None,
        own: Tensor | None = None,
    ) -> Tensor:
        """Return (N, C) features of the points, or their (N, O) products with (O, C) vectors.

        Points go by in pieces, so that their features stay in the cache and need not be kept.
        """
        joint, *rest = self.output_upscaling
        # Weights of the interpolation sum to one, so the bias may be added before it.
        of_patches = linear(patches, joint.weight[:, : self.width], joint.bias).unsqueeze(0)

        def of_some(idx: Tensor, weights: Tensor, *code: Tensor) -> Tensor:
            features = mix_rows(of_patches, idx, weights)
            for brought in code:
                features = features + brought
            for step in rest:
                features = step(features)
            return features if own is None else features @ own.T

        tables = [groups.interp_idx, groups.interp_weights]
        if point_code is not None:
            tables.append(point_code)
        return map_rows(of_some, *(table[cloud].unsqueeze(0) for table in tables))[0]
