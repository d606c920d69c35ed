# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Features of point maps as residuals of features of normals."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FeatureFusion(nn.Module):
    """One convolution a level, zero before training, so that normals alone decide at first.

    Source:
        GeoSAM2, Sec. 3.2, residual fusion: F = N + conv([N; P]).
    """

    def __init__(self, width: int) -> None:
        """Build it for levels of `width` channels, strides 4, 8 and 16."""
        super().__init__()
        self.fusion_high = _zero_convolution(width)
        self.fusion_mid = _zero_convolution(width)
        self.fusion_low = _zero_convolution(width)

    def forward(self, normal_levels: list[Tensor], point_levels: list[Tensor]) -> list[Tensor]:
        """Fuse three levels each, (V, C, H, W), fine to coarse."""
        convolutions = (self.fusion_high, self.fusion_mid, self.fusion_low)
        return [
            normals + convolution(torch.cat([normals, points], dim=1))
            for convolution, normals, points in zip(
                convolutions, normal_levels, point_levels, strict=True
            )
        ]


def _zero_convolution(width: int) -> nn.Conv2d:
    convolution = nn.Conv2d(2 * width, width, kernel_size=3, padding=1)
    nn.init.zeros_(convolution.weight)
    nn.init.zeros_(convolution.bias)
    return convolution
