# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Whose weights a file holds, told by its names; for errors about files that do not fit."""

from __future__ import annotations

from collections.abc import Iterable

# The first names that only the files of one origin have.
_ORIGINS = {
    'prompt_encoder.field.': 'compact',
    'pc_encoder.patch_proj.': 'Point-SAM',
    'pc_encoder.partfieldMy.': 'PartSAM',
    'predictor.seg_head.': 'S2AM3D (both halves)',
    'point_feature_enhancer_state_dict.': 'S2AM3D (decoder)',
    'point_feature_enhancer.': 'S2AM3D (decoder)',
    'triplane_transformer.': 'PartField or S2AM3D (encoder)',
    'pos_map_encoder.': 'GeoSAM2',
    'sam_mask_decoder.': 'SAM 2',
}


def origin(names: Iterable[str]) -> str:
    """Return whose tensors have these names; '' where that is not known."""
    names = tuple(names)
    for prefix, whose in _ORIGINS.items():
        if any(name.startswith(prefix) for name in names):
            return whose
    return ''
