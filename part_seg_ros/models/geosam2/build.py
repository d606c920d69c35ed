# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of GeoSAM2, and of plain SAM 2 on the same views."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.models.device import choose_device
from part_seg_ros.models.geosam2.checkpoint import load_network
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.settings import GeoSam2Settings
from part_seg_ros.models.geosam2.system import GeoSam2System, random_system
from part_seg_ros.models.registry import GEOSAM2_WEIGHTS, MODEL_SPECS, SAM2_WEIGHTS
from part_seg_ros.models.released_weights import checked_sha256, preset_file

SETTINGS = GeoSam2Settings

_FILES = {
    'official': GEOSAM2_WEIGHTS,
    'tiny': GEOSAM2_WEIGHTS,
    **{f'sam2_{size}': file for size, file in SAM2_WEIGHTS.items()},
    'sam2_tiny': SAM2_WEIGHTS['base_plus'],
}


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: GeoSam2Settings | None = None,
) -> GeoSam2System:
    """Build a preset with its weights.

    Args:
        preset: A key of `PRESETS`: `official`, `sam2_base_plus` and its other sizes have released
            weights, `tiny` and `sam2_tiny` random ones unless there is a file.
        checkpoint: Weights file of the preset, or the folder with it under its released name; None
            for the usual place of the released one.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Up axis, views, how prompts are followed, and what of the network is there; None
            for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    config, settings = PRESETS[preset], settings or GeoSam2Settings()
    name, spec = next(
        (name, spec)
        for name, spec in MODEL_SPECS.items()
        if (spec.module, spec.preset) == (__name__, preset)
    )
    if checkpoint is None and not spec.released:
        return random_system(config, chosen, name=name, settings=settings)
    path = preset_file(_FILES[preset], checkpoint, is_released=bool(spec.released))
    digest = checked_sha256(_FILES[preset], path)
    net = load_network(settings.network(config), path)
    return GeoSam2System(net, chosen, name=name, weights_sha256=digest, settings=settings)
