# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: the two of the release side by side, or one file of ours with both halves."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from torch import Tensor

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.partfield_weights import read_partfield
from part_seg_ros.models.registry import S2AM3D_DECODER, S2AM3D_ENCODER
from part_seg_ros.models.released_weights import checked_sha256
from part_seg_ros.models.s2am3d.config import PRESETS, S2am3dConfig
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder
from part_seg_ros.models.s2am3d.model import MaskPredictor, S2am3dNet
from part_seg_ros.models.weights_file import (
    load_preset,
    read_tensors,
    without_prefix,
)
from part_seg_ros.models.weights_origin import origin

ENCODER_FILE = S2AM3D_ENCODER.name
DECODER_FILE = S2AM3D_DECODER.name

# Level of the decoder file -> module of `MaskPredictor`. What else the file may hold is state of
# its training.
_LEVELS = {
    'point_feature_enhancer_state_dict.': 'point_feature_enhancer.',
    'decoder_state_dict.': 'decoder.',
    'seg_head_state_dict.': 'seg_head.',
}
_DDP_PREFIX = 'module.'


def own_file(checkpoint: Path | None) -> Path | None:
    """Return the single file with both halves that a path means, None for the released pair.

    Args:
        checkpoint: A file; a folder, either released file or None mean the pair.
    """
    if (
        checkpoint is None
        or os.path.isdir(checkpoint)
        or checkpoint.name in (ENCODER_FILE, DECODER_FILE)
    ):
        return None
    return checkpoint


def load_network(config: S2am3dConfig, *files: Path) -> S2am3dNet:
    """Build a network and load its weights strictly, on the CPU.

    The release loads its enhancer leniently; a file without the tensors of the scale would then
    answer with untrained ones. Here it is refused.

    Args:
        config: Sizes.
        *files: The released encoder and decoder file, or one file with the state dict of
            `S2am3dNet`.

    Raises:
        CheckpointError: a file is missing, damaged or does not fit.
    """
    if len(files) == 1:
        return load_preset(S2am3dNet, config, read_tensors(files[0]), files[0], PRESETS)
    encoder_file, decoder_file = files
    return S2am3dNet(
        config,
        encoder=load_preset(
            lambda other: S2am3dEncoder(other.trunk),
            config,
            read_partfield(encoder_file),
            encoder_file,
            PRESETS,
        ),
        predictor=load_preset(
            MaskPredictor, config, predictor_tensors(decoder_file), decoder_file, PRESETS
        ),
    ).eval()


def predictor_tensors(path: Path) -> dict[str, Tensor]:
    """Read the decoder file of the release, by the names of `MaskPredictor`.

    Raises:
        CheckpointError: the file is missing or damaged, or lacks one of its three levels.
    """
    tensors = read_tensors(path)
    renamed: dict[str, Tensor] = {}
    for level, module in _LEVELS.items():
        inner = {n.removeprefix(level): t for n, t in tensors.items() if n.startswith(level)}
        if not inner:
            whose = f'; these are of {of}' if (of := origin(tensors)) else ''
            raise CheckpointError(
                f"{path} lacks {level.removesuffix('.')}, one of the three levels of S2AM3D's"
                f' decoder file (its first tensor is {next(iter(tensors))!r}{whose})'
            )
        inner = without_prefix(inner, _DDP_PREFIX)
        renamed |= {f'{module}{name}': tensor for name, tensor in inner.items()}
    return renamed


def weights_sha256(*files: Path) -> str:
    """Return the sha256 of one file, or one over those of the released pair, in hexadecimal.

    Raises:
        CheckpointError: a file cannot be read, or lies in the place of a released one and is
            another.
    """
    if len(files) == 1:
        return file_sha256(files[0])
    pair = zip((S2AM3D_ENCODER, S2AM3D_DECODER), files, strict=True)
    digests = [checked_sha256(released, path) for released, path in pair]
    return hashlib.sha256('\n'.join(digests).encode()).hexdigest()
