# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Segmentation systems by name."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from part_seg_ros.config import from_mapping
from part_seg_ros.errors import BackendMissingError, ConfigError
from part_seg_ros.models.registry import MODEL_SPECS, ModelSpec
from part_seg_ros.models.system import Capabilities, Embedding, System

__all__ = [
    'MODEL_SPECS',
    'Capabilities',
    'Embedding',
    'ModelSpec',
    'System',
    'build_model',
    'build_random_model',
]


def build_model(
    name: str,
    checkpoint: str | Path | None = None,
    device: str = 'auto',
    settings: Mapping[str, Any] | None = None,
) -> System:
    """Build a segmentation system with its weights.

    Args:
        name: A key of `MODEL_SPECS`.
        checkpoint: Weights file, or the folder that it lies in; None for the bundled or default
            place.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: What is wanted otherwise, by the names of the system's settings (its README lists
            them); None for the defaults.

    Returns:
        The system, ready to encode.

    Raises:
        ConfigError: no such system or device name, or no such setting.
        CheckpointError: the weights are missing or do not fit.
        BackendMissingError: the device or a package is not there.
    """
    spec, module = _find(name)
    path = None if checkpoint is None else Path(checkpoint)
    return module.build(spec.preset, path, device, **_wanted(name, module, settings))


def build_random_model(
    name: str,
    device: str = 'auto',
    settings: Mapping[str, Any] | None = None,
    *,
    seed: int = 0,
) -> System:
    """Build a segmentation system with random weights: for its speed and memory, not its answers.

    Args:
        name: A key of `MODEL_SPECS`.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        settings: As for `build_model`.
        seed: Of the weights.

    Returns:
        The system, ready to encode.

    Raises:
        ConfigError: no such system, device name or setting.
        BackendMissingError: the device or a package is not there.
    """
    spec, module = _find(name)
    from part_seg_ros.models.device import choose_device  # behind the check for torch

    wanted = _wanted(name, module, settings)
    config, chosen = module.PRESETS[spec.preset], choose_device(device)
    return module.random_system(config, chosen, name=name, seed=seed, **wanted)


def _wanted(name: str, module: ModuleType, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return `settings` as the system's own, or nothing where none are wanted."""
    if not settings:
        return {}
    if not hasattr(module, 'SETTINGS'):
        raise ConfigError(f'{name} has no settings, got {", ".join(settings)}')
    return {'settings': from_mapping(module.SETTINGS, settings)}


def _find(name: str) -> tuple[ModelSpec, ModuleType]:
    """Return the entry of a system and the module that builds it."""
    if name not in MODEL_SPECS:
        near = difflib.get_close_matches(name, MODEL_SPECS, n=1)
        hint = f'did you mean {near[0]!r}?' if near else f'known are {", ".join(MODEL_SPECS)}'
        raise ConfigError(f'no system is called {name!r}; {hint}')
    spec = MODEL_SPECS[name]
    try:
        return spec, importlib.import_module(spec.module)
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            f'{name} needs the package {error.name!r}; install it, for example with'
            ' pip install torch safetensors fpsample'
        ) from error
