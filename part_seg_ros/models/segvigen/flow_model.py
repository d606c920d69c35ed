# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The flow network: how a noisy texture latent moves towards one whose colours are parts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.errors import InputError
from part_seg_ros.layers.linear import Linear
from part_seg_ros.models.segvigen.config import MODES, NUM_POINT_TOKENS, FlowConfig
from part_seg_ros.models.segvigen.flow_blocks import FlowBlock, NumberEmbedder
from part_seg_ros.models.segvigen.precision import set_map_dtype
from part_seg_ros.models.segvigen.rotary import turns
from part_seg_ros.models.segvigen.sparse.sites import Sites

TIME_SCALE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageMemory:
    """What all tokens may look at in the pictures; depends on nothing else, so made once.

    Attributes:
        lengths: Image tokens of each object.
        blocks: (S, H, D) keys and values for every block.
    """

    lengths: list[int]
    blocks: list[tuple[Tensor, Tensor]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlowContext:
    """All that a call needs of B objects beside the noisy latent, the time and the pictures.

    Attributes:
        shape: (N, D) float32 normalised shape latents.
        fixed_tokens: (F, C) tokens that do not change with the time: of the texture latents, then
            of the points.
        order: (T,) int64 which row of noisy tokens and fixed tokens stands where, so that objects
            follow each other; None where it is the rows as they are.
        noisy_rows: (N,) int64 where the noisy tokens stand.
        by: (T, head width / 2) complex64 turns of the tokens' places.
        lengths: Tokens of each object.
    """

    shape: Tensor
    fixed_tokens: Tensor
    order: Tensor | None
    noisy_rows: Tensor
    by: Tensor
    lengths: list[int]


class FlowTransformer(nn.Module):
    """The transformer of the textures of TRELLIS.2."""

    def __init__(self, config: FlowConfig) -> None:
        """Build a transformer of these sizes."""
        super().__init__()
        width = config.width
        self.t_embedder = NumberEmbedder(width)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), Linear(width, 6 * width))
        self.input_layer = Linear(2 * config.latent_channels, width)
        self.blocks = nn.ModuleList(FlowBlock(config) for _ in range(config.num_blocks))
        self.out_layer = Linear(width, config.latent_channels)
        set_map_dtype(self.blocks, config.dtype)

    @property
    def dtype(self) -> torch.dtype:
        """Of the tokens between the blocks."""
        return self.blocks[0].mlp.mlp[0].weight.dtype

    def embed(self, latents: Tensor, shape: Tensor) -> Tensor:
        """Return (N, C) tokens of (N, D) texture latents beside (N, D) shape latents."""
        return self.input_layer(torch.cat([latents, shape], dim=1)).to(self.dtype)

    def remember(self, image_tokens: list[Tensor]) -> ImageMemory:
        """Return what the blocks read of the (S, cond_channels) image tokens of each object."""
        rows = torch.cat(image_tokens)
        return ImageMemory(
            lengths=[len(tokens) for tokens in image_tokens],
            blocks=[block.cross_attn.remember(rows) for block in self.blocks],
        )

    def forward(
        self,
        tokens: Tensor,
        by: Tensor,
        lengths: list[int],
        time_codes: Tensor,
        memory: ImageMemory,
    ) -> Tensor:
        """Run all blocks.

        Args:
            tokens: (T, C) from `embed`, and others.
            by: (T, D / 2) from `turns`.
            lengths: Tokens of each object.
            time_codes: (B, C) float32.
            memory: From `remember`.

        Returns:
            (T, C).
        """
        modulation = self.adaLN_modulation(time_codes)
        for block, remembered in zip(self.blocks, memory.blocks, strict=True):
            tokens = block(tokens, modulation, by, lengths, remembered, memory.lengths)
        return tokens

    def read(self, tokens: Tensor) -> Tensor:
        """Return (N, D) float32 velocities of (N, C) tokens."""
        # The release leaves the epsilon of this norm at torch's default.
        return self.out_layer(F.layer_norm(tokens.float(), tokens.shape[-1:]))


