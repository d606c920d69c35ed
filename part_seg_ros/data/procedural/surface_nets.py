# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A mesh of the zero surface of values on a grid, one vertex in each cell that it crosses."""

from __future__ import annotations

import itertools

import numpy as np

_CORNERS = np.array(list(itertools.product((0, 1), repeat=3)))
_EDGES = np.array(
    [
        (a, b)
        for a, b in itertools.combinations(range(8), 2)
        if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1
    ]
)


def surface_nets(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Meshes where the values of a grid change sign.

    Args:
        values: (X, Y, Z) float; negative inside, and not negative on the border of the grid, or
            the surface has holes there.

    Returns:
        vertices (V, 3) float64 in units of grid indices, and quads (Q, 4) int64,
        counter-clockwise seen from the positive side.

    Source:
        Gibson 1998, "Constrained elastic surface nets", without the relaxation: a vertex is the
        mean of the points where the edges of its cell cross the surface.
    """
    inside = values < 0.0
    low, high = slice(None, -1), slice(1, None)
    count = np.zeros(np.array(values.shape) - 1, dtype=np.uint8)
    for corner in _CORNERS:
        count += inside[tuple(high if step else low for step in corner)]
    cells = np.argwhere((count > 0) & (count < 8))
    cell_idx = np.full(count.shape, -1, dtype=np.int64)
    cell_idx[tuple(cells.T)] = np.arange(len(cells))
    at_corner = values[tuple(np.moveaxis(cells[:, None] + _CORNERS, 2, 0))].astype(np.float64)
    start, end = at_corner[:, _EDGES[:, 0]], at_corner[:, _EDGES[:, 1]]
    crossed = (start < 0.0) != (end < 0.0)
    share = np.where(crossed, start / np.where(crossed, start - end, 1.0), 0.0)
    along = (_CORNERS[_EDGES[:, 1]] - _CORNERS[_EDGES[:, 0]]).astype(np.float64)
    total = crossed @ _CORNERS[_EDGES[:, 0]].astype(np.float64) + share @ along
    vertices = cells + total / np.count_nonzero(crossed, axis=1)[:, None]
    return vertices, np.concatenate([_quads_along(axis, inside, cell_idx) for axis in range(3)])


def _quads_along(axis: int, inside: np.ndarray, cell_idx: np.ndarray) -> np.ndarray:
    """Quads (Q, 4) around the grid edges along one axis that cross the surface."""
    turned = np.moveaxis(inside, (axis, (axis + 1) % 3, (axis + 2) % 3), (0, 1, 2))
    cells = np.moveaxis(cell_idx, (axis, (axis + 1) % 3, (axis + 2) % 3), (0, 1, 2))
    before, after = turned[:-1, 1:-1, 1:-1], turned[1:, 1:-1, 1:-1]
    i, j, k = np.nonzero(before != after)
    quads = np.stack(
        [cells[i, j, k], cells[i, j + 1, k], cells[i, j + 1, k + 1], cells[i, j, k + 1]], axis=1
    )
    leaves = before[i, j, k]
    return np.where(leaves[:, None], quads, quads[:, ::-1])
