# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blocks of the flow transformer, with the names of the released weights.

T tokens of all objects in a row, C channels, H heads of D channels, S image tokens.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear
from part_seg_ros.models.segvigen.config import FlowConfig
from part_seg_ros.models.segvigen.precision import LayerNorm, layer_norm
from part_seg_ros.models.segvigen.rotary import turn
from part_seg_ros.models.segvigen.sparse.attention import attend

NUM_TIME_FEATURES = 256
_LONGEST_PERIOD = 10_000.0


class HeadNorm(nn.Module):
    """Scales every head of every token to length √D, then channel by channel."""

    def __init__(self, num_heads: int, head_width: int) -> None:
        """Build it for H heads of D channels."""
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(num_heads, head_width))

    def forward(self, heads: Tensor) -> Tensor:
        """Normalise (T, H, D) in float32; the type comes back."""
        scale = math.sqrt(heads.shape[-1])
        return (F.normalize(heads.float(), dim=-1) * self.gamma * scale).to(heads.dtype)


class SelfAttention(nn.Module):
    """Every token looks at all tokens of its object."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build it for `width` channels in `num_heads` heads."""
        super().__init__()
        self.num_heads = num_heads
        self.to_qkv = Linear(width, 3 * width)
        self.q_rms_norm = HeadNorm(num_heads, width // num_heads)
        self.k_rms_norm = HeadNorm(num_heads, width // num_heads)
        self.to_out = Linear(width, width)

    def forward(self, tokens: Tensor, by: Tensor, lengths: list[int]) -> Tensor:
        """Attend.

        Args:
            tokens: (T, C).
            by: (T, D / 2) from `turns`.
            lengths: Tokens of each object.

        Returns:
            (T, C).
        """
        q, k, v = self.to_qkv(tokens).unflatten(1, (3, self.num_heads, -1)).unbind(1)
        q, k = turn(self.q_rms_norm(q), by), turn(self.k_rms_norm(k), by)
        return self.to_out(attend(q, k, v, lengths, lengths).flatten(1))


class CrossAttention(nn.Module):
    """Every token looks at the image tokens of its object."""

    def __init__(self, width: int, cond_channels: int, num_heads: int) -> None:
        """Build it for `width` channels, and image tokens of `cond_channels`."""
        super().__init__()
        self.num_heads = num_heads
        self.to_q = Linear(width, width)
        self.to_kv = Linear(cond_channels, 2 * width)
        self.q_rms_norm = HeadNorm(num_heads, width // num_heads)
        self.k_rms_norm = HeadNorm(num_heads, width // num_heads)
        self.to_out = Linear(width, width)

    def remember(self, image_tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return the (S, H, D) keys and values of (S, cond_channels) image tokens."""
        image_tokens = image_tokens.to(self.to_kv.weight.dtype)
        k, v = self.to_kv(image_tokens).unflatten(1, (2, self.num_heads, -1)).unbind(1)
        return self.k_rms_norm(k), v

    def forward(
        self,
        tokens: Tensor,
        memory: tuple[Tensor, Tensor],
        lengths: list[int],
        memory_lengths: list[int],
    ) -> Tensor:
        """Attend.

        Args:
            tokens: (T, C).
            memory: From `remember`.
            lengths: Tokens of each object.
            memory_lengths: Image tokens of each object.

        Returns:
            (T, C).
        """
        q = self.q_rms_norm(self.to_q(tokens).unflatten(1, (self.num_heads, -1)))
        return self.to_out(attend(q, *memory, lengths, memory_lengths).flatten(1))


class FeedForward(nn.Module):
    """A map of each token."""

    def __init__(self, width: int, inner: int) -> None:
        """Build it for `width` channels, `inner` between."""
        super().__init__()
        self.mlp = nn.Sequential(
            Linear(width, inner), nn.GELU(approximate='tanh'), Linear(inner, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (T, C) to (T, C)."""
        return self.mlp(tokens)


class FlowBlock(nn.Module):
    """Self-attention, cross-attention and feed-forward, steered by the time."""

    def __init__(self, config: FlowConfig) -> None:
        """Build a block of these sizes."""
        super().__init__()
        width = config.width
        self.modulation = nn.Parameter(torch.zeros(6 * width))
        nn.init.normal_(self.modulation, std=width**-0.5)
        self.norm2 = LayerNorm(width)
        self.self_attn = SelfAttention(width, config.num_heads)
        self.cross_attn = CrossAttention(width, config.cond_channels, config.num_heads)
        self.mlp = FeedForward(width, config.mlp_width)

    def forward(
        self,
        tokens: Tensor,
        modulation: Tensor,
        by: Tensor,
        lengths: list[int],
        memory: tuple[Tensor, Tensor],
        memory_lengths: list[int],
    ) -> Tensor:
        """Run the block.

        Args:
            tokens: (T, C).
            modulation: (B, 6 C) float32 of each object's time.
            by: (T, D / 2) from `turns`.
            lengths: Tokens of each object.
            memory: Keys and values of the image tokens, from `cross_attn.remember`.
            memory_lengths: Image tokens of each object.

        Returns:
            (T, C).
        """
        steering = (modulation + self.modulation).to(tokens.dtype)
        if len(steering) > 1:
            counts = torch.tensor(lengths, device=tokens.device)
            steering = steering.repeat_interleave(counts, dim=0)
        shift1, scale1, gate1, shift2, scale2, gate2 = steering.chunk(6, dim=1)
        steered = layer_norm(tokens) * (1 + scale1) + shift1
        tokens = tokens + gate1 * self.self_attn(steered, by, lengths)
        tokens = tokens + self.cross_attn(self.norm2(tokens), memory, lengths, memory_lengths)
        steered = layer_norm(tokens) * (1 + scale2) + shift2
        return tokens + gate2 * self.mlp(steered)


class NumberEmbedder(nn.Module):
    """A number as a vector: waves of it, then two maps. For the time, and for the task."""

    def __init__(self, width: int) -> None:
        """Build it for `width` channels."""
        super().__init__()
        self.mlp = nn.Sequential(Linear(NUM_TIME_FEATURES, width), nn.SiLU(), Linear(width, width))

    def forward(self, numbers: Tensor) -> Tensor:
        """Embed (B,) float32 numbers as (B, C)."""
        return self.mlp(waves(numbers))


def waves(numbers: Tensor) -> Tensor:
    """Return (B, 256) float32: the cosines, then the sines, of 128 multiples of (B,) numbers."""
    half = NUM_TIME_FEATURES // 2
    steps = torch.arange(half, dtype=torch.float32, device=numbers.device)
    angles = numbers.float()[:, None] * torch.exp(-math.log(_LONGEST_PERIOD) * steps / half)
    return torch.cat([angles.cos(), angles.sin()], dim=1)
