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

from part_seg_ros.layers.linear import Linear, gelu_linear, linear, linear_plus
from part_seg_ros.layers.partfield.config import NUM_PLANES, TOKEN_STRIDE, TrunkConfig
from part_seg_ros.layers.pooled_convolution import conv_pool, wide_conv_pool
from part_seg_ros.layers.row_chunks import map_rows

_NORM_EPS = 1e-6


class BiasFreeAttention(nn.Module):
    """Multi-head self-attention, q, k and v in one matrix, no biases."""

    def __init__(self, width: int, num_heads: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.num_heads = num_heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        nn.init.xavier_uniform_(self.in_proj_weight)
        self.out_proj = Linear(width, width, bias=False)

    def forward(self, tokens: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Let tokens look at all tokens.

        Args:
            tokens: (B, L, C).
            wanted: (W,) int64 the tokens that look; None for all.

        Returns:
            (B, W, C), in the order of `wanted`.
        """
        width = tokens.shape[-1]
        looking = tokens if wanted is None else tokens[:, wanted]
        query = self._heads(linear(looking, self.in_proj_weight[:width]))
        key, value = linear(tokens, self.in_proj_weight[width:]).chunk(2, dim=-1)
        mixed = F.scaled_dot_product_attention(query, self._heads(key), self._heads(value))
        return self.out_proj(mixed.transpose(1, 2).flatten(2))

    def _heads(self, tokens: Tensor) -> Tensor:
        """Return (B, heads, L, C / heads)."""
        return tokens.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


class TransformerBlock(nn.Module):
    """Attention and MLP, each behind a layer norm and added."""

    def __init__(self, width: int, num_heads: int, mlp_ratio: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=_NORM_EPS)
        self.self_attn = BiasFreeAttention(width, num_heads)
        self.norm2 = nn.LayerNorm(width, eps=_NORM_EPS)
        self.mlp = nn.Sequential(
            Linear(width, mlp_ratio * width),
            nn.GELU(),
            nn.Identity(),  # dropout of the release
            Linear(mlp_ratio * width, width),
        )

    def forward(self, tokens: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Map (B, L, C) to (B, L, C), or to (B, W, C) where only `wanted` (W,) tokens are read."""
        looked = self.self_attn(self.norm1(tokens), wanted)
        tokens = (tokens if wanted is None else tokens[:, wanted]) + looked
        return map_rows(self._feed, tokens)

    def _feed(self, rows: Tensor) -> Tensor:
        up, down = self.mlp[0], self.mlp[3]
        hidden = gelu_linear(self.norm2(rows), up.weight, up.bias)
        return linear_plus(hidden, down.weight, down.bias, rows)


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

    def forward(self, tokens: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Map (B, L, C) to (B, L, C), or to (B, W, C) where only `wanted` (W,) tokens are read."""
        *inner, last = self.layers
        for layer in inner:
            tokens = layer(tokens)
        return self.norm(last(tokens, wanted))


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
            Linear(plane_width, config.output_width),
            nn.ReLU(),
            Linear(config.output_width, config.output_width),
        )

    def embed(self, hidden: Tensor, last: nn.Conv2d) -> Tensor:
        """Return (B, L, C) tokens with their position codes, in the order plane, row, column.

        Args:
            hidden: (B, 3, H, W, C0) from `PlaneUNet`.
            last: The U-Net's last map, C0 to plane width.
        """
        pixels = hidden.flatten(0, 1).permute(0, 3, 1, 2)  # (3B, C0, H, W)
        first, second = self.downsampler[0], self.downsampler[3]
        pooled = conv_pool(pixels, *_folded(last, first, pixels.shape[-1]))
        pooled = wide_conv_pool(pooled, second.weight, second.bias)  # (3B, C, h, w)
        tokens = pooled.permute(0, 2, 3, 1).reshape(len(hidden), -1, pooled.shape[1])
        return tokens + self.pos_embed

    def spread(self, tokens: Tensor, first: int) -> Tensor:
        """Turn all tokens back into pixels in their places.

        Args:
            tokens: (B, L, C) from `transformer`.
            first: First channel that is wanted.

        Returns:
            (B, 3, H, W, C') channels from `first` on.
        """
        side = self.config.plane_size // TOKEN_STRIDE
        pixels = self.pixels_of(tokens, first).unflatten(1, (NUM_PLANES, side, side))
        pixels = pixels.unflatten(4, (TOKEN_STRIDE, TOKEN_STRIDE)).transpose(3, 4)
        return pixels.reshape(len(tokens), NUM_PLANES, 4 * side, 4 * side, -1)

    def pixels_of(self, tokens: Tensor, first: int) -> Tensor:
        """Return the (B, L, 16, C') pixels of each of (B, L, C) tokens, row by row."""
        weight = self.upsampler.weight[:, first:].permute(2, 3, 1, 0).flatten(0, 2)
        bias = self.upsampler.bias[first:].repeat(TOKEN_STRIDE**2)
        return linear(tokens, weight, bias).unflatten(-1, (TOKEN_STRIDE**2, -1))

    def tokens_of(self, pixel_idx: Tensor) -> tuple[Tensor, Tensor]:
        """Return the token of each pixel and its place among the 16 of `pixels_of`.

        Args:
            pixel_idx: (P,) int64 rows of the table of all pixels of the three planes.
        """
        size = self.config.plane_size
        row, column = pixel_idx // size, pixel_idx % size  # planes on top of each other
        token_idx = row // TOKEN_STRIDE * (size // TOKEN_STRIDE) + column // TOKEN_STRIDE
        return token_idx, row % TOKEN_STRIDE * TOKEN_STRIDE + column % TOKEN_STRIDE

    def per_pixel(self, hidden: Tensor, last: nn.Conv2d, first: int) -> Tensor:
        """Map pixels, each by itself; (..., C0) from the U-Net to (..., C') from `first` on."""
        weight = self.mlp[0].weight @ last.weight.flatten(1)
        bias = self.mlp[0].weight @ last.bias + self.mlp[0].bias
        inner = linear(hidden, weight, bias).relu()
        return linear(inner, self.mlp[2].weight[first:], self.mlp[2].bias[first:])


def _folded(first: nn.Conv2d, second: nn.Conv2d, width: int) -> tuple[Tensor, Tensor]:
    """Return a 1×1 convolution and then a padded 3×3 one as one, in the form of `conv_pool`.

    The padding of the second is zero where the first would give its bias, so the bias differs at
    the border: here for images of `width` columns, by kind of row.
    """
    weight = torch.einsum('omhw,mc->ochw', second.weight, first.weight.flatten(1))
    bias_weight = torch.einsum('omhw,m->ohw', second.weight, first.bias)[:, None]
    ones = weight.new_ones(1, 1, 3, width)
    return weight, F.conv2d(ones, bias_weight, second.bias, padding=1)
