# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From one clicked point to features of every point that say how much it belongs to the part.

Points learn of each other only by the message: the prompt looks at all points and what it saw is
added to each. With a single prompt the way back from it is a softmax over one key, that is, the
same vector for every point, so queries and keys of that attention have no effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear, gelu_linear, linear, linear_plus, packed
from part_seg_ros.layers.row_chunks import map_rows, row_chunks
from part_seg_ros.models.s2am3d.config import POINTS_AT_ONCE, S2am3dConfig
from part_seg_ros.models.s2am3d.enhancer import mlp

RowStep = Callable[..., Tensor]


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
        view = PromptView(self, prompt)
        for (rows,) in row_chunks(points, chunk=POINTS_AT_ONCE):
            view.look(rows)
        return map_rows(self.step(view.message()), points, chunk=POINTS_AT_ONCE)

    def step(self, message: Tensor) -> RowStep:
        """Return the map of (B, n, C) points to (B, n, C) by message, norm, MLP and addition."""
        inner = self.inner_step()
        down = packed(self.mlp[3].weight, POINTS_AT_ONCE)

        def add(rows: Tensor) -> Tensor:
            rows = rows + message
            return linear_plus(inner(rows), down, self.mlp[3].bias, rows)

        return add

    def step_of_projected(self, message: Tensor) -> RowStep:
        """Return what `step` does, as a map of points and of their `project`.

        A layer norm is a linear map once its divisor is known, so the first map of the MLP adds up
        from that of the points, which `project` did before, and that of the message.
        """
        told, bias = self.project(message), self.mlp[0](self.norm2.bias)
        down = packed(self.mlp[3].weight, POINTS_AT_ONCE)

        def add(rows: Tensor, projected: Tensor) -> Tensor:
            rows = rows + message
            centered = rows - rows.mean(-1, keepdim=True)
            variance = torch.linalg.vecdot(centered, centered)[..., None] / rows.shape[-1]
            divided = torch.rsqrt(variance + self.norm2.eps)
            hidden = F.gelu(torch.addcmul(bias, projected + told, divided))
            return linear_plus(hidden, down, self.mlp[3].bias, rows)

        return add

    def inner_step(self) -> RowStep:
        """Return the map of (B, n, C) points to the (B, n, H) hidden channels of the MLP."""
        up = packed(self.mlp[0].weight, POINTS_AT_ONCE)
        return lambda rows: gelu_linear(self.norm2(rows), up, self.mlp[0].bias)

    def project(self, points: Tensor) -> Tensor:
        """Return (B, n, C) points, centred, behind the first map of the MLP: (B, n, H)."""
        centered = points - points.mean(-1, keepdim=True)
        return linear(centered * self.norm2.weight, self.mlp[0].weight)


class PromptView:
    """What a prompt sees of all points, which come by in pieces: attention, piece by piece.

    The map of keys is applied to the query and the map of values to the mean that the attention
    takes, instead of both to every point; the bias of keys shifts all scores alike and falls out.
    """

    def __init__(self, block: DecoderBlock, prompt: Tensor) -> None:
        """Look by the maps of `block` for the (B, C) prompt."""
        self._block = block
        self._prompt = prompt
        query = block.attn.q_proj(prompt).unflatten(-1, (block.num_heads, -1))
        scale = query.shape[-1] ** -0.5
        key_weight = block.attn.k_proj.weight.unflatten(0, (block.num_heads, -1))
        self._query = torch.einsum('bhd,hdc->bhc', scale * query, key_weight)
        self._seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def look(self, points: Tensor) -> None:
        """Take in (B, n, C) points."""
        normed = self._block.norm1(points)
        scores = self._query @ normed.transpose(1, 2)  # (B, heads, n)
        top = scores.amax(-1, keepdim=True)
        shares = (scores - top).exp()
        self._seen.append((top, shares.sum(-1, keepdim=True), shares @ normed))

    def message(self) -> Tensor:
        """Return the (B, 1, C) vector that is added to every point."""
        tops, totals, sums = (torch.stack(pieces) for pieces in zip(*self._seen, strict=True))
        shares = (tops - tops.amax(0)).exp()  # of each piece; (pieces, B, heads, 1)
        seen = (shares * sums).sum(0) / (shares * totals).sum(0)  # (B, heads, C)
        attn, way_back = self._block.attn, self._block.attn_points_q
        value_weight = attn.v_proj.weight.unflatten(0, (self._block.num_heads, -1))
        value = torch.einsum('bhc,hdc->bhd', seen, value_weight).flatten(1)
        told = self._prompt + attn.proj(value + attn.v_proj.bias)
        return way_back.proj(way_back.v_proj(told))[:, None]


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

    def before_last(self, shared: SharedRows, prompt: Tensor) -> tuple[list[Tensor], Tensor]:
        """Run all blocks but the last, from what is shared.

        Each block's prompt looks at the points while they are in the cache.

        Returns:
            The (B, N, C) points behind the last but one in pieces (B, n, C), and the message
            (B, 1, C) that the last block adds to them.
        """
        first, *others = self.decoder_blocks
        pieces = row_chunks(shared.enhanced, shared.projected, chunk=POINTS_AT_ONCE)
        view = PromptView(first, prompt)
        for rows, _ in pieces:
            view.look(rows)
        steps = [first.step_of_projected, *(block.step for block in others[:-1])]
        for step_of, block in zip(steps, others, strict=True):
            step = step_of(view.message())
            view = PromptView(block, prompt)
            for i, piece in enumerate(pieces):
                rows = step(*piece)
                view.look(rows)
                pieces[i] = (rows,)
        return [rows for (rows,) in pieces], view.message()
