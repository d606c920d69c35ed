# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Placed shapes: the pieces of which the named families are made.

Lengths are in one unit per object, angles in radians, z points up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural import primitives
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
    moved,
    piece_of,
    scaled,
    turned,
)

ORIGIN = (0.0, 0.0, 0.0)
UP = (0.0, 0.0, 1.0)


@cache
def _unit_box() -> Piece:
    return piece_of(primitives.box((1.0, 1.0, 1.0)))


@cache
def _unit_ball() -> Piece:
    return piece_of(primitives.ellipsoid((1.0, 1.0, 1.0)))


@cache
def _unit_cylinder() -> Piece:
    return piece_of(primitives.cylinder(1.0, 1.0))


def block(size: Sequence[float], at: ArrayLike = ORIGIN, bevel: float = 0.0) -> Piece:
    """Makes a box of `size` (x, y, z) centred `at` a point; edges cut by `bevel`."""
    if bevel <= 0.0:
        return moved(scaled(_unit_box(), *size), *at)
    bevel = min(bevel, 0.4 * min(size))
    return moved(piece_of(primitives.box(size, bevel=bevel)), *at)


def ball(radii: float | Sequence[float], at: ArrayLike = ORIGIN) -> Piece:
    """Makes a sphere or, from three radii, an ellipsoid."""
    return moved(scaled(_unit_ball(), *np.broadcast_to(radii, 3)), *at)


def drum(
    radius: float,
    height: float,
    at: ArrayLike = ORIGIN,
    axis: ArrayLike = UP,
    *,
    top: float | None = None,
    elliptic: float = 1.0,
) -> Piece:
    """Makes a cylinder or frustum that stands `at` a point and rises along `axis`.

    Args:
        radius: Radius at the foot.
        height: Length along the axis.
        at: (3,) centre of the foot.
        axis: (3,) direction of growth.
        top: Radius at the far end; None: the same.
        elliptic: Factor on the radius across local y.
    """
    if top is None:
        piece = scaled(_unit_cylinder(), radius, elliptic * radius, height)
    else:
        piece = piece_of(primitives.cylinder(radius, height, radius_top=top, elliptic=elliptic))
    return aimed(moved(piece, z=0.5 * height), at, axis)


def rod(start: ArrayLike, end: ArrayLike, radius: float, end_radius: float | None = None) -> Piece:
    """Makes a round bar from one point (3,) to another."""
    span = np.subtract(end, start)
    return drum(radius, float(np.linalg.norm(span)), start, span, top=end_radius)


def pill(start: ArrayLike, end: ArrayLike, radius: float) -> Piece:
    """Makes a round bar with round ends, whose axis runs from one point (3,) to another."""
    span = np.subtract(end, start)
    length = float(np.linalg.norm(span))
    return aimed(
        piece_of(primitives.capsule(radius, length + 2.0 * radius)), np.add(start, end) / 2, span
    )


def beam(
    start: ArrayLike, end: ArrayLike, width: float, depth: float, bevel: float = 0.0
) -> Piece:
    """Makes a square bar from one point (3,) to another.

    `width` is its extent along the horizontal normal of its axis (world x for upright ones).
    """
    span = np.subtract(end, start)
    size = (width, depth, float(np.linalg.norm(span)))
    return aimed(block(size, bevel=bevel), np.add(start, end) / 2, span)


def ring(
    radius: float,
    tube_radius: float,
    at: ArrayLike = ORIGIN,
    axis: ArrayLike = UP,
    *,
    angle_rad: float = 2.0 * np.pi,
    start_rad: float = 0.0,
) -> Piece:
    """Makes a torus, or an arc of one, around `axis`."""
    solid = primitives.torus_arc(radius, tube_radius, angle_rad, start=start_rad)
    return aimed(piece_of(solid), at, axis)


def lathed(profile: ArrayLike, at: ArrayLike = ORIGIN, axis: ArrayLike = UP) -> Piece:
    """Turns a profile (P, 2) of radius and height, from axis to axis, into a solid."""
    return aimed(piece_of(primitives.lathe(profile)), at, axis)


