# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of GeoSAM2's networks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from part_seg_ros.errors import ConfigError

STRIDE = 16
RESIDUAL, NAIVE = 'residual', 'naive'


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfig:
    """Sizes of a Hiera trunk; the defaults are those of SAM 2.1 base plus.

    Attributes:
        width: Channels of the first stage; each further one has twice as many.
        num_heads: Attention heads of the first stage, doubled likewise.
        stages: Blocks of each of the four stages.
        global_blocks: Blocks whose attention is not limited to windows.
        windows: Side of the windows in each stage [tokens].
        table_size: Side of the table of positions that is stretched over the picture.
    """

    width: int = 112
    num_heads: int = 2
    stages: tuple[int, ...] = (2, 3, 16, 3)
    global_blocks: tuple[int, ...] = (12, 16, 20)
    windows: tuple[int, ...] = (8, 4, 14, 7)
    table_size: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSam2Config:
    """Sizes of a GeoSAM2 network; the defaults are those of the release.

    Attributes:
        image_size: S, rows and columns of the maps that it is given [px]; a multiple of 32. No
            shape in the weights depends on it.
        trunk: Of both encoders.
        width: C, channels of features, prompts and pointers.
        memory_width: Channels of a memory; divides C.
        num_memories: Views whose memory is read at once, the prompted one included.
        num_memory_layers: Depth of the attention to memories.
        memory_inner: Width of its feed-forward maps.
        num_decoder_heads: Of the mask decoder's attentions.
        decoder_inner: Width of its feed-forward maps.
        lora_rank: Of the low-rank updates in both encoders; 0 for none.
        has_points: There is an encoder of point maps, and its features are fused in. Without it,
            and with `lora_rank` 0, the tensors are those of plain SAM 2.1.
        fusion: How they are fused in: `residual`, or `naive`; see `fusion.py`.

    Raises:
        ConfigError: a size does not fit.
    """

    image_size: int = 1024
    trunk: TrunkConfig = field(default_factory=TrunkConfig)
    width: int = 256
    memory_width: int = 64
    num_memories: int = 7
    num_memory_layers: int = 4
    memory_inner: int = 2048
    num_decoder_heads: int = 8
    decoder_inner: int = 2048
    lora_rank: int = 4
    has_points: bool = True
    fusion: str = RESIDUAL

    def __post_init__(self) -> None:
        """Check the sizes."""
        if self.image_size < 32 or self.image_size % 32:
            raise ConfigError(f'image_size must be a multiple of 32, got {self.image_size}')
        if self.width % self.memory_width:
            raise ConfigError(
                f'memory_width must divide width = {self.width}, got {self.memory_width}'
            )

    @property
    def feature_size(self) -> int:
        """Rows and columns of the features that memory and decoder work on."""
        return self.image_size // STRIDE


def ablated(
    config: GeoSam2Config, *, lora: bool = True, point_maps: bool = True, fusion: str = RESIDUAL
) -> GeoSam2Config:
    """Take parts out of a network, as the ablations of the paper do.

    Args:
        config: Of the whole network.
        lora: It keeps the low-rank updates that it has.
        point_maps: It keeps the encoder of point maps, if it has one.
        fusion: How the features of that encoder are fused in.

    Source:
        GeoSAM2, table of ablations: without `point_maps` normals alone, without `lora` too plain
        SAM 2; `naive` for injection by a convolution of one pixel in the place of residuals.
    """
    return replace(
        config,
        lora_rank=config.lora_rank if lora else 0,
        has_points=config.has_points and point_maps,
        fusion=fusion,
    )


def plain_sam2(trunk: TrunkConfig) -> GeoSam2Config:
    """Return the sizes of SAM 2.1 as Meta released it, with one of its four trunks."""
    return ablated(GeoSam2Config(trunk=trunk), lora=False, point_maps=False)


OFFICIAL = GeoSam2Config()
TINY = GeoSam2Config(
    image_size=128,
    trunk=TrunkConfig(
        width=8,
        num_heads=1,
        stages=(1, 1, 2, 1),
        global_blocks=(3,),
        windows=(8, 4, 4, 2),
        table_size=4,
    ),
    width=32,
    memory_width=8,
    num_memory_layers=2,
    memory_inner=64,
    num_decoder_heads=4,
    decoder_inner=64,
)
_SMALL_TRUNK = TrunkConfig(
    width=96, num_heads=1, stages=(1, 2, 11, 2), global_blocks=(7, 10, 13), table_size=7
)
# By the names that Meta gives to the sizes of SAM 2.1; source: configs/sam2.1 of the package sam2.
SAM2_SIZES = {
    'base_plus': plain_sam2(TrunkConfig()),
    'large': plain_sam2(
        TrunkConfig(
            width=144,
            stages=(2, 6, 36, 4),
            global_blocks=(23, 33, 43),
            windows=(8, 4, 16, 8),
            table_size=7,
        )
    ),
    'small': plain_sam2(_SMALL_TRUNK),
    'hiera_tiny': plain_sam2(replace(_SMALL_TRUNK, stages=(1, 2, 7, 2), global_blocks=(5, 7, 9))),
}
PRESETS = {
    'official': OFFICIAL,
    'tiny': TINY,
    **{f'sam2_{size}': config for size, config in SAM2_SIZES.items()},
    'sam2_tiny': ablated(TINY, lora=False, point_maps=False),
}
