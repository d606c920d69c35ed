# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""All networks of SegviGen, and the steps between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.config import MODES, NUM_HALVINGS, FlowConfig, SegvigenConfig
from part_seg_ros.models.segvigen.flow_model import FlowContext, ImageMemory, SegvigenFlow
from part_seg_ros.models.segvigen.image_encoder import ImageEncoder
from part_seg_ros.models.segvigen.latent_scale import SHAPE_SCALE, TEXTURE_SCALE
from part_seg_ros.models.segvigen.residency import Residency
from part_seg_ros.models.segvigen.sampler import SamplerSettings, sample
from part_seg_ros.models.segvigen.sparse.convolution import derive_tables
from part_seg_ros.models.segvigen.sparse.resampling import (
    Pooling,
    Subdivision,
    pyramid,
    subdivide_to,
)
from part_seg_ros.models.segvigen.sparse.sites import Sites
from part_seg_ros.models.segvigen.voxel_decoder import VoxelDecoder
from part_seg_ros.models.segvigen.voxel_encoder import VoxelEncoder
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedObject:
    """What the networks know of one object before they are asked.

    Attributes:
        cells: N latent cells, sorted.
        shape: (N, D) float32 normalised shape latent.
        texture: (N, D) float32 normalised texture latent of the object as it is.
        steps: How latent cells divide into voxels; `steps[-1].fine` are the voxels, in the order
            in which colours are decoded.
    """

    cells: Sites
    shape: Tensor
    texture: Tensor
    steps: list[Subdivision]

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        held = self.shape.nbytes + self.texture.nbytes + self.cells.num_bytes
        for step in self.steps:
            held += step.parent.nbytes + step.slot.nbytes + step.fine.num_bytes
        return held


