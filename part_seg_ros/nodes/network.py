# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The network of a node: built, and run once so that the first request is not the slow one."""

from __future__ import annotations

from part_seg_ros.config import parse_settings
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.segmenter import Segmenter, build
from part_seg_ros.segmenter.warm_up import warm_up


def build_segmenter(settings: NodeSettings) -> Segmenter:
    """Build the network that `settings` name, on its device, warmed up.

    Raises:
        ConfigError: no such network, device or setting.
        CheckpointError: the weights are missing or do not fit.
        BackendMissingError: the network needs something that is not installed.
    """
    words = [word for word in settings.model_settings.split(';') if word.strip()]
    segmenter = build.build_segmenter(
        settings.model,
        settings.checkpoint or None,
        settings.device,
        settings.segmenter,
        parse_settings(words),
    )
    warm_up(segmenter)
    return segmenter
