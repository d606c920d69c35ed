# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses of S2AM3D. Shape legend: X sampled points, C channels, M masks, N points."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_FLOOR = 1e-6  # epsilon of the paper, which does not state it


def part_contrast(features: Tensor, part_ids: Tensor, temperature: float) -> Tensor:
    """Contrast of the points of one object: alike within a part, unlike across parts.

    Of every point the loss is how little of its likeness to all others falls on its own part.

    Args:
        features: (X, C); only their directions count.
        part_ids: (X,) int64. Points without another of their part are only what others are
            compared with; there is at least one pair of a part.
        temperature: Divides the cosines.

    Returns:
        A scalar, >= 0.

    Source:
        S2AM3D (arXiv 2512.00995), contrastive supervision.
    """
    unit = F.normalize(features, dim=-1)
    is_same = part_ids[:, None] == part_ids
    is_same.fill_diagonal_(False)
    has_other = is_same.any(-1)
    likeness = unit @ unit.T / temperature
    likeness = likeness.fill_diagonal_(-torch.inf)[has_other]
    within = likeness.masked_fill(~is_same[has_other], -torch.inf)
    return (likeness.logsumexp(-1) - within.logsumexp(-1)).mean()


def balanced_cross_entropy(mask_logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy in which both sides of each mask weigh alike, however small the part is.

    Args:
        mask_logits: (M, N).
        targets: (M, N) bool, no mask empty.

    Returns:
        (M,) means over the points; points of the part count (1 - p) / p times, p its share of the
        points.

    Source:
        S2AM3D (arXiv 2512.00995), dynamically weighted BCE.
    """
    wanted = targets.to(mask_logits.dtype)
    share = wanted.mean(-1, keepdim=True)
    return F.binary_cross_entropy_with_logits(
        mask_logits, wanted, pos_weight=(1.0 - share) / (share + _FLOOR), reduction='none'
    ).mean(-1)


def dice_loss(mask_logits: Tensor, targets: Tensor) -> Tensor:
    """Return 1 - 2 |A and B| / (|A| + |B|) of soft (M, N) masks and true ones, (M,)."""
    probs, wanted = mask_logits.sigmoid(), targets.to(mask_logits.dtype)
    return 1.0 - 2.0 * (probs * wanted).sum(-1) / (probs + wanted).sum(-1)
