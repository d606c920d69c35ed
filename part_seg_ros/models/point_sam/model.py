# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM's network: encode a cloud once, decode prompts on it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.mask_decoder import DecodedMasks, MaskDecoder
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder
from part_seg_ros.models.point_sam.cloud_encoder import CloudEncoder
from part_seg_ros.models.point_sam.config import PointSamConfig


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedPatches:
    """What decoding reads of B clouds.

    Attributes:
        patches: (B, G, D) vectors of the patches.
        patch_code: (B, G, D) position code of their centres.
        groups: The patches themselves.
    """

    patches: Tensor
    patch_code: Tensor
    groups: PatchGroups

    @property
    def num_bytes(self) -> int:
        """Memory of the tensors [bytes]."""
        return self.patches.nbytes + self.patch_code.nbytes + self.groups.num_bytes


class PointSamNet(nn.Module):
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

    def decode(
        self,
        encoded: EncodedPatches,
        coords: Tensor,
        labels: Tensor,
        mask_logits: Tensor | None = None,
    ) -> DecodedMasks:
        """Answer M prompt sets on each of B encoded clouds.

        Args:
            encoded: The clouds.
            coords: (B, M, Q, 3) clicks, in the frame of the encoded points.
            labels: (B, M, Q) 1 on the part, 0 off it.
            mask_logits: (B, M, N) raw logits of the previous answers, or None.

        Returns:
            The one answer and three candidates for each prompt set.
        """
        return self.mask_decoder(
            self.point_encoder(coords, labels),
            encoded.patches.unsqueeze(1) + self.mask_encoder(encoded.groups, mask_logits),
            encoded.patch_code,
            encoded.groups,
        )
