# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""One triplane trunk: points in, planes of features out."""

from __future__ import annotations

from torch import Tensor, nn

from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.partfield.plane_transformer import TriplaneTransformer
from part_seg_ros.layers.partfield.plane_unet import PlaneUNet
from part_seg_ros.layers.partfield.planes import scatter_to_planes
from part_seg_ros.layers.partfield.point_encoder import PointEncoder, centered


class PointsToPlanes(nn.Module):
    """Point encoder and U-Net."""

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.pc_encoder = PointEncoder(config)
        self.unet_encoder = PlaneUNet(config.plane_width, config.unet_widths)


class TriplaneTrunk(nn.Module):
    """The trunk; state-dict names are those of PartField's release.

    `planes` runs the five steps one after the other. Each is public, so that every stage can be
    compared with a recording.

    Source:
        PartField (Liu et al. 2025), Sec. 3.1.
    """

    def __init__(self, config: TrunkConfig) -> None:
        """Build with random weights."""
        super().__init__()
        self.config = config
        self.pvcnn = PointsToPlanes(config)
        self.triplane_transformer = TriplaneTransformer(config)

    def point_features(
        self, coords: Tensor, features: Tensor, extra: Tensor | None = None
    ) -> Tensor:
        """Step 1: (B, N, C) features of the points; see `PointEncoder.forward`."""
        return self.pvcnn.pc_encoder(coords, features, extra)

    def scatter(self, point_features: Tensor, coords: Tensor) -> Tensor:
        """Step 2: (B, 3, H, W, C) means of the points in each pixel."""
        return scatter_to_planes(point_features, centered(coords), self.config.plane_size)

    def unet_hidden(self, scattered: Tensor) -> Tensor:
        """Step 3: (B, 3, H, W, C0), the U-Net's output before its last linear map."""
        return self.pvcnn.unet_encoder(scattered)

    def unet_output(self, hidden: Tensor) -> Tensor:
        """Return the (B, 3, H, W, C) output of the U-Net; `planes` never computes it."""
        return self.pvcnn.unet_encoder.expand(hidden)

    def tokens_in(self, hidden: Tensor) -> Tensor:
        """Step 4a: (B, L, T) tokens of the planes with their position codes."""
        return self.triplane_transformer.embed(hidden, self.pvcnn.unet_encoder.conv_final)

    def tokens_out(self, tokens: Tensor) -> Tensor:
        """Step 4b: (B, L, T) tokens after attention and the last norm."""
        return self.triplane_transformer.transformer(tokens)

    def to_planes(self, hidden: Tensor, tokens: Tensor, *, first_channel: int = 0) -> Tensor:
        """Step 5: (B, 3, H, W, C') planes, channels from `first_channel` on."""
        transformer, last = self.triplane_transformer, self.pvcnn.unet_encoder.conv_final
        spread = transformer.spread(tokens, first_channel)
        return spread.add_(transformer.per_pixel(hidden, last, first_channel))

    def planes(
        self,
        coords: Tensor,
        features: Tensor,
        extra: Tensor | None = None,
        *,
        first_channel: int = 0,
    ) -> Tensor:
        """Encode clouds.

        Args:
            coords: (B, N, 3) in [-1, 1].
            features: (B, N, 3) three further numbers of each point.
            extra: (B, N, E) numbers for a trunk with extra channels.
            first_channel: First channel of the planes that is wanted.

        Returns:
            (B, 3, H, W, C') planes xy, yz and xz; read them with `sample_planes`.
        """
        point_features = self.point_features(coords, features, extra)
        hidden = self.unet_hidden(self.scatter(point_features, coords))
        tokens = self.tokens_out(self.tokens_in(hidden))
        return self.to_planes(hidden, tokens, first_channel=first_channel)

    def part_planes(self, coords: Tensor, features: Tensor, extra: Tensor | None = None) -> Tensor:
        """Encode clouds to the (B, 3, H, W, C') planes of part features alone."""
        return self.planes(coords, features, extra, first_channel=self.config.sdf_width)
