# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of GeoSAM2."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.device import choose_device
from part_seg_ros.models.geosam2.checkpoint import load_network
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.settings import GeoSam2Settings
from part_seg_ros.models.geosam2.system import GeoSam2System, random_system
from part_seg_ros.models.registry import GEOSAM2_WEIGHTS
from part_seg_ros.models.released_weights import checked_sha256, preset_file

SETTINGS = GeoSam2Settings


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: GeoSam2Settings | None = None,
) -> GeoSam2System:
    """Build a preset with its weights.

    Args:
        preset: `official` (the released weights) or `tiny` (random weights unless there is a
            file).
        checkpoint: Weights file of the preset, or the folder with its `geosam2.pt`; None for the
            usual place of the released one.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Up axis, views and how prompts are followed; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    config = PRESETS[preset]
    if preset == 'tiny' and checkpoint is None:
        return random_system(config, chosen, settings=settings)
    name = 'geosam2' if preset == 'official' else f'geosam2-{preset}'
    path = preset_file(GEOSAM2_WEIGHTS, checkpoint, is_released=preset == 'official')
    digest = checked_sha256(GEOSAM2_WEIGHTS, path)
    net = load_network(config, path)
    return GeoSam2System(net, chosen, name=name, weights_sha256=digest, settings=settings)
