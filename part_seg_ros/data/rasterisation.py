# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Exact pinhole rasterisation of triangle meshes.

Camera frame: x right, y down, z forward (REP 103 optical frame). Pixel (row i, column j) looks
along ((j - cx) / fx, (i - cy) / fy, 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError

NEAR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PinholeCamera:
    """A camera with its pose.

    Attributes:
        width: Columns [px].
        height: Rows [px].
        focal_px: Focal length, the same along rows and columns [px].
        T_world_camera: (4, 4) float64 pose; the principal point is the image centre
            ((width - 1) / 2, (height - 1) / 2).
    """

    width: int
    height: int
    focal_px: float
    T_world_camera: np.ndarray

    @property
    def principal_point(self) -> tuple[float, float]:
        """Column and row of the optical axis [px]."""
        return 0.5 * (self.width - 1), 0.5 * (self.height - 1)

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """Directions (N, 3) float64 with z = 1, camera frame, of flat pixel indices (N,)."""
        cx, cy = self.principal_point
        rows, columns = np.divmod(pixels, self.width)
        x, y = (columns - cx) / self.focal_px, (rows - cy) / self.focal_px
        return np.stack([x, y, np.ones_like(x)], axis=1)


def look_at(eye: np.ndarray, target: np.ndarray, roll_rad: float = 0.0) -> np.ndarray:
    """Pose (4, 4) of a camera at `eye` that looks at `target`, world z up unless rolled."""
    forward = unit(np.asarray(target, dtype=np.float64) - eye)
    up = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.99 else np.array([1.0, 0.0, 0.0])
    right = unit(np.cross(forward, up))
    down = np.cross(forward, right)
    cosine, sine = np.cos(roll_rad), np.sin(roll_rad)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1] = cosine * right + sine * down, cosine * down - sine * right
    pose[:3, 2], pose[:3, 3] = forward, eye
    return pose


