# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Between points and the planes xy, yz and xz.

Planes are (B, 3, H, W, C): rows run along the second axis of a plane, columns along the first.
"""

from __future__ import annotations

import torch
from torch import Tensor

from part_seg_ros.layers.partfield.point_voxel import scatter_mean
from part_seg_ros.layers.row_mixing import mix_rows

_AXES = ((0, 1), (1, 2), (0, 2))  # axis along the columns, axis along the rows
_MARGIN = 1e-5


def scatter_to_planes(features: Tensor, places: Tensor, size: int) -> Tensor:
    """Average the features of the points in each pixel of the three planes.

    Args:
        features: (B, N, C).
        places: (B, N, 3) nominally in [-0.5, 0.5].
        size: Pixels H = W of a plane.

    Returns:
        (B, 3, H, W, C); zero in empty pixels.
    """
    unit = places / (1 + _MARGIN) + 0.5
    unit = torch.where(unit >= 1, 1 - _MARGIN, unit).clamp(min=0)
    pixels = (unit * size).long()
    planes = [
        scatter_mean(features, pixels[..., row] * size + pixels[..., column], size * size)
        for column, row in _AXES
    ]
    return torch.stack(planes, 1).unflatten(2, (size, size))


def sample_planes(planes: Tensor, coords: Tensor) -> Tensor:
    """Read the planes at any place and add up the three readings.

    Args:
        planes: (B, 3, H, W, C).
        coords: (B, N, 3) in [-1, 1]; -1 and 1 are the centres of the outermost pixels.

    Returns:
        (B, N, C).
    """
    table = planes.flatten(1, 3)
    return mix_rows(table, *pixels_around(coords, *planes.shape[2:4]))


def pixels_around(coords: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return where `sample_planes` reads.

    Args:
        coords: (B, N, 3) in [-1, 1].
        height: Pixels H of a plane.
        width: Pixels W.

    Returns:
        (B, N, 12) int64 rows of the table of all pixels of the three planes, and their weights.
    """
    rows, weights = [], []
    for plane, (column_axis, row_axis) in enumerate(_AXES):
        column, column_share = _pixel_pairs(coords[..., column_axis], width)
        row, row_share = _pixel_pairs(coords[..., row_axis], height)
        flat = (plane * height + row[..., :, None]) * width + column[..., None, :]
        rows.append(flat.flatten(-2))
        weights.append((row_share[..., :, None] * column_share[..., None, :]).flatten(-2))
    return torch.cat(rows, -1), torch.cat(weights, -1)


def _pixel_pairs(coord: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the two pixels around each (B, N) coordinate and their weights, both (B, N, 2)."""
    position = ((coord + 1) / 2 * (size - 1)).clamp(0, size - 1)
    low = position.floor()
    share = position - low
    low_idx = low.long()
    idx = torch.stack([low_idx, (low_idx + 1).clamp(max=size - 1)], -1)
    return idx, torch.stack([1 - share, share], -1)
