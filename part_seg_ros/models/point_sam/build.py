# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of Point-SAM."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.point_sam.checkpoint import load_network
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.preparation import PointSamSettings
from part_seg_ros.models.point_sam.system import PointSamSystem, random_system
from part_seg_ros.models.registry import POINT_SAM_WEIGHTS
from part_seg_ros.models.released_weights import checked_sha256, preset_file

SETTINGS = PointSamSettings


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: PointSamSettings | None = None,
) -> PointSamSystem:
    """Build a preset with its weights.

    Args:
        preset: `large` (the released weights), `base`, `giant` (your own) or `tiny` (random
            weights unless there is a file).
        checkpoint: Weights file of the preset, or the folder with its `model.safetensors`; None
            for the usual place of the released one.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Up axis and patches; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    config = PRESETS[preset]
    if preset == 'tiny' and checkpoint is None:
        return random_system(config, chosen, settings=settings)
    name = 'point_sam' if preset == 'large' else f'point_sam-{preset}'
    if preset != 'large' and checkpoint is None:
        raise CheckpointError(
            f'no weights of {name} are published; pass the path of your own as checkpoint'
        )
    path = preset_file(POINT_SAM_WEIGHTS, checkpoint, is_released=preset == 'large')
    digest = checked_sha256(POINT_SAM_WEIGHTS, path)
    net = load_network(config, path)
    return PointSamSystem(net, chosen, name=name, weights_sha256=digest, settings=settings)
