# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The world of GeoSAM2: where a shape lies in it, and the twelve cameras around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.geometry.cube_fit import CubeFit, fit_cube
from part_seg_ros.geometry.point_arrays import check_points
from part_seg_ros.geometry.view_cameras import ViewCamera, look_from, ring_directions

NUM_VIEWS = 12
FIELD_OF_VIEW = 2 * np.arctan(18 / 50)
"""Of both sides of a picture, as of a lens of 50 mm on 36 mm [rad]."""

_FOCAL = 0.5 / np.tan(FIELD_OF_VIEW / 2)  # in sides of the picture
_DISTANCE = 50 / 36  # in diagonals of the shape's box
_FRONT = np.deg2rad(270.0)
_ELEVATIONS = np.deg2rad([0.0, 25.0, 0.0, -25.0])
_STEEPEST = np.deg2rad(80.0)
# The axis of a shape that points up -> the rotation that brings it to z.
UP_TURNS = {
    'x': np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    '-x': np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]]),
    'y': np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]),
    '-y': np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    'z': np.eye(3),
    '-z': np.diag([1.0, -1.0, -1.0]),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """From the frame of a shape to the world, where z is up and the longest side is 1.

    Attributes:
        turn: (3, 3) rotation that brings the shape's up axis to z.
        fit: Centre and scale after that.
        box_size: (3,) float64 sides of the shape's bounding box in the world.
    """

    turn: np.ndarray
    fit: CubeFit
    box_size: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) points in the world, float32."""
        return self.fit.apply(np.float64(points) @ self.turn.T)

    def rotate(self, directions: np.ndarray) -> np.ndarray:
        """Return (N, 3) directions in the world."""
        return directions @ self.turn.T


def find_world(points: np.ndarray, up_axis: str = 'z') -> World:
    """Place a shape into the world.

    Args:
        points: (N, 3) finite, all of the shape, in its frame.
        up_axis: Axis of that frame which points up, a key of `UP_TURNS`.

    Raises:
        InputError: there is no point, one is not finite, or all coincide.
    """
    turned = check_points(points).astype(np.float64) @ UP_TURNS[up_axis].T
    fit = fit_cube(turned, 0.5)
    box_size = (turned.max(axis=0) - turned.min(axis=0)) * fit.scale
    return World(turn=UP_TURNS[up_axis], fit=fit, box_size=box_size)


def twelve_cameras(
    box_size: np.ndarray, image_size: int, sensor: np.ndarray | None = None
) -> list[ViewCamera]:
    """Return the cameras, counter-clockwise seen from above; opposite ones are six apart.

    Args:
        box_size: (3,) sides of the shape's bounding box in the world.
        image_size: S, rows and columns of the pictures [px].
        sensor: (3,) direction from the shape to the sensor that saw it: the first camera stands
            there, as near to overhead as 80°, and the ring is turned likewise. None for the first
            camera in front, at -y.
    """
    directions = ring_directions(_FRONT, _ELEVATIONS, NUM_VIEWS)
    if sensor is not None:
        azimuth = np.arctan2(sensor[1], sensor[0])
        elevation = np.arctan2(sensor[2], np.hypot(sensor[0], sensor[1]))
        directions = ring_directions(azimuth, _ELEVATIONS, NUM_VIEWS)
        steepness = elevation.clip(-_STEEPEST, _STEEPEST)
        directions[0] = ring_directions(azimuth, [steepness], 1)[0]
    distance = _DISTANCE * float(np.linalg.norm(box_size))
    return [
        ViewCamera(
            size=image_size,
            focal_px=image_size * _FOCAL,
            T_world_camera=look_from(direction, distance),
        )
        for direction in directions
    ]
