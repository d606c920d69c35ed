# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Features of the points for one wanted scale; the click comes later.

The release runs its attention over the batch axis, where a cloud by itself is a sequence of length
one: the softmax is 1 and what remains is a linear map of every point. That map is written down
here, so that clouds and scales can be batched. Nothing in the enhancer goes from point to point.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear, gelu_linear, linear, linear_plus
from part_seg_ros.layers.row_chunks import map_rows
from part_seg_ros.models.s2am3d.config import POINTS_AT_ONCE, S2am3dConfig

_TEMPERATURE = 10_000.0
_AXES = (1, 0, 2)  # the code of y comes first


def position_code(coords: Tensor, width: int) -> Tensor:
    """Encode places by sines and cosines of a geometric series of frequencies, interleaved.

    Args:
        coords: (B, N, 3) in [-1, 1].
        width: C, a multiple of 6.

    Returns:
        (B, N, C), a third for each axis.
    """
    num_pairs = width // 6
    exponents = 2 * torch.arange(num_pairs, device=coords.device) / (2 * num_pairs)
    angles = 2 * math.pi * coords[..., _AXES, None] / _TEMPERATURE**exponents
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-3)


def mlp(width: int, ratio: int) -> nn.Sequential:
    """Return the MLP of all blocks; its state-dict names leave places for dropout."""
    return nn.Sequential(
        Linear(width, ratio * width), nn.GELU(), nn.Identity(), Linear(ratio * width, width)
    )


class ScaleEmbedding(nn.Module):
    """Sines and cosines of learned frequencies of the scale, mapped to the width."""

    def __init__(self, num_frequencies: int, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.scale_freqs = nn.Parameter(torch.randn(num_frequencies))
        self.scale_phases = nn.Parameter(2 * math.pi * torch.rand(num_frequencies))
        self.scale_proj = Linear(2 * num_frequencies, width)

    def forward(self, scale: Tensor) -> Tensor:
        """Map (B,) scales to (B, C)."""
        angles = self.scale_freqs * (2 * math.pi * scale[:, None]) + self.scale_phases
        return self.scale_proj(torch.cat([angles.sin(), angles.cos()], -1))


class OwnAttention(nn.Module):
    """Attention of each point to itself alone: its value map and its output map.

    The rows of query and key in `in_proj_weight` have no effect.
    """

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        nn.init.xavier_uniform_(self.in_proj_weight)
        self.out_proj = Linear(width, width)

    def folded(self) -> tuple[Tensor, Tensor]:
        """Return weight and bias of both maps as one."""
        width = self.out_proj.in_features
        weight = self.out_proj.weight @ self.in_proj_weight[2 * width :]
        return weight, self.out_proj(self.in_proj_bias[2 * width :])


class EnhancerBlock(nn.Module):
    """The map that attention comes down to, and an MLP, each behind a norm and added."""

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.norm1 = nn.LayerNorm(config.width)
        self.attn = OwnAttention(config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.mlp = mlp(config.width, config.mlp_ratio)

    def forward(self, points: Tensor) -> Tensor:
        """Map (B, n, C) to (B, n, C)."""
        points = points + linear(self.norm1(points), *self.attn.folded())
        up, down = self.mlp[0], self.mlp[3]
        hidden = gelu_linear(self.norm2(points), up.weight, up.bias)
        return linear_plus(hidden, down.weight, down.bias, points)


class FeatureEnhancer(nn.Module):
    """Part features, place and wanted scale of every point to what the decoder reads.

    Source:
        S2AM3D (arXiv 2512.00995), scale modulation by FiLM (Perez et al. 2018).
    """

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights."""
        super().__init__()
        width = config.width
        self.feature_proj = Linear(config.trunk.part_width, width)
        self.transformer_blocks = nn.ModuleList(
            EnhancerBlock(config) for _ in range(config.enhancer_depth)
        )
        self.scale_embedding = ScaleEmbedding(config.num_scale_frequencies, width)
        self.scale_to_film = nn.Sequential(nn.LayerNorm(width), Linear(width, 2 * width))
        self.scale_gain = nn.Parameter(torch.ones(()))
        self.output_layer = Linear(width, width)

    def forward(self, features: Tensor, coords: Tensor, scale: Tensor | None) -> Tensor:
        """Enhance clouds, each for one scale.

        Args:
            features: (B, N, F) part features.
            coords: (B, N, 3) in [-1, 1], as the encoder had them.
            scale: (B,) share of the points that the wanted part has, or None for no scale. That is
                not a scale of 0: the modulation then runs on an embedding of zeros.

        Returns:
            (B, N, C).
        """
        factor, offset = self._modulation(scale, len(features))

        def enhance(features: Tensor, coords: Tensor) -> Tensor:
            points = self.feature_proj(features) + position_code(
                coords, self.output_layer.in_features
            )
            points = points * factor + offset
            for block in self.transformer_blocks:
                points = block(points * factor + offset)
            return self.output_layer(points)

        return map_rows(enhance, features, coords, chunk=POINTS_AT_ONCE)

    def _modulation(self, scale: Tensor | None, num_clouds: int) -> tuple[Tensor, Tensor]:
        """Return the (B, 1, C) factor and offset that every point gets three times."""
        if scale is None:
            embedding = self.scale_gain.new_zeros(num_clouds, self.output_layer.in_features)
        else:
            embedding = self.scale_embedding(scale)
        gamma, beta = self.scale_to_film(embedding)[:, None].chunk(2, -1)
        return 1 + self.scale_gain * gamma, self.scale_gain * beta
