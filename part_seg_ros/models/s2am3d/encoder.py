# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From points to part features: one PartField trunk."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.layers.partfield.trunk import TriplaneTrunk

_SDF_DEPTH = 7


class SdfDecoder(nn.Module):
    """Bias-free maps to a signed distance, which served the training of the trunk.

    They are kept so that files load strictly, and never run.
    """

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(_SDF_DEPTH - 1):
            layers += [nn.Linear(width, width, bias=False), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1, bias=False))


class S2am3dEncoder(TriplaneTrunk):
    """The trunk beside two modules of its training; state-dict names are those of the release.

    Source:
        S2AM3D (arXiv 2512.00995), which fine-tunes PartField (Liu et al. 2025).
    """

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__(config)
        self.sdf_decoder = SdfDecoder(config.sdf_width)
        self.logit_scale = nn.Parameter(torch.zeros(1))

    def forward(self, coords: Tensor, point_feature: Tensor) -> Tensor:
        """Return (B, N, C) part features of the points.

        The points of a cloud depend on each other, so a cloud can not be encoded piece by piece.

        Args:
            coords: (B, N, 3), the longest side of each cloud's bounding box from -1 to 1.
            point_feature: (B, N, 3) three further numbers of each point, ones for instance.
        """
        return sample_planes(self.part_planes(coords, point_feature), coords)
