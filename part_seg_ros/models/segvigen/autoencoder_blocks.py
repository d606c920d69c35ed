# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blocks of the sparse autoencoders, with the names of the released weights."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear
from part_seg_ros.layers.row_chunks import map_rows
from part_seg_ros.models.segvigen.precision import LayerNorm, layer_norm
from part_seg_ros.models.segvigen.sparse.convolution import SubmanifoldConv
from part_seg_ros.models.segvigen.sparse.resampling import NUM_SLOTS, Pooling, Subdivision
from part_seg_ros.models.segvigen.sparse.sites import Sites


class ConvNeXtBlock(nn.Module):
    """Convolution, norm and a map of each cell, added to what came in."""

    def __init__(self, width: int) -> None:
        """Build a block of `width` channels."""
        super().__init__()
        self.norm = LayerNorm(width)
        self.conv = SubmanifoldConv(width, width)
        self.mlp = nn.Sequential(Linear(width, 4 * width), nn.SiLU(), Linear(4 * width, width))

    def forward(self, features: Tensor, sites: Sites) -> Tensor:
        """Map (N, C) features of the cells to (N, C)."""
        convolved = self.norm(self.conv(features, sites))
        return features + map_rows(self.mlp, convolved[None])[0]


class DownBlock(nn.Module):
    """Halves the resolution."""

    def __init__(self, num_inputs: int, num_outputs: int) -> None:
        """Build it; `num_outputs` divides 8 times `num_inputs`."""
        super().__init__()
        self.norm1 = LayerNorm(num_inputs)
        self.conv1 = SubmanifoldConv(num_inputs, num_outputs // NUM_SLOTS)
        self.conv2 = SubmanifoldConv(num_outputs, num_outputs)

    def forward(self, features: Tensor, sites: Sites, pooling: Pooling) -> Tensor:
        """Map (N, C) features of `sites` to (P, O) of their parents."""
        hidden = pooling.to_channels(self.conv1(F.silu(self.norm1(features)), sites))
        hidden = self.conv2(F.silu(layer_norm(hidden)), pooling.coarse)
        skip = pooling.to_channels(features).unflatten(1, (hidden.shape[1], -1)).mean(-1)
        return hidden + skip


class UpBlock(nn.Module):
    """Doubles the resolution."""

    def __init__(self, num_inputs: int, num_outputs: int, *, predicts_cells: bool) -> None:
        """Build it, with or without the map that says which cells there are."""
        super().__init__()
        self.norm1 = LayerNorm(num_inputs)
        self.conv1 = SubmanifoldConv(num_inputs, NUM_SLOTS * num_outputs)
        self.conv2 = SubmanifoldConv(num_outputs, num_outputs)
        self.to_subdiv = Linear(num_inputs, NUM_SLOTS) if predicts_cells else None

    def subdivision_logits(self, features: Tensor) -> Tensor:
        """Return (P, 8) logits of the children of each cell; those above 0 are there."""
        assert self.to_subdiv is not None
        return self.to_subdiv(features)

    def forward(self, features: Tensor, step: Subdivision) -> Tensor:
        """Map (P, C) features of `step.coarse` to (M, O) of `step.fine`."""
        hidden = self.conv1(F.silu(self.norm1(features)), step.coarse)
        hidden = step.from_channels(hidden)
        hidden = self.conv2(F.silu(layer_norm(hidden)), step.fine)
        skip = step.from_channels(features)
        return hidden + skip.repeat_interleave(hidden.shape[1] // skip.shape[1], dim=1)
