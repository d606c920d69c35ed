# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bundled network: encode a prepared cloud, decode prompts on it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.row_mixing import mix_rows
from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.encoder import CloudEncoder, PartEmbedding, gather_rows
from part_seg_ros.models.compact.mask_decoder import DecodedMasks, MaskDecoder
from part_seg_ros.models.compact.mask_summary import summarize_masks
from part_seg_ros.models.compact.prompt_encoder import (
    PromptEncoder,
    click_field,
    patch_mask_statistics,
)
from part_seg_ros.models.compact.single_clicks import single_click_masks
from part_seg_ros.models.compact.tensors import (
    ClickTensors,
    CloudTensors,
    EncodedRows,
    SurfacePoints,
)


class CompactNet(nn.Module):
    """Point-SAM's plan at a size for a Jetson or a CPU, from geometry alone.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3: patches, prompt encoder, two-way decoder, several
        candidates with an IoU head. Ours: per-point local features at input resolution, click
        fields, geometric attention bias, granularity token (S2AM3D's scale, with dropout).
    """

    def __init__(self, config: CompactConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.config = config
        self.encoder = CloudEncoder(config)
        self.embedding = PartEmbedding(config)
        self.prompt_encoder = PromptEncoder(config)
        self.mask_decoder = MaskDecoder(config)
        self.patch_names = nn.Linear(config.width, len(config.part_names))

    def encode(self, cloud: CloudTensors) -> EncodedRows:
        """Encode a batch of clouds once."""
        local = self.encoder.local_features(
            cloud.points, cloud.normals, cloud.rows, cloud.near_idx, cloud.wide_idx
        )
        points, normals = (
            gather_rows(cloud.points, cloud.rows),
            gather_rows(cloud.normals, cloud.rows),
        )
        anchors = gather_rows(points, cloud.anchor_rows)
        anchor_normals = gather_rows(normals, cloud.anchor_rows)
        anchor_local = gather_rows(local, cloud.anchor_rows)
        tokens = self.encoder(anchors, anchor_normals, anchor_local, cloud.patch_idx)
        num_patches = tokens.shape[1]
        centers = anchors[:, :num_patches]
        interpolation = torch.zeros(*cloud.rows.shape, num_patches, device=points.device)
        interpolation.scatter_(2, cloud.interp_idx, cloud.interp_weights)
        return EncodedRows(
            points=points,
            normals=normals,
            local=local,
            local_code=self.mask_decoder.from_local(local),
            embedding=self.embedding(local, tokens, interpolation),
            tokens=tokens,
            patch_code=self.prompt_encoder.position(centers),
            center_rows=cloud.anchor_rows[:, :num_patches],
            anchor_rows=cloud.anchor_rows,
            patch_idx=cloud.patch_idx,
            nearest_patch=cloud.interp_idx[..., 0],
            interpolation=interpolation,
            interp_idx=cloud.interp_idx,
            interp_weights=cloud.interp_weights,
        )

    def point_features(self, encoded: EncodedRows) -> Tensor:
        """Return (B, R, L + C) what is known of points before a prompt: surface, then whereabouts.

        The local features, and the tokens of the three nearest patches, weighted as for the masks;
        both have unit power over the cloud, so that neither outweighs the other.
        """
        tokens = mix_rows(encoded.tokens, encoded.interp_idx, encoded.interp_weights)
        parts = (encoded.local, tokens)
        return torch.cat([x / x.square().mean((1, 2), keepdim=True).sqrt() for x in parts], -1)

    def decode(
        self, encoded: EncodedRows, clicks: ClickTensors, *, weights: Tensor | None = None
    ) -> DecodedMasks:
        """Answer M prompts on each of B encoded clouds.

        Args:
            encoded: B clouds.
            clicks: (B, M) prompts.
            weights: (B, R) surface share of the rows where they are no uniform sample.

        Returns:
            (B, M, O, R) logits, (B, M, O) predicted IoU and (B, M, O, V) logits of the part names:
            all candidates without a previous mask, one answer with it.
        """
        clicked = encoded.surface.at(clicks.rows)
        field = click_field(encoded.surface, clicked, clicks.labels)
        statistics, previous = None, torch.zeros_like(field[..., :1])
        if clicks.previous is not None:
            mask = torch.tanh(0.5 * clicks.previous)
            previous = mask.unsqueeze(-1)
            on_anchors = gather_rows(mask.transpose(1, 2), encoded.anchor_rows).transpose(1, 2)
            statistics = patch_mask_statistics(on_anchors, encoded.patch_idx)
        tokens, patches = self._attend(encoded, clicks, clicked, statistics)
        features = self.mask_decoder.point_features(
            patches, encoded.interpolation, encoded.local_code, torch.cat([field, previous], -1)
        )
        mask_logits = self.mask_decoder.masks(tokens, features, first=clicks.previous is None)
        return self._judge(encoded, clicks, tokens, mask_logits, weights)

    def decode_single_clicks(self, encoded: EncodedRows, clicks: ClickTensors) -> DecodedMasks:
        """Do `decode` with a fraction of its work and memory, for the search for every part.

        The answers are equal but for rounding. No gradient reaches the weights.

        Args:
            encoded: One cloud.
            clicks: (1, M) prompts of one foreground click each, without a previous mask.

        Returns:
            As `decode`.
        """
        clicked = encoded.surface.at(clicks.rows)
        tokens, patches = self._attend(encoded, clicks, clicked, None)
        mask_logits = single_click_masks(self.mask_decoder, tokens, patches, encoded, clicked)
        return self._judge(encoded, clicks, tokens, mask_logits, None)

    def _attend(
        self,
        encoded: EncodedRows,
        clicks: ClickTensors,
        clicked: SurfacePoints,
        statistics: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Return what `MaskDecoder.attend` makes of the clicks.

        Args:
            encoded: B clouds.
            clicks: (B, M) prompts.
            clicked: (B, M, Q) what is known of the surface there.
            statistics: As for `PromptEncoder.patches`.
        """
        nearest = gather_rows(encoded.nearest_patch.unsqueeze(-1), clicks.rows).squeeze(-1)
        click_tokens = self.prompt_encoder.clicks(
            clicked.points,
            clicks.labels,
            gather_rows(encoded.local, clicks.rows),
            gather_rows(encoded.tokens, nearest),
        )
        centers = encoded.surface.at(encoded.center_rows)
        dense = self.prompt_encoder.patches(
            click_field(centers, clicked, clicks.labels), statistics
        )
        return self.mask_decoder.attend(
            encoded.tokens.unsqueeze(1) + dense,
            encoded.patch_code,
            click_tokens,
            self.prompt_encoder.wanted_granularity(clicks.granularity),
        )

    def _judge(
        self,
        encoded: EncodedRows,
        clicks: ClickTensors,
        tokens: Tensor,
        mask_logits: Tensor,
        weights: Tensor | None,
    ) -> DecodedMasks:
        """Say of (B, M, O, R) logits how good they are, and of what; `weights` as in `decode`."""
        first = clicks.previous is None
        summary = summarize_masks(
            mask_logits.detach(), encoded, clicks.rows[:, :, 0], weights=weights
        )
        iou_pred, name_logits = self.mask_decoder.judge(tokens, summary, first=first)
        tokens_inside = summary.content[..., : self.config.width]
        name_logits = name_logits + self.patch_names(tokens_inside)
        return DecodedMasks(mask_logits, iou_pred, name_logits)
