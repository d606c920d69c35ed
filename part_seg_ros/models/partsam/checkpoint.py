# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: PartSAM's own, and PartField's, from which training starts."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from part_seg_ros.layers.partfield.trunk import TriplaneTrunk
from part_seg_ros.models.partsam.config import PartSamConfig
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.weights_file import load_strictly, read_tensors

# PartField's file is a Lightning checkpoint: it also holds its settings, as pickled objects.
_PARTFIELD_SETTINGS = ('yacs.config.CfgNode',)
# Parts of PartField that serve its own training alone.
_PARTFIELD_ONLY = ('sdf_decoder.', 'logit_scale')
# Parts of the learnable branch that PartField has not; they stay as they are.
_LEARNABLE_ONLY = ('pvcnn.pc_encoder.add_layer.', 'pvcnn.pc_encoder.add_conv1.')


def load_network(config: PartSamConfig, path: Path) -> PartSamNet:
    """Build a network and load its weights strictly, on the CPU.

    The released file is flat and its keys are those of the network: nothing is renamed.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    with torch.device('meta'):
        net = PartSamNet(config)
    load_strictly(net, read_tensors(path), path)
    return net.eval()


def load_partfield(net: PartSamNet, path: Path) -> None:
    """Start both branches from a PartField file; the rest of the network stays as it is.

    Args:
        net: The network.
        path: PartField's `model_objaverse.ckpt`, or its tensors in any other kind of file.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit; no branch is then changed.
    """
    tensors = partfield_tensors(read_tensors(path, inert=_PARTFIELD_SETTINGS))
    frozen, learnable = net.pc_encoder.partfield, net.pc_encoder.partfieldMy
    load_strictly(frozen, tensors, path)
    load_strictly(learnable, tensors | _own_tensors(learnable), path)


def partfield_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of a PartField file that belong to its trunk."""
    return {
        name: tensor for name, tensor in tensors.items() if not name.startswith(_PARTFIELD_ONLY)
    }


def _own_tensors(learnable: TriplaneTrunk) -> dict[str, Tensor]:
    own = learnable.state_dict()
    return {name: tensor for name, tensor in own.items() if name.startswith(_LEARNABLE_ONLY)}
