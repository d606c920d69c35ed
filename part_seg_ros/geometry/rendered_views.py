# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a shape from several cameras: how far, which way it faces, and what is where.

A mesh is rendered as it is. A cloud is rendered as discs, one a point, as wide as the points lie
apart; a cloud of one side is drawn from where its discs turn towards the camera only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.neighbors import k_nearest
from part_seg_ros.geometry.normals import estimate_normals, local_normals
from part_seg_ros.geometry.ray_casting import RayScene
from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.geometry.view_cameras import ViewCamera

BACKGROUND = -1
WHITE = 255

_DISC_CORNERS = 6
_DISC_FACES = _DISC_CORNERS - 2
_DISC_NEIGHBOR = 5  # fewer leave holes; more widen edges, and hide what is behind them
_WIDEST_DISC = 3.0  # in medians of the discs' radii


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RenderedView:
    """A shape as one camera sees it; S rows and columns.

    Attributes:
        camera: The camera.
        depth: (S, S) float32 distance along the optical axis; inf for the background.
        element_idx: (S, S) int32 face, or point of a cloud, that each pixel shows; -1 for the
            background.
        normals: (S, S, 3) uint8 normal of the face in the world, turned towards the camera;
            -1 to 1 becomes 0 to 255, the background is white.
    """

    camera: ViewCamera
    depth: np.ndarray
    element_idx: np.ndarray
    normals: np.ndarray

    @property
    def is_shape(self) -> np.ndarray:
        """(S, S) bool, where the shape is."""
        return self.element_idx != BACKGROUND

    def point_map(self) -> np.ndarray:
        """Return the (S, S, 3) float32 world coordinates of what pixels show.

        Clipped to -1 … 1; 0 for the background.
        """
        points = np.zeros((*self.depth.shape, 3), np.float32)
        rows, columns = np.nonzero(self.is_shape)
        rays = self.camera.directions(columns, rows) * self.depth[rows, columns, None]
        points[rows, columns] = np.clip(self.camera.position + rays, -1.0, 1.0)
        return points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """Triangles that stand for a shape's elements, each for one element.

    Attributes:
        vertices: (V, 3) float64 in the world.
        faces: (F, 3) int64.
        element_idx: (F,) int64 element of each face.
        normals: (F, 3) float64 unit normals, zero where a face has no area.
        is_one_sided: Faces are seen from the side of their normal only.
    """

    vertices: np.ndarray
    faces: np.ndarray
    element_idx: np.ndarray
    normals: np.ndarray
    is_one_sided: bool = False

    def facing(self, position: np.ndarray) -> Surface:
        """Return the faces that can be seen from a place (3,)."""
        if not self.is_one_sided:
            return self
        towards = position - self.vertices[self.faces[:, 0]]
        is_seen = (self.normals * towards).sum(axis=1) > 0
        return Surface(
            vertices=self.vertices,
            faces=self.faces[is_seen],
            element_idx=self.element_idx[is_seen],
            normals=self.normals[is_seen],
            is_one_sided=True,
        )


def mesh_surface(vertices: np.ndarray, faces: np.ndarray) -> Surface:
    """Return the surface of a mesh; its elements are its faces.

    Args:
        vertices: (V, 3) finite, in the world.
        faces: (F, 3) integer, F >= 1.

    Raises:
        InputError: there are no faces.
    """
    if len(faces) == 0:
        raise InputError('views need a mesh with faces, got one without any')
    vertices = np.asarray(vertices, np.float64)
    return Surface(
        vertices=vertices,
        faces=np.asarray(faces, np.int64),
        element_idx=np.arange(len(faces)),
        normals=face_normals(vertices[faces])[0],
    )


