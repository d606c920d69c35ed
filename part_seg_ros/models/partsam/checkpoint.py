# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: PartSAM's own, and PartField's, from which training starts."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.partfield_weights import read_partfield, start_trunk
from part_seg_ros.models.partsam.config import PRESETS, PartSamConfig
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.registry import PARTFIELD_WEIGHTS
from part_seg_ros.models.released_weights import log_restriction
from part_seg_ros.models.weights_file import load_preset, read_tensors


def load_network(config: PartSamConfig, path: Path) -> PartSamNet:
    """Build a network and load its weights strictly, on the CPU.

    The released file is flat and its keys are those of the network: nothing is renamed.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    return load_preset(PartSamNet, config, read_tensors(path), path, PRESETS)


def start_branches(net: PartSamNet, path: Path) -> None:
    """Start both branches from a PartField file; the rest of the network stays as it is.

    What the licence of the file does not allow is logged.

    Args:
        net: The network.
        path: As for `load_partfield`.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit; no branch is then changed.
    """
    tensors = read_partfield(path)
    for branch in (net.pc_encoder.partfield, net.pc_encoder.partfieldMy):
        start_trunk(branch, tensors, path)
    log_restriction(PARTFIELD_WEIGHTS, path)
