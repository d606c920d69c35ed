# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Mask decoder: two-way attention, then masks at input resolution by a dot product.

Shape legend: B clouds, M prompts a cloud, D = B * M prompts, T prompt-side tokens, G patches,
X points, C channels, O candidates.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.mask_summary import NUM_STATISTICS, MaskSummary
from part_seg_ros.models.compact.prompt_encoder import NUM_FIELDS


class DecodedMasks(NamedTuple):
    """Mask logits (B, M, O, X), predicted IoU (B, M, O), logits of part names (B, M, O, V)."""

    mask_logits: Tensor
    iou_pred: Tensor
    name_logits: Tensor


class Attention(nn.Module):
    """Multi-head attention whose inner width may be narrower than its tokens."""

    def __init__(self, width: int, inner: int, num_heads: int) -> None:
        """Build for `width` channels outside and `inner` inside."""
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(width, inner)
        self.key = nn.Linear(width, inner)
        self.value = nn.Linear(width, inner)
        self.out = nn.Linear(inner, width)

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend from (D, T, C) to (D, S, C) keys and values; returns (D, T, C)."""
        mixed = F.scaled_dot_product_attention(
            self._heads(self.query(query)),
            self._heads(self.key(key)),
            self._heads(self.value(value)),
        )
        return self.out(mixed.transpose(1, 2).flatten(2))


class TwoWayBlock(nn.Module):
    """Tokens attend to each other and to the patches, then the patches attend to the tokens.

    Source:
        Segment Anything (Kirillov et al. 2023), Appendix A, in pre-norm form.
    """

    def __init__(self, width: int, num_heads: int) -> None:
        """Build; the attention between tokens and patches has half the width inside."""
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attention = Attention(width, width, num_heads)
        self.norm2 = nn.LayerNorm(width)
        self.norm_patches = nn.LayerNorm(width)
        self.tokens_to_patches = Attention(width, width // 2, num_heads)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.norm4 = nn.LayerNorm(width)
        self.patches_to_tokens = Attention(width, width // 2, num_heads)

    def forward(
        self, tokens: Tensor, patches: Tensor, token_code: Tensor, patch_code: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Update (D, T, C) tokens and (D, G, C) patches; codes go to queries and keys again."""
        normed = self.norm1(tokens)
        coded = normed + token_code
        tokens = tokens + self.self_attention(coded, coded, normed)
        values = self.norm_patches(patches)
        keys = values + patch_code
        tokens = tokens + self.tokens_to_patches(self.norm2(tokens) + token_code, keys, values)
        tokens = tokens + self.mlp(self.norm3(tokens))
        normed = self.norm4(tokens)
        patches = patches + self.patches_to_tokens(keys, normed + token_code, normed)
        return tokens, patches


