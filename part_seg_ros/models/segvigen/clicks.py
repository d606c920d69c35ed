# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks as the flow network takes them: latent cells, ten of them."""

from __future__ import annotations

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.config import CELL, NUM_POINT_TOKENS


def pack_clicks(voxels: np.ndarray, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Turn clicked voxels into the cells that hold them.

    Clicks in one cell of 16 voxels count once, their order does not matter, and of more than ten
    cells those with the smallest coordinates stay, as in the release.

    Args:
        voxels: (Q, 3) integer voxels, 0 <= v < `grid`; Q >= 1.
        grid: Voxels along each side.

    Returns:
        coords (10, 3) int64 sorted cells, padded with zeros, and labels (10,) int64, 1 for cells.

    Raises:
        InputError: there are no clicks, or one lies outside the grid.
    """
    voxels = np.asarray(voxels)
    if voxels.ndim != 2 or voxels.shape[1] != 3 or not len(voxels):
        raise InputError(f'clicked voxels must be (Q, 3) with Q >= 1, got {voxels.shape}')
    is_outside = ((voxels < 0) | (voxels >= grid)).any(axis=1)
    if is_outside.any():
        raise InputError(
            f'clicks must lie in the cube that holds the object, voxels 0 to {grid - 1}; got'
            f' {voxels[is_outside][0].tolist()}'
        )
    cells = np.unique(voxels // CELL, axis=0)[:NUM_POINT_TOKENS]
    coords = np.zeros((NUM_POINT_TOKENS, 3), np.int64)
    coords[: len(cells)] = cells
    labels = (np.arange(NUM_POINT_TOKENS) < len(cells)).astype(np.int64)
    return coords, labels
