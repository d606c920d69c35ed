# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures on surfaces, averaged over what a voxel sees of them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

MAX_SIDE = 2048
# Triangles of less area in the picture show its finest level.
_MIN_UV_AREA = 1e-6


class Texture:
    """A picture that repeats in both directions.

    Source:
        O-Voxel of TRELLIS.2: bilinear around the centres of texels, linear between levels of which
        each is a mean of 2×2 texels, rounded down.
    """

    def __init__(self, picture: np.ndarray) -> None:
        """Take a picture.

        Args:
            picture: (S, S, C) uint8, S a power of two; `square` makes one of any picture. C may be
                3 or 4.
        """
        if picture.shape[2] == 3:
            opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
            picture = np.concatenate([picture, opaque], axis=2)
        self.picture = picture

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """The picture and its halves, down to one texel."""
        levels = [self.picture]
        while len(levels[-1]) > 1:
            large = levels[-1].astype(np.uint16)
            total = large[::2, ::2] + large[1::2, ::2] + large[::2, 1::2] + large[1::2, 1::2]
            levels.append((total // 4).astype(np.uint8))
        return levels

    def sample(self, uv: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Return (P, 4) float64 values in [0, 1].

        Args:
            uv: (P, 2) places; v grows upwards.
            sizes: (P,) side of a voxel over the side that the whole picture has there; 0 for the
                finest level.
        """
        side = len(self.picture)
        with np.errstate(divide='ignore'):
            level = np.clip(np.log2(side * sizes), 0, len(self.levels) - 1)
        base = np.floor(level).astype(np.int64)
        share = (level - base)[:, None]
        values = np.zeros((len(uv), 4))
        for number, picture in enumerate(self.levels):
            for above, weight in ((0, 1 - share), (1, share)):
                rows = np.flatnonzero((base + above == number) & (weight[:, 0] > 0))
                values[rows] += weight[rows] * _bilinear(picture, uv[rows])
        return values / 255.0


def square(width: int, height: int) -> int:
    """Return the side to which a picture of these sides is resized [px]."""
    return min(1 << (max(width, height) - 1).bit_length(), MAX_SIDE)


def texel_sides(corners: np.ndarray, uv: np.ndarray, voxel_side: float) -> np.ndarray:
    """Say how large a voxel is in the picture on each triangle.

    Args:
        corners: (T, 3, 3) float64.
        uv: (T, 3, 2) float64 places of the corners in the picture.
        voxel_side: In the unit of the corners.

    Returns:
        (T,) float64 side of a voxel over the mean side of the whole picture there; 0 where the
        triangle has next to no area in the picture.
    """
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    (u1, v1), (u2, v2) = (uv[:, k].T - uv[:, 0].T for k in (1, 2))
    area = u1 * v2 - u2 * v1
    is_flat = np.abs(area) < _MIN_UV_AREA
    scale = np.where(is_flat, 1.0, area)[:, None]
    along_u = np.linalg.norm((edge1 * v2[:, None] - edge2 * v1[:, None]) / scale, axis=1)
    along_v = np.linalg.norm((edge2 * u1[:, None] - edge1 * u2[:, None]) / scale, axis=1)
    side = np.sqrt(along_u * along_v)
    return np.where(is_flat | (side == 0.0), 0.0, voxel_side / np.where(side == 0.0, 1.0, side))


def _bilinear(picture: np.ndarray, uv: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    x = uv[:, 0] * width - 0.5
    y = (1 - uv[:, 1]) * height - 0.5
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    share_x, share_y = (x - left)[:, None], (y - top)[:, None]
    values = np.zeros((len(uv), picture.shape[2]))
    for dy, weight_y in ((0, 1 - share_y), (1, share_y)):
        for dx, weight_x in ((0, 1 - share_x), (1, share_x)):
            texels = picture[(top + dy) % height, (left + dx) % width]
            values += weight_y * weight_x * texels
    return values