class SegvigenFlow(nn.Module):
    """The transformer with the object's own texture and clicks beside the noisy latent."""

    def __init__(self, config: FlowConfig) -> None:
        """Build a network of these sizes."""
        super().__init__()
        self.config = config
        self.flow_model = FlowTransformer(config)
        if config.has_points:
            self.seg_embeddings = nn.Embedding(1, config.width)
        if config.num_tasks:
            self.task_embedder = NumberEmbedder(config.width)

    def remember(self, image_tokens: list[Tensor]) -> ImageMemory:
        """Return what the network reads of the pictures; see `FlowTransformer.remember`."""
        return self.flow_model.remember(image_tokens)

    def context(
        self,
        sites: Sites,
        shape: Tensor,
        texture: Tensor,
        point_coords: Tensor | None = None,
        point_labels: Tensor | None = None,
    ) -> FlowContext:
        """Prepare what stays the same from step to step.

        Args:
            sites: N latent cells, those of an object together.
            shape: (N, D) float32 normalised shape latents.
            texture: (N, D) float32 normalised texture latents of the objects as they are.
            point_coords: (B, 10, 3) clicked latent cells, padded with zeros; None for a network
                without points.
            point_labels: (B, 10), 1 for clicks, 0 for padding.

        Raises:
            InputError: points for a network that takes none, or none for one that does.
        """
        places = sites.coords[:, 1:]
        fixed = [self.flow_model.embed(texture, shape)]
        all_places = [places, places]
        objects = [sites.coords[:, 0], sites.coords[:, 0]]
        if self.config.has_points != (point_coords is not None):
            raise InputError(
                f'this flow network takes {"points" if self.config.has_points else "no points"};'
                ' its weights are those of another mode'
            )
        if point_coords is not None and point_labels is not None:
            if point_coords.shape[1:] != (NUM_POINT_TOKENS, 3):
                raise InputError(
                    f'point_coords must be (B, {NUM_POINT_TOKENS}, 3), got'
                    f' {tuple(point_coords.shape)}'
                )
            fixed.append(self._point_tokens(point_labels))
            all_places.append(point_coords.flatten(0, 1))
            number = torch.arange(len(point_coords), device=places.device)
            objects.append(number.repeat_interleave(NUM_POINT_TOKENS))
        of_object = torch.cat(objects)
        order, rows = None, torch.arange(len(sites), device=places.device)
        if len(sites.lengths) > 1:
            order = of_object.argsort(stable=True)
            rows = order.argsort()[: len(sites)]
        tokens_at = torch.cat(all_places)
        head_width = self.config.width // self.config.num_heads
        return FlowContext(
            shape=shape,
            fixed_tokens=torch.cat(fixed),
            order=order,
            noisy_rows=rows,
            by=turns(tokens_at if order is None else tokens_at[order], head_width),
            lengths=torch.bincount(of_object).tolist(),
        )

    def forward(
        self,
        noisy: Tensor,
        time: Tensor,
        context: FlowContext,
        memory: ImageMemory,
        task: str | None = None,
    ) -> Tensor:
        """Return the velocity of the noisy latents.

        Args:
            noisy: (N, D) float32 normalised latents at `time`.
            time: (B,) float32 in [0, 1], 1 for noise.
            context: From `context`.
            memory: From `remember`.
            task: One of `MODES`, for a network with a task embedding; None for one without.

        Returns:
            (N, D) float32.

        Raises:
            InputError: a task for a network that knows none, or none for one that does.
        """
        codes = self.flow_model.t_embedder(TIME_SCALE * time)
        if bool(self.config.num_tasks) != (task is not None):
            raise InputError('a task is given exactly to networks with a task embedding')
        if task is not None:
            number = codes.new_tensor([float(MODES.index(task))])
            codes = codes + self.task_embedder(number)
        tokens = torch.cat([self.flow_model.embed(noisy, context.shape), context.fixed_tokens])
        if context.order is not None:
            tokens = tokens[context.order]
        tokens = self.flow_model(tokens, context.by, context.lengths, codes, memory)
        return self.flow_model.read(tokens[context.noisy_rows])

    def _point_tokens(self, labels: Tensor) -> Tensor:
        """Return (10 B, C) tokens: the learned vector for clicks, zeros for padding."""
        vector = self.seg_embeddings.weight.to(self.flow_model.dtype)
        return labels.reshape(-1, 1).to(vector.dtype) * vector
