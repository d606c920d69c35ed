# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bundled network: encode a prepared cloud, decode prompts on it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.encoder import CloudEncoder, gather_rows
from part_seg_ros.models.compact.mask_decoder import DecodedMasks, MaskDecoder
from part_seg_ros.models.compact.prompt_encoder import (
    PromptEncoder,
    click_field,
    patch_mask_statistics,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudTensors:
    """A batch of prepared clouds; see `preparation.Neighborhoods` for the tables.

    Attributes:
        points: (B, N, 3) in the unit ball.
        normals: (B, N, 3).
        rows: (B, R) points with local features.
        near_idx: (B, R, K) nearest points.
        wide_idx: (B, R, K) nearest anchors, as rows of `points`.
        anchor_rows: (B, A) positions of the anchors within `rows`.
        patch_idx: (B, G, P) patch members, positions among the anchors.
        interp_idx: (B, R, 3) nearest patches of each row.
        interp_weights: (B, R, 3).
    """

    points: Tensor
    normals: Tensor
    rows: Tensor
    near_idx: Tensor
    wide_idx: Tensor
    anchor_rows: Tensor
    patch_idx: Tensor
    interp_idx: Tensor
    interp_weights: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedRows:
    """What decoding reads of a batch of clouds.

    Attributes:
        points: (B, R, 3) row points.
        normals: (B, R, 3).
        local: (B, R, L) local features.
        local_code: (B, R, inner) the decoder's map of `local`.
        tokens: (B, G, C) patch tokens.
        patch_code: (B, G, C) position code of the centres.
        centers: (B, G, 3).
        center_normals: (B, G, 3).
        anchor_rows: (B, A).
        patch_idx: (B, G, P).
        nearest_patch: (B, R) int64.
        interpolation: (B, R, G) weights of the three nearest patches of each row.
    """

    points: Tensor
    normals: Tensor
    local: Tensor
    local_code: Tensor
    tokens: Tensor
    patch_code: Tensor
    centers: Tensor
    center_normals: Tensor
    anchor_rows: Tensor
    patch_idx: Tensor
    nearest_patch: Tensor
    interpolation: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickTensors:
    """M prompts on each encoded cloud.

    Attributes:
        rows: (B, M, Q) int64 clicked rows.
        labels: (B, M, Q) int64, 1 foreground, 0 background.
        granularity: (B, M) float, negative where none is wanted.
        previous: (B, M, R) previous mask logits on the rows, or None.
    """

    rows: Tensor
    labels: Tensor
    granularity: Tensor
    previous: Tensor | None = None


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
        self.prompt_encoder = PromptEncoder(config)
        self.mask_decoder = MaskDecoder(config)

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
            tokens=tokens,
            patch_code=self.prompt_encoder.position(centers),
            centers=centers,
            center_normals=anchor_normals[:, :num_patches],
            anchor_rows=cloud.anchor_rows,
            patch_idx=cloud.patch_idx,
            nearest_patch=cloud.interp_idx[..., 0],
            interpolation=interpolation,
        )

    def decode(
        self, encoded: EncodedRows, clicks: ClickTensors, *, weights: Tensor | None = None
    ) -> DecodedMasks:
        """Answer M prompts on each of B encoded clouds.

        Args:
            encoded: B clouds.
            clicks: (B, M) prompts.
            weights: (B, R) surface share of the rows where they are no uniform sample.

        Returns:
            (B, M, O, R) logits and (B, M, O) predicted IoU: all candidates without a previous
            mask, one answer with it.
        """
        coords = gather_rows(encoded.points, clicks.rows)
        marks = (coords, gather_rows(encoded.normals, clicks.rows), clicks.labels)
        nearest = gather_rows(encoded.nearest_patch.unsqueeze(-1), clicks.rows).squeeze(-1)
        click_tokens = self.prompt_encoder.clicks(
            coords,
            clicks.labels,
            gather_rows(encoded.local, clicks.rows),
            gather_rows(encoded.tokens, nearest),
        )
        field = click_field(encoded.points, encoded.normals, *marks)
        statistics, previous = None, torch.zeros_like(field[..., :1])
        if clicks.previous is not None:
            mask = torch.tanh(0.5 * clicks.previous)
            previous = mask.unsqueeze(-1)
            on_anchors = gather_rows(mask.transpose(1, 2), encoded.anchor_rows).transpose(1, 2)
            statistics = patch_mask_statistics(on_anchors, encoded.patch_idx)
        dense = self.prompt_encoder.patches(
            click_field(encoded.centers, encoded.center_normals, *marks), statistics
        )
        tokens, patches = self.mask_decoder.attend(
            encoded.tokens.unsqueeze(1) + dense,
            encoded.patch_code,
            click_tokens,
            self.prompt_encoder.wanted_granularity(clicks.granularity),
        )
        features = self.mask_decoder.point_features(
            patches, encoded.interpolation, encoded.local_code, torch.cat([field, previous], -1)
        )
        first = clicks.previous is None
        return self.mask_decoder(
            tokens, features, encoded.points, coords[:, :, 0], first=first, weights=weights
        )
