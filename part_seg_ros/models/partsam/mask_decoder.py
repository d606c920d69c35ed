# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The mask decoder: the shared one, and a map of patches to its width."""

from __future__ import annotations

from torch import Tensor

from part_seg_ros.layers.mask_decoder import MaskDecoder
from part_seg_ros.layers.mlp import MLP
from part_seg_ros.models.partsam.config import PartSamConfig


class PartSamMaskDecoder(MaskDecoder):
    """Two-way attention over patches, then a dot product with features of every point.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.2: Point-SAM's decoder with twice the layers, and the
        part features of the points beside what is carried from the patches.
    """

    def __init__(self, config: PartSamConfig) -> None:
        """Build with random weights."""
        part_width = config.trunk.part_width
        super().__init__(
            width=config.width,
            num_heads=config.num_heads,
            num_layers=config.num_layers,
            inner=config.inner,
            point_width=part_width,
        )
        self.encoder_mapper = MLP(part_width, config.width, config.width, config.width)

    def encode_patches(self, embeddings: Tensor) -> Tensor:
        """Map (B, G, part width) patches to (B, G, C), once for all prompts."""
        return self.encoder_mapper(embeddings)
