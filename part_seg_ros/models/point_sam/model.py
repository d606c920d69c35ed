# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM's network: encode a cloud once, decode prompts on it."""

from __future__ import annotations

from torch import Tensor

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.mask_decoder import MaskDecoder
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder
from part_seg_ros.layers.prompted_network import EncodedPatches, PromptedNetwork
from part_seg_ros.models.point_sam.cloud_encoder import CloudEncoder
from part_seg_ros.models.point_sam.config import PointSamConfig


class PointSamNet(PromptedNetwork):
    """Point-SAM with patches by farthest-point sampling and nearest neighbours.

    The names of the parameters are those of the released file.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1 and Fig. 2.
    """

    def __init__(self, config: PointSamConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.config = config
        self.pc_encoder = CloudEncoder(config)
        self.point_encoder = PointEncoder(config.width)
        self.mask_encoder = MaskEncoder(config.patch_inner, config.patch_outer, config.width)
        self.mask_decoder = MaskDecoder(
            width=config.width,
            num_heads=config.num_decoder_heads,
            num_layers=config.num_decoder_layers,
            inner=config.decoder_inner,
        )

    def encode(self, colors: Tensor, groups: PatchGroups) -> EncodedPatches:
        """Encode clouds once.

        Args:
            colors: (B, N, 3) in [-1, 1].
            groups: Patches of the clouds, whose points lie in the unit ball, y up.

        Returns:
            What `decode` reads.
        """
        return EncodedPatches(
            patches=self.pc_encoder(colors, groups),
            patch_code=self.point_encoder.pe_layer(groups.centers),
            groups=groups,
        )
