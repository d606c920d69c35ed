# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Starting Point-SAM's encoder from a Uni3D checkpoint."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.point_sam.cloud_encoder import CloudEncoder
from part_seg_ros.models.weights_file import load_strictly, read_tensors

# Level of Uni3D's point encoder -> module of `CloudEncoder`. The rest of the file is not used: its
# patch encoder has batch norms and is another.
LEVELS = {
    'point_encoder.encoder2trans.': 'patch_proj.',
    'point_encoder.pos_embed.': 'pos_embed.',
    'point_encoder.visual.': 'transformer.',
}
# What its trainer puts in front of the names, once or twice.
_WRAPPER = 'module.'


def load_uni3d(encoder: CloudEncoder, path: Path) -> None:
    """Start from Uni3D's map of patches to tokens, its map of positions and its transformer.

    Args:
        encoder: Of the same size of transformer; what Uni3D has not stays as it is.
        path: Uni3D's `model.pt`.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit; nothing is then changed.

    Source:
        Point-SAM (Zhou et al. 2024), release; Uni3D (Zhou et al. 2023).
    """
    theirs = _renamed(read_tensors(path))
    if not theirs:
        raise CheckpointError(f'{path} is no Uni3D checkpoint: it has none of {", ".join(LEVELS)}')
    own = {
        name: tensor
        for name, tensor in encoder.state_dict().items()
        if not name.startswith(tuple(LEVELS.values()))
    }
    load_strictly(encoder, own | theirs, path)


def _renamed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return what is used, by the names of `CloudEncoder`; half precision becomes single."""
    renamed = {}
    for name, tensor in tensors.items():
        inner = name.removeprefix(_WRAPPER).removeprefix(_WRAPPER)
        for level, module in LEVELS.items():
            if inner.startswith(level):
                renamed[module + inner.removeprefix(level)] = tensor.float()
    return renamed
