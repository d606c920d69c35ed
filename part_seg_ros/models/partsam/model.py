# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's network: encode a cloud once, decode prompts on it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.mask_decoder import DecodedMasks
from part_seg_ros.layers.mlp import MLP
from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder
from part_seg_ros.models.partsam.config import PartSamConfig
from part_seg_ros.models.partsam.encoder import DualBranchEncoder
from part_seg_ros.models.partsam.mask_decoder import PartSamMaskDecoder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedShape:
    """B clouds, encoded.

    Attributes:
        planes: (B, 3, H, W, C) part features of space.
        part_features: (B, N, C) the same at the points.
        patches: (B, G, D) vectors of the patches.
        patch_code: (B, G, D) position code of their centres.
        point_code: (B, N, D) what the decoder makes of the part features.
        groups: The patches themselves.
    """

    planes: Tensor
    part_features: Tensor
    patches: Tensor
    patch_code: Tensor
    point_code: Tensor
    groups: PatchGroups

    @property
    def num_bytes(self) -> int:
        """Memory of the tensors [bytes]."""
        tensors = (
            self.planes,
            self.part_features,
            self.patches,
            self.patch_code,
            self.point_code,
        )
        return sum(tensor.nbytes for tensor in tensors) + self.groups.num_bytes


class PartSamNet(nn.Module):
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

    def encode_clicks(self, encoded: EncodedShape, coords: Tensor, labels: Tensor) -> Tensor:
        """Return (B, M, Q, D) vectors of clicks: place, label, and part feature there.

        Args:
            encoded: The clouds.
            coords: (B, M, Q, 3) in the frame of the encoded points, in [-1, 1].
            labels: (B, M, Q) 1 on the part, 0 off it.
        """
        there = sample_planes(encoded.planes, coords.flatten(1, 2)).unflatten(1, coords.shape[1:3])
        return self.point_encoder(coords, labels) + self.prompt_point_mapper(there)

    def decode(
        self,
        encoded: EncodedShape,
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
            self.encode_clicks(encoded, coords, labels),
            encoded.patches.unsqueeze(1) + self.mask_encoder(encoded.groups, mask_logits),
            encoded.patch_code,
            encoded.groups,
            encoded.point_code,
        )
