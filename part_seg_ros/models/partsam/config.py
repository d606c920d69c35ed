# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of PartSAM's network, and how shapes are prepared for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from part_seg_ros.config import check_limits, setting
from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.models.precision import precision_setting

NUM_EXTRA_CHANNELS = 6  # red, green, blue and the normal


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSamConfig:
    """Sizes of a PartSAM network; the defaults are those of the released weights.

    Attributes:
        trunk: Of both branches of the encoder; the learnable one also takes colours and normals.
        num_patches: Patches G of a cloud; fewer where it has fewer points.
        patch_size: Points K of a patch.
        width: Channels of tokens and patches in the decoder.
        num_heads: Heads of its attentions.
        num_layers: Layers of its two-way transformer.
        inner: Width of its feed-forward maps.
        mask_inner: Inner width of the mask encoder's first round.
        mask_outer: Inner width of its second round.
    """

    trunk: TrunkConfig = field(default_factory=TrunkConfig)
    num_patches: int = 2000
    patch_size: int = 16
    width: int = 256
    num_heads: int = 8
    num_layers: int = 4
    inner: int = 2048
    mask_inner: int = 128
    mask_outer: int = 512

    @property
    def learnable_trunk(self) -> TrunkConfig:
        """Sizes of the branch that takes colours and normals."""
        return replace(self.trunk, num_extra_channels=NUM_EXTRA_CHANNELS)


OFFICIAL = PartSamConfig()
TINY = PartSamConfig(
    trunk=TrunkConfig(
        point_blocks=((16, 8), (8, 4), (8, 4), (16, 4)),
        plane_size=16,
        unet_widths=(4, 8, 16),
        token_width=32,
        token_depth=1,
        num_heads=2,
        sdf_width=8,
        part_width=24,
    ),
    num_patches=32,
    patch_size=8,
    width=32,
    num_heads=2,
    num_layers=2,
    inner=64,
    mask_inner=8,
    mask_outer=16,
)
PRESETS = {'official': OFFICIAL, 'tiny': TINY}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationSettings:
    """What shapes get that lack colours or come as meshes."""

    grey: int = setting(
        192,
        'Colour of shapes without colours, of 255. Training used 192; the release evaluates'
        ' meshes without colours at 102.',
        minimum=0,
        maximum=255,
    )
    mesh_points: int = setting(100_000, 'Points sampled from a mesh.', minimum=16)
    mesh_seed: int = setting(666, 'Seed of that sample.', minimum=0)
    precision: str = precision_setting()

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
