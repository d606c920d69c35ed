# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of SegviGen's networks."""

from __future__ import annotations

from dataclasses import dataclass, field

# One latent cell is 16 voxels wide: the autoencoders halve the resolution four times.
NUM_HALVINGS = 4
CELL = 2**NUM_HALVINGS
NUM_POINT_TOKENS = 10
MODES = ('interactive', 'full', 'guided')


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderConfig:
    """Sizes of an encoder; the defaults are those of both released ones.

    Attributes:
        in_channels: Values of a voxel.
        widths: Channels of each level, from voxels to latent cells.
        num_blocks: ConvNeXt blocks of each level.
        latent_channels: Channels of the mean, and of the log-variance.
        dtype: Of the weights inside the levels, norms excepted.
    """

    in_channels: int = 6
    widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    num_blocks: tuple[int, ...] = (0, 4, 8, 16, 4)
    latent_channels: int = 32
    dtype: str = 'float16'


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderConfig:
    """Sizes of a decoder; the defaults are those of the released texture decoder.

    Attributes:
        out_channels: Values of a voxel.
        widths: Channels of each level, from latent cells to voxels.
        num_blocks: ConvNeXt blocks of each level.
        latent_channels: Of the latent.
        predicts_cells: It says itself which cells to divide into which; else it is told.
        dtype: As for the encoder.
    """

    out_channels: int = 6
    widths: tuple[int, ...] = (1024, 512, 256, 128, 64)
    num_blocks: tuple[int, ...] = (4, 16, 8, 4, 0)
    latent_channels: int = 32
    predicts_cells: bool = False
    dtype: str = 'float16'


SHAPE_DECODER = DecoderConfig(out_channels=7, predicts_cells=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowConfig:
    """Sizes of a flow network; the defaults are those of the released interactive one.

    Attributes:
        latent_channels: Of the texture latent, and of the shape latent beside it.
        width: C, channels of a token.
        cond_channels: Channels of an image token.
        num_blocks: Depth.
        num_heads: Of every attention.
        mlp_ratio: Inner width of the feed-forward maps over `width`, rounded down.
        has_points: It takes clicks: ten tokens more, and one vector that they share.
        num_tasks: Tasks told apart by an embedding beside the time's, as in the paper; 0 for none,
            as released.
        dtype: Of the linear weights inside the blocks.
    """

    latent_channels: int = 32
    width: int = 1536
    cond_channels: int = 1024
    num_blocks: int = 30
    num_heads: int = 12
    mlp_ratio: float = 5.3334
    has_points: bool = True
    num_tasks: int = 0
    dtype: str = 'bfloat16'

    @property
    def mlp_width(self) -> int:
        """Inner width of the feed-forward maps."""
        return int(self.width * self.mlp_ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """Sizes of the image encoder; the defaults are those of DINOv3 ViT-L/16.

    Attributes:
        width: Channels of a token.
        inner: Inner width of the feed-forward maps.
        num_layers: Depth.
        num_heads: Of the attention.
        num_registers: Tokens that belong to no patch, beside the class token.
        patch: Side of a patch [px].
        side: Side of the picture [px].
        rope_theta: Base of the rotary frequencies.
    """

    width: int = 1024
    inner: int = 4096
    num_layers: int = 24
    num_heads: int = 16
    num_registers: int = 4
    patch: int = 16
    side: int = 512
    rope_theta: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SegvigenConfig:
    """Sizes of the whole; the defaults are those of the release.

    Attributes:
        grid: Voxels along each side of the cube that holds an object.
        encoder: Of both encoders.
        decoder: Of the texture decoder.
        flow: Of the flow networks, of which the interactive one takes points.
        image: Of the image encoder.
    """

    grid: int = 512
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    flow: FlowConfig = field(default_factory=FlowConfig)
    image: ImageConfig = field(default_factory=ImageConfig)


OFFICIAL = SegvigenConfig()
TINY = SegvigenConfig(
    grid=64,
    encoder=EncoderConfig(widths=(8, 8, 16, 16, 32), num_blocks=(0, 1, 1, 1, 1), dtype='float32'),
    decoder=DecoderConfig(widths=(32, 16, 16, 8, 8), num_blocks=(1, 1, 1, 1, 0), dtype='float32'),
    flow=FlowConfig(width=64, cond_channels=16, num_blocks=2, num_heads=2, dtype='float32'),
    image=ImageConfig(width=16, inner=32, num_layers=1, num_heads=2, num_registers=1, side=64),
)
PRESETS = {'official': OFFICIAL, 'tiny': TINY}
