# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Networks that cut a cloud into patches once and then answer clicks and previous masks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from torch import Tensor, nn

from part_seg_ros.layers.grouping import PatchGroups
from part_seg_ros.layers.mask_decoder import DecodedMasks, MaskDecoder
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedPatches:
    """What decoding reads of B clouds.

    Attributes:
        patches: (B, G, D) vectors of the patches.
        patch_code: (B, G, D) position code of their centres.
        groups: The patches themselves.
        point_code: (B, N, D) what the decoder makes of features that points bring along; None
            where they bring none.
    """

    patches: Tensor
    patch_code: Tensor
    groups: PatchGroups
    point_code: Tensor | None = None

    @property
    def num_bytes(self) -> int:
        """Memory of the tensors [bytes]."""
        values = [getattr(self, field.name) for field in dataclasses.fields(self)]
        tensors = [value for value in values if isinstance(value, Tensor)]
        return sum(tensor.nbytes for tensor in tensors) + self.groups.num_bytes


class PromptedNetwork(nn.Module):
    """Base of networks with Segment Anything's prompt encoders and mask decoder on patches.

    Attributes:
        point_encoder: Clicks to vectors.
        mask_encoder: Previous masks to vectors of patches.
        mask_decoder: Both to masks.
    """

    point_encoder: PointEncoder
    mask_encoder: MaskEncoder
    mask_decoder: MaskDecoder

    def encode_clicks(self, encoded: EncodedPatches, coords: Tensor, labels: Tensor) -> Tensor:
        """Return (B, M, Q, D) vectors of clicks.

        Args:
            encoded: The clouds.
            coords: (B, M, Q, 3) in the frame of the encoded points, in [-1, 1].
            labels: (B, M, Q) 1 on the part, 0 off it.
        """
        return self.point_encoder(coords, labels)

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
            self.encode_clicks(encoded, coords, labels),
            encoded.patches.unsqueeze(1) + self.mask_encoder(encoded.groups, mask_logits),
            encoded.patch_code,
            encoded.groups,
            encoded.point_code,
        )
