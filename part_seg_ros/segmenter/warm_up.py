# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A network runs once before it counts, because its first answer is the slowest."""

from __future__ import annotations

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import PointCloud, PointPrompt

_NUM_POINTS = 2048


def warm_up(segmenter: Segmenter) -> None:
    """Encode a small sphere and answer one click on it.

    A system that finds every part in its own way may have weights for that alone: then encoding
    is all.

    Raises:
        PartSegError: the sphere cannot be encoded, or the system takes no clicks and does nothing
            else.
    """
    directions = np.random.default_rng(0).normal(size=(_NUM_POINTS, 3))
    points = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    encoded = segmenter.encode(PointCloud(points=points))
    prompt = PointPrompt(prompt_coords=points[:1], prompt_labels=np.ones(1, np.int8))
    try:
        segmenter.predict(encoded, prompt)
    except InputError:
        if not segmenter.system.capabilities.own_segmentation:
            raise
