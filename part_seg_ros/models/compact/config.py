# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes of the bundled network."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import check_limits, setting
from part_seg_ros.names import PART_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactConfig:
    """Sizes of `compact`; stored beside the weights, so old files keep loading.

    The defaults are the bundled preset.
    """

    num_anchors: int = setting(
        768, 'Points kept by farthest-point sampling; patches and wide neighbourhoods use them.'
    )
    num_patches: int = setting(192, 'Patches G; their centres are the first G anchors.')
    patch_size: int = setting(12, 'Anchors in a patch.')
    num_neighbors: int = setting(10, 'Neighbours K of a point, in the cloud and in the anchors.')
    local_width: int = setting(64, 'Channels of the per-point local features.')
    width: int = setting(144, 'Channels of patch and prompt tokens.')
    num_heads: int = setting(6, 'Attention heads.')
    encoder_depth: int = setting(5, 'Transformer blocks of the encoder.')
    decoder_depth: int = setting(2, 'Two-way blocks of the mask decoder.')
    num_frequencies: int = setting(48, 'Random Fourier frequencies of the position code.')
    mask_width: int = setting(96, 'Channels of the dot product between mask tokens and points.')
    num_candidates: int = setting(
        4, 'Masks proposed for a first prompt; the last is the safest answer, not a sharp guess.'
    )
    embedding_width: int = setting(32, 'Channels of the embedding in which a part is alike.')
    part_names: tuple[str, ...] = PART_NAMES

    def __post_init__(self) -> None:
        """Check the limits."""
        check_limits(self)


TINY = CompactConfig(
    num_anchors=256,
    num_patches=32,
    patch_size=8,
    num_neighbors=6,
    local_width=16,
    width=32,
    num_heads=2,
    encoder_depth=1,
    decoder_depth=1,
    num_frequencies=8,
    mask_width=16,
    embedding_width=8,
)

PRESETS = {'bundled': CompactConfig(), 'tiny': TINY}
