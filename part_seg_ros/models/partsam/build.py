# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of PartSAM."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.device import choose_device
from part_seg_ros.models.partsam.checkpoint import load_network
from part_seg_ros.models.partsam.config import PRESETS, PreparationSettings
from part_seg_ros.models.partsam.system import PartSamSystem, random_system
from part_seg_ros.models.registry import PARTSAM_WEIGHTS
from part_seg_ros.models.released_weights import checked_sha256, preset_file

SETTINGS = PreparationSettings


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: PreparationSettings | None = None,
) -> PartSamSystem:
    """Build a preset with its weights; the limit of the released ones' licence is logged.

    Args:
        preset: `official` or `tiny` (random weights unless there is a file).
        checkpoint: Weights file, or the folder with its `model.safetensors`; None for the usual
            place of the released one.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: What shapes get that lack colours or come as meshes; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    config = PRESETS[preset]
    if preset == 'tiny' and checkpoint is None:
        return random_system(config, chosen, settings=settings)
    path = preset_file(PARTSAM_WEIGHTS, checkpoint, is_released=preset == 'official')
    digest = checked_sha256(PARTSAM_WEIGHTS, path)
    net = load_network(config, path)
    name = 'partsam' if preset == 'official' else f'partsam-{preset}'
    return PartSamSystem(net, chosen, name=name, weights_sha256=digest, settings=settings)
