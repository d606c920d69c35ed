# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a finished mask looks like: the estimates of its quality and its name read this.

Shape legend: B clouds, M prompts a cloud, O candidates, X points, C channels, L local.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.models.compact.encoder import distances, gather_rows
from part_seg_ros.models.compact.tensors import EncodedRows

NUM_STATISTICS = 10


class MaskSummary(NamedTuple):
    """Of each mask: (B, M, O, 10) statistics, (B, M, O, C + L) mean features inside.

    `context` (B, 1, 1, C) is the mean patch token of the cloud.
    """

    statistics: Tensor
    content: Tensor
    context: Tensor


def summarize_masks(
    mask_logits: Tensor, encoded: EncodedRows, first_rows: Tensor, *, weights: Tensor | None
) -> MaskSummary:
    """Summarise masks for the heads that judge them.

    Args:
        mask_logits: (B, M, O, X) without gradient.
        encoded: The B clouds.
        first_rows: (B, M) int64 first click of each prompt.
        weights: (B, X) share of each point in the surface, or None where all count alike.
    """
    if weights is None:
        weights = torch.ones_like(encoded.points[..., 0])
    share = weights / weights.sum(-1, keepdim=True)
    inside = (mask_logits > 0).to(mask_logits.dtype) * share[:, None, None]
    inside = inside / inside.sum(-1, keepdim=True).clamp_min(1e-6)
    on_patches = inside @ encoded.interpolation.unsqueeze(1)
    content = torch.cat(
        [on_patches @ encoded.tokens.unsqueeze(1), inside @ encoded.local.unsqueeze(1)], -1
    )
    first_click = gather_rows(encoded.points, first_rows)
    statistics = torch.cat(
        [
            certainty_statistics(mask_logits, share),
            placement_statistics(mask_logits, inside, encoded.points, first_click),
            likeness_statistics(mask_logits, inside, share, encoded.embedding, first_rows),
        ],
        -1,
    )
    context = encoded.tokens.mean(1)[:, None, None]
    return MaskSummary(statistics, content, context)


def certainty_statistics(logits: Tensor, share: Tensor) -> Tensor:
    """How sure a mask is of itself: (B, M, O, X) logits, (B, X) shares -> (B, M, O, 4).

    Square root of its share of the cloud, mean confidence inside, share of undecided points
    relative to its size, and the IoU between the masks at logits +1 and -1 (stability).
    """
    weight = share[:, None, None]
    inside = (logits > 0).to(logits.dtype) * weight
    area = inside.sum(-1)
    confidence = (logits.sigmoid() * inside).sum(-1) / area.clamp_min(1e-6)
    low = ((logits > -1).to(logits.dtype) * weight).sum(-1)
    high = ((logits > 1).to(logits.dtype) * weight).sum(-1)
    undecided = ((low - high) / (area + 1e-3)).clamp(max=4.0)
    return torch.stack([area.sqrt(), confidence, undecided, high / low.clamp_min(1e-6)], -1)


def placement_statistics(
    logits: Tensor, inside: Tensor, points: Tensor, first_click: Tensor
) -> Tensor:
    """Where the first click lies in a mask; people click near the middle of what they mean.

    Args:
        logits: (B, M, O, X).
        inside: (B, M, O, X) shares of the points inside, summing to one.
        points: (B, X, 3).
        first_click: (B, M, 3).

    Returns:
        (B, M, O, 3): radius of the mask (root mean square distance from its centroid), and, in
        units of that radius and at most 4, the distances from the click to the centroid and to
        the nearest point outside the mask.
    """
    masks = logits > 0
    centroid = inside @ points.unsqueeze(1)
    square = (inside @ points.square().sum(-1)[:, None, :, None]).squeeze(-1)
    radius = (square - centroid.square().sum(-1)).clamp_min(1e-6).sqrt()
    offset = (centroid - first_click.unsqueeze(2)).norm(dim=-1)
    distance = distances(first_click, points).unsqueeze(2)
    clearance = distance.masked_fill(masks, 4.0).amin(-1)
    relative = torch.stack([offset / radius, clearance / radius], -1).clamp(max=4.0)
    return torch.cat([radius.unsqueeze(-1), relative], -1)


def likeness_statistics(
    logits: Tensor, inside: Tensor, share: Tensor, embedding: Tensor, first_rows: Tensor
) -> Tensor:
    """How much a mask is one part, by the embedding.

    Args:
        logits: (B, M, O, X).
        inside: (B, M, O, X) shares of the points inside, summing to one.
        share: (B, X) summing to one.
        embedding: (B, X, D) unit vectors.
        first_rows: (B, M) int64 first click of each prompt.

    Returns:
        (B, M, O, 3): length of the mean embedding inside (1 where all agree), its cosine with the
        first click, and the IoU of the mask with the points whose cosine with it is above 0.5.
    """
    mean = inside @ embedding.unsqueeze(1)
    direction = F.normalize(mean, dim=-1)
    clicked = gather_rows(embedding, first_rows).unsqueeze(2)
    alike = direction @ embedding.transpose(1, 2).unsqueeze(1) > 0.5
    masks, weight = logits > 0, share[:, None, None]
    common = ((masks & alike) * weight).sum(-1)
    either = ((masks | alike) * weight).sum(-1).clamp_min(1e-6)
    return torch.stack([mean.norm(dim=-1), (direction * clicked).sum(-1), common / either], -1)
