# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets of SegviGen."""

from __future__ import annotations

from pathlib import Path

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.segvigen.checkpoint import (
    find_released,
    is_released,
    load_own,
    load_released,
    released_sha256,
)
from part_seg_ros.models.segvigen.config import MODES, PRESETS
from part_seg_ros.models.segvigen.memory_check import check_weights, free_memory
from part_seg_ros.models.segvigen.settings import SegvigenSettings
from part_seg_ros.models.segvigen.system import (
    SegvigenSystem,
    planned_options,
    random_system,
)

SETTINGS = SegvigenSettings


def build(
    preset: str,
    checkpoint: Path | None,
    device: str,
    settings: SegvigenSettings | None = None,
) -> SegvigenSystem:
    """Build a preset with its weights.

    Args:
        preset: `official` or `tiny` (random weights unless there is a file).
        checkpoint: The folder with the files of the releases; or one of their flow networks' files
            beside the others, to have its mode alone; or a single file with the state dict of
            `SegvigenNet`; None for the usual place of the releases.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: What is wanted otherwise; None for the defaults.

    Raises:
        CheckpointError: the weights are missing or do not fit.
        ConfigError: no such device name.
        BackendMissingError: the device is not there.
        DoesNotFitError: the released weights need more memory than is free.
    """
    chosen = choose_device(device)
    config = PRESETS[preset]
    name = 'segvigen' if preset == 'official' else f'segvigen-{preset}'
    if preset == 'tiny' and checkpoint is None:
        return random_system(config, chosen, name=name, settings=settings)
    if checkpoint is not None and not is_released(checkpoint):
        digest = file_sha256(checkpoint)
        net = load_own(config, checkpoint)
    elif preset == 'official':
        files = find_released(checkpoint)
        modes = [mode for mode in MODES if f'flows.{mode}' in files]
        options = planned_options(
            chosen, settings, modes, has_image_encoder='image_encoder' in files
        )
        largest_file = max(path.stat().st_size for path in files.values())
        check_weights(config, options, free_memory(chosen), largest_file=largest_file)
        digest = released_sha256(files)
        net = load_released(config, files)
    else:
        raise CheckpointError(
            f'{checkpoint} means the files of the releases, which are of the preset official; give'
            f' {name} a single file'
        )
    return SegvigenSystem(net, chosen, name=name, weights_sha256=digest, settings=settings)
