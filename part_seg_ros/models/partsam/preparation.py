# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a cloud or mesh to what the network reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.geometry.cube_fit import CubeFit, fit_cube
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.models.partsam.config import PartSamConfig, PreparationSettings
from part_seg_ros.structures import Mesh, PointCloud

HALF_SIDE = 0.9
MIN_POINTS = 16
_FULL_COLOR = 255.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedShape:
    """A shape in the frame of the network.

    Attributes:
        points: (N, 3) float32 the same points in the frame of the shape [m].
        coords: (N, 3) float32 in the cube from -0.9 to 0.9.
        colors: (N, 3) float32 in [0, 1].
        normals: (N, 3) float32 unit normals.
        center_idx: (G,) int64 points at the centres of patches.
        fit: From the frame of the shape to that of the network.
        face_idx: (N,) int64 face of each point of a mesh; None for a cloud.
    """

    points: np.ndarray
    coords: np.ndarray
    colors: np.ndarray
    normals: np.ndarray
    center_idx: np.ndarray
    fit: CubeFit
    face_idx: np.ndarray | None = None


def prepare_cloud(
    cloud: PointCloud, config: PartSamConfig, settings: PreparationSettings
) -> PreparedShape:
    """Fit a cloud into the network's cube, without turning it, and choose centres of patches.

    Raises:
        InputError: too few points, one that is not finite, or all in one place.
    """
    if len(cloud) < MIN_POINTS:
        raise InputError(f'partsam needs at least {MIN_POINTS} points, got {len(cloud)}')
    normals = cloud.normals
    if normals is None:
        normals = estimate_normals(cloud.points, viewpoint=cloud.viewpoint)
    return _prepare(cloud.points, cloud.colors, normals, config, settings)


def prepare_mesh(
    mesh: Mesh, config: PartSamConfig, settings: PreparationSettings
) -> PreparedShape:
    """Sample a mesh and prepare the points, each with the normal of its face.

    Raises:
        InputError: the mesh has no area.
    """
    sample = sample_surface(mesh, settings.mesh_points, seed=settings.mesh_seed)
    return _prepare(
        sample.points, sample.colors, sample.normals, config, settings, sample.face_idx
    )


def _prepare(
    points: np.ndarray,
    colors: np.ndarray | None,
    normals: np.ndarray,
    config: PartSamConfig,
    settings: PreparationSettings,
    face_idx: np.ndarray | None = None,
) -> PreparedShape:
    fit = fit_cube(points, HALF_SIDE)
    coords = fit.apply(points)
    if colors is None:
        colors = np.full_like(coords, settings.grey / _FULL_COLOR)
    return PreparedShape(
        points=np.asarray(points, dtype=np.float32),
        coords=coords,
        colors=colors,
        normals=normals,
        center_idx=block_farthest_point_sample(coords, min(config.num_patches, len(coords))),
        fit=fit,
        face_idx=face_idx,
    )
