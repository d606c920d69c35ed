# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of Point-SAM's networks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerConfig:
    """Sizes of the encoder's transformer; the defaults are those of `large`.

    Attributes:
        width: W, channels of a token.
        num_blocks: Its depth.
        num_heads: Of every attention.
        mlp_width: Inner width of the feed-forward maps.
        is_gated: SwiGLU with a norm inside, and separate maps for queries, keys and values; else
            GELU and one map for the three.
        image_grid: Patches along each side of the images that the transformer was made for; sizes
            a table that the files hold and the network does not use.
        image_patch: Pixels along each side of these patches; the same.
        num_classes: Classes of these images; the same.
    """

    width: int = 1024
    num_blocks: int = 24
    num_heads: int = 16
    mlp_width: int = 2730
    is_gated: bool = True
    image_grid: int = 32
    image_patch: int = 14
    num_classes: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamConfig:
    """Sizes of a Point-SAM network; the defaults are those of `large`.

    Attributes:
        transformer: Of the encoder.
        patch_inner: Inner width of the patch encoders' first round.
        patch_outer: Inner width of their second round, and of the cloud's patch features.
        position_inner: Inner width of the map from a patch's centre to its position code.
        width: D, channels of prompts and mask decoder.
        num_decoder_heads: Of the mask decoder's attentions.
        num_decoder_layers: Of its two-way transformer.
        decoder_inner: Width of its feed-forward maps.
    """

    transformer: TransformerConfig = field(default_factory=TransformerConfig)
    patch_inner: int = 128
    patch_outer: int = 512
    position_inner: int = 128
    width: int = 256
    num_decoder_heads: int = 8
    num_decoder_layers: int = 2
    decoder_inner: int = 2048


LARGE = PointSamConfig()
BASE = PointSamConfig(
    transformer=TransformerConfig(width=768, num_blocks=12, num_heads=12, mlp_width=2048)
)
GIANT = PointSamConfig(
    transformer=TransformerConfig(
        width=1408, num_blocks=40, num_heads=16, mlp_width=6144, is_gated=False, image_grid=40
    )
)
TINY = PointSamConfig(
    transformer=TransformerConfig(
        width=48,
        num_blocks=2,
        num_heads=4,
        mlp_width=80,
        image_grid=2,
        image_patch=2,
        num_classes=3,
    ),
    patch_inner=16,
    patch_outer=32,
    position_inner=16,
    width=32,
    num_decoder_heads=2,
    decoder_inner=64,
)
PRESETS = {'large': LARGE, 'base': BASE, 'giant': GIANT, 'tiny': TINY}
