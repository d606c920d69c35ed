# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""One vector for the points of each patch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear, linear

# Points handled at once, so that their features stay in the cache of a CPU and bounded on a GPU.
_POINTS_PER_PASS_CPU = 1 << 10
_POINTS_PER_PASS_GPU = 1 << 20


class PatchPointNet(nn.Module):
    """Two rounds of per-point maps and a maximum over the patch.

    Source:
        PointNet (Qi et al. 2017) in the form of Point-SAM (Zhou et al. 2024), Sec. 3.1, with layer
        norms. The pooled vector of the first round stands before the point's own; its half of the
        next map is computed once a patch, which gives the same sum.
    """

    def __init__(self, num_inputs: int, inner: int, outer: int, width: int) -> None:
        """Build maps `num_inputs -> inner -> inner`, then `2 inner -> outer -> width`."""
        super().__init__()
        self.inner = inner
        self.conv1 = nn.Sequential(
            Linear(num_inputs, inner), nn.LayerNorm(inner), nn.GELU(), Linear(inner, inner)
        )
        self.conv2 = nn.Sequential(
            Linear(2 * inner, outer), nn.LayerNorm(outer), nn.GELU(), Linear(outer, width)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., G, K, num_inputs) to (..., G, width)."""
        flat = features.flatten(0, -3)
        limit = _POINTS_PER_PASS_GPU if features.is_cuda else _POINTS_PER_PASS_CPU
        passes = flat.split(max(1, limit // features.shape[-2]))
        encoded = torch.cat([self._encode(part) for part in passes])
        return encoded.unflatten(0, features.shape[:-2])

    def _encode(self, features: Tensor) -> Tensor:
        """Map (P, K, num_inputs) to (P, width)."""
        own = self.conv1(features)
        pooled = own.amax(dim=1, keepdim=True)
        joint, norm, act, last = self.conv2
        of_pooled, of_own = joint.weight.split(self.inner, dim=1)
        hidden = linear(own, of_own) + linear(pooled, of_pooled, joint.bias)
        return last(act(norm(hidden))).amax(dim=1)
