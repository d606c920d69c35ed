# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which voxels triangles and segments touch."""

from __future__ import annotations

import numpy as np

from part_seg_ros.models.segvigen.voxels.ragged import batches, expand
from part_seg_ros.models.segvigen.voxels.scalar_products import dots

_BATCH = 1 << 21


def triangle_voxels(
    corners: np.ndarray, normals: np.ndarray, grid: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the voxels that triangles overlap.

    Args:
        corners: (T, 3, 3) float32 in the unit cube from 0 to 1; in this precision the release
            decides what only touches.
        normals: (T, 3) float32 unit normals, from `unit_normals`.
        grid: Voxels along each side.

    Returns:
        (P,) int64 triangles and (P, 3) int64 voxels, no pair twice.

    Source:
        O-Voxel of TRELLIS.2, with the test of Schwarz and Seidel 2010: the plane between two
        opposite corners of the voxel, and the voxel's three projections inside all edges.
    """
    low = np.maximum(np.trunc(corners.min(axis=1) * grid), 0).astype(np.int64)
    high = np.minimum(np.trunc(corners.max(axis=1) * grid + 1), grid).astype(np.int64)
    deep = np.abs(normals).argmax(axis=1)  # along it a triangle has the fewest voxels
    found = [(np.zeros(0, np.int64), np.zeros((0, 3), np.int64))]
    for axis in range(3):
        u, w = (axis + 1) % 3, (axis + 2) % 3
        rows = np.flatnonzero(deep == axis)
        sizes = np.maximum(high[rows] - low[rows], 0)
        for part in batches(sizes[:, u] * sizes[:, w], _BATCH):
            triangle = rows[part]
            owner, step = expand((sizes[:, u] * sizes[:, w])[part])
            triangle = triangle[owner]
            width = sizes[part][owner, w]
            voxel = low[triangle].copy()
            voxel[:, u] += step // width
            voxel[:, w] += step % width
            is_in = _is_inside(corners[triangle], normals[triangle], voxel, grid, axis)
            triangle, voxel = triangle[is_in], voxel[is_in]
            found.append(_in_columns(corners, normals, triangle, voxel, grid, axis, low, high))
    return np.concatenate([t for t, _ in found]), np.concatenate([v for _, v in found])


def _in_columns(
    corners: np.ndarray,
    normals: np.ndarray,
    triangle: np.ndarray,
    voxel: np.ndarray,
    grid: int,
    axis: int,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of triangle and voxel in columns along `axis` that begin at `voxel`."""
    near, far = _plane_offsets(corners, normals, grid)
    normal = normals[triangle]
    flat = voxel / grid
    flat[:, axis] = 0.0
    level = (normal * flat).sum(axis=1)
    roots = -np.stack([near[triangle], far[triangle]]) - level
    roots = roots / normal[:, axis] * grid
    begin = np.maximum(np.floor(roots.min(axis=0)).astype(np.int64), low[triangle, axis])
    end = np.minimum(np.ceil(roots.max(axis=0)).astype(np.int64) + 1, high[triangle, axis])
    owner, step = expand(np.maximum(end - begin, 0))
    triangle, voxel = triangle[owner], voxel[owner]
    voxel[:, axis] = begin[owner] + step
    distance = dots(normals[triangle], _corner(voxel, grid))
    is_hit = (distance + near[triangle]) * (distance + far[triangle]) <= 0
    for other in {0, 1, 2} - {axis}:
        is_hit &= _is_inside(corners[triangle], normals[triangle], voxel, grid, other)
    return triangle[is_hit], voxel[is_hit]


def _plane_offsets(
    corners: np.ndarray, normals: np.ndarray, grid: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a voxel's least corner must add to be on either side of each plane."""
    side = np.float32(1 / grid)
    critical = np.where(normals > 0, side, np.float32(0))
    base = corners[:, 0]
    return dots(normals, critical - base), dots(normals, side - critical - base)


def _corner(voxel: np.ndarray, grid: int) -> np.ndarray:
    """Return (P, 3) float32 least corners of voxels."""
    return voxel.astype(np.float32) * np.float32(1 / grid)


def _is_inside(
    corners: np.ndarray, normals: np.ndarray, voxel: np.ndarray, grid: int, axis: int
) -> np.ndarray:
    """Return whether the projections along `axis` overlap."""
    u, w = (axis + 1) % 3, (axis + 2) % 3
    side, zero = np.float32(1 / grid), np.float32(0)
    sign = np.where(normals[:, axis] < 0, np.float32(-1), np.float32(1))
    place = _corner(voxel, grid)
    is_inside = np.ones(len(voxel), bool)
    for j in range(3):
        edge = corners[:, (j + 1) % 3] - corners[:, j]
        across_u, across_w = -sign * edge[:, w], sign * edge[:, u]
        reach = np.maximum(across_u, zero) * side + np.maximum(across_w, zero) * side
        reach -= across_u * corners[:, j, u] + across_w * corners[:, j, w]
        is_inside &= across_u * place[:, u] + across_w * place[:, w] + reach >= 0
    return is_inside


def segment_voxels(
    starts: np.ndarray, directions: np.ndarray, lengths: np.ndarray, grid: int
) -> tuple[np.ndarray, np.ndarray]:
    """Walk the voxels along segments.

    Args:
        starts: (E, 3) float64 in the unit cube from 0 to 1.
        directions: (E, 3) float64 unit vectors.
        lengths: (E,) float64.
        grid: Voxels along each side.

    Returns:
        (P,) int64 segments and (P, 3) int64 voxels, some perhaps outside the grid.

    Source:
        Amanatides and Woo 1987, with the choice of axes of TRELLIS.2's O-Voxel.
    """
    voxel = np.floor(starts * grid).astype(np.int64)
    step = np.where(directions > 0, 1, np.where(directions < 0, -1, 0))
    moving = np.where(directions == 0, 1.0, directions)
    border = (voxel + (directions > 0)) / grid
    reached = np.where(directions == 0, np.inf, (border - starts) / moving)
    stride = np.where(directions == 0, np.inf, 1 / grid / np.abs(moving))
    alive = np.arange(len(starts))
    found = [(alive, voxel.copy())]
    while len(alive):
        tx, ty, tz = reached[alive].T
        axis = np.where(tx < ty, np.where(tx < tz, 0, 2), np.where(ty < tz, 1, 2))
        is_on = reached[alive, axis] <= lengths[alive]
        alive, axis = alive[is_on], axis[is_on]
        voxel[alive, axis] += step[alive, axis]
        reached[alive, axis] += stride[alive, axis]
        found.append((alive, voxel[alive]))
    return np.concatenate([s for s, _ in found]), np.concatenate([v for _, v in found])
