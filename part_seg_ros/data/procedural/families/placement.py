# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Moves pieces about: tuples of primitives, each with the transform that places it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from part_seg_ros.data.procedural.primitives import Primitive

AXES = {'x': 0, 'y': 1, 'z': 2}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solid:
    """A primitive and where it goes; moving it costs one small matrix product.

    Attributes:
        primitive: The surface in its own frame.
        T_object_own: (4, 4) float64 affine map into the frame of the object.
    """

    primitive: Primitive
    T_object_own: NDArray[np.float64]

    def placed(self) -> Primitive:
        """Returns the surface in the frame of the object."""
        return self.primitive.transformed(self.T_object_own)


Piece = tuple[Solid, ...]


def piece_of(primitive: Primitive) -> Piece:
    """Returns a piece of one primitive that stays where it is."""
    return (Solid(primitive=primitive, T_object_own=np.eye(4)),)


def rotation_about(axis: str, angle_rad: float) -> NDArray[np.float64]:
    """Returns the right-handed rotation about a coordinate axis, (4, 4)."""
    i = AXES[axis]
    j, k = (i + 1) % 3, (i + 2) % 3
    transform = np.eye(4)
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    transform[[j, j, k, k], [j, k, j, k]] = cosine, -sine, sine, cosine
    return transform


def frame_along(direction: ArrayLike, origin: ArrayLike) -> NDArray[np.float64]:
    """Returns a frame whose z axis points along a direction.

    Its x axis is horizontal, and the world x axis where the direction is vertical.

    Args:
        direction: (3,) float, any length but zero.
        origin: (3,) float.

    Returns:
        (4, 4) float64.
    """
    z = np.asarray(direction, dtype=np.float64)
    z = z / np.linalg.norm(z)
    x = np.array([-z[1], z[0], 0.0])
    length = np.linalg.norm(x)
    x = x / length if length > 1e-6 else np.array([1.0, 0.0, 0.0])
    transform = np.eye(4)
    y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
    transform[:3, 0], transform[:3, 1], transform[:3, 2] = x, y, z
    transform[:3, 3] = origin
    return transform


def transformed(piece: Piece, transform: NDArray[np.float64]) -> Piece:
    """Applies an affine map (4, 4) to a piece."""
    return tuple(
        Solid(primitive=solid.primitive, T_object_own=transform @ solid.T_object_own)
        for solid in piece
    )


def joined(pieces: Iterable[Piece]) -> Piece:
    """Makes one piece out of several."""
    return tuple(solid for piece in pieces for solid in piece)


def moved(piece: Piece, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Piece:
    """Shifts a piece."""
    transform = np.eye(4)
    transform[:3, 3] = x, y, z
    return transformed(piece, transform)


def turned(piece: Piece, axis: str, angle_rad: float, about: Sequence[float] = (0, 0, 0)) -> Piece:
    """Turns a piece about an axis parallel to x, y or z through the point `about`."""
    transform = rotation_about(axis, angle_rad)
    centre = np.asarray(about, dtype=np.float64)
    transform[:3, 3] = centre - transform[:3, :3] @ centre
    return transformed(piece, transform)


def aimed(piece: Piece, at: ArrayLike, direction: ArrayLike) -> Piece:
    """Puts the local origin of a piece at a point, its local z along a direction."""
    return transformed(piece, frame_along(direction, at))


def scaled(piece: Piece, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Piece:
    """Stretches a piece along the coordinate axes, about the origin."""
    return transformed(piece, np.diag([x, y, z, 1.0]))


def mirrored(piece: Piece, axis: str) -> Piece:
    """Mirrors a piece in the plane through the origin across an axis."""
    factors = np.ones(4)
    factors[AXES[axis]] = -1.0
    return transformed(piece, np.diag(factors))


def both_sides(piece: Piece, axis: str) -> list[Piece]:
    """Returns a piece and its mirror image."""
    return [piece, mirrored(piece, axis)]


def four_corners(piece: Piece) -> list[Piece]:
    """Returns a piece and its images in the planes x = 0 and y = 0."""
    return [copy for half in both_sides(piece, 'x') for copy in both_sides(half, 'y')]


def spun(piece: Piece, count: int, start_rad: float = 0.0) -> list[Piece]:
    """Returns copies spread evenly around the z axis."""
    step = 2.0 * np.pi / count
    return [turned(piece, 'z', start_rad + i * step) for i in range(count)]


def in_grid(piece: Piece, xs: Sequence[float], ys: Sequence[float] = (0.0,)) -> list[Piece]:
    """Returns copies shifted to every pair of x and y."""
    return [moved(piece, float(x), float(y)) for y in ys for x in xs]
