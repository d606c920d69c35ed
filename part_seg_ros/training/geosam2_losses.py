# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses of SAM 2 on what its decoder says about B objects in one view."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.models.geosam2.model import Decoded

FOCAL_WEIGHT = 20.0
_FOCAL_ALPHA = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewLosses:
    """What one view costs, means over the objects.

    Attributes:
        mask: () of the best candidate's mask.
        iou_pred: () of the predicted IoU of all candidates.
        presence: () of whether the object is in the view.
        iou: (B,) true IoU of the candidate predicted best, NaN where the object is absent.
    """

    mask: Tensor
    iou_pred: Tensor
    presence: Tensor
    iou: Tensor

    @property
    def total(self) -> Tensor:
        """Their sum, ()."""
        return self.mask + self.iou_pred + self.presence


def view_losses(decoded: Decoded, targets: Tensor) -> ViewLosses:
    """Judge all candidates; the one whose mask costs least teaches the mask.

    Where an object is absent from the view, only that it is absent is taught.

    Args:
        decoded: For B objects.
        targets: (B, S, S) bool.

    Source:
        SAM 2 (Ravi et al. 2024), training: 20 times the focal loss (gamma 2, alpha 0.25), the dice
        loss, the absolute error of the predicted IoU of every candidate, and the cross-entropy of
        the presence, at the size of the picture.
    """
    logits = F.interpolate(
        decoded.mask_logits.float(), targets.shape[1:], mode='bilinear', align_corners=False
    ).flatten(2)
    wanted = targets.flatten(1)[:, None]
    is_there = targets.flatten(1).any(dim=1)
    weight = is_there / len(is_there)
    masks = FOCAL_WEIGHT * focal_loss(logits, wanted) + dice_loss(logits, wanted)
    iou = _hard_iou(logits, wanted)
    errors = (decoded.iou_pred.float() - iou).abs().mean(dim=1)
    chosen = decoded.iou_pred.argmax(dim=1, keepdim=True)
    return ViewLosses(
        mask=(weight * masks.amin(dim=1)).sum(),
        iou_pred=(weight * errors).sum(),
        presence=F.binary_cross_entropy_with_logits(
            decoded.presence[:, 0].float(), is_there.float()
        ),
        iou=torch.where(is_there, iou.gather(1, chosen)[:, 0], torch.nan),
    )


def focal_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return (B, M) means over (B, M, N) logits; `wanted` is bool and broadcasts."""
    target = wanted.to(logits.dtype).expand_as(logits)
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    missed = (logits.sigmoid() - target).abs()
    alpha = torch.where(wanted, _FOCAL_ALPHA, 1.0 - _FOCAL_ALPHA)
    return (alpha * cross_entropy * missed.square()).mean(dim=-1)


def dice_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return (B, M) losses of the overlap of (B, M, N) logits; `wanted` broadcasts."""
    probs = logits.sigmoid()
    overlap = (probs * wanted).sum(dim=-1)
    return 1.0 - (2.0 * overlap + 1.0) / (probs.sum(dim=-1) + wanted.sum(dim=-1) + 1.0)


def _hard_iou(logits: Tensor, wanted: Tensor) -> Tensor:
    masks = logits > 0
    shared = (masks & wanted).sum(dim=-1)
    return shared / (masks | wanted).sum(dim=-1).clamp_min(1)
