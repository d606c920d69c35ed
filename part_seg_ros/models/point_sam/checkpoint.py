# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of Point-SAM. The released file has the names of the network: nothing is converted."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.point_sam.config import PRESETS, PointSamConfig
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.weights_file import load_preset, read_tensors


def load_network(config: PointSamConfig, path: Path) -> PointSamNet:
    """Build a network with the weights of a file, on the CPU.

    Args:
        config: Sizes that the file was made for.
        path: The released `model.safetensors`, or a file with the same names.

    Raises:
        CheckpointError: the file is missing, damaged, or of other names, shapes or types.
    """
    return load_preset(PointSamNet, config, read_tensors(path), path, PRESETS)
