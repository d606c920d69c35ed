# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the name of a system to a segmenter around it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from part_seg_ros.models import build_model
from part_seg_ros.segmenter.segmenter import Segmenter, SegmenterConfig


def build_segmenter(
    model: str,
    checkpoint: str | Path | None = None,
    device: str = 'auto',
    config: SegmenterConfig | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Segmenter:
    """Build a system with its weights and wrap it.

    Args:
        model: A key of `MODEL_SPECS`.
        checkpoint: Weights file; None for the bundled or default place.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        config: How clouds and clicks are prepared; None for the defaults.
        settings: Of the system; see `build_model`.

    Raises:
        ConfigError: no such system, device name or setting.
        CheckpointError: the weights are missing or do not fit.
        BackendMissingError: the device or a package is not there.
    """
    return Segmenter(build_model(model, checkpoint, device, settings), config)
