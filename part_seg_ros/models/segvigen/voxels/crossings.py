# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where triangles cross the edges of a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.models.segvigen.voxels.ragged import batches, expand

# Elements that are in memory at once.
_BATCH = 1 << 21


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crossings:
    """P crossings of triangles with edges of the grid that are parallel to one axis.

    Attributes:
        axis: 0, 1 or 2.
        triangle: (P,) int64 triangle of each.
        voxel: (P, 3) int64 voxel whose edge `axis` it is.
        place: (P, 3) float64 where, in the unit cube from 0 to 1.
    """

    axis: int
    triangle: np.ndarray
    voxel: np.ndarray
    place: np.ndarray


def find_crossings(corners: np.ndarray, grid: int, axis: int) -> Crossings:
    """Find where triangles cross the edges parallel to an axis.

    Args:
        corners: (T, 3, 3) float64 corners of triangles in the unit cube from 0 to 1.
        grid: G, voxels along each side.
        axis: Of the edges.

    Returns:
        The crossings; a triangle may cross an edge that another crosses too.

    Source:
        O-Voxel of TRELLIS.2: scan lines along the two other axes, rounded down as there.
    """
    along, across = (axis + 1) % 3, (axis + 2) % 3  # within a row, and from row to row
    order = np.argsort(corners[:, :, across], axis=1, kind='stable')
    low, middle, high = np.moveaxis(np.take_along_axis(corners, order[:, :, None], axis=1), 1, 0)
    first, between, last = (
        np.clip(np.trunc(end[:, across] * grid), 0, grid - 1).astype(np.int64)
        for end in (low, middle, high)
    )
    found: list[tuple[np.ndarray, ...]] = []
    halves = ((low, middle, high, first, between), (high, middle, low, between, last))
    for apex, one, other, begin, end in halves:
        for part in batches(end - begin, _BATCH):
            owner, step = expand((end - begin)[part])
            triangle = owner + part.start
            row = begin[triangle] + step
            height = (row + 1) / grid
            start, stop = apex[triangle], (one[triangle], other[triangle])
            ends = [_at(start, to, height, across, (along, axis)) for to in stop]
            is_swapped = (ends[0][:, 0] > ends[1][:, 0])[:, None]
            left = np.where(is_swapped, ends[1], ends[0])
            right = np.where(is_swapped, ends[0], ends[1])
            found += _along_rows(triangle, row, left, right, grid)
    triangle, row, column, depth = (
        np.concatenate([piece[i] for piece in found]) if found else np.zeros(0, np.int64)
        for i in range(4)
    )
    layer = np.trunc(depth * grid).astype(np.int64)
    is_inside = (layer >= 0) & (layer < grid)
    triangle, row, column = triangle[is_inside], row[is_inside], column[is_inside]
    voxel = np.zeros((len(triangle), 3), np.int64)
    voxel[:, along], voxel[:, across], voxel[:, axis] = column, row, layer[is_inside]
    place = (voxel + 1) / grid
    place[:, axis] = depth[is_inside]
    return Crossings(axis=axis, triangle=triangle, voxel=voxel, place=place)


def _at(
    start: np.ndarray, stop: np.ndarray, height: np.ndarray, across: int, wanted: tuple[int, int]
) -> np.ndarray:
    """Return (R, 2) coordinates `wanted` of the segments where `across` is `height`."""
    length = stop[:, across] - start[:, across]
    share = (height - start[:, across]) / np.where(length == 0.0, 1.0, length)
    share = np.where(length == 0.0, 0.0, share)[:, None]
    return (1 - share) * start[:, wanted] + share * stop[:, wanted]


def _along_rows(
    triangle: np.ndarray, row: np.ndarray, left: np.ndarray, right: np.ndarray, grid: int
) -> list[tuple[np.ndarray, ...]]:
    """Return triangle, row, column and depth of the crossings between (R, 2) ends of each row."""
    begin, end = (
        np.clip(np.trunc(side[:, 0] * grid), 0, grid - 1).astype(np.int64)
        for side in (left, right)
    )
    pieces: list[tuple[np.ndarray, ...]] = []
    for part in batches(end - begin, _BATCH):
        owner, step = expand((end - begin)[part])
        owner += part.start
        column = begin[owner] + step
        width = right[owner, 0] - left[owner, 0]
        share = ((column + 1) / grid - left[owner, 0]) / np.where(width == 0.0, 1.0, width)
        share = np.where(width == 0.0, 0.0, share)
        depth = (1 - share) * left[owner, 1] + share * right[owner, 1]
        pieces.append((triangle[owner], row[owner], column, depth))
    return pieces
