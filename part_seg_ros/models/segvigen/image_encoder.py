# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""DINOv3: a picture as tokens, with the names of the released weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.errors import InputError
from part_seg_ros.layers.linear import Linear
from part_seg_ros.models.segvigen.config import ImageConfig

_EPS = 1e-5


class _Embeddings(nn.Module):
    """Patches, behind the class token and the registers."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        width = config.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))  # in the files; used in training
        self.register_tokens = nn.Parameter(torch.zeros(1, config.num_registers, width))
        for token in (self.cls_token, self.register_tokens):
            nn.init.normal_(token, std=0.02)
        self.patch_embeddings = nn.Conv2d(3, width, config.patch, config.patch)

    def forward(self, image: Tensor) -> Tensor:
        patches = self.patch_embeddings(image).flatten(2).transpose(1, 2)
        batch = len(image)
        first = [token.expand(batch, -1, -1) for token in (self.cls_token, self.register_tokens)]
        return torch.cat([*first, patches], dim=1)


class _Attention(nn.Module):
    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        width = config.width
        self.num_heads = config.num_heads
        self.k_proj = Linear(width, width, bias=False)
        self.v_proj = Linear(width, width)
        self.q_proj = Linear(width, width)
        self.o_proj = Linear(width, width)

    def forward(self, tokens: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        q, k, v = (
            proj(tokens).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = _turned(q, cos, sin), _turned(k, cos, sin)
        attended = F.scaled_dot_product_attention(q, k, v)
        return self.o_proj(attended.transpose(1, 2).flatten(2))


class _FeedForward(nn.Module):
    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.up_proj = Linear(config.width, config.inner)
        self.down_proj = Linear(config.inner, config.width)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.down_proj(F.gelu(self.up_proj(tokens)))


class _LayerScale(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.lambda1 = nn.Parameter(torch.ones(width))

    def forward(self, tokens: Tensor) -> Tensor:
        return tokens * self.lambda1


class _Layer(nn.Module):
    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.width, eps=_EPS)
        self.attention = _Attention(config)
        self.layer_scale1 = _LayerScale(config.width)
        self.norm2 = nn.LayerNorm(config.width, eps=_EPS)
        self.mlp = _FeedForward(config)
        self.layer_scale2 = _LayerScale(config.width)

    def forward(self, tokens: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        tokens = tokens + self.layer_scale1(self.attention(self.norm1(tokens), cos, sin))
        return tokens + self.layer_scale2(self.mlp(self.norm2(tokens)))


class ImageEncoder(nn.Module):
    """The vision transformer of DINOv3; its own last norm is in the files and not used here."""

    def __init__(self, config: ImageConfig) -> None:
        """Build an encoder of these sizes."""
        super().__init__()
        self.config = config
        self.embeddings = _Embeddings(config)
        self.layer = nn.ModuleList(_Layer(config) for _ in range(config.num_layers))
        self.norm = nn.LayerNorm(config.width, eps=_EPS)

    def forward(self, image: Tensor) -> Tensor:
        """Encode pictures.

        Args:
            image: (B, 3, H, W) float32, normalised; H and W multiples of the patch.

        Returns:
            (B, S, C) class token, registers, then patches row by row, normalised without weights.

        Raises:
            InputError: the sides are no multiples of the patch.
        """
        rows, columns = (side // self.config.patch for side in image.shape[2:])
        if image.shape[2:] != (rows * self.config.patch, columns * self.config.patch):
            raise InputError(
                f'sides of a picture must be multiples of {self.config.patch}, got'
                f' {tuple(image.shape[2:])}'
            )
        tokens = self.embeddings(image)
        cos, sin = self._turns(rows, columns, image.device)
        for layer in self.layer:
            tokens = layer(tokens, cos, sin)
        return F.layer_norm(tokens, tokens.shape[-1:], eps=_EPS)

    def _turns(self, rows: int, columns: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Return (S, D) cosines and sines; tokens that are no patches do not turn."""
        head_width = self.config.width // self.config.num_heads
        steps = torch.arange(head_width // 4, dtype=torch.float32, device=device)
        frequencies = self.config.rope_theta ** (-4 * steps / head_width)
        places = torch.cartesian_prod(
            *(2 * (torch.arange(n, device=device) + 0.5) / n - 1 for n in (rows, columns))
        )
        angles = (2 * math.pi * places[:, :, None] * frequencies).flatten(1).tile(1, 2)
        still = angles.new_zeros(1 + self.config.num_registers, head_width)
        angles = torch.cat([still, angles])
        return angles.cos(), angles.sin()


def _turned(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = heads.chunk(2, dim=-1)
    return heads * cos + torch.cat([-second, first], dim=-1) * sin
