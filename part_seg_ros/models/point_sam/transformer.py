# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The transformer over patch tokens: EVA's blocks without what belongs to images."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear, linear, linear_times, silu_linear
from part_seg_ros.models.point_sam.config import TransformerConfig

_NORM_EPS = 1e-6


class SplitAttention(nn.Module):
    """Self-attention with one map each for queries, keys (no bias) and values."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = Linear(width, width)
        self.k_proj = Linear(width, width, bias=False)
        self.v_proj = Linear(width, width)
        self.proj = Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, G, W) to (B, G, W)."""
        maps = (self.q_proj, self.k_proj, self.v_proj)
        return self.proj(attend(*(m(tokens) for m in maps), num_heads=self.num_heads))


class FusedAttention(nn.Module):
    """Self-attention with one map for queries, keys and values; keys have no bias."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.num_heads = num_heads
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.qkv = Linear(width, 3 * width, bias=False)
        self.proj = Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, G, W) to (B, G, W)."""
        bias = torch.cat([self.q_bias, torch.zeros_like(self.q_bias), self.v_bias])
        maps = linear(tokens, self.qkv.weight, bias).chunk(3, dim=-1)
        return self.proj(attend(*maps, num_heads=self.num_heads))


def attend(queries: Tensor, keys: Tensor, values: Tensor, *, num_heads: int) -> Tensor:
    """Attend (B, G, W) among themselves in heads of equal width: (B, G, W)."""
    q, k, v = (x.unflatten(-1, (num_heads, -1)).transpose(1, 2) for x in (queries, keys, values))
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(-2)


class GatedMlp(nn.Module):
    """SwiGLU with a norm before the last map."""

    def __init__(self, width: int, inner: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.fc1_g = Linear(width, inner)
        self.fc1_x = Linear(width, inner)
        self.norm = nn.LayerNorm(inner, eps=_NORM_EPS)
        self.fc2 = Linear(inner, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (..., W) to (..., W)."""
        gate = silu_linear(tokens, self.fc1_g.weight, self.fc1_g.bias)
        gated = linear_times(tokens, self.fc1_x.weight, self.fc1_x.bias, gate)
        return self.fc2(self.norm(gated))


class PlainMlp(nn.Module):
    """Two maps with GELU between them."""

    def __init__(self, width: int, inner: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.fc1 = Linear(width, inner)
        self.fc2 = Linear(inner, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (..., W) to (..., W)."""
        return self.fc2(F.gelu(self.fc1(tokens)))


class Block(nn.Module):
    """Attention, then a feed-forward map, each on normalised tokens and added to them."""

    def __init__(self, config: TransformerConfig) -> None:
        """Build with random weights."""
        super().__init__()
        attention = SplitAttention if config.is_gated else FusedAttention
        mlp = GatedMlp if config.is_gated else PlainMlp
        self.norm1 = nn.LayerNorm(config.width, eps=_NORM_EPS)
        self.attn = attention(config.width, config.num_heads)
        self.norm2 = nn.LayerNorm(config.width, eps=_NORM_EPS)
        self.mlp = mlp(config.width, config.mlp_width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, G, W) to (B, G, W)."""
        tokens = tokens + self.attn(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class ImagePatches(nn.Module):
    """What EVA makes its tokens with; kept because the weights files hold it."""

    def __init__(self, width: int, patch: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, stride=patch)


class Transformer(nn.Module):
    """EVA's blocks on the tokens of patches, and the norm that EVA has behind its pooling.

    Source:
        EVA and EVA-02 (Fang et al. 2022, 2023). Class token, position table, rotary positions,
        pooling and head are not used; those with weights are kept, without gradient, for files.
    """

    def __init__(self, config: TransformerConfig) -> None:
        """Build with random weights."""
        super().__init__()
        width = config.width
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.num_blocks))
        self.fc_norm = nn.LayerNorm(width, eps=_NORM_EPS)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width), requires_grad=False)
        num_positions = 1 + config.image_grid**2
        self.pos_embed = nn.Parameter(torch.zeros(1, num_positions, width), requires_grad=False)
        self.patch_embed = ImagePatches(width, config.image_patch).requires_grad_(False)
        self.head = Linear(width, config.num_classes).requires_grad_(False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, G, W) to (B, G, W)."""
        for block in self.blocks:
            tokens = block(tokens)
        return self.fc_norm(tokens)
