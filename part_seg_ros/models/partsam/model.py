# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's network: encode a cloud once, decode prompts on it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.mlp import MLP
from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder
from part_seg_ros.layers.prompted_network import EncodedPatches, PromptedNetwork
from part_seg_ros.models.partsam.config import PartSamConfig
from part_seg_ros.models.partsam.encoder import DualBranchEncoder
from part_seg_ros.models.partsam.mask_decoder import PartSamMaskDecoder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedShape(EncodedPatches):
    """B clouds, encoded.

    Attributes:
        planes: (B, 3, H, W, C) part features of space.
        part_features: (B, N, C) the same at the points.
    """

    planes: Tensor
    part_features: Tensor


class PartSamNet(PromptedNetwork):
    """PartSAM; the names of the parameters are those of the released file.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3 and Fig. 2, and where it differs its release.
    """

    def __init__(self, config: PartSamConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.config = config
        part_width, width = config.trunk.part_width, config.width
        self.pc_encoder = DualBranchEncoder(config)
        self.mask_encoder = MaskEncoder(config.mask_inner, config.mask_outer, width)
        self.point_encoder = PointEncoder(width)
        self.prompt_point_mapper = MLP(part_width, width, width)
        self.mask_decoder = PartSamMaskDecoder(config)

    def encode(
        self, coords: Tensor, colors: Tensor, normals: Tensor, groups: PatchGroups
    ) -> EncodedShape:
        """Encode clouds once.

        Args:
            coords: (B, N, 3), the longest side of each bounding box from -0.9 to 0.9.
            colors: (B, N, 3) in [0, 1].
            normals: (B, N, 3) unit normals.
            groups: Patches of the clouds.

        Returns:
            What `decode` reads.
        """
        planes = self.pc_encoder.part_planes(coords, colors, normals)
        part_features = sample_planes(planes, coords)
        embeddings = self.pc_encoder.patch_embed(part_features, groups)
        return EncodedShape(
            planes=planes,
            part_features=part_features,
            patches=self.mask_decoder.encode_patches(embeddings),
            patch_code=self.point_encoder.pe_layer(groups.centers),
            point_code=self.mask_decoder.encode_points(part_features),
            groups=groups,
        )

    def encode_clicks(self, encoded: EncodedPatches, coords: Tensor, labels: Tensor) -> Tensor:
        """Return (B, M, Q, D) vectors of clicks: place, label, and part feature there."""
        assert isinstance(encoded, EncodedShape)
        there = sample_planes(encoded.planes, coords.flatten(1, 2)).unflatten(1, coords.shape[1:3])
        return super().encode_clicks(encoded, coords, labels) + self.prompt_point_mapper(there)
