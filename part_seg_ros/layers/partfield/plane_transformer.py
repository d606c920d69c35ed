# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The transformer over the planes: far parts of an object learn of each other.

Both readers of the U-Net's output begin with a linear map, so the U-Net's last 1×1 convolution is
folded into them: an eighth of the work of the first convolution, the same numbers up to rounding.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.partfield.config import NUM_PLANES, TOKEN_STRIDE, TrunkConfig

_NORM_EPS = 1e-6


class BiasFreeAttention(nn.Module):
    """Multi-head self-attention, q, k and v in one matrix, no biases."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.num_heads = num_heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        nn.init.xavier_uniform_(self.in_proj_weight)
        self.out_proj = nn.Linear(width, width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, C)."""
        packed = F.linear(tokens, self.in_proj_weight)
        heads = packed.unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*heads)  # (B, heads, L, C / heads)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


class TransformerBlock(nn.Module):
    """Attention and MLP, each behind a layer norm and added."""

    def __init__(self, width: int, num_heads: int, mlp_ratio: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=_NORM_EPS)
        self.self_attn = BiasFreeAttention(width, num_heads)
        self.norm2 = nn.LayerNorm(width, eps=_NORM_EPS)
        self.mlp = nn.Sequential(
            nn.Linear(width, mlp_ratio * width),
            nn.GELU(),
            nn.Identity(),  # dropout of the release
            nn.Linear(mlp_ratio * width, width),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, C)."""
        tokens = tokens + self.self_attn(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class TokenTransformer(nn.Module):
    """The blocks and a last norm."""

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.layers = nn.ModuleList(
            TransformerBlock(config.token_width, config.num_heads, config.mlp_ratio)
            for _ in range(config.token_depth)
        )
        self.norm = nn.LayerNorm(config.token_width, eps=_NORM_EPS)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, C)."""
        for layer in self.layers:
            tokens = layer(tokens)
        return self.norm(tokens)


class TriplaneTransformer(nn.Module):
    """Planes to tokens, attention over all of them, back to planes, plus a map per pixel.

    Source:
        OpenLRM's triplane transformer (He et al. 2023) as PartField uses it (Liu et al. 2025).
    """

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__()
        width, plane_width = config.token_width, config.plane_width
        self.config = config
        self.pos_embed = nn.Parameter(torch.zeros(1, config.num_tokens, width))
        nn.init.normal_(self.pos_embed, std=width**-0.5)
        self.transformer = TokenTransformer(config)
        self.downsampler = nn.Sequential(
            nn.Conv2d(plane_width, width, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.upsampler = nn.ConvTranspose2d(
            width, config.output_width, TOKEN_STRIDE, stride=TOKEN_STRIDE
        )
        self.mlp = nn.Sequential(
            nn.Linear(plane_width, config.output_width),
            nn.ReLU(),
            nn.Linear(config.output_width, config.output_width),
        )

    def embed(self, hidden: Tensor, last: nn.Conv2d) -> Tensor:
        """Return (B, L, C) tokens with their position codes, in the order plane, row, column.

        Args:
            hidden: (B, 3, H, W, C0) from `PlaneUNet`.
            last: The U-Net's last map, C0 to plane width.
        """
        pixels = hidden.flatten(0, 1).permute(0, 3, 1, 2)  # (3B, C0, H, W)
        pooled = F.max_pool2d(_folded_conv(pixels, last, self.downsampler[0]), 2).relu()
        pooled = F.max_pool2d(self.downsampler[3](pooled), 2).relu()
        tokens = pooled.flatten(2).transpose(1, 2).reshape(len(hidden), -1, pooled.shape[1])
        return tokens + self.pos_embed

    def spread(self, tokens: Tensor, first: int) -> Tensor:
        """Turn tokens back into pixels, one matrix for the 4 × 4 pixels of each.

        Args:
            tokens: (B, L, C) from `transformer`.
            first: First channel that is wanted.

        Returns:
            (B, 3, H, W, C') channels from `first` on.
        """
        side = self.config.plane_size // TOKEN_STRIDE
        weight = self.upsampler.weight[:, first:].permute(2, 3, 1, 0).flatten(0, 2)
        bias = self.upsampler.bias[first:].repeat(TOKEN_STRIDE**2)
        pixels = F.linear(tokens, weight, bias)
        pixels = pixels.view(len(tokens), NUM_PLANES, side, side, TOKEN_STRIDE, TOKEN_STRIDE, -1)
        pixels = pixels.transpose(3, 4)  # (B, 3, h, 4, w, 4, C')
        return pixels.reshape(len(tokens), NUM_PLANES, 4 * side, 4 * side, -1)

    def per_pixel(self, hidden: Tensor, last: nn.Conv2d, first: int) -> Tensor:
        """Map every pixel by itself; (B, 3, H, W, C0) to (B, 3, H, W, C') from `first` on."""
        weight = self.mlp[0].weight @ last.weight.flatten(1)
        bias = self.mlp[0].weight @ last.bias + self.mlp[0].bias
        inner = F.linear(hidden, weight, bias).relu()
        return F.linear(inner, self.mlp[2].weight[first:], self.mlp[2].bias[first:])


def _folded_conv(pixels: Tensor, first: nn.Conv2d, second: nn.Conv2d) -> Tensor:
    """Apply a 1×1 convolution and then a padded one, as one.

    The padding of the second is zero where the first would give its bias, so the bias is carried
    along as an image of its own, which knows the border.
    """
    weight = torch.einsum('omhw,mc->ochw', second.weight, first.weight.flatten(1))
    bias_weight = torch.einsum('omhw,m->ohw', second.weight, first.bias)[:, None]
    ones = pixels.new_ones(1, 1, *pixels.shape[2:])
    bias = F.conv2d(ones, bias_weight, second.bias, padding=second.padding)
    return F.conv2d(pixels, weight, padding=second.padding).add_(bias)
