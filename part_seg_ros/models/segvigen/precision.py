# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights in 16 bits where the release has them so."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.models.segvigen.sparse.convolution import SubmanifoldConv


def set_map_dtype(module: nn.Module, dtype: str) -> None:
    """Give the weights of all linear maps and convolutions in `module` a type, and no others."""
    for part in module.modules():
        if isinstance(part, nn.Linear | SubmanifoldConv):
            part.to(getattr(torch, dtype))


def layer_norm(features: Tensor, eps: float = 1e-6) -> Tensor:
    """Normalise the last axis in float32, without weights; the type of `features` comes back."""
    return F.layer_norm(features.float(), features.shape[-1:], eps=eps).to(features.dtype)


class LayerNorm(nn.LayerNorm):
    """The same with weights, which stay float32."""

    def __init__(self, width: int) -> None:
        """Build it for `width` channels."""
        super().__init__(width, eps=1e-6)

    def forward(self, features: Tensor) -> Tensor:
        """Normalise (..., width)."""
        return super().forward(features.float()).to(features.dtype)
