# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Features of point maps put to features of normals."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.models.geosam2.config import RESIDUAL


class FeatureFusion(nn.Module):
    """One convolution a level; before training normals alone decide.

    Source:
        GeoSAM2, Sec. 3.2, residual fusion: F = N + conv([N; P]) over 3 x 3 pixels, zero at first.
        Its ablation, `naive`, is told in words only, as injection by a convolution of one pixel;
        here F = conv([N; P]), which is N at first.
    """

    def __init__(self, width: int, kind: str = RESIDUAL) -> None:
        """Build it for levels of `width` channels, strides 4, 8 and 16."""
        super().__init__()
        self.is_residual = kind == RESIDUAL
        self.fusion_high = _convolution(width, is_residual=self.is_residual)
        self.fusion_mid = _convolution(width, is_residual=self.is_residual)
        self.fusion_low = _convolution(width, is_residual=self.is_residual)

    def forward(self, normal_levels: list[Tensor], point_levels: list[Tensor]) -> list[Tensor]:
        """Fuse three levels each, (V, C, H, W), fine to coarse."""
        convolutions = (self.fusion_high, self.fusion_mid, self.fusion_low)
        fused = []
        for convolution, normals, points in zip(
            convolutions, normal_levels, point_levels, strict=True
        ):
            mixed = convolution(torch.cat([normals, points], dim=1))
            fused.append(normals + mixed if self.is_residual else mixed)
        return fused


def _convolution(width: int, *, is_residual: bool) -> nn.Conv2d:
    size = 3 if is_residual else 1
    convolution = nn.Conv2d(2 * width, width, kernel_size=size, padding=size // 2)
    nn.init.zeros_(convolution.weight)
    nn.init.zeros_(convolution.bias)
    if not is_residual:
        nn.init.dirac_(convolution.weight)
    return convolution
