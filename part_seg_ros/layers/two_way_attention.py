# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Attention in both directions between a few tokens and the patches of a cloud."""

from __future__ import annotations

from torch import Tensor, nn

from part_seg_ros.layers.linear import Linear


class Attention(nn.Module):
    """Multi-head attention between two sets whose leading shapes broadcast."""

    def __init__(self, width: int, num_heads: int, *, inner: int | None = None) -> None:
        """Build with random weights; heads share `inner` channels, by default all of `width`."""
        super().__init__()
        inner = width if inner is None else inner
        self.num_heads = num_heads
        self.q_proj = Linear(width, inner)
        self.k_proj = Linear(width, inner)
        self.v_proj = Linear(width, inner)
        self.out_proj = Linear(inner, width)

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Let (B, M, T, C) queries look at (B, M, S, C) keys and values: (B, M, T, C)."""
        q, k, v = (
            projection(x).unflatten(-1, (self.num_heads, -1)).transpose(-2, -3)
            for projection, x in (
                (self.q_proj, queries),
                (self.k_proj, keys),
                (self.v_proj, values),
            )
        )
        attention = (q * q.shape[-1] ** -0.5 @ k.transpose(-1, -2)).softmax(dim=-1)
        return self.out_proj((attention @ v).transpose(-2, -3).flatten(-2))


class FeedForward(nn.Module):
    """Two linear maps with ReLU between them."""

    def __init__(self, width: int, inner: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.lin1 = Linear(width, inner)
        self.lin2 = Linear(inner, width)

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., C) to (..., C)."""
        return self.lin2(self.lin1(features).relu())


class TwoWayLayer(nn.Module):
    """Tokens among themselves, tokens to patches, feed-forward, patches to tokens."""

    def __init__(self, width: int, num_heads: int, inner: int, *, is_first: bool) -> None:
        """Build with random weights; the first layer replaces the tokens in its first step."""
        super().__init__()
        self.is_first = is_first
        self.self_attn = Attention(width, num_heads)
        self.norm1 = nn.LayerNorm(width)
        self.cross_attn_token_to_image = Attention(width, num_heads, inner=width // 2)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = FeedForward(width, inner)
        self.norm3 = nn.LayerNorm(width)
        self.cross_attn_image_to_token = Attention(width, num_heads, inner=width // 2)
        self.norm4 = nn.LayerNorm(width)

    def forward(
        self, tokens: Tensor, patches: Tensor, token_code: Tensor, patch_code: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the new tokens and patches; shapes as in `TwoWayTransformer`."""
        if self.is_first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            coded = tokens + token_code
            tokens = tokens + self.self_attn(coded, coded, tokens)
        tokens = self.norm1(tokens)

        coded_patches = patches + patch_code
        seen = self.cross_attn_token_to_image(tokens + token_code, coded_patches, patches)
        tokens = self.norm2(tokens + seen)
        tokens = self.norm3(tokens + self.mlp(tokens))

        seen = self.cross_attn_image_to_token(coded_patches, tokens + token_code, tokens)
        return tokens, self.norm4(patches + seen)


class TwoWayTransformer(nn.Module):
    """Layers of attention in both directions, and a last look of the tokens at the patches.

    Source:
        Segment Anything (Kirillov et al. 2023), appendix A, mask decoder. The initial tokens are
        the tokens' own position code throughout; values never carry a code.
    """

    def __init__(self, width: int, num_heads: int, num_layers: int, inner: int) -> None:
        """Build with random weights; `inner` is the width of the feed-forward maps."""
        super().__init__()
        self.layers = nn.ModuleList(
            TwoWayLayer(width, num_heads, inner, is_first=i == 0) for i in range(num_layers)
        )
        self.final_attn_token_to_image = Attention(width, num_heads, inner=width // 2)
        self.norm_final_attn = nn.LayerNorm(width)

    def forward(
        self, tokens: Tensor, patches: Tensor, patch_code: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Let tokens and patches inform each other.

        Args:
            tokens: (B, M, T, C).
            patches: (B, M, G, C), or (B, 1, G, C) where all prompt sets see the same.
            patch_code: (B, 1, G, C) position code of the centres.

        Returns:
            tokens (B, M, T, C) and patches (B, M, G, C).
        """
        token_code = tokens
        for layer in self.layers:
            tokens, patches = layer(tokens, patches, token_code, patch_code)
        seen = self.final_attn_token_to_image(tokens + token_code, patches + patch_code, patches)
        return self.norm_final_attn(tokens + seen), patches
