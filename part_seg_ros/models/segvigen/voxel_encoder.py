# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From voxels to latent cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear
from part_seg_ros.models.segvigen.autoencoder_blocks import ConvNeXtBlock, DownBlock
from part_seg_ros.models.segvigen.config import EncoderConfig
from part_seg_ros.models.segvigen.precision import set_map_dtype
from part_seg_ros.models.segvigen.sparse.resampling import Pooling
from part_seg_ros.models.segvigen.sparse.sites import Sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latent:
    """What an encoder says of an object, before normalisation.

    Attributes:
        mean: (N, D) float32 latent of each cell.
        log_variance: (N, D) float32.
    """

    mean: Tensor
    log_variance: Tensor


class VoxelEncoder(nn.Module):
    """An encoder, of shapes or of textures."""

    def __init__(self, config: EncoderConfig) -> None:
        """Build an encoder of these sizes."""
        super().__init__()
        self.config = config
        widths = config.widths
        self.input_layer = Linear(config.in_channels, widths[0])
        self.to_latent = Linear(widths[-1], 2 * config.latent_channels)
        self.blocks = nn.ModuleList(
            nn.ModuleList(ConvNeXtBlock(width) for _ in range(count))
            for width, count in zip(widths, config.num_blocks, strict=True)
        )
        for level, (wide, wider) in zip(self.blocks[:-1], pairwise(widths), strict=True):
            level.append(DownBlock(wide, wider))
        set_map_dtype(self.blocks, config.dtype)

    def forward(self, features: Tensor, sites: Sites, steps: list[Pooling]) -> Latent:
        """Encode.

        Args:
            features: (M, in_channels) float32 values of the voxels.
            sites: The M voxels.
            steps: From `pyramid(sites, len(widths) - 1)`; both encoders share them. The cells of
                the last are those of the latent.

        Returns:
            The latent at `steps[-1].coarse`.
        """
        hidden = self.input_layer(features).to(self.blocks[-1][-1].conv.weight.dtype)
        for level, step in zip(self.blocks, [*steps, None], strict=True):
            for block in level:
                if step is not None and isinstance(block, DownBlock):
                    hidden = block(hidden, sites, step)
                    sites = step.coarse
                else:
                    hidden = block(hidden, sites)
        # The release leaves the epsilon of this norm at torch's default.
        hidden = F.layer_norm(hidden.float(), hidden.shape[-1:])
        mean, log_variance = self.to_latent(hidden).chunk(2, dim=1)
        return Latent(mean=mean, log_variance=log_variance)
