# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Square pinhole cameras around an object.

Camera frame: x right, y up, the camera looks along -z (OpenGL). World: z up. Pixel (column i, row
j) has its centre at (i + 0.5, j + 0.5), the optical axis meets the middle of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewCamera:
    """A camera with its pose.

    Attributes:
        size: Rows and columns of its picture [px].
        focal_px: Focal length [px].
        T_world_camera: (4, 4) float64 pose.
    """

    size: int
    focal_px: float
    T_world_camera: np.ndarray

    @property
    def position(self) -> np.ndarray:
        """(3,) float64 place of the camera in the world."""
        return self.T_world_camera[:3, 3]

    def directions(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the (R, 3) float64 directions, in the world, of the rays through R pixels.

        They are as long as makes multiples of them planar depths: one along the optical axis.
        """
        half = 0.5 * self.size
        x, y = (columns + 0.5 - half) / self.focal_px, (rows + 0.5 - half) / self.focal_px
        right, up, back = self.T_world_camera[:3, :3].T
        return x[:, None] * right - y[:, None] * up - back

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Project points of the world.

        Args:
            points: (N, 3).

        Returns:
            (N, 2) float64 column and row, continuous, NaN behind the camera, and (N,) float64
            planar depth.
        """
        local = (points - self.position) @ self.T_world_camera[:3, :3]
        depth = -local[:, 2]
        with np.errstate(divide='ignore', invalid='ignore'):
            offset = local[:, :2] * np.array([1.0, -1.0]) * (self.focal_px / depth)[:, None]
        offset[depth <= 0] = np.nan
        return 0.5 * self.size + offset, depth

    def pixels_of(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the (N, 2) int64 column and row of the pixels that hold points, and which do.

        Args:
            points: (N, 3) in the world.

        Returns:
            The pixels, moved into the picture where they lie outside, and (N,) bool: inside.
        """
        places, _ = self.project(points)
        pixels = np.floor(np.nan_to_num(places, nan=-1.0))
        inside = pixels.clip(0, self.size - 1)
        return inside.astype(np.int64), np.equal(inside, pixels).all(axis=1)


def look_from(direction: np.ndarray, distance: float) -> np.ndarray:
    """Return the (4, 4) pose of a camera that looks at the origin, upright.

    Args:
        direction: (3,) from the origin to the camera, of any length.
        distance: From the origin to the camera.

    Raises:
        InputError: the camera looks straight down or up, or the direction has no length.
    """
    length = np.linalg.norm(direction)
    back = np.asarray(direction, np.float64) / length if length > 0 else np.zeros(3)
    right = np.cross([0.0, 0.0, 1.0], back)
    if np.linalg.norm(right) < 1e-9:
        raise InputError(f'a camera cannot stand upright and look along {direction}')
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = right, np.cross(back, right), back
    pose[:3, 3] = distance * back
    return pose


def ring_directions(
    azimuth: float, elevations: Sequence[float] | np.ndarray, num_views: int = 12
) -> np.ndarray:
    """Return the (V, 3) float64 unit directions of a ring of views, counter-clockwise from above.

    Args:
        azimuth: Of the first view, from x towards y [rad].
        elevations: Of the views, repeated as often as needed [rad].
        num_views: V.
    """
    azimuths = azimuth + 2 * np.pi * np.arange(num_views) / num_views
    heights = np.resize(np.asarray(elevations, np.float64), num_views)
    flat = np.cos(heights)
    return np.stack([flat * np.cos(azimuths), flat * np.sin(azimuths), np.sin(heights)], axis=1)
