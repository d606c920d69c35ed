# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Elliptic sections swept along a path: mesh and inside test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.surface import grid_quads, split_quads, unit


def carry_up(tangents: np.ndarray, up: ArrayLike | None) -> np.ndarray:
    """Carries a direction along a path without twist.

    Args:
        tangents: (P, 3) unit directions of the path.
        up: (3,) wanted direction at the start; any perpendicular one if None.

    Returns:
        (P, 3) unit vectors perpendicular to the tangents.
    """
    if up is None:
        current = np.eye(3)[np.argmin(np.abs(tangents[0]))]
    else:
        current = np.asarray(up, dtype=np.float64)
    ups = np.empty_like(tangents)
    for i, tangent in enumerate(tangents):
        current = current - (current @ tangent) * tangent
        length = np.sqrt(current @ current)
        if length < 1e-9:
            current = np.eye(3)[np.argmin(np.abs(tangent))]
            current = current - (current @ tangent) * tangent
            length = np.sqrt(current @ current)
        current = current / length
        ups[i] = current
    return ups


def sweep_mesh(
    centres: np.ndarray,
    tangents: np.ndarray,
    ups: np.ndarray,
    radii: np.ndarray,
    aspect: float,
    *,
    closed: bool,
    num_sides: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Meshes elliptic rings along a path.

    Args:
        centres: (P, 3) path.
        tangents: (P, 3) unit directions of the path.
        ups: (P, 3) unit directions of the section's height.
        radii: (P,) half widths.
        aspect: Half height over half width.
        closed: The path returns to its start; otherwise flat caps close its ends.
        num_sides: S, vertices of a ring.

    Returns:
        vertices (V, 3), faces (F, 3) and corner_normals (F, 3, 3), outward.
    """
    angle = np.arange(num_sides) * (2.0 * np.pi / num_sides)
    sides = np.cross(ups, tangents)
    cosine, sine = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    spoke = cosine * sides[:, None] + aspect * sine * ups[:, None]
    vertices = (centres[:, None] + radii[:, None, None] * spoke).reshape(-1, 3)
    across = unit(aspect * cosine * sides[:, None] + sine * ups[:, None])
    if closed:
        slope = np.zeros(len(centres))
    else:
        lengths = np.sqrt(np.sum(np.diff(centres, axis=0) ** 2, axis=1))
        slope = np.gradient(radii, np.concatenate([[0.0], np.cumsum(lengths)]))
    lean = -slope[:, None] * np.einsum('psi,psi->ps', across, spoke)
    normals = unit(across + lean[..., None] * tangents[:, None]).reshape(-1, 3)
    faces = split_quads(grid_quads(len(centres), num_sides, wrap_rows=closed))
    corner_normals = normals[faces]
    if closed:
        return vertices, faces, corner_normals
    ring = np.arange(1, num_sides - 1)
    fan = np.stack([np.zeros_like(ring), ring, ring + 1], axis=1)
    last = (len(centres) - 1) * num_sides
    caps = np.broadcast_to(
        tangents[[0, -1], None, None] * [[[[-1.0]]], [[[1.0]]]], (2, len(fan), 3, 3)
    )
    return (
        vertices,
        np.concatenate([faces, fan[:, ::-1], fan + last]),
        np.concatenate([corner_normals, *caps]),
    )


def tube_inside(
    path: np.ndarray, radii: np.ndarray, aspect: float, ups: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Builds the inside test of a swept ellipse: scaled distance to the segments of the path.

    Args:
        path: (P, 3) centres.
        radii: (P,) half widths.
        aspect: Half height over half width.
        ups: (P, 3) unit directions of the section's height.

    Returns:
        A function from points (N, 3) to (N,) bool.
    """
    starts, steps = path[:-1], np.diff(path, axis=0)
    squared_lengths = np.einsum('ij,ij->i', steps, steps)
    heights = unit(ups[:-1] + ups[1:])

    def inside(points: np.ndarray) -> np.ndarray:
        offset = points[:, None] - starts  # (N, P - 1, 3)
        along = np.einsum('nsi,si->ns', offset, steps) / squared_lengths
        beyond_ends = np.zeros(along.shape, dtype=bool)
        beyond_ends[:, 0] |= along[:, 0] < 0.0
        beyond_ends[:, -1] |= along[:, -1] > 1.0
        along = np.clip(along, 0.0, 1.0)
        offset -= along[..., None] * steps
        squared = np.einsum('nsi,nsi->ns', offset, offset)
        if aspect != 1.0:
            up_part = np.einsum('nsi,si->ns', offset, heights)
            squared += (1.0 / aspect**2 - 1.0) * up_part**2
        radius = radii[:-1] + along * np.diff(radii)
        return np.any((squared < radius * radius) & ~beyond_ends, axis=1)

    return inside