def render_depth(
    vertices: np.ndarray,
    faces: np.ndarray,
    camera: PinholeCamera,
    *,
    cull_backfaces: bool = False,
    priority: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Renders the depth of a triangle mesh by z-buffering, exact at pixel centres.

    Faces with a corner behind the camera are dropped, not clipped.

    Args:
        vertices: (V, 3) float, world frame.
        faces: (F, 3) integer.
        camera: The camera; its unit of length is that of the vertices.
        cull_backfaces: Skip faces that run clockwise as seen from the camera; right and faster
            for closed surfaces.
        priority: (F,) integer; of faces at nearly the same depth (1e-4 of it) that with the
            highest value is shown. None: the nearest.

    Returns:
        depth (H, W) float32, z in the camera frame, inf where nothing is hit; and
        face_idx (H, W) int32, -1 where nothing is hit.

    Raises:
        InputError: a wrong shape of vertices or faces.
    """
    _check_mesh(vertices, faces)
    num_pixels = camera.width * camera.height
    inverse_depth = np.zeros(num_pixels)
    face_image = np.full(num_pixels, -1, dtype=np.int32)
    hits = _rasterise(vertices, faces, camera, cull_backfaces)
    if hits is not None:
        pixels, hit_faces, inverses = hits
        keys = inverses
        if priority is not None:
            rank = priority[hit_faces] / max(1, int(priority.max()))
            keys = inverses * (1.0 + 1e-4 * rank)
        best = np.zeros(num_pixels)
        np.maximum.at(best, pixels, keys)
        shown = keys == best[pixels]
        face_image[pixels[shown]] = hit_faces[shown]
        inverse_depth[pixels[shown]] = inverses[shown]
    with np.errstate(divide='ignore'):
        depth = (1.0 / inverse_depth).astype(np.float32)
    shape = (camera.height, camera.width)
    return depth.reshape(shape), face_image.reshape(shape)


def _check_mesh(vertices: np.ndarray, faces: np.ndarray) -> None:
    if vertices.ndim != 2 or vertices.shape[1] != 3:
        raise InputError(f'vertices must be (V, 3), got {vertices.shape}')
    if faces.ndim != 2 or faces.shape[1] != 3:
        raise InputError(f'faces must be (F, 3), got {faces.shape}')


def _rasterise(
    vertices: np.ndarray, faces: np.ndarray, camera: PinholeCamera, cull_backfaces: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Lists every pixel centre that a face covers: flat pixel, face index and 1 / z."""
    pose = camera.T_world_camera
    in_camera = (vertices - pose[:3, 3]) @ pose[:3, :3]
    cx, cy = camera.principal_point
    z = np.maximum(in_camera[:, 2], NEAR)
    x = in_camera[:, 0] / z * camera.focal_px + cx
    y = in_camera[:, 1] / z * camera.focal_px + cy
    fx, fy, fz = x[faces], y[faces], in_camera[:, 2][faces]  # (F, 3)
    doubled = (fx[:, 1] - fx[:, 0]) * (fy[:, 2] - fy[:, 0])
    doubled -= (fx[:, 2] - fx[:, 0]) * (fy[:, 1] - fy[:, 0])
    top = np.minimum(np.minimum(fy[:, 0], fy[:, 1]), fy[:, 2])
    bottom = np.maximum(np.maximum(fy[:, 0], fy[:, 1]), fy[:, 2])
    nearest = np.minimum(np.minimum(fz[:, 0], fz[:, 1]), fz[:, 2])
    first_row = np.ceil(top).clip(min=0)
    last_row = np.floor(bottom).clip(max=camera.height - 1)
    usable = (nearest > NEAR) & (last_row >= first_row)
    usable &= (doubled < -1e-9) if cull_backfaces else (np.abs(doubled) > 1e-9)
    kept = np.flatnonzero(usable)
    if not len(kept):
        return None
    fx, fy, fz, doubled = fx[kept], fy[kept], fz[kept], doubled[kept]
    num_rows = (last_row[kept] - first_row[kept] + 1).astype(np.int64)
    span = np.repeat(np.arange(len(kept)), num_rows)
    rows = _ramps(first_row[kept].astype(np.int64), num_rows)
    first_column, last_column = _row_limits(fx, fy, doubled, span, rows, camera.width)
    num_columns = np.maximum(last_column - first_column + 1, 0)
    if not num_columns.any():
        return None
    local = np.repeat(span, num_columns)
    columns = _ramps(first_column, num_columns)
    rows = np.repeat(rows, num_columns)
    slopes = _inverse_depth_planes(fx, fy, fz, doubled)[local]
    inverses = slopes[:, 0] * (columns - fx[local, 0]) + slopes[:, 1] * (rows - fy[local, 0])
    inverses += slopes[:, 2]
    return rows * camera.width + columns, kept[local].astype(np.int32), inverses


def _ramps(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Joins the ranges [start, start + length) of all entries."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)


def _row_limits(
    fx: np.ndarray,
    fy: np.ndarray,
    doubled: np.ndarray,
    span: np.ndarray,
    rows: np.ndarray,
    width: int,
) -> tuple[np.ndarray, np.ndarray]:
    """First and last column of each span, where a row of pixel centres crosses a face."""
    low: np.ndarray = np.zeros(len(rows))
    high: np.ndarray = np.full(len(rows), width - 1.0)
    sign = np.sign(doubled)
    for corner in range(3):
        following = (corner + 1) % 3
        dx = sign * (fx[:, following] - fx[:, corner])
        dy = sign * (fy[:, following] - fy[:, corner])
        # inside: dx * (row - y) - dy * (column - x) >= 0
        slope, x, y = dy[span], fx[span, corner], fy[span, corner]
        offset = dx[span] * (rows - y)
        with np.errstate(divide='ignore', invalid='ignore'):
            crossing = x + offset / slope
        low = np.where(slope < 0.0, np.maximum(low, crossing), low)
        high = np.where(slope > 0.0, np.minimum(high, crossing), high)
        high = np.where((slope == 0.0) & (offset < 0.0), -1.0, high)
    return np.ceil(low).astype(np.int64), np.floor(high).astype(np.int64)


def _inverse_depth_planes(
    fx: np.ndarray, fy: np.ndarray, fz: np.ndarray, doubled: np.ndarray
) -> np.ndarray:
    """1 / z of a plane is linear in the image: slopes along x, y and the value at corner 0."""
    inverse = 1.0 / fz
    a, b = inverse[:, 1] - inverse[:, 0], inverse[:, 2] - inverse[:, 0]
    ax, ay = fx[:, 1] - fx[:, 0], fy[:, 1] - fy[:, 0]
    bx, by = fx[:, 2] - fx[:, 0], fy[:, 2] - fy[:, 0]
    return np.stack(
        [(a * by - b * ay) / doubled, (b * ax - a * bx) / doubled, inverse[:, 0]], axis=1
    )
