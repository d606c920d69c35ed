# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From points to part features: one PartField trunk."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.partfield.planes import pixels_around, sample_planes
from part_seg_ros.layers.partfield.trunk import TriplaneTrunk
from part_seg_ros.layers.row_chunks import map_rows
from part_seg_ros.layers.row_mixing import mix_rows

_SDF_DEPTH = 7


class SdfDecoder(nn.Module):
    """Bias-free maps to a signed distance, which served the training of the trunk.

    They are kept so that files load strictly, and never run.
    """

    def __init__(self, width: int) -> None:
        """Build with random weights."""
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(_SDF_DEPTH - 1):
            layers += [nn.Linear(width, width, bias=False), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1, bias=False))


class S2am3dEncoder(TriplaneTrunk):
    """The trunk beside two modules of its training; state-dict names are those of the release.

    Source:
        S2AM3D (arXiv 2512.00995), which fine-tunes PartField (Liu et al. 2025).
    """

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__(config)
        self.sdf_decoder = SdfDecoder(config.sdf_width)
        self.logit_scale = nn.Parameter(torch.zeros(1))

    def forward(self, coords: Tensor, point_feature: Tensor) -> Tensor:
        """Return (B, N, C) part features of the points.

        The points of a cloud depend on each other, so a cloud can not be encoded piece by piece.

        Args:
            coords: (B, N, 3), the longest side of each cloud's bounding box from -1 to 1.
            point_feature: (B, N, 3) three further numbers of each point, ones for instance.
        """
        if len(coords) > 1:
            return sample_planes(self.part_planes(coords, point_feature), coords)
        scattered = self.scatter(self.point_features(coords, point_feature), coords)
        return self.read(self.unet_hidden(scattered), coords)

    def read(self, hidden: Tensor, coords: Tensor) -> Tensor:
        """Finish one cloud where its points read the planes, and nowhere else.

        Points of an object touch some of the pixels, and these belong to some of the tokens: only
        those need the last block, the way back to pixels and the map of pixels. The numbers are
        those of `sample_planes` on whole planes.

        Args:
            hidden: (1, 3, H, W, C0) from `unet_hidden`.
            coords: (1, N, 3) in [-1, 1].

        Returns:
            (1, N, C).
        """
        transformer, first = self.triplane_transformer, self.config.sdf_width
        around, weights = pixels_around(coords, *hidden.shape[2:4])
        pixel_idx, table_rows = around.unique(return_inverse=True)
        token_idx, place = transformer.tokens_of(pixel_idx)
        token_idx, token_rows = token_idx.unique(return_inverse=True)
        tokens = transformer.transformer(self.tokens_in(hidden), token_idx)
        spread = transformer.pixels_of(tokens, first)[:, token_rows, place]  # (1, P, C)
        last = self.pvcnn.unet_encoder.conv_final
        pixels = hidden.flatten(1, 3)[:, pixel_idx]
        mapped = map_rows(lambda rows: transformer.per_pixel(rows, last, first), pixels)
        return mix_rows(spread + mapped, table_rows, weights)
