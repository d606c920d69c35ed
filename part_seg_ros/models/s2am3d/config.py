# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of the network."""

from __future__ import annotations

from dataclasses import dataclass, field

from part_seg_ros.errors import ConfigError
from part_seg_ros.layers.partfield.config import TrunkConfig

POINTS_AT_ONCE = 1280  # whose hidden channels the cache of a CPU holds


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dConfig:
    """Sizes of one network; the defaults are those of the released weights.

    Attributes:
        trunk: Sizes of the encoder; its part features are what the rest reads.
        width: Channels of enhancer and decoder; a multiple of 6 and of `num_heads`.
        enhancer_depth: Blocks of the enhancer.
        decoder_depth: Blocks of the decoder.
        num_heads: Heads of the attention from the prompt to the points.
        mlp_ratio: Width of the MLPs over `width`.
        num_scale_frequencies: Learned frequencies that encode the scale.
        head_width: Channels between the two maps of the head.
    """

    trunk: TrunkConfig = field(default_factory=TrunkConfig)
    width: int = 384
    enhancer_depth: int = 2
    decoder_depth: int = 4
    num_heads: int = 8
    mlp_ratio: int = 4
    num_scale_frequencies: int = 64
    head_width: int = 128

    def __post_init__(self) -> None:
        """Check what the width must be divisible by.

        Raises:
            ConfigError: the position code or the heads do not fit the width.
        """
        if self.width % 6 or self.width % self.num_heads:
            raise ConfigError(
                f'width must be a multiple of 6 and of num_heads ({self.num_heads}), got'
                f' {self.width}'
            )
        if self.decoder_depth < 2:
            raise ConfigError(f'decoder_depth must be at least 2, got {self.decoder_depth}')


OFFICIAL = S2am3dConfig()

TINY = S2am3dConfig(
    trunk=TrunkConfig(
        point_blocks=((16, 8), (8, 4)),
        plane_size=16,
        unet_widths=(8, 16),
        token_width=32,
        token_depth=2,
        num_heads=2,
        sdf_width=8,
        part_width=24,
    ),
    width=24,
    enhancer_depth=1,
    decoder_depth=2,
    num_heads=2,
    num_scale_frequencies=4,
    head_width=8,
)
PRESETS = {'official': OFFICIAL, 'tiny': TINY}
