# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks, wanted granularity and the previous mask become tokens and per-point fields.

Shape legend: B clouds, M prompts a cloud, Q clicks, X points, G patches, C channels, L local.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.encoder import PositionCode, distances, gather_rows
from part_seg_ros.models.compact.tensors import SurfacePoints

FIELD_SCALES = (0.03, 0.08, 0.2, 0.4, 0.8)
NUM_FIELDS = 2 * len(FIELD_SCALES) + 7
# Columns of `click_field` that are not zero everywhere where one foreground click is all there is.
SINGLE_CLICK_FIELDS = (*range(len(FIELD_SCALES) + 3), NUM_FIELDS - 3, NUM_FIELDS - 2)
_NEAREST, _FARTHEST = 1e-3, 4.0  # bounds of the distances that are balanced
NUM_MASK_STATISTICS = 5


def click_field(seen: SurfacePoints, clicked: SurfacePoints, labels: Tensor) -> Tensor:
    """Describe points relative to the clicks of each prompt.

    Args:
        seen: (B, X) points.
        clicked: (B, M, Q) points.
        labels: (B, M, Q) int64, 1 foreground or 0 background.

    Returns:
        (B, M, X, 17): Gaussian closeness to the nearest foreground and background click at five
        scales each, cosine with the normal of either, and for the foreground one the heights over
        both tangent planes; the balance of the two distances; the best cosine between embeddings
        for either label. Zeros where there is no such click.
    """
    points, normals, coords = seen.points, seen.normals, clicked.points
    num_prompts, num_clicks = coords.shape[1:3]
    distance = distances(coords.flatten(1, 2), points).unflatten(1, (num_prompts, num_clicks))
    own = normals.unsqueeze(1)
    fields, nearest = [], []
    scales = torch.tensor(FIELD_SCALES, dtype=points.dtype, device=points.device)
    for label in (1, 0):
        other = (labels != label).unsqueeze(-1)
        least, idx = distance.masked_fill(other, torch.inf).min(2)
        nearest.append(least)
        fields.append((-(least.unsqueeze(-1) / scales).square()).exp())
        present = torch.isfinite(least).to(points.dtype)
        flat = idx + num_clicks * torch.arange(num_prompts, device=idx.device)[:, None]
        normal = gather_rows(clicked.normals.flatten(1, 2), flat)
        fields.append(((own * normal).sum(-1) * present).unsqueeze(-1))
        if label == 1:
            offset = points.unsqueeze(1) - gather_rows(coords.flatten(1, 2), flat)
            fields.append(((offset * normal).sum(-1) * present).unsqueeze(-1))
            fields.append(((offset * own).sum(-1) * present).unsqueeze(-1))
    positive, negative = (d.clamp(_NEAREST, _FARTHEST) for d in nearest)
    fields.append(((negative - positive) / (negative + positive)).unsqueeze(-1))
    alike = torch.einsum('bxd,bmqd->bmqx', seen.embedding, clicked.embedding)
    for label in (1, 0):
        given = (labels == label).unsqueeze(-1)
        best = alike.masked_fill(~given, -2.0).amax(2)
        fields.append(torch.where(given.any(2), best, 0.0).unsqueeze(-1))
    return torch.cat(fields, -1)


def single_click_field(seen: SurfacePoints, clicked: SurfacePoints) -> Tensor:
    """Describe points relative to the one foreground click of each prompt.

    Args:
        seen: (B, X) points.
        clicked: (B, M, 1) points.

    Returns:
        (B, M, F, X): the columns `SINGLE_CLICK_FIELDS` of `click_field`, which are channels here.
    """
    coords, normals = clicked.points.squeeze(2), clicked.normals.squeeze(2)
    points, own = seen.points.transpose(1, 2), seen.normals.transpose(1, 2)
    distance = distances(coords, seen.points)
    field = distance.new_empty(*coords.shape[:2], len(SINGLE_CLICK_FIELDS), points.shape[-1])
    num_scales = len(FIELD_SCALES)
    scales = torch.tensor(FIELD_SCALES, dtype=field.dtype, device=field.device)
    field[:, :, :num_scales] = distance.unsqueeze(2) / scales[:, None]
    field[:, :, :num_scales].square_().neg_().exp_()
    field[:, :, num_scales] = normals @ own
    field[:, :, num_scales + 1] = normals @ points - (normals * coords).sum(-1, keepdim=True)
    field[:, :, num_scales + 2] = (points * own).sum(1).unsqueeze(1) - coords @ own
    positive = distance.clamp(_NEAREST, _FARTHEST)
    field[:, :, -2] = (_FARTHEST - positive) / (_FARTHEST + positive)
    field[:, :, -1] = clicked.embedding.squeeze(2) @ seen.embedding.transpose(1, 2)
    return field


def patch_mask_statistics(mask: Tensor, patch_idx: Tensor) -> Tensor:
    """Summarise masks over each patch.

    Args:
        mask: (B, M, A) previous mask on the anchors, tanh of half the logits.
        patch_idx: (B, G, P) members of each patch.

    Returns:
        (B, M, G, 5): mean, max, min, value at the centre, share of positive members.
    """
    members = gather_rows(mask.transpose(1, 2), patch_idx).movedim(-1, 1)
    positive = (members > 0).to(mask.dtype).mean(-1)
    center = mask[..., : patch_idx.shape[1]]
    return torch.stack(
        [members.mean(-1), members.amax(-1), members.amin(-1), center, positive], -1
    )


class PromptEncoder(nn.Module):
    """Turns clicks, granularity and the previous mask into tokens of width C."""

    def __init__(self, config: CompactConfig) -> None:
        """Build for the sizes of `config`."""
        super().__init__()
        width = config.width
        self.position = PositionCode(config.num_frequencies, width)
        self.label = nn.Embedding(2, width)
        self.clicked = nn.Linear(config.local_width + width, width)
        self.no_granularity = nn.Parameter(torch.zeros(width))
        self.granularity = nn.Sequential(nn.Linear(1, 32), nn.GELU(), nn.Linear(32, width))
        self.field = nn.Linear(NUM_FIELDS, width)
        self.no_mask = nn.Parameter(torch.zeros(width))
        self.mask = nn.Sequential(
            nn.Linear(NUM_MASK_STATISTICS, width), nn.GELU(), nn.Linear(width, width)
        )

    def clicks(self, coords: Tensor, labels: Tensor, local: Tensor, token: Tensor) -> Tensor:
        """Return (B, M, Q, C) click tokens.

        Args:
            coords: (B, M, Q, 3).
            labels: (B, M, Q) int64, 1 or 0.
            local: (B, M, Q, L) local features at the clicked points.
            token: (B, M, Q, C) tokens of the nearest patch.
        """
        features = self.clicked(torch.cat([local, token], -1))
        return self.position(coords) + self.label(labels) + features

    def wanted_granularity(self, granularity: Tensor) -> Tensor:
        """Return (B, M, C) from (B, M) granularities, negative where none is wanted."""
        wanted = self.granularity(granularity.clamp_min(0.0).unsqueeze(-1))
        return torch.where((granularity >= 0).unsqueeze(-1), wanted, self.no_granularity)

    def patches(self, field: Tensor, statistics: Tensor | None) -> Tensor:
        """Return (B, M, G, C), to be added to the patch tokens.

        Args:
            field: (B, M, G, 17) click field at the patch centres.
            statistics: (B, M, G, 5) of the previous mask, or None on the first prompt.
        """
        dense = self.no_mask if statistics is None else self.mask(statistics)
        return self.field(field) + dense