class MaskDecoder(nn.Module):
    """From prompt tokens and patch tokens to mask logits on any set of points."""

    def __init__(self, config: CompactConfig) -> None:
        """Build for the sizes of `config`; mask token 0 is the answer to a refined prompt."""
        super().__init__()
        width, inner = config.width, config.mask_width
        num_masks = 1 + config.num_candidates
        read_width = 3 * width + config.local_width + NUM_STATISTICS
        self.mask_tokens = nn.Parameter(0.5 * torch.randn(num_masks, width))
        self.iou_token = nn.Parameter(0.5 * torch.randn(1, width))
        self.blocks = nn.ModuleList(
            TwoWayBlock(width, config.num_heads) for _ in range(config.decoder_depth)
        )
        self.norm_final = nn.LayerNorm(width)
        self.norm_patches = nn.LayerNorm(width)
        self.final_attention = Attention(width, width // 2, config.num_heads)
        self.norm_tokens = nn.LayerNorm(width)
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, inner + 1))
            for _ in range(num_masks)
        )
        self.from_patches = nn.Linear(width, inner)
        self.from_local = nn.Linear(config.local_width, inner)
        self.from_prompt = nn.Linear(NUM_FIELDS + 1, inner)
        self.upscale = nn.Sequential(nn.ReLU(), nn.Linear(inner, inner), nn.ReLU())
        self.iou_head = nn.Sequential(nn.Linear(read_width, width), nn.GELU(), nn.Linear(width, 1))
        self.name_head = nn.Sequential(
            nn.Linear(read_width + width, width),
            nn.GELU(),
            nn.Linear(width, len(config.part_names)),
        )

    def attend(
        self, patches: Tensor, patch_code: Tensor, clicks: Tensor, granularity: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Let tokens and patches exchange what they know.

        Args:
            patches: (B, M, G, C) patch tokens with the dense prompt added.
            patch_code: (B, G, C) position code of the patch centres.
            clicks: (B, M, Q, C) click tokens.
            granularity: (B, M, C) token of the wanted granularity.

        Returns:
            (B, M, 1 + 1 + O, C) IoU and mask tokens, (B, M, G, C) patches.
        """
        prompts = patches.shape[:2]
        fixed = torch.cat([self.iou_token, self.mask_tokens])
        tokens = torch.cat([fixed + granularity.unsqueeze(2), clicks], 2).flatten(0, 1)
        patch_code = patch_code.unsqueeze(1).expand_as(patches).flatten(0, 1)
        patches, token_code = patches.flatten(0, 1), tokens
        for block in self.blocks:
            tokens, patches = block(tokens, patches, token_code, patch_code)
        patches = self.norm_patches(patches)
        tokens = tokens + self.final_attention(
            self.norm_final(tokens) + token_code, patches + patch_code, patches
        )
        answers = self.norm_tokens(tokens[:, : len(fixed)])
        return answers.unflatten(0, prompts), patches.unflatten(0, prompts)

    def point_features(
        self, patches: Tensor, interpolation: Tensor, local: Tensor, prompt: Tensor
    ) -> Tensor:
        """Return (B, M, X, inner) features of points, sharp at input resolution.

        Args:
            patches: (B, M, G, C) decoded patches.
            interpolation: (B, X, G) weights of the three nearest patches, zero elsewhere.
            local: (B, X, inner) `from_local` of the local features.
            prompt: (B, M, X, 18) click field, then tanh of half the previous mask logits or zero.
        """
        smooth = interpolation.unsqueeze(1) @ self.from_patches(patches)
        return self.upscale(smooth + local.unsqueeze(1) + self.from_prompt(prompt))

    def masks(self, tokens: Tensor, features: Tensor, *, first: bool) -> Tensor:
        """Return (B, M, O, X) mask logits.

        Args:
            tokens: (B, M, 1 + 1 + O, C) from `attend`.
            features: (B, M, X, inner) from `point_features`.
            first: True for a first prompt: the O candidates; False: mask token 0 alone.
        """
        weight = self.mask_vectors(tokens, first=first)
        return weight[..., :-1] @ features.transpose(-1, -2) + weight[..., -1:]

    def mask_vectors(self, tokens: Tensor, *, first: bool) -> Tensor:
        """Return (B, M, O, inner + 1): the weight of each feature in the logits, and an offset.

        Args:
            tokens: As in `masks`.
            first: As in `masks`.
        """
        wanted = range(1, len(self.heads)) if first else range(1)
        return torch.stack([self.heads[o](tokens[:, :, 1 + o]) for o in wanted], 2)

    def judge(self, tokens: Tensor, summary: MaskSummary, *, first: bool) -> tuple[Tensor, Tensor]:
        """Return (B, M, O) predicted IoU and (B, M, O, V) logits of the part names.

        Args:
            tokens: (B, M, 1 + 1 + O, C) from `attend`.
            summary: Of the O masks.
            first: As in `masks`.
        """
        chosen = tokens[:, :, 2:] if first else tokens[:, :, 1:2]
        iou_token = tokens[:, :, :1].expand_as(chosen)
        read = torch.cat([iou_token, chosen, summary.statistics, summary.content], -1)
        context = summary.context.expand(*chosen.shape[:3], -1)
        return self.iou_head(read).squeeze(-1), self.name_head(torch.cat([read, context], -1))
