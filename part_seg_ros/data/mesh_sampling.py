# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Points on the surface of a mesh."""

from __future__ import annotations

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PointCloud


def sample_mesh(mesh: Mesh, num_points: int, seed: int) -> tuple[PointCloud, np.ndarray]:
    """Draw points uniformly by area.

    Args:
        mesh: The mesh.
        num_points: N.
        seed: Of the draw.

    Returns:
        The cloud with the normals of the faces, in the frame of the mesh, and (N,) int64 face_idx.

    Raises:
        InputError: the mesh has no area.
    """
    import trimesh

    surface = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    if not surface.area > 0:
        raise InputError('the mesh has no area to sample; it needs faces that are not degenerate')
    points, face_idx = trimesh.sample.sample_surface(surface, num_points, seed=seed)
    corners = surface.triangles[face_idx]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return PointCloud(points=points, normals=normals, frame_id=mesh.frame_id), face_idx