def cloud_surface(
    points: np.ndarray, normals: np.ndarray | None, viewpoint: np.ndarray | None
) -> Surface:
    """Return a cloud as discs; its elements are its points.

    Args:
        points: (N, 3) finite, N >= 2, in the world.
        normals: (N, 3) unit, or None to estimate them.
        viewpoint: (3,) where the sensor was: the discs turn towards it, and have no back. None for
            a cloud of all sides.

    Raises:
        InputError: there are too few points, or they are not finite.
    """
    points = np.asarray(points, np.float64)
    if normals is None and viewpoint is None:
        normals = local_normals(points)
    elif normals is None:
        normals = estimate_normals(points, viewpoint=viewpoint)
    normals = np.asarray(normals, np.float64)
    if viewpoint is not None:
        is_turned = ((viewpoint - points) * normals).sum(axis=1) < 0
        normals = np.where(is_turned[:, None], -normals, normals)
    first = np.cross(normals, np.eye(3)[np.abs(normals).argmin(axis=1)])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    axes = np.stack([first, np.cross(normals, first)], axis=1)  # (N, 2, 3)
    angles = 2 * np.pi * np.arange(_DISC_CORNERS) / _DISC_CORNERS
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (corners, 2)
    corners = points[:, None] + _disc_radii(points)[:, None, None] * (circle @ axes)
    fan = [(0, k, k + 1) for k in range(1, _DISC_FACES + 1)]
    starts = _DISC_CORNERS * np.arange(len(points))
    return Surface(
        vertices=corners.reshape(-1, 3),
        faces=(starts[:, None, None] + np.array(fan)).reshape(-1, 3),
        element_idx=np.repeat(np.arange(len(points)), _DISC_FACES),
        normals=np.repeat(normals, _DISC_FACES, axis=0),
        is_one_sided=viewpoint is not None,
    )


def render(surface: Surface, cameras: Sequence[ViewCamera]) -> list[RenderedView]:
    """Render a surface from several cameras.

    Args:
        surface: What is seen.
        cameras: From where.

    Raises:
        BackendMissingError: Open3D is not installed.
    """
    scene = None if surface.is_one_sided else RayScene(surface.vertices, surface.faces)
    return [_render(surface, camera, scene) for camera in cameras]


def _render(surface: Surface, camera: ViewCamera, scene: RayScene | None) -> RenderedView:
    seen = surface.facing(camera.position)
    depth = np.full((camera.size, camera.size), np.inf, np.float32)
    face_idx = np.full(depth.shape, BACKGROUND, np.int32)
    if len(seen.faces) > 0:
        columns, rows = _pixels_around(seen, camera)
        directions = camera.directions(columns, rows)
        hits = (scene or RayScene(seen.vertices, seen.faces)).cast(camera.position, directions)
        depth[rows, columns] = hits.lengths
        face_idx[rows, columns] = hits.face_idx
    return shade(seen, camera, depth, face_idx)


def shade(
    surface: Surface, camera: ViewCamera, depth: np.ndarray, face_idx: np.ndarray
) -> RenderedView:
    """Make a picture of what each pixel is known to show.

    Args:
        surface: What is seen.
        camera: From where.
        depth: (S, S) float32 planar depth; inf for the background.
        face_idx: (S, S) integer face of the surface; -1 for the background.
    """
    rows, columns = np.nonzero(face_idx != BACKGROUND)
    shown = face_idx[rows, columns]
    element_idx = np.full(face_idx.shape, BACKGROUND, np.int32)
    element_idx[rows, columns] = surface.element_idx[shown]
    across = surface.normals[shown]
    is_away = np.einsum('ij,ij->i', across, camera.directions(columns, rows)) > 0
    across[is_away] *= -1
    normals = np.full((*face_idx.shape, 3), WHITE, np.uint8)
    normals[rows, columns] = np.rint(127.5 * (across + 1.0))
    return RenderedView(camera=camera, depth=depth, element_idx=element_idx, normals=normals)


def _pixels_around(surface: Surface, camera: ViewCamera) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and rows of the pixels within the bounds of a surface's picture."""
    places, depth = camera.project(surface.vertices)
    low, high = np.zeros(2, np.int64), np.full(2, camera.size)
    if (depth > 0).all():
        low = np.floor(places.min(axis=0)).clip(0, camera.size).astype(np.int64)
        high = np.ceil(places.max(axis=0)).clip(0, camera.size).astype(np.int64)
    rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]]
    return columns.ravel(), rows.ravel()


def _disc_radii(points: np.ndarray) -> np.ndarray:
    """Return the (N,) radii by which discs at the points just cover the surface."""
    count = min(_DISC_NEIGHBOR + 1, len(points))
    radii = k_nearest(points, points, count)[0][:, -1].astype(np.float64)
    typical = float(np.median(radii[radii > 0], axis=0)) if (radii > 0).any() else 0.0
    return radii.clip(0.0, _WIDEST_DISC * typical)
