# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Uneven density of clouds: distance, gradients, voxel grids."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError


def inverse_square_density(
    points: np.ndarray, normals: np.ndarray, viewpoint: np.ndarray
) -> np.ndarray:
    """Density with which a scanner of even angular steps meets a surface.

    Args:
        points: (N, 3).
        normals: (N, 3) unit vectors, of any sign.
        viewpoint: (3,).

    Returns:
        (N,) float64, the cosine of incidence, at least 0.1, over the squared distance.
    """
    rays = points.astype(np.float64) - viewpoint
    squared = np.einsum('ij,ij->i', rays, rays)
    cosine = np.abs(np.einsum('ij,ij->i', rays, normals)) / np.sqrt(squared)
    return np.maximum(cosine, 0.1) / squared


def random_density(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Density that changes along a random direction and in broad waves, by up to about 20 : 1.

    Args:
        points: (N, 3).
        rng: Source of randomness.

    Returns:
        (N,) float64, positive.
    """
    centre = points.mean(axis=0)
    local = (points - centre) / max(float(np.abs(points - centre).max()), 1e-12)
    directions = unit(rng.normal(size=(3, 3)))
    along = local @ directions.T
    waves = np.sin(along[:, 1:] * rng.uniform(1.0, 6.0, 2) + rng.uniform(0.0, 2.0 * np.pi, 2))
    strength = rng.uniform(0.0, [1.5, 0.8, 0.8])
    return np.exp(strength[0] * along[:, 0] + waves @ strength[1:])


def draw_rows(density: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw rows without replacement, more likely where the density is high.

    Args:
        density: (N,) positive.
        count: At most N are drawn.
        rng: Source of randomness.

    Returns:
        (min(count, N),) int64 distinct rows in no order.
    """
    if count >= len(density):
        return np.arange(len(density))
    times = rng.standard_exponential(len(density)) / density
    return np.argpartition(times, count - 1)[:count]


def voxel_grid(
    points: np.ndarray, normals: np.ndarray, part_ids: np.ndarray, size: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average the points of every voxel, as robots thin out their clouds.

    Args:
        points: (N, 3) float32, N >= 1.
        normals: (N, 3) float32 unit vectors.
        part_ids: (N,) int32.
        size: Edge of a voxel, in the unit of the points.

    Returns:
        One centroid (V, 3), unit normal (V, 3) and part per voxel. The part is that of the
        voxel's first point, and so is the normal where normals cancel out.

    Raises:
        InputError: the size is not positive.
    """
    order, starts = _voxels(points, size)
    counts = np.diff(np.append(starts, len(order)))[:, None]
    first = order[starts]
    low = points.min(axis=0)  # differences keep the digits of clouds far from the origin
    centroids = low + np.add.reduceat(points[order] - low, starts, axis=0) / counts
    mean = np.add.reduceat(normals[order], starts, axis=0) / counts
    cancels = np.einsum('ij,ij->i', mean, mean) < 0.01
    mean[cancels] = normals[first[cancels]]
    return centroids.astype(np.float32), unit(mean).astype(np.float32), part_ids[first]


def voxel_size_for(points: np.ndarray, count: int) -> float:
    """Edge of a voxel with which a cloud (N, 3) of a surface keeps about `count` points.

    Raises:
        InputError: `count` is below 1, or all points are one.
    """
    if count < 1:
        raise InputError(f'count must be at least 1, got {count}')
    size = float(np.linalg.norm(np.ptp(points, axis=0))) / np.sqrt(count)
    for _ in range(3):
        keys = np.sort(_voxel_keys(points, size))
        kept = 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))
        size *= float(np.sqrt(kept / count))
    return size


def _voxels(points: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows sorted by voxel, each voxel's in their order, and where each voxel starts."""
    keys = _voxel_keys(points, size)
    order = np.argsort(keys, kind='stable')
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return order, starts


def _voxel_keys(points: np.ndarray, size: float) -> np.ndarray:
    """Voxel of each point (N,) int64."""
    if not size > 0.0:
        raise InputError(f'the size of a voxel must be positive, got {size}')
    columns = np.ascontiguousarray(points.T, dtype=np.float64)
    cells = np.floor((columns - columns.min(axis=1, keepdims=True)) / size).astype(np.int64)
    _, num_rows, num_columns = cells.max(axis=1) + 1
    return (cells[0] * num_rows + cells[1]) * num_columns + cells[2]
