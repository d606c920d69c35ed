# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of the triplane trunk."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.errors import ConfigError

NUM_PLANES = 3
INPUT_CHANNELS = 8  # six numbers of a point and two zeros
TOKEN_STRIDE = 4  # pixels of a plane along the side of a token


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfig:
    """Sizes of one trunk; the defaults are those of the released weights.

    Attributes:
        point_blocks: Width and grid cells per axis of the point-voxel blocks. The first one feeds
            the planes, the others are in the weights and feed nothing.
        num_extra_channels: Further numbers of a point that enter by a block of their own; 0 for
            none.
        plane_size: Pixels H = W of a plane; a multiple of 4.
        unet_widths: Channels of the U-Net's stages, finest first.
        token_width: Channels of the transformer.
        token_depth: Its blocks.
        num_heads: Its attention heads.
        mlp_ratio: Width of its MLPs over `token_width`.
        sdf_width: Leading channels of the planes, which serve training of the trunk alone.
        part_width: Channels of the planes behind them: the part features.
    """

    point_blocks: tuple[tuple[int, int], ...] = ((256, 32), (128, 16), (128, 16), (256, 8))
    num_extra_channels: int = 0
    plane_size: int = 128
    unet_widths: tuple[int, ...] = (32, 64, 128)
    token_width: int = 1024
    token_depth: int = 6
    num_heads: int = 8
    mlp_ratio: int = 4
    sdf_width: int = 64
    part_width: int = 448

    def __post_init__(self) -> None:
        """Check what the planes must be divisible by.

        Raises:
            ConfigError: the planes can not be pooled as often as wanted.
        """
        step = max(TOKEN_STRIDE, 2 ** (len(self.unet_widths) - 1))
        if self.plane_size % step:
            raise ConfigError(f'plane_size must be a multiple of {step}, got {self.plane_size}')

    @property
    def plane_width(self) -> int:
        """Channels of the scattered planes and of the U-Net's output."""
        return self.point_blocks[0][0]

    @property
    def output_width(self) -> int:
        """Channels of the trunk's planes."""
        return self.sdf_width + self.part_width

    @property
    def num_tokens(self) -> int:
        """Tokens of the three planes."""
        return NUM_PLANES * (self.plane_size // TOKEN_STRIDE) ** 2
