# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses on mask candidates. Shape legend: B clouds, M prompts a cloud, O candidates, X points."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

FOCAL_WEIGHT = 8.0
OTHERS_WEIGHT = 0.05


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


def mask_losses(mask_logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Focal plus dice of every candidate.

    Args:
        mask_logits: (B, M, O, X).
        targets: (B, M, X) bool.
        weights: (B, X) surface share of each point, for the dice term; the focal term counts all
            points alike, so that the dense samples near boundaries weigh more.

    Returns:
        (B, M, O).

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
    dice = 1.0 - 2.0 * overlap / total.clamp_min(1e-9)
    return FOCAL_WEIGHT * focal + dice


def candidate_loss(
    mask_logits: Tensor, iou_pred: Tensor, targets: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """Hindsight loss: the best candidate learns, the others a little, all learn their IoU.

    Args:
        mask_logits: (B, M, O, X).
        iou_pred: (B, M, O).
        targets: (B, M, X) bool.
        weights: (B, X).

    Returns:
        The loss (scalar) and the measured IoU (B, M, O).
    """
    losses = mask_losses(mask_logits, targets, weights)
    iou = weighted_iou(mask_logits.detach(), targets, weights)
    best = losses.amin(-1) + OTHERS_WEIGHT * losses.mean(-1)
    return best.mean() + F.mse_loss(iou_pred, iou), iou
