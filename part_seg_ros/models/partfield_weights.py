# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Files of PartField, and of encoders that were trained from it: what trunks begin with."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from part_seg_ros.layers.partfield.trunk import TriplaneTrunk
from part_seg_ros.models.registry import PARTFIELD_WEIGHTS
from part_seg_ros.models.released_weights import log_restriction
from part_seg_ros.models.weights_file import load_strictly, read_tensors, without_prefix

# These files are Lightning checkpoints: they also hold their settings, as pickled objects.
_SETTINGS = ('yacs.config.CfgNode',)
_LIGHTNING_PREFIX = 'model.'
# Parts of PartField that serve its own training alone.
_LOSS_SIDE = ('sdf_decoder.', 'logit_scale')
# Parts of a trunk with extra channels that PartField has not.
_EXTRA_CHANNELS = ('pvcnn.pc_encoder.add_layer.', 'pvcnn.pc_encoder.add_conv1.')


def load_partfield(trunk: TriplaneTrunk, path: Path) -> None:
    """Start a trunk from a PartField file, and log what its licence does not allow.

    Nothing of the file's own code or settings is used. What it holds beside the trunk (a
    signed-distance head, the scale of its loss) is taken where the trunk has it and left out
    elsewhere. The block for extra channels, which PartField has not, stays as it is.

    Args:
        trunk: Left as it was if an error is raised.
        path: PartField's `model_objaverse.ckpt`, S2AM3D's `Encoder.ckpt`, or their tensors in any
            other kind of file.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    start_trunk(trunk, read_partfield(path), path)
    log_restriction(PARTFIELD_WEIGHTS, path)


def read_partfield(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a PartField file by the names of `TriplaneTrunk`.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return without_prefix(read_tensors(path, inert=_SETTINGS), _LIGHTNING_PREFIX)


def start_trunk(trunk: TriplaneTrunk, tensors: dict[str, Tensor], path: Path) -> None:
    """Do what `load_partfield` does, with the tensors of a file that was read before."""
    own = trunk.state_dict()
    kept = {name: own[name] for name in own if name.startswith(_EXTRA_CHANNELS)}
    read = {
        name: tensor
        for name, tensor in tensors.items()
        if name in own or not name.startswith(_LOSS_SIDE)
    }
    load_strictly(trunk, kept | read, path)
