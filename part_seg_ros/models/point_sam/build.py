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
from part_seg_ros.models.released_weights import locate
from part_seg_ros.models.weights_file import file_sha256


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
        checkpoint: Weights file of the preset; None for its usual place.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Up axis and patches; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    if preset == 'tiny' and checkpoint is None:
        return random_system(PRESETS['tiny'], chosen)
    name = 'point_sam' if preset == 'large' else f'point_sam-{preset}'
    if preset == 'large':
        path = locate(POINT_SAM_WEIGHTS, checkpoint)
    elif checkpoint is None:
        raise CheckpointError(
            f'no weights of {name} are published; pass the path of your own as checkpoint'
        )
    else:
        path = checkpoint
    return PointSamSystem(
        load_network(path, PRESETS[preset]),
        chosen,
        name=name,
        weights_sha256=file_sha256(path),
        settings=settings,
    )
