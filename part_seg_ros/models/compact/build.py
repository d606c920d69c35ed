# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of the bundled network."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.compact.checkpoint import BUNDLED, load_network
from part_seg_ros.models.compact.config import PRESETS
from part_seg_ros.models.compact.system import CompactSystem, random_system
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.file_bytes import file_sha256


def build(preset: str, checkpoint: Path | None, device: str) -> CompactSystem:
    """Build the preset `bundled` (weights of the package) or `tiny` (random weights).

    Args:
        preset: `bundled` or `tiny`.
        checkpoint: Another weights file, with its JSON beside it; None for the preset's own.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.

    Raises:
        CheckpointError: the weights are missing or damaged.
    """
    chosen = choose_device(device)
    if preset == 'tiny' and checkpoint is None:
        return random_system(PRESETS[preset], chosen)
    path = checkpoint or BUNDLED
    return CompactSystem(load_network(path), chosen, weights_sha256=file_sha256(path))
