# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses of Point-SAM and PartSAM on the answers to one call of the decoder.

M prompt sets (objects), O mask candidates, N points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

DICE_WEIGHT = 2.0
_SMOOTHING = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallLosses:
    """What one call of the decoder costs.

    Attributes:
        mask: () loss of the masks.
        iou_pred: () loss of the estimates of their quality.
        iou: (M,) true IoU of the masks that count.
    """

    mask: Tensor
    iou_pred: Tensor
    iou: Tensor


def call_losses(mask_logits: Tensor, iou_pred: Tensor, targets: Tensor) -> CallLosses:
    """Judge the answers of one call; of several candidates the one that fits best counts alone.

    Args:
        mask_logits: (M, O, N) raw.
        iou_pred: (M, O).
        targets: (M, N) bool, none empty.

    Returns:
        Means over the M objects.

    Source:
        Point-SAM (Zhou et al. 2024), training: focal loss (gamma 2, no alpha) plus twice the dice
        loss with squared probabilities; squared error of the estimated IoU.
    """
    wanted = targets.unsqueeze(1).to(mask_logits.dtype)
    losses = focal_loss(mask_logits, wanted) + DICE_WEIGHT * dice_loss(mask_logits, wanted)
    best = losses.detach().argmin(dim=1, keepdim=True)
    iou = hard_iou(mask_logits, targets.unsqueeze(1)).gather(1, best)
    return CallLosses(
        mask=losses.gather(1, best).mean(),
        iou_pred=F.mse_loss(iou_pred.gather(1, best), iou),
        iou=iou.squeeze(1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWeights:
    """What the losses of every call count in the total.

    Attributes:
        mask: Weight of the mask loss.
        iou_pred: Weight of the loss of the estimated IoU.
    """

    mask: float
    iou_pred: float

    def total(self, calls: Iterable[CallLosses]) -> Tensor:
        """Return the () loss of some calls; those of all calls add up to the whole loss."""
        return torch.stack(
            [self.mask * call.mask + self.iou_pred * call.iou_pred for call in calls]
        ).sum()


def point_sam_weights(num_calls: int) -> CallWeights:
    """Return weights that make the total the mean of both losses over the calls.

    Source:
        Point-SAM (Zhou et al. 2024), training.
    """
    return CallWeights(mask=1 / num_calls, iou_pred=1 / num_calls)


def focal_loss(mask_logits: Tensor, wanted: Tensor) -> Tensor:
    """Return (M, O) means over the points; `wanted` is 0 or 1 and broadcasts."""
    wanted = wanted.expand_as(mask_logits)
    cross_entropy = F.binary_cross_entropy_with_logits(mask_logits, wanted, reduction='none')
    probs = mask_logits.sigmoid()
    missed = wanted * (1.0 - probs) + (1.0 - wanted) * probs
    return (cross_entropy * missed.square()).mean(dim=-1)


def dice_loss(mask_logits: Tensor, wanted: Tensor) -> Tensor:
    """Return (M, O) losses of the overlap; `wanted` is 0 or 1 and broadcasts."""
    probs = mask_logits.sigmoid()
    overlap = 2.0 * (probs * wanted).sum(dim=-1) + _SMOOTHING
    return 1.0 - overlap / (probs.square().sum(dim=-1) + wanted.sum(dim=-1) + _SMOOTHING)


def hard_iou(mask_logits: Tensor, targets: Tensor) -> Tensor:
    """Return (...,) IoU of (..., N) masks where logits are above 0; `targets` broadcasts."""
    masks = mask_logits > 0
    shared = (masks & targets).sum(dim=-1)
    return shared / (masks | targets).sum(dim=-1)
