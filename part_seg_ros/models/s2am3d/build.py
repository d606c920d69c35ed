# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of S2AM3D."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from part_seg_ros.models.device import choose_device
from part_seg_ros.models.registry import S2AM3D_DECODER, S2AM3D_ENCODER
from part_seg_ros.models.released_weights import locate
from part_seg_ros.models.s2am3d.checkpoint import load_network, own_file, weights_sha256
from part_seg_ros.models.s2am3d.config import PRESETS
from part_seg_ros.models.s2am3d.settings import S2am3dSettings
from part_seg_ros.models.s2am3d.system import S2am3dSystem, random_system

_logger = logging.getLogger(__name__)

SETTINGS = S2am3dSettings


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: S2am3dSettings | None = None,
) -> S2am3dSystem:
    """Build a preset with its weights.

    Args:
        preset: `official` or `tiny` (random weights unless there is a file).
        checkpoint: The folder with both files of the release, or one of these two; or a single
            file with the state dict of `S2am3dNet`; None for the usual place of the release.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: Conventions and thresholds; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
    """
    chosen = choose_device(device)
    if preset == 'tiny' and checkpoint is None:
        return random_system(PRESETS['tiny'], chosen, settings=settings)
    files = _files(checkpoint)
    digest = weights_sha256(*files)
    net = load_network(PRESETS[preset], *files)
    name = 's2am3d' if preset == 'official' else f's2am3d-{preset}'
    return S2am3dSystem(net, chosen, name=name, weights_sha256=digest, settings=settings)


def _files(checkpoint: Path | None) -> tuple[Path, ...]:
    """Return the file or files to load, and log what the licence does not allow."""
    own = own_file(checkpoint)
    if own is not None:
        _logger.warning('%s: if made from the released files, %s', own, S2AM3D_ENCODER.restriction)
        return (own,)
    folder = checkpoint
    if checkpoint is not None and not os.path.isdir(checkpoint):
        folder = checkpoint.parent
    return locate(S2AM3D_ENCODER, folder), locate(S2AM3D_DECODER, folder)
