# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Surfaces as scans remesh them: creases rounded, faces gently uneven."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.data.procedural.surface import unit

NUM_NEIGHBORS = 16
NUM_WAVES = 5
CHUNK = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfaceFinish:
    """How a surface departs from the exact one.

    Attributes:
        rounding: Standard deviation of the smoothing over the diagonal of the object; 0 for none.
        waves: (W, 3) wave vectors of the unevenness, times the diagonal [rad].
        slopes: (W,) steepest slope of each wave.
        phases: (W,) phase of each wave [rad].
    """

    rounding: float
    waves: np.ndarray
    slopes: np.ndarray
    phases: np.ndarray


def random_finish(rng: np.random.Generator) -> SurfaceFinish:
    """Draws a finish: rounded creases, an uneven surface, or both."""
    style = rng.random()
    lengths = np.exp(rng.uniform(np.log(0.12), np.log(0.7), NUM_WAVES))
    steepness = rng.uniform(0.03, 0.25) if style > 0.4 else 0.0
    return SurfaceFinish(
        rounding=float(rng.uniform(0.006, 0.03)) if style < 0.85 else 0.0,
        waves=unit(rng.normal(size=(NUM_WAVES, 3))) * (2.0 * np.pi / lengths)[:, None],
        slopes=steepness * rng.dirichlet(np.ones(NUM_WAVES)),
        phases=rng.uniform(0.0, 2.0 * np.pi, NUM_WAVES),
    )


def finished(
    points: np.ndarray, normals: np.ndarray, finish: SurfaceFinish, diagonal: float
) -> tuple[np.ndarray, np.ndarray]:
    """Gives exact points of a surface a finish.

    Args:
        points: (N, 3) float32.
        normals: (N, 3) float32 outward unit normals.
        finish: What to apply.
        diagonal: Of the object's bounding box.

    Returns:
        points and normals, (N, 3) float32.
    """
    if finish.rounding > 0.0:
        points, normals = _rounded(points, normals, finish.rounding * diagonal)
    if finish.slopes.any():
        points, normals = _uneven(points, normals, finish, diagonal)
    return points.astype(np.float32), normals.astype(np.float32)


def _rounded(
    points: np.ndarray, normals: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Averages normals over neighbours, and moves points along them onto the mean plane.

    Neighbours that face the other way, as on the back of a thin wall, do not count.
    """
    number = min(NUM_NEIGHBORS, len(points))
    distance, neighbors = cKDTree(points).query(points, k=number)
    distance, neighbors = distance.reshape(-1, number), neighbors.reshape(-1, number)
    moved, turned = np.empty_like(points), np.empty_like(normals)
    for first in range(0, len(points), CHUNK):
        rows = slice(first, first + CHUNK)
        near, facing = points[neighbors[rows]], normals[neighbors[rows]]  # (C, K, 3)
        alike = np.einsum('nki,ni->nk', facing, normals[rows])
        weights = np.exp(-0.5 * (distance[rows] / width) ** 2) * np.clip(0.6 + alike, 0.0, 1.0)
        weights /= weights.sum(axis=1, keepdims=True)
        normal = unit(np.einsum('nk,nki->ni', weights, facing))
        offset = np.einsum('nk,nki->ni', weights, near) - points[rows]
        moved[rows] = points[rows] + np.einsum('ni,ni->n', offset, normal)[:, None] * normal
        turned[rows] = normal
    return moved, turned


def _uneven(
    points: np.ndarray, normals: np.ndarray, finish: SurfaceFinish, diagonal: float
) -> tuple[np.ndarray, np.ndarray]:
    """Shifts points along their normals by a sum of waves."""
    waves = finish.waves / diagonal
    angle = points @ waves.T + finish.phases
    heights = finish.slopes / np.linalg.norm(waves, axis=1)
    shift = np.sin(angle) @ heights
    slope = (np.cos(angle) * heights) @ waves
    slope -= np.einsum('ni,ni->n', slope, normals)[:, None] * normals
    return points + shift[:, None] * normals, unit(normals - slope)
