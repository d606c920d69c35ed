# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a shape to voxels, and from metres to the networks' cube."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import CubeFit, fit_cube
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.models.segvigen.settings import SegvigenSettings
from part_seg_ros.models.segvigen.voxels.from_mesh import mesh_to_voxels
from part_seg_ros.models.segvigen.voxels.from_points import points_to_voxels
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels
from part_seg_ros.models.segvigen.voxels.paint import VertexPaint
from part_seg_ros.models.segvigen.voxels.painted_mesh import PaintedMesh
from part_seg_ros.structures import Mesh, PointCloud

MIN_POINTS = 16
# The objects of the training fill so much of the cube.
_HALF_SIDE = 0.99999 / 2
# The axis that points up -> the axes that x, y and z of the networks are, and their signs.
_TO_Y_UP = {
    'y': ((0, 1, 2), (1, 1, 1)),
    'z': ((0, 2, 1), (1, 1, -1)),
    '-y': ((0, 1, 2), (1, -1, -1)),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """How a shape was moved into the cube from -0.5 to 0.5, y up; clicks on it follow.

    Attributes:
        fit: Of the turned shape into the cube.
        up_axis: Axis of the shape that points up.
    """

    fit: CubeFit
    up_axis: str

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) points of the shape's frame in the cube, float32."""
        return self.fit.apply(turned(points, self.up_axis))

    def voxels(self, points: np.ndarray, grid: int) -> np.ndarray:
        """Return the (N, 3) int64 voxels that hold points; some perhaps outside the grid."""
        return np.floor((self.apply(points).astype(np.float64) + 0.5) * grid).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedShape:
    """A shape as voxels.

    Attributes:
        voxels: For the networks.
        placement: From the frame of the shape to the cube.
        points: (N, 3) float32 what masks refer to, in the frame of the shape [m].
        face_idx: (N,) int64 face of each point of a mesh; None for a cloud.
    """

    voxels: OVoxels
    placement: Placement
    points: np.ndarray
    face_idx: np.ndarray | None = None


def turned(vectors: np.ndarray, up_axis: str) -> np.ndarray:
    """Return (N, 3) vectors with y up."""
    axes, signs = _TO_Y_UP[up_axis]
    return vectors[:, axes] * np.array(signs, vectors.dtype)


def prepare(shape: PointCloud | Mesh, settings: SegvigenSettings, grid: int) -> PreparedShape:
    """Voxelise a shape.

    Args:
        shape: A mesh, of which points are sampled for the masks, or a cloud of N >= 16 points.
            Meshes read by `read_painted_mesh` are taken as y up, as glTF files are.
        settings: Which axis points up, and how a mesh is sampled.
        grid: Voxels along each side of the cube.

    Raises:
        InputError: an empty mesh or one without area, too few points, or one that is not finite.
    """
    if isinstance(shape, Mesh):
        return _prepare_mesh(shape, settings, grid)
    if len(shape) < MIN_POINTS:
        raise InputError(f'segvigen needs at least {MIN_POINTS} points, got {len(shape)}')
    normals = shape.normals
    if normals is None:
        normals = estimate_normals(shape.points, viewpoint=shape.viewpoint)
    placement = place(shape.points, settings.up_axis)
    voxels = points_to_voxels(
        placement.apply(shape.points), turned(normals, settings.up_axis), shape.colors, grid
    )
    return PreparedShape(voxels=voxels, placement=placement, points=shape.points)


def _prepare_mesh(mesh: Mesh, settings: SegvigenSettings, grid: int) -> PreparedShape:
    if not len(mesh.faces):
        raise InputError(
            'the mesh has no faces; it needs triangles, or pass its points as a cloud'
        )
    if not np.isfinite(mesh.vertices).all():
        raise InputError('the vertices of the mesh must be finite')
    is_painted = isinstance(mesh, PaintedMesh)
    placement = place(mesh.vertices, 'y' if is_painted else settings.up_axis)
    sample = sample_surface(mesh, settings.mesh_points, seed=settings.mesh_seed)
    paint = VertexPaint(corners=mesh.faces, colors=mesh.vertex_colors)
    voxels = mesh_to_voxels(
        placement.apply(mesh.vertices),
        mesh.faces,
        mesh.paint if isinstance(mesh, PaintedMesh) else paint,
        grid,
    )
    return PreparedShape(
        voxels=voxels,
        placement=placement,
        points=np.asarray(sample.points, np.float32),
        face_idx=sample.face_idx,
    )


def place(points: np.ndarray, up_axis: str) -> Placement:
    """Return where a shape goes.

    Args:
        points: (N, 3) finite, all of the shape.
        up_axis: One of `UP_AXES`.

    Raises:
        InputError: there are no points, or they coincide.
    """
    return Placement(fit=fit_cube(turned(points, up_axis), _HALF_SIDE), up_axis=up_axis)
