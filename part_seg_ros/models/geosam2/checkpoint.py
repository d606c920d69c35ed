# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of GeoSAM2. The released file has the names of the network: nothing is converted."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.geosam2.config import PRESETS, GeoSam2Config
from part_seg_ros.models.geosam2.model import GeoSam2Net
from part_seg_ros.models.weights_file import load_preset, read_tensors


def load_network(config: GeoSam2Config, path: Path) -> GeoSam2Net:
    """Build a network with the weights of a file, on the CPU.

    Args:
        config: Sizes that the file was made for.
        path: The released `geosam2.pt`, or a file with the same names.

    Raises:
        CheckpointError: the file is missing, damaged, or of other names, shapes or types.
    """
    return load_preset(GeoSam2Net, config, read_tensors(path), path, PRESETS)
