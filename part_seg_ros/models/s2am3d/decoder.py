# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From one clicked point to features of every point that say how much it belongs to the part.

Points learn of each other only by the message: the prompt looks at all points and what it saw is
added to each. With a single prompt the way back from it is a softmax over one key, that is, the
same vector for every point, so queries and keys of that attention have no effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear, linear
from part_seg_ros.layers.row_chunks import map_rows
from part_seg_ros.models.s2am3d.config import POINTS_AT_ONCE, S2am3dConfig
from part_seg_ros.models.s2am3d.enhancer import mlp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedRows:
    """What all clicks on a cloud at one scale share.

    Attributes:
        enhanced: (B, N, C) from the enhancer.
        projected: (B, N, H) centred `enhanced` behind the first map of the first MLP.
    """

    enhanced: Tensor
    projected: Tensor

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        return self.enhanced.nbytes + self.projected.nbytes


class ProjectedAttention(nn.Module):
    """The four maps of an attention, by the names of the release."""

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.q_proj = Linear(width, width)
        self.k_proj = Linear(width, width)
        self.v_proj = Linear(width, width)
        self.proj = Linear(width, width)


class DecoderBlock(nn.Module):
    """A message from all points to each by way of the prompt, then an MLP."""

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.num_heads = config.num_heads
        self.norm1 = nn.LayerNorm(config.width)
        self.attn = ProjectedAttention(config.width)
        self.attn_points_q = ProjectedAttention(config.width)
        self.norm2 = nn.LayerNorm(config.width)
        self.mlp = mlp(config.width, config.mlp_ratio)

    def forward(self, points: Tensor, prompt: Tensor) -> Tensor:
        """Map (B, N, C) points to (B, N, C), given the (B, C) prompt."""
        message = self.message(points, prompt)
        return map_rows(lambda rows: self.per_point(rows + message), points, chunk=POINTS_AT_ONCE)

    def message(self, points: Tensor, prompt: Tensor) -> Tensor:
        """Return the (B, 1, C) vector that is added to every point.

        The map of keys is applied to the query and the map of values to the mean that the
        attention takes, instead of both to every point; the bias of keys shifts all scores alike
        and falls out.

        Args:
            points: (B, N, C).
            prompt: (B, C).
        """
        normed = self.norm1(points)
        query = self.attn.q_proj(prompt).unflatten(-1, (self.num_heads, -1))
        scale = query.shape[-1] ** -0.5
        key_weight = self.attn.k_proj.weight.unflatten(0, (self.num_heads, -1))
        query = torch.einsum('bhd,hdc->bhc', scale * query, key_weight)
        attention = (query @ normed.transpose(1, 2)).softmax(-1)  # (B, heads, N)
        seen = attention @ normed  # (B, heads, C)
        value_weight = self.attn.v_proj.weight.unflatten(0, (self.num_heads, -1))
        value = torch.einsum('bhc,hdc->bhd', seen, value_weight).flatten(1)
        told = prompt + self.attn.proj(value + self.attn.v_proj.bias)
        return self.attn_points_q.proj(self.attn_points_q.v_proj(told))[:, None]

    def inner(self, points: Tensor) -> Tensor:
        """Return the (B, n, H) hidden channels of the MLP for (B, n, C) points."""
        return self.mlp[:2](self.norm2(points))

    def per_point(self, points: Tensor) -> Tensor:
        """Map (B, n, C) points that have the message by norm, MLP and addition."""
        return points + self.mlp[3](self.inner(points))

    def project(self, points: Tensor) -> Tensor:
        """Return the part of `inner` that does not depend on the message, (B, n, H)."""
        centered = points - points.mean(-1, keepdim=True)
        return linear(centered * self.norm2.weight, self.mlp[0].weight)

    def inner_of_projected(self, points: Tensor, message: Tensor, projected: Tensor) -> Tensor:
        """Return `inner(points)` from `projected`, that of the points before the message.

        A layer norm is a linear map once its divisor is known, so the first map of the MLP adds up
        from both summands.

        Args:
            points: (B, n, C) with the message.
            message: (B, 1, C).
            projected: (B, n, H) from `project` of the points without the message.
        """
        centered = points - points.mean(-1, keepdim=True)
        variance = torch.linalg.vecdot(centered, centered)[..., None] / points.shape[-1]
        divided = torch.rsqrt(variance + self.norm2.eps)
        hidden = (projected + self.project(message)) * divided
        return F.gelu(hidden + self.mlp[0](self.norm2.bias))


class PromptDecoder(nn.Module):
    """Blocks that all get the same prompt: the clicked point as the enhancer gave it.

    Source:
        S2AM3D (arXiv 2512.00995), point-prompt decoder.
    """

    def __init__(self, config: S2am3dConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.decoder_blocks = nn.ModuleList(
            DecoderBlock(config) for _ in range(config.decoder_depth)
        )

    def forward(self, enhanced: Tensor, prompt: Tensor) -> Tensor:
        """Return the (B, N, C) features of all points for one prompt each.

        Args:
            enhanced: (B, N, C).
            prompt: (B, C), the clicked point's row of `enhanced`.
        """
        for block in self.decoder_blocks:
            enhanced = block(enhanced, prompt)
        return enhanced

    def share(self, enhanced: Tensor) -> SharedRows:
        """Do what does not depend on the click, for (B, N, C) points from the enhancer."""
        first = self.decoder_blocks[0]
        return SharedRows(
            enhanced=enhanced,
            projected=map_rows(first.project, enhanced, chunk=POINTS_AT_ONCE),
        )

    def before_last(self, shared: SharedRows, prompt: Tensor) -> Tensor:
        """Return the (B, N, C) points behind all blocks but the last, from what is shared."""
        first, *middle = self.decoder_blocks[:-1]
        message = first.message(shared.enhanced, prompt)

        def through_first(rows: Tensor, projected: Tensor) -> Tensor:
            rows = rows + message
            return rows + first.mlp[3](first.inner_of_projected(rows, message, projected))

        points = map_rows(through_first, shared.enhanced, shared.projected, chunk=POINTS_AT_ONCE)
        for block in middle:
            points = block(points, prompt)
        return points
