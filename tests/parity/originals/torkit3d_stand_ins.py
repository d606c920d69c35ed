# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the authors of Point-SAM and PartSAM take from torkit3d and torchvision, for CPUs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.layers.grouping import take_rows


def pick_one(values: Tensor, idx: Tensor, dim: int) -> Tensor:
    """`batch_index_select`: (B, N, C) values and (B, S) rows, or (B,) one row for each."""
    assert dim == 1
    picked = take_rows(values, idx.view(len(idx), -1))
    return picked.squeeze(1) if idx.ndim == 1 else picked


def farthest_points(points: Tensor, count: int) -> Tensor:
    """Clouds without ties: any farthest-point sampling from the first point on will do."""
    rows = torch.zeros(len(points), count, dtype=torch.long)
    nearest = torch.full(points.shape[:2], torch.inf)
    for i in range(1, count):
        last = take_rows(points, rows[:, i - 1 : i])
        nearest = nearest.minimum((points - last).square().sum(dim=-1))
        rows[:, i] = nearest.argmax(dim=1)
    return rows


def focal(logits: Tensor, targets: Tensor, alpha: float, reduction: str) -> Tensor:
    """The loss with gamma 2; a negative alpha weighs nothing."""
    assert alpha < 0 and reduction == 'none'
    sure = torch.where(targets > 0, logits, -logits)
    return -(1 - sure.sigmoid()).square() * F.logsigmoid(sure)


STAND_INS: dict[str, dict[str, Any]] = {
    **{name: {'__path__': []} for name in ('torkit3d', 'torkit3d.nn', 'torkit3d.ops')},
    'torkit3d.nn.functional': {'batch_index_select': pick_one},
    'torkit3d.ops.sample_farthest_points': {'sample_farthest_points': farthest_points},
    'torkit3d.ops.chamfer_distance': {'chamfer_distance': None},
    'torchvision': {'__path__': []},
    'torchvision.ops': {'sigmoid_focal_loss': focal},
}
TIMM_STAND_INS: dict[str, dict[str, Any]] = {
    **{name: {'__path__': []} for name in ('timm', 'timm.models')},
    'timm.models.eva': {'Eva': torch.nn.Module},
    'timm.models.vision_transformer': {'VisionTransformer': torch.nn.Module},
}
