# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The authors' trunk, PartField's, at the sizes of ours; PartSAM and S2AM3D both have it."""

from torch import nn

from part_seg_ros.layers.partfield.config import TrunkConfig


def their_transformer(made: type[nn.Module], sizes: TrunkConfig) -> nn.Module:
    """Build the authors' class `TriplaneTransformer`."""
    return made(
        input_dim=sizes.plane_width,
        transformer_dim=sizes.token_width,
        transformer_layers=sizes.token_depth,
        transformer_heads=sizes.num_heads,
        triplane_low_res=sizes.plane_size // 4,
        triplane_high_res=sizes.plane_size,
        triplane_dim=sizes.output_width,
    )
