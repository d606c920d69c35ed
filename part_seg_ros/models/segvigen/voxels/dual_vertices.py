# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The point of each voxel that fits the planes of the surface best.

Squared distances are quadratic forms of x, y, z and 1: symmetric 4×4 matrices, kept as their ten
different entries. On a plane the least point is held within the plane only by a hundredth of the
distance from a mean, so rounding moves it by up to a hundredth of a voxel. That is why everything
here is float32, with sums in the order of the release.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.sparse import csr_matrix

from part_seg_ros.models.segvigen.voxels.pivoted_qr import solve
from part_seg_ros.models.segvigen.voxels.scalar_products import dots, norms

_ROWS, _COLUMNS = np.triu_indices(4)
_CHUNK = 1 << 18


def unit_normals(corners: np.ndarray) -> np.ndarray:
    """Return (T, 3) unit normals of (T, 3, 3) float32 triangles with area."""
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    across = np.stack(
        [
            u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1],
            u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2],
            u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0],
        ],
        axis=1,
    )
    return across / norms(across)[:, None]


def tangent_forms(normals: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return (T, 10) squared distances from planes by (T, 3) float32 unit normals and points."""
    planes = np.concatenate([normals, -dots(normals, points)[:, None]], axis=1)
    return planes[:, _ROWS] * planes[:, _COLUMNS]


def line_forms(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return (E, 10) squared distances from the lines through (E, 3) float32 points."""
    along = (ends - starts).astype(np.float64)
    directions = along / np.linalg.norm(along, axis=1)[:, None]
    products = directions[:, :, None] * directions[:, None, :]
    across = np.eye(3, dtype=np.float32) - products.astype(np.float32)
    shift = np.stack([dots(across[:, axis], starts) for axis in range(3)], axis=1)
    return _entries(across, -shift, dots(starts, shift))


def point_forms(points: np.ndarray) -> np.ndarray:
    """Return (M, 10) squared distances from (M, 3) float32 points."""
    unit = np.broadcast_to(np.eye(3, dtype=np.float32), (len(points), 3, 3))
    return _entries(unit, -points, dots(points, points))


def summed_forms(
    rows: np.ndarray, columns: np.ndarray, forms: np.ndarray, size: int
) -> np.ndarray:
    """Add up forms one after the other.

    Args:
        rows: (P,) int64 sum that each pair adds to.
        columns: (P,) int64 form that it adds.
        forms: (T, 10) float32.
        size: M.

    Returns:
        (M, 10) float32.
    """
    order = np.argsort(rows, kind='stable')
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, columns[order], starts), shape=(size, len(forms))) @ forms


def least_points(forms: np.ndarray, voxels: np.ndarray, grid: int) -> np.ndarray:
    """Return the (M, 3) float32 points of the voxels where quadratic forms are least.

    Where the least point of all lies outside, the best of those of the voxel's faces, edges and
    corners is taken.

    Args:
        forms: (M, 10) float32 positive definite.
        voxels: (M, 3) int.
        grid: Voxels along each side of the unit cube.
    """
    found = [np.zeros((0, 3), np.float32)]
    for begin in range(0, len(forms), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        matrices = np.zeros((len(forms[part]), 4, 4), np.float32)
        matrices[:, _ROWS, _COLUMNS] = matrices[:, _COLUMNS, _ROWS] = forms[part]
        low, high = (
            corner.astype(np.float32) / np.float32(grid)
            for corner in (voxels[part], voxels[part] + 1)
        )
        best = solve(matrices[:, :3, :3], -matrices[:, :3, 3])
        outside = np.flatnonzero(~((best >= low) & (best <= high)).all(axis=1))
        best[outside] = _on_the_border(matrices[outside], low[outside], high[outside])
        found.append(best)
    return np.concatenate(found)


def _on_the_border(matrices: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the best of the least points of all faces, edges and corners."""
    least = np.full(len(low), np.inf, np.float32)
    chosen = low.copy()
    for free in ((1, 2), (2, 0), (0, 1), (0,), (1,), (2,), ()):
        fixed = [axis for axis in range(3) if axis not in free]
        for ends in itertools.product((low, high), repeat=len(fixed)):
            point = np.ones((len(low), 4), np.float32)
            for axis, end in zip(fixed, ends, strict=True):
                point[:, axis] = end[:, axis]
            if free:
                pull = matrices[:, free, 3]
                for axis in fixed:
                    pull = pull + matrices[:, free, axis] * point[:, axis, None]
                point[:, free] = solve(matrices[:, free][:, :, free], -pull)
            place = point[:, :3]
            is_in = ((place >= low) & (place <= high)).all(axis=1)
            error = dots(np.stack([dots(matrices[:, i], point) for i in range(4)], 1), point)
            is_better = is_in & (error < least)
            least[is_better], chosen[is_better] = error[is_better], place[is_better]
    return chosen


def _entries(quadratic: np.ndarray, linear: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Return (M, 10) entries of forms given as (M, 3, 3), (M, 3) and (M,)."""
    matrices = np.zeros((len(linear), 4, 4), np.float32)
    matrices[:, :3, :3] = quadratic
    matrices[:, :3, 3] = linear
    matrices[:, 3, 3] = constant
    return matrices[:, _ROWS, _COLUMNS]
