# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Superquadrics: one formula from box and cylinder over ball to double cone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.data.procedural.surface import grid_quads, split_quads, unit
from part_seg_ros.errors import InputError

MIN_EXPONENT, MAX_EXPONENT = 0.15, 1.9
NUM_RINGS, NUM_SIDES = 13, 24


def superquadric(radii: ArrayLike, exponent_up: float, exponent_around: float) -> Primitive:
    """Makes a superellipsoid centred at the origin.

    Args:
        radii: (3,) half axes along x, y and z.
        exponent_up: Shape of the section through the z axis: near 0 a rectangle, 1 an ellipse,
            near 2 a rhombus.
        exponent_around: Shape of the section across the z axis, likewise.

    Raises:
        InputError: a half axis is not positive, or an exponent not in [0.15, 1.9].

    Source:
        Barr 1981, "Superquadrics and angle-preserving transformations". Vertices are spaced by
        the angle seen from the centre instead of the formula's parameter, which crowds corners.
    """
    half = np.asarray(radii, dtype=np.float64)
    if half.shape != (3,) or not np.all(np.isfinite(half)) or half.min() <= 0.0:
        raise InputError(f'radii must be three positive lengths, got {radii}')
    exponents = np.array([exponent_up, exponent_around])
    if exponents.min() < MIN_EXPONENT or exponents.max() > MAX_EXPONENT:
        raise InputError(
            f'exponents must be in [{MIN_EXPONENT}, {MAX_EXPONENT}], got {exponents.tolist()}'
        )
    up, up_normal = _superellipse(np.linspace(-np.pi / 2, np.pi / 2, NUM_RINGS), exponent_up)
    up[[0, -1], 0] = 0.0
    angle = np.arange(NUM_SIDES) * (2.0 * np.pi / NUM_SIDES)
    around, around_normal = _superellipse(angle, exponent_around)
    vertices = _spherical_product(up, around) * half
    normals = unit(_spherical_product(up_normal, around_normal) / half)
    normals[:NUM_SIDES] = [0.0, 0.0, -1.0]
    normals[-NUM_SIDES:] = [0.0, 0.0, 1.0]
    keep = np.ones((NUM_RINGS - 1, NUM_SIDES, 2), dtype=bool)
    keep[0, :, 0] = keep[-1, :, 1] = False  # these touch a pole with an edge
    faces = split_quads(grid_quads(NUM_RINGS, NUM_SIDES))[keep.ravel()]

    def inside(points: np.ndarray) -> np.ndarray:
        scaled = np.abs(points) / half
        flat = scaled[:, :2] ** (2.0 / exponent_around)
        across = (flat[:, 0] + flat[:, 1]) ** (exponent_around / exponent_up)
        return across + scaled[:, 2] ** (2.0 / exponent_up) < 1.0

    return Primitive(
        vertices=vertices.astype(np.float32),
        faces=np.ascontiguousarray(faces, dtype=np.int32),
        corner_normals=normals[faces].astype(np.float32),
        inside=inside,
    )


def _superellipse(angle: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Points (A, 2) of the unit curve at angles from the centre, and normals of any length."""
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    power = 2.0 / exponent
    reach = np.sum(np.abs(direction) ** power, axis=1) ** (-1.0 / power)
    points = reach[:, None] * direction
    return points, np.sign(points) * np.abs(points) ** (power - 1.0)


def _spherical_product(up: np.ndarray, around: np.ndarray) -> np.ndarray:
    product = np.empty((len(up), len(around), 3))
    product[..., :2] = up[:, None, :1] * around
    product[..., 2] = up[:, None, 1]
    return product.reshape(-1, 3)
