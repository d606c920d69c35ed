# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A stack of linear maps."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear


class MLP(nn.Module):
    """Linear maps with ReLU between them, none after the last."""

    def __init__(self, *widths: int) -> None:
        """Build the maps `widths[0] -> widths[1] -> …`."""
        super().__init__()
        self.layers = nn.ModuleList(Linear(i, o) for i, o in pairwise(widths))

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., widths[0]) to (..., widths[-1])."""
        *first, last = self.layers
        for layer in first:
            features = layer(features).relu()
        return last(features)
