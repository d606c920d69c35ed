# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Triangles cut along the zero line of a value that is linear on each."""

from __future__ import annotations

import numpy as np


def split_triangles(corners: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cuts triangles where a value changes sign.

    Args:
        corners: (F, 3, C) float attributes of the corners, interpolated on the cut.
        values: (F, 3) float.

    Returns:
        Triangles (G, 3, C) where the value is not positive, and (H, 3, C) where it is; a
        triangle keeps the direction in which its corners run.
    """
    above = values > 0.0
    num_above = np.count_nonzero(above, axis=1)
    below_parts, above_parts = [corners[num_above == 0]], [corners[num_above == 3]]
    for lone_is_above in (False, True):
        chosen = np.flatnonzero(num_above == (1 if lone_is_above else 2))
        if not len(chosen):
            continue
        first = np.argmax(above[chosen] == lone_is_above, axis=1)
        order = (first[:, None] + np.arange(3)) % 3
        turned = np.take_along_axis(corners[chosen], order[:, :, None], axis=1)
        value = np.take_along_axis(values[chosen], order, axis=1)
        share = value[:, :1] / (value[:, :1] - value[:, 1:])  # of the way to either other corner
        lone, others = turned[:, :1], turned[:, 1:]
        crossing = lone + share[:, :, None] * (others - lone)
        tip = np.concatenate([lone, crossing], axis=1)
        near = np.concatenate([crossing[:, :1], others], axis=1)
        far = np.concatenate([crossing[:, :1], others[:, 1:], crossing[:, 1:]], axis=1)
        (above_parts if lone_is_above else below_parts).append(tip)
        (below_parts if lone_is_above else above_parts).extend([near, far])
    return np.concatenate(below_parts), np.concatenate(above_parts)
