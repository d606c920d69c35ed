# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Low-rank updates of the queries and values in a Hiera trunk."""

from __future__ import annotations

import math

from torch import Tensor, nn


class LowRankQueryValue(nn.Module):
    """A frozen map to queries, keys and values, plus low-rank updates of queries and values.

    The updates are as wide as the input, also where the outputs are wider: there they reach the
    first channels of the queries and the last of the values only.

    Source:
        LoRA (Hu et al. 2022); where it acts: the release of GeoSAM2. Factor 1, no update of keys.
    """

    def __init__(self, qkv: nn.Linear, rank: int) -> None:
        """Wrap `qkv` (width to 3 times some width); the updates begin as zero."""
        super().__init__()
        self.qkv = qkv
        width = qkv.in_features
        self.linear_a_q = nn.Linear(width, rank, bias=False)
        self.linear_b_q = nn.Linear(rank, width, bias=False)
        self.linear_a_v = nn.Linear(width, rank, bias=False)
        self.linear_b_v = nn.Linear(rank, width, bias=False)
        for narrow, wide in (
            (self.linear_a_q, self.linear_b_q),
            (self.linear_a_v, self.linear_b_v),
        ):
            nn.init.kaiming_uniform_(narrow.weight, a=math.sqrt(5))
            nn.init.zeros_(wide.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., width) to (..., queries + keys + values)."""
        qkv = self.qkv(x)
        width = x.shape[-1]
        qkv[..., :width] += self.linear_b_q(self.linear_a_q(x))
        qkv[..., -width:] += self.linear_b_v(self.linear_a_v(x))
        return qkv


def add_lora(trunk: nn.Module, rank: int) -> None:
    """Wrap the map to queries, keys and values of every block of a Hiera trunk."""
    for block in trunk.blocks:
        block.attn.qkv = LowRankQueryValue(block.attn.qkv, rank)
