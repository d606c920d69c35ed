# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What labels depend on when a model of clouds has a say in them."""

from __future__ import annotations

import dataclasses
from typing import Any

from part_seg_ros.config import to_mapping
from part_seg_ros.segmenter import Segmenter


def segmenter_record(segmenter: Segmenter) -> dict[str, Any]:
    """Return the system, its weights and all settings as plain values for `Engine.provenance`."""
    system = segmenter.system
    settings = getattr(system, 'settings', None)
    return {
        'segmenter': to_mapping(segmenter.config),
        'system': system.name,
        'system_settings': to_mapping(settings) if dataclasses.is_dataclass(settings) else None,
        'weights_sha256': system.weights_sha256,
    }
