# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: the two of the release side by side, or one file of ours with both halves."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.registry import S2AM3D_DECODER, S2AM3D_ENCODER
from part_seg_ros.models.s2am3d.config import S2am3dConfig
from part_seg_ros.models.s2am3d.model import S2am3dNet
from part_seg_ros.models.weights_file import (
    file_sha256,
    load_strictly,
    read_tensors,
    without_prefix,
)

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
_LIGHTNING_PREFIX = 'model.'
# The encoder file is a Lightning checkpoint: it also holds its settings, as pickled objects.
_ENCODER_SETTINGS = ('yacs.config.CfgNode',)


def own_file(checkpoint: Path | None) -> Path | None:
    """Return the single file with both halves that a path means, None for the released pair.

    Args:
        checkpoint: A file; a folder, either released file or None mean the pair.
    """
    if (
        checkpoint is None
        or checkpoint.is_dir()
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
    with torch.device('meta'):
        net = S2am3dNet(config)
    if len(files) == 1:
        load_strictly(net, read_tensors(files[0]), files[0])
        return net.eval()
    encoder_file, decoder_file = files
    load_strictly(net.encoder, encoder_tensors(encoder_file), encoder_file)
    load_strictly(net.predictor, predictor_tensors(decoder_file), decoder_file)
    return net.eval()


def encoder_tensors(path: Path) -> dict[str, Tensor]:
    """Read the encoder file of the release, by the names of `S2am3dEncoder`.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return without_prefix(read_tensors(path, inert=_ENCODER_SETTINGS), _LIGHTNING_PREFIX)


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
            raise CheckpointError(
                f'{path} lacks {level.removesuffix(".")}; it is no decoder file of S2AM3D (its'
                f' first tensor is {next(iter(tensors))!r})'
            )
        inner = without_prefix(inner, _DDP_PREFIX)
        renamed |= {f'{module}{name}': tensor for name, tensor in inner.items()}
    return renamed


def weights_sha256(*files: Path) -> str:
    """Return the sha256 of one file, or one over those of several, in hexadecimal."""
    digests = [file_sha256(file) for file in files]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256('\n'.join(digests).encode()).hexdigest()
