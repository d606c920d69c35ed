# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of normals and maps of points as the network wants them."""

from __future__ import annotations

import numpy as np

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def normal_input(pictures: np.ndarray) -> np.ndarray:
    """Take mean and deviation of ImageNet off pictures of normals.

    Args:
        pictures: (..., S, S, 3) uint8, background white.

    Returns:
        (..., 3, S, S) float32.
    """
    scaled = (pictures.astype(np.float32) / 255 - _MEAN) / _DEVIATION
    return np.ascontiguousarray(np.moveaxis(scaled, -1, -3))


def point_input(points: np.ndarray) -> np.ndarray:
    """Return point maps as (..., 3, S, S) float32.

    Args:
        points: (..., S, S, 3) world coordinates, background 0.
    """
    return np.ascontiguousarray(np.moveaxis(points.astype(np.float32), -1, -3))