def vessel(
    outer: ArrayLike,
    wall: float,
    at: ArrayLike = ORIGIN,
    axis: ArrayLike = UP,
    *,
    floor: float | None = None,
) -> Piece:
    """Makes an open hollow body from the outer side of its wall.

    Args:
        outer: (P, 2) radius and height from the foot to the rim; heights rise.
        wall: Wall thickness.
        at: (3,) where the profile's origin goes.
        axis: (3,) direction of the profile's height.
        floor: Thickness of the bottom; None: that of the wall.
    """
    outer = np.asarray(outer, dtype=np.float64)
    bottom = outer[0, 1] + (wall if floor is None else floor)
    bottom = min(bottom, outer[-1, 1] - wall)
    heights = np.linspace(outer[-1, 1], bottom, max(len(outer), 4))
    radii = np.maximum(np.interp(heights, outer[:, 1], outer[:, 0]) - wall, 0.1 * wall)
    inner = np.column_stack([radii, heights])
    return lathed(np.vstack([[0.0, outer[0, 1]], outer, inner, [0.0, bottom]]), at, axis)


def closed_vessel(outer: ArrayLike, at: ArrayLike = ORIGIN, axis: ArrayLike = UP) -> Piece:
    """Makes a body of which only the outside shows, such as a pot under its lid.

    Args:
        outer: (P, 2) radius and height from the foot to the rim; heights rise.
        at: (3,) where the profile's origin goes.
        axis: (3,) direction of the profile's height.
    """
    outer = np.asarray(outer, dtype=np.float64)
    return lathed(np.vstack([[0.0, outer[0, 1]], outer, [0.0, outer[-1, 1]]]), at, axis)


def sleeve(
    outer_radius: float,
    inner_radius: float,
    height: float,
    at: ArrayLike = ORIGIN,
    axis: ArrayLike = UP,
) -> Piece:
    """Makes a pipe section with flat ends that starts `at` a point."""
    wall = [
        [outer_radius, 0.0],
        [outer_radius, height],
        [inner_radius, height],
        [inner_radius, 0.0],
    ]
    return lathed(wall, at, axis)


def rounded_solid(
    radii: Sequence[float], heights: Sequence[float], num_points: int = 14
) -> np.ndarray:
    """Draws the profile (P, 2) of a turned solid through radii at rising heights."""
    curve = smooth_curve(np.column_stack([radii, heights]), num_points)
    curve[:, 0] = np.maximum(curve[:, 0], 0.0)
    curve[:, 1] = np.maximum.accumulate(curve[:, 1])
    return np.vstack([[0.0, curve[0, 1]], curve, [0.0, curve[-1, 1]]])


def plate(
    outline: ArrayLike, thickness: float, at: ArrayLike = ORIGIN, axis: ArrayLike = UP
) -> Piece:
    """Thickens an outline (P, 2) along `axis`, starting `at` a point."""
    solid = primitives.extrusion(np.asarray(outline, dtype=np.float64), thickness)
    return aimed(moved(piece_of(solid), z=0.5 * thickness), at, axis)


def profile(outline: ArrayLike, width: float, y: float = 0.0) -> Piece:
    """Thickens a side view: an outline (P, 2) of x and z, extended along y.

    Args:
        outline: (P, 2) float.
        width: Full extent along y.
        y: Where its middle lies.
    """
    flat = plate(outline, width, (0.0, 0.0, -0.5 * width))
    return moved(turned(flat, 'x', 0.5 * np.pi), y=y)


def front(outline: ArrayLike, width: float, x: float = 0.0) -> Piece:
    """Thickens a front view: an outline (P, 2) of y and z, extended along x."""
    return moved(turned(profile(outline, width), 'z', 0.5 * np.pi), x=x)


def sweep(path: ArrayLike, radius: float) -> Piece:
    """Sweeps a round cross-section along a path (P, 3)."""
    return piece_of(primitives.tube(path, radius))


def bend(points: ArrayLike, radius: float, num_points: int = 14) -> Piece:
    """Sweeps a round cross-section along a smooth curve through points (P, 3)."""
    return sweep(smooth_curve(points, num_points), radius)
