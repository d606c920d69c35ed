# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the encoder gets of a point beside its place."""

from __future__ import annotations

import numpy as np


def point_feature(wanted: str, coords: np.ndarray, colors: np.ndarray | None) -> np.ndarray:
    """Return three numbers of each point, (N, 3) float32.

    Args:
        wanted: `ones`, `coords` or `colors`; see `S2am3dSettings.point_feature`.
        coords: (N, 3) float32 in the frame of the network.
        colors: (N, 3) in [0, 1], or None, which gives ones.
    """
    if wanted == 'coords':
        return coords
    if wanted == 'colors' and colors is not None:
        return np.float32(colors)
    return np.ones_like(coords)
