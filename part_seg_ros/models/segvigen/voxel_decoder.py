# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From latent cells to voxels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import Linear
from part_seg_ros.models.segvigen.autoencoder_blocks import ConvNeXtBlock, UpBlock
from part_seg_ros.models.segvigen.config import DecoderConfig
from part_seg_ros.models.segvigen.precision import set_map_dtype
from part_seg_ros.models.segvigen.sparse.resampling import Subdivision
from part_seg_ros.models.segvigen.sparse.sites import Sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecodedShape:
    """What the shape decoder says of a latent.

    Attributes:
        steps: The cells that it chose, level by level; `steps[-1].fine` are the voxels.
        logits: (P, 8) logits that chose them, per level.
        values: (M, 7) float32 raw values of the voxels.
    """

    steps: list[Subdivision]
    logits: list[Tensor]
    values: Tensor

    @property
    def dual_vertices(self) -> Tensor:
        """(M, 3) places in the voxels, from -0.5 to 1.5 where 0 to 1 is inside."""
        return 2 * self.values[:, :3].sigmoid() - 0.5

    @property
    def intersected(self) -> Tensor:
        """(M, 3) bool, which edges the surface crosses."""
        return self.values[:, 3:6] > 0

    @property
    def split_weights(self) -> Tensor:
        """(M,) weights that say how to split a quad into two triangles."""
        return F.softplus(self.values[:, 6])


class VoxelDecoder(nn.Module):
    """A decoder, of shapes or of textures."""

    def __init__(self, config: DecoderConfig) -> None:
        """Build a decoder of these sizes."""
        super().__init__()
        self.config = config
        widths = config.widths
        self.output_layer = Linear(widths[-1], config.out_channels)
        self.from_latent = Linear(config.latent_channels, widths[0])
        self.blocks = nn.ModuleList(
            nn.ModuleList(ConvNeXtBlock(width) for _ in range(count))
            for width, count in zip(widths, config.num_blocks, strict=True)
        )
        for level, (wide, narrow) in zip(self.blocks[:-1], pairwise(widths), strict=True):
            level.append(UpBlock(wide, narrow, predicts_cells=config.predicts_cells))
        set_map_dtype(self.blocks, config.dtype)

    def forward(self, latent: Tensor, steps: list[Subdivision]) -> Tensor:
        """Decode into voxels that are known.

        Args:
            latent: (N, latent_channels) float32 at `steps[0].coarse`, not normalised.
            steps: From `subdivide_to`, or those of a `DecodedShape`.

        Returns:
            (M, out_channels) float32 raw values of the voxels `steps[-1].fine`, in their order.
        """
        hidden = self._begin(latent)
        sites = steps[0].coarse
        for level, step in zip(self.blocks[:-1], steps, strict=True):
            hidden = level[-1](self._refine(level[:-1], hidden, sites), step)
            sites = step.fine
        return self._end(hidden, sites)

    def decode_shape(self, latent: Tensor, sites: Sites) -> DecodedShape:
        """Decode into voxels that the decoder chooses itself.

        Args:
            latent: (N, latent_channels) float32 at `sites`, not normalised.
            sites: Latent cells.
        """
        hidden = self._begin(latent)
        steps, logits = [], []
        for level in self.blocks[:-1]:
            hidden = self._refine(level[:-1], hidden, sites)
            logits.append(level[-1].subdivision_logits(hidden))
            steps.append(Subdivision(sites, logits[-1] > 0))
            hidden = level[-1](hidden, steps[-1])
            sites = steps[-1].fine
        return DecodedShape(steps=steps, logits=logits, values=self._end(hidden, sites))

    def _begin(self, latent: Tensor) -> Tensor:
        return self.from_latent(latent).to(self.blocks[0][0].conv.weight.dtype)

    def _end(self, hidden: Tensor, sites: Sites) -> Tensor:
        hidden = self._refine(self.blocks[-1], hidden, sites)
        # The release leaves the epsilon of this norm at torch's default.
        return self.output_layer(F.layer_norm(hidden.float(), hidden.shape[-1:]))

    def _refine(self, blocks: nn.ModuleList, hidden: Tensor, sites: Sites) -> Tensor:
        for block in blocks:
            hidden = block(hidden, sites)
        return hidden
