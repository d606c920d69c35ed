# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a mesh from all around, and the points that they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.data.rasterisation import PinholeCamera, look_at, render_depth
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.structures import Mesh, PointCloud

NUM_VIEWS = 6
_ELEVATION_DEG = 30.0
_FIELD_OF_VIEW_DEG = 40.0
_GREY = 192 / 255
_AMBIENT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RenderedView:
    """One picture.

    Attributes:
        rgb: (H, W, 3) uint8, lit from the camera, on white.
        rows: (H, W) int64, which point of the fused cloud each pixel shows, -1 beside the shape.
    """

    rgb: np.ndarray
    rows: np.ndarray

    @property
    def is_hit(self) -> np.ndarray:
        """(H, W) bool, where the shape is."""
        return self.rows >= 0

    def shown(self, mask: np.ndarray) -> np.ndarray:
        """Return the (H, W) bool picture of a mask (N,) of the fused cloud."""
        return self.is_hit & mask[self.rows]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FusedViews:
    """Pictures of one shape, and the cloud of all that they show.

    Attributes:
        views: The pictures.
        cloud: N points with colours and normals; unlit colours, None where the mesh has none.
        face_idx: (N,) int64 face that each point lies on.
    """

    views: tuple[RenderedView, ...]
    cloud: PointCloud
    face_idx: np.ndarray


def render_views(mesh: Mesh, size_px: int) -> FusedViews:
    """Look at a mesh from six sides.

    The cameras stand around the vertical axis z, 60° apart, by turns 30° above and below the
    middle of the mesh, so that every side, top and bottom is seen by two or three of them.

    Args:
        mesh: The mesh, z up.
        size_px: Width and height of a picture [px].

    Raises:
        InputError: no picture shows anything.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4: RGB-D images at 6 fixed camera positions, fused to a
        coloured cloud. The positions are our choice.
    """
    normals = face_normals(mesh.vertices.astype(np.float64)[mesh.faces])[0]
    colors = _face_colors(mesh)
    pictures, points, hit_faces, toward = [], [], [], []
    num_points = 0
    for camera in _cameras(mesh, size_px):
        depth, face_image = render_depth(mesh.vertices, mesh.faces, camera)
        pixels = np.flatnonzero(face_image.ravel() >= 0)
        faces = face_image.ravel()[pixels].astype(np.int64)
        pose = camera.T_world_camera
        rays = camera.rays(pixels) @ pose[:3, :3].T
        facing = np.einsum('nc,nc->n', normals[faces], -unit(rays))
        rgb = np.ones((size_px * size_px, 3))
        rgb[pixels] = colors[faces] * (_AMBIENT + (1 - _AMBIENT) * np.abs(facing))[:, None]
        rows = np.full(size_px * size_px, -1, np.int64)
        rows[pixels] = num_points + np.arange(len(pixels))
        num_points += len(pixels)
        pictures.append(
            RenderedView(
                rgb=np.rint(255 * rgb).astype(np.uint8).reshape(size_px, size_px, 3),
                rows=rows.reshape(size_px, size_px),
            )
        )
        points.append(pose[:3, 3] + rays * depth.ravel()[pixels, None])
        hit_faces.append(faces)
        toward.append(np.where(facing < 0.0, -1.0, 1.0))
    if not num_points:
        raise InputError('no picture shows the mesh; its faces are too thin')
    face_idx = np.concatenate(hit_faces)
    cloud = PointCloud(
        points=np.concatenate(points),
        normals=normals[face_idx] * np.concatenate(toward)[:, None],
        colors=None if mesh.vertex_colors is None else colors[face_idx],
    )
    return FusedViews(views=tuple(pictures), cloud=cloud, face_idx=face_idx)


def _cameras(mesh: Mesh, size_px: int) -> list[PinholeCamera]:
    used = mesh.vertices[np.unique(mesh.faces)].astype(np.float64)
    low, high = used.min(axis=0), used.max(axis=0)
    middle, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    half_angle = np.deg2rad(_FIELD_OF_VIEW_DEG / 2)
    distance = radius / np.sin(half_angle)
    cameras = []
    for number in range(NUM_VIEWS):
        azimuth = 2 * np.pi * number / NUM_VIEWS
        elevation = np.deg2rad(_ELEVATION_DEG) * (-1) ** number
        direction = np.array(
            [
                np.cos(elevation) * np.cos(azimuth),
                np.cos(elevation) * np.sin(azimuth),
                np.sin(elevation),
            ]
        )
        cameras.append(
            PinholeCamera(
                width=size_px,
                height=size_px,
                focal_px=size_px / 2 / np.tan(half_angle),
                T_world_camera=look_at(middle + distance * direction, middle),
            )
        )
    return cameras


def _face_colors(mesh: Mesh) -> np.ndarray:
    if mesh.vertex_colors is None:
        return np.full((len(mesh.faces), 3), _GREY)
    return np.clip(np.asarray(mesh.vertex_colors)[mesh.faces].mean(axis=1), 0.0, 1.0)
