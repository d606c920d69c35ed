# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings from YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from part_seg_ros.errors import ConfigError


def read_mapping(path: Path | None) -> dict[str, Any]:
    """Read the settings of a YAML file, none when there is no file.

    Raises:
        ConfigError: the file is missing or no mapping.
    """
    if path is None:
        return {}
    import yaml

    try:
        mapping = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise ConfigError(f'no configuration at {path}') from None
    if mapping is None:
        return {}
    if not isinstance(mapping, dict):
        raise ConfigError(f'{path} must be a mapping of settings, got {type(mapping).__name__}')
    return mapping
