# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of Point-SAM. The released file has the names of the network: nothing is converted."""

from __future__ import annotations

from pathlib import Path

import torch

from part_seg_ros.models.point_sam.config import PointSamConfig
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.weights_file import load_strictly, read_tensors


def load_network(path: Path, config: PointSamConfig) -> PointSamNet:
    """Build a network with the weights of a file, on the CPU.

    Args:
        path: The released `model.safetensors`, or a file with the same names.
        config: Sizes that the file was made for.

    Raises:
        CheckpointError: the file is missing, damaged, or of other names, shapes or types.
    """
    tensors = read_tensors(path)
    with torch.device('meta'):
        net = PointSamNet(config)
    load_strictly(net, tensors, path)
    return net.eval()
