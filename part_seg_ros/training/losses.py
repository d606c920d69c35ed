# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses on mask candidates. Shape legend: B clouds, M prompts a cloud, O candidates, X points."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

FOCAL_WEIGHT = 8.0
OTHERS_WEIGHT = 0.05
SAFE_WEIGHT = 0.7
SAFE_FOCAL_WEIGHT = 1.0
NAMED_IOU = 0.5  # a mask this good bears the name of its target
EMBEDDING_SLOPE = 8.0  # of the logit of "same part" over the cosine, which is even at 0.5


def weighted_iou(mask_logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """IoU of hard masks: logits (B, M, O, X), targets (B, M, X), weights (B, X).

    Returns:
        (B, M, O).
    """
    masks = mask_logits > 0
    target = targets.unsqueeze(2)
    weight = weights[:, None, None]
    intersection = ((masks & target) * weight).sum(-1)
    union = ((masks | target) * weight).sum(-1)
    return intersection / union.clamp_min(1e-9)


def mask_losses(mask_logits: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Focal and dice loss of every candidate.

    Args:
        mask_logits: (B, M, O, X).
        targets: (B, M, X) bool.
        weights: (B, X) surface share of each point, for the dice term; the focal term counts all
            points alike, so that the dense samples near boundaries weigh more.

    Returns:
        (B, M, O) and (B, M, O).

    Source:
        Point-SAM (Zhou et al. 2024), training section: focal (gamma 2, no alpha) and dice.
    """
    target = targets.unsqueeze(2).to(mask_logits.dtype).expand_as(mask_logits)
    cross_entropy = F.binary_cross_entropy_with_logits(mask_logits, target, reduction='none')
    missed = 1.0 - torch.exp(-cross_entropy)
    focal = (cross_entropy * missed.square()).mean(-1)
    probs = mask_logits.sigmoid()
    weight = weights[:, None, None]
    overlap = (probs * target * weight).sum(-1)
    total = ((probs + target) * weight).sum(-1)
    return focal, 1.0 - 2.0 * overlap / total.clamp_min(1e-9)


def candidate_loss(
    mask_logits: Tensor, iou_pred: Tensor, targets: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """Hindsight loss: the best guess learns, the others a little, all learn their IoU.

    Of several candidates the last is no guess: it learns from every target, mostly by the dice
    term, and so becomes the mask of the greatest overlap expected.

    Args:
        mask_logits: (B, M, O, X).
        iou_pred: (B, M, O).
        targets: (B, M, X) bool.
        weights: (B, X).

    Returns:
        The loss (scalar) and the measured IoU (B, M, O).
    """
    focal, dice = mask_losses(mask_logits, targets, weights)
    iou = weighted_iou(mask_logits.detach(), targets, weights)
    guesses = FOCAL_WEIGHT * focal + dice
    safe = torch.zeros(())
    if guesses.shape[-1] > 1:
        safe = SAFE_WEIGHT * (SAFE_FOCAL_WEIGHT * focal + dice)[..., -1].mean()
        guesses = guesses[..., :-1]
    best = guesses.amin(-1) + OTHERS_WEIGHT * guesses.mean(-1)
    return best.mean() + safe + F.mse_loss(iou_pred, iou), iou


def name_loss(name_logits: Tensor, names: Tensor, iou: Tensor) -> Tensor:
    """Cross-entropy of the names of masks that meet their target.

    Args:
        name_logits: (B, M, O, V).
        names: (B, M) int64 index of the target's name, negative where it has none.
        iou: (B, M, O) measured; masks of at least one half count, by their IoU.

    Returns:
        A scalar, zero where no mask counts.
    """
    weight = iou * (iou >= NAMED_IOU) * (names >= 0).unsqueeze(-1)
    wanted = names.clamp_min(0).unsqueeze(-1).expand(iou.shape)
    losses = F.cross_entropy(name_logits.movedim(-1, 1), wanted, reduction='none')
    return (losses * weight).sum() / weight.sum().clamp_min(1.0)


def patch_name_loss(name_logits: Tensor, names: Tensor) -> Tensor:
    """Cross-entropy of the names of patches; a scalar, zero where none has a name.

    Args:
        name_logits: (B, G, V).
        names: (B, G) int64 name of the part at each centre, negative for none.
    """
    known = names >= 0
    losses = F.cross_entropy(name_logits.movedim(-1, 1), names.clamp_min(0), reduction='none')
    return (losses * known).sum() / known.sum().clamp_min(1)


def embedding_loss(embedding: Tensor, parts: Tensor, groups: Tensor) -> Tensor:
    """Contrast of pairs of points: alike within a part, unlike across parts.

    Args:
        embedding: (B, X, D) unit vectors.
        parts: (B, X) int64 part of each point, negative for none.
        groups: (B, X) int64; copies of a part share one, and are neither pulled nor pushed.

    Returns:
        A scalar; pairs of either kind weigh as much in sum.
    """
    logits = EMBEDDING_SLOPE * (embedding @ embedding.transpose(1, 2) - 0.5)
    same = parts.unsqueeze(1) == parts.unsqueeze(2)
    labelled = (parts >= 0).unsqueeze(1) & (parts >= 0).unsqueeze(2)
    other = labelled & (groups.unsqueeze(1) != groups.unsqueeze(2))
    pulled = (F.softplus(-logits) * (same & labelled)).sum() / (same & labelled).sum().clamp_min(1)
    pushed = (F.softplus(logits) * other).sum() / other.sum().clamp_min(1)
    return pulled + pushed