class SegvigenNet(nn.Module):
    """The networks side by side; a mode for which there are no weights has none.

    The decoder of shapes is no part of it: the voxels are known, so nothing has to guess them.

    Attributes:
        residency: Lets the networks rest elsewhere than they work; None where they do not.
    """

    def __init__(
        self,
        config: SegvigenConfig,
        modes: Sequence[str] = MODES,
        *,
        has_image_encoder: bool = True,
    ) -> None:
        """Build networks of these sizes.

        Args:
            config: Sizes.
            modes: Those of `MODES` that there are weights for.
            has_image_encoder: There are weights of the image encoder; needed for pictures only.
        """
        super().__init__()
        self.config = config
        self.shape_encoder = VoxelEncoder(config.encoder)
        self.tex_encoder = VoxelEncoder(config.encoder)
        self.tex_decoder = VoxelDecoder(config.decoder)
        self.flows = nn.ModuleDict(
            {mode: SegvigenFlow(flow_config(config, mode)) for mode in modes}
        )
        self.image_encoder = ImageEncoder(config.image) if has_image_encoder else None
        self.residency: Residency | None = None

    @property
    def device(self) -> torch.device:
        """Where the networks work."""
        if self.residency is not None:
            return torch.device(self.residency.device)
        return self.shape_encoder.input_layer.weight.device

    def at_work(self, network: nn.Module) -> AbstractContextManager[None]:
        """Context in which one of the networks is called; with a residency it is copied there."""
        return nullcontext() if self.residency is None else self.residency.at_work(network)

    def flow(self, mode: str) -> SegvigenFlow:
        """Return the network of a mode.

        Raises:
            InputError: there are no weights for this mode.
        """
        if mode not in self.flows:
            raise InputError(
                f'there are no weights for the mode {mode!r}, only for'
                f' {", ".join(self.flows)}; the README of segvigen says which file each needs'
            )
        network = self.flows[mode]
        assert isinstance(network, SegvigenFlow)
        return network

    def encode(self, voxels: OVoxels) -> EncodedObject:
        """Encode an object.

        Args:
            voxels: M >= 1 of the grid that the networks were made for.

        Raises:
            InputError: no voxels, or of another grid.
        """
        if not len(voxels) or voxels.grid != self.config.grid:
            raise InputError(
                f'these networks want voxels of a grid of {self.config.grid}, got'
                f' {len(voxels)} of {voxels.grid}'
            )
        sites = self.sites_of(voxels)
        steps = pyramid(sites, NUM_HALVINGS)
        shape = self.shape_latent(self._tensor(voxels.shape_values), sites, steps)
        texture = self.texture_latent(self._tensor(voxels.texture_values), sites, steps)
        to_voxels = subdivide_to(Sites(sites.coords), NUM_HALVINGS)
        del sites, steps  # and the tables of the encoders
        for cells in (to_voxels[0].coarse, *(step.fine for step in to_voxels)):
            derive_tables(cells, self.tex_decoder.blocks[0][0].conv.weight.dtype)
        return EncodedObject(
            cells=to_voxels[0].coarse, shape=shape, texture=texture, steps=to_voxels
        )

    def sites_of(self, voxels: OVoxels) -> Sites:
        """Return the cells of one object on the device of the networks."""
        coords = np.concatenate([np.zeros((len(voxels), 1), np.int64), voxels.coords], axis=1)
        return Sites(self._tensor(coords))

    def shape_latent(self, values: Tensor, sites: Sites, steps: list[Pooling]) -> Tensor:
        """Return the (N, D) float32 normalised latent of (M, 6) values of shape.

        Args:
            values: `OVoxels.shape_values`.
            sites: The M voxels.
            steps: From `pyramid(sites, NUM_HALVINGS)`.
        """
        with self.at_work(self.shape_encoder):
            return SHAPE_SCALE.normalize(self.shape_encoder(values, sites, steps).mean)

    def texture_latent(self, values: Tensor, sites: Sites, steps: list[Pooling]) -> Tensor:
        """Return the same of (M, 6) `OVoxels.texture_values`."""
        with self.at_work(self.tex_encoder):
            return TEXTURE_SCALE.normalize(self.tex_encoder(values, sites, steps).mean)

    def image_tokens(self, image: Tensor) -> Tensor:
        """Return (S, cond_channels) tokens of a (3, H, W) normalised picture.

        Raises:
            InputError: there are no weights of the image encoder.
        """
        encoder = self.check_image_encoder()
        with self.at_work(encoder):
            return encoder(image[None])[0]

    def check_image_encoder(self) -> ImageEncoder:
        """Return the image encoder.

        Raises:
            InputError: there are no weights of it.
        """
        if self.image_encoder is None:
            raise InputError(
                'there are no weights of the image encoder, which pictures need; the README of'
                ' segvigen says which file that is'
            )
        return self.image_encoder

    def null_tokens(self) -> Tensor:
        """Return the one zero token that stands for no picture, as a thousand of them would."""
        return torch.zeros(1, self.config.flow.cond_channels, device=self.device)

    def sample(
        self,
        mode: str,
        encoded: EncodedObject,
        memory: ImageMemory,
        noise: Tensor,
        settings: SamplerSettings,
        *,
        clicks: tuple[Tensor, Tensor] | None = None,
        on_step: Callable[[int], None] | None = None,
    ) -> Tensor:
        """Paint an object.

        Args:
            mode: One of `MODES`.
            encoded: The object.
            memory: From `flow(mode).remember`.
            noise: (N, D) float32 normally distributed.
            settings: Steps and guidance.
            clicks: (1, 10, 3) cells and (1, 10) labels from `pack_clicks`, in the mode
                `interactive` only.
            on_step: See `sample`.

        Returns:
            (N, D) float32 texture latent, as the decoder wants it.
        """
        flow = self.flow(mode)
        coords, labels = clicks or (None, None)
        with self.at_work(flow):
            context = flow.context(encoded.cells, encoded.shape, encoded.texture, coords, labels)
            null = None
            if settings.guidance != 1.0:
                null = _velocity(flow, context, flow.remember([self.null_tokens()]))
            velocity = _velocity(flow, context, memory)
            return TEXTURE_SCALE.restore(sample(noise, velocity, null, settings, on_step))

    def decode_colors(self, latent: Tensor, encoded: EncodedObject) -> Tensor:
        """Return (M, 3) float32 colours of the voxels, roughly in [0, 1]."""
        with self.at_work(self.tex_decoder):
            return 0.5 * self.tex_decoder(latent, encoded.steps)[:, :3] + 0.5

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self.device)


def flow_config(config: SegvigenConfig, mode: str) -> FlowConfig:
    """Return the sizes of the flow network of a mode: only the interactive one takes points."""
    return replace(config.flow, has_points=mode == 'interactive')


def _velocity(
    flow: SegvigenFlow, context: FlowContext, memory: ImageMemory
) -> Callable[[Tensor, float], Tensor]:
    def velocity(latent: Tensor, time: float) -> Tensor:
        return flow(latent, latent.new_tensor([time]), context, memory)

    return velocity
