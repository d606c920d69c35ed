# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Masks of prompts of one foreground click: the same numbers as of any prompt, by less work.

Shape legend: M prompts, G patches, X points, C channels, O candidates.
"""

from __future__ import annotations

import torch
from torch import Tensor

from part_seg_ros.layers.linear import linear
from part_seg_ros.layers.row_mixing import mix_rows
from part_seg_ros.models.compact.mask_decoder import MaskDecoder
from part_seg_ros.models.compact.prompt_encoder import SINGLE_CLICK_FIELDS, single_click_field
from part_seg_ros.models.compact.tensors import EncodedRows, SurfacePoints

# Points at a time: more outgrow the cache of a CPU core, fewer pay for every operation anew.
_POINTS_AT_ONCE = 1024


def single_click_masks(
    decoder: MaskDecoder,
    tokens: Tensor,
    patches: Tensor,
    encoded: EncodedRows,
    clicked: SurfacePoints,
) -> Tensor:
    """Return what `MaskDecoder.masks` and `point_features` do of first prompts.

    Each point reads its three patches and the ten fields that one click can fill, where those
    take a product with all patches and all fields; and points go by in pieces.

    Args:
        decoder: The weights; gets no gradient.
        tokens: (1, M, 1 + 1 + O, C) from `attend`.
        patches: (1, M, G, C) from `attend`.
        encoded: One cloud of X points.
        clicked: (1, M, 1) the clicks.

    Returns:
        (1, M, O, X) mask logits.
    """
    vectors = decoder.mask_vectors(tokens, first=True)[0]
    table = decoder.from_patches(patches[0])
    from_field = decoder.from_prompt.weight[:, SINGLE_CLICK_FIELDS].t().expand(len(table), -1, -1)
    num_points = encoded.points.shape[1]
    logits = vectors.new_empty(1, *vectors.shape[:2], num_points)
    for begin in range(0, num_points, _POINTS_AT_ONCE):
        piece = slice(begin, begin + _POINTS_AT_ONCE)
        hidden = mix_rows(table, encoded.interp_idx[:, piece], encoded.interp_weights[:, piece])
        hidden += encoded.local_code[:, piece] + decoder.from_prompt.bias
        field = single_click_field(encoded.surface.piece(piece), clicked)[0]
        hidden.baddbmm_(field.transpose(1, 2), from_field).relu_()
        upscale = decoder.upscale[1]
        features = linear(hidden, upscale.weight, upscale.bias).relu_()
        logits[0, :, :, piece] = torch.baddbmm(
            vectors[..., -1:], vectors[..., :-1], features.transpose(1, 2)
        )
    return logits
