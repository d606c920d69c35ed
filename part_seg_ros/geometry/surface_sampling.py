# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Points spread evenly over the surface of a mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfaceSample:
    """Points on a mesh.

    Attributes:
        points: (N, 3) float64 in the frame of the mesh.
        normals: (N, 3) float32 unit normals of the faces; zero on faces without area.
        colors: (N, 3) float32 in [0, 1], the mean of each face's vertices; None without colours.
        face_idx: (N,) int64 face of each point.
    """

    points: np.ndarray
    normals: np.ndarray
    colors: np.ndarray | None
    face_idx: np.ndarray


def sample_surface(
    mesh: Mesh, num_points: int, *, seed: int | np.random.SeedSequence
) -> SurfaceSample:
    """Draw points uniformly by area.

    The order of draws is that of trimesh with a seed: faces for all points first, then two edge
    weights for each. Meshes that others sampled so are sampled alike.

    Args:
        mesh: The mesh.
        num_points: N.
        seed: Of the generator (PCG64).

    Raises:
        InputError: the mesh has no area.
    """
    corners = mesh.vertices.astype(np.float64)[mesh.faces]  # (F, 3, 3)
    normals, areas = face_normals(corners)
    reached = np.cumsum(areas)
    if not len(reached) or not reached[-1] > 0.0:
        raise InputError('the mesh has no area to sample; it needs faces that are not degenerate')
    rng = np.random.default_rng(seed)
    face_idx = np.searchsorted(reached, rng.random(num_points) * reached[-1])
    weights = rng.random((num_points, 2, 1))
    outside = weights.sum(axis=1) > 1.0
    weights[outside[:, 0]] -= 1.0
    weights = np.abs(weights)
    chosen = corners[face_idx]
    edges = chosen[:, 1:] - chosen[:, :1]
    return SurfaceSample(
        points=chosen[:, 0] + (edges * weights).sum(axis=1),
        normals=normals[face_idx].astype(np.float32),
        colors=_face_colors(mesh, face_idx),
        face_idx=face_idx,
    )


def face_normals(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit normals and areas of triangles.

    Args:
        corners: (F, 3, 3) float64, counter-clockwise seen from outside.

    Returns:
        (F, 3) float64 unit normals, zero where a face has no area, and (F,) float64 areas [squared
        units of the corners].
    """
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(across, axis=1)
    return across / np.where(length > 0.0, length, 1.0)[:, None], length / 2.0


def _face_colors(mesh: Mesh, face_idx: np.ndarray) -> np.ndarray | None:
    if mesh.vertex_colors is None:
        return None
    colors = np.asarray(mesh.vertex_colors, dtype=np.float32)
    return colors[mesh.faces[face_idx]].mean(axis=1)
