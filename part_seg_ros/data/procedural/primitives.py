# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Closed surfaces with an analytic inside test, the bricks of procedural objects.

Every maker returns a surface centred as its docstring says; `Primitive.transformed` places it.
Vertices lie on the exact surface, so faces cut curved surfaces by about 1 % of a radius (2 % for
balls).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.surface import (
    grid_quads,
    outline_normals,
    points_in_polygon,
    signed_area,
    split_quads,
    triangulate,
    unit,
)
from part_seg_ros.data.procedural.sweep import carry_up, sweep_mesh, tube_inside
from part_seg_ros.errors import InputError

InsideTest = Callable[[np.ndarray], np.ndarray]
NUM_SIDES = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Primitive:
    """One closed surface, or a piece of one.

    Attributes:
        vertices: (V, 3) float32.
        faces: (F, 3) int32, counter-clockwise seen from outside.
        corner_normals: (F, 3, 3) float32 outward unit normal at each corner of each face:
            smooth over curved regions, constant over flat ones.
        inside: Maps (N, 3) float to (N,) bool, true strictly inside the exact surface.
        body: What pieces of one closed surface have in common: they have one border and share
            out one inside, so none covers another. None for a surface closed by itself.
    """

    vertices: np.ndarray
    faces: np.ndarray
    corner_normals: np.ndarray
    inside: InsideTest
    body: object | None = None

    @property
    def area(self) -> float:
        """Area of the surface."""
        corners = self.vertices[self.faces]
        spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return 0.5 * float(np.linalg.norm(spans, axis=1).sum())

    def transformed(self, T_target_source: ArrayLike) -> Primitive:
        """Maps the surface by an affine transform.

        Args:
            T_target_source: (4, 4) float, invertible; rotation, shift, any scale, shear or
                mirroring.

        Raises:
            InputError: the transform is not (4, 4) or not invertible.
        """
        matrix = np.asarray(T_target_source, dtype=np.float64)
        if matrix.shape != (4, 4):
            raise InputError(f'a transform must be (4, 4), got {matrix.shape}')
        linear, shift = matrix[:3, :3], matrix[:3, 3]
        determinant = np.linalg.det(linear)
        if abs(determinant) < 1e-18:
            raise InputError(f'a transform must be invertible, got determinant {determinant:g}')
        inverse = np.linalg.inv(linear)
        source_inside = self.inside
        normals = unit(self.corner_normals.astype(np.float64) @ inverse)
        faces = self.faces
        if determinant < 0.0:
            faces, normals = faces[:, ::-1], normals[:, ::-1]
        return Primitive(
            vertices=(self.vertices @ linear.T + shift).astype(np.float32),
            faces=np.ascontiguousarray(faces),
            corner_normals=np.ascontiguousarray(normals, dtype=np.float32),
            inside=lambda points: source_inside((points - shift) @ inverse.T),
            body=self.body,
        )


def _primitive(
    vertices: np.ndarray, faces: np.ndarray, corner_normals: np.ndarray, inside: InsideTest
) -> Primitive:
    return Primitive(
        vertices=np.ascontiguousarray(vertices, dtype=np.float32),
        faces=np.ascontiguousarray(faces, dtype=np.int32),
        corner_normals=np.ascontiguousarray(corner_normals, dtype=np.float32),
        inside=inside,
    )


def _positive(name: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array)) or np.any(array <= 0.0):
        raise InputError(f'{name} must be positive and finite, got {values}')
    return array


def box(size: ArrayLike, *, bevel: float = 0.0) -> Primitive:
    """Makes a box centred at the origin.

    Args:
        size: (3,) full edge lengths.
        bevel: Radius of the rounded edges, cut to half the shortest edge; 0 for sharp edges.

    Raises:
        InputError: a length is not positive.
    """
    half = 0.5 * np.broadcast_to(_positive('size', size), 3)
    bevel = min(float(bevel), 0.999 * float(half.min()))
    if bevel <= 0.0:
        steps = np.array([-1.0, 1.0])
        core = half
    else:
        core = half - bevel
        steps = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
    lean = np.array([-1.0, -np.tan(np.pi / 8), 0.0, 0.0, np.tan(np.pi / 8), 1.0])
    number = len(steps)
    row, column = np.meshgrid(np.arange(number), np.arange(number), indexing='ij')
    corner = np.arange(number * number).reshape(number, number)
    cells = np.stack([corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]], -1)
    cells = cells.reshape(-1, 4)
    vertices, quads, normals = [], [], []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (-1.0, 1.0):
            on_core = np.empty((number * number, 3))
            on_core[:, axis] = side * core[axis]
            on_core[:, u] = (steps[row] * core[u]).ravel()
            on_core[:, v] = (steps[column] * core[v]).ravel()
            normal = np.zeros_like(on_core)
            normal[:, axis] = side
            if bevel > 0.0:
                normal[:, u], normal[:, v] = lean[row].ravel(), lean[column].ravel()
                normal = unit(normal)
            vertices.append(on_core + max(bevel, 0.0) * normal)
            normals.append(normal)
            quads.append((cells if side > 0 else cells[:, ::-1]) + len(quads) * number * number)
    faces = split_quads(np.concatenate(quads))

    def inside(points: np.ndarray) -> np.ndarray:
        if bevel <= 0.0:
            return np.all(np.abs(points) < half, axis=1)
        beyond = np.maximum(np.abs(points) - core, 0.0)
        return np.einsum('ij,ij->i', beyond, beyond) < bevel * bevel

    return _primitive(np.concatenate(vertices), faces, np.concatenate(normals)[faces], inside)


def lathe(profile: ArrayLike, *, num_sides: int = NUM_SIDES) -> Primitive:
    """Turns a profile around the z axis.

    Args:
        profile: (P, 2) float (r, z) with r >= 0: a simple polygon, closed by an edge from its
            last to its first point, in either direction. A solid begins and ends on the axis;
            a hollow vessel is the outline of its wall.
        num_sides: Facets around the axis, at least 12; prisms are made by `extrusion`.

    Raises:
        InputError: fewer than three points, r < 0, or no area.
    """
    corners = np.asarray(profile, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or corners[:, 0].min() < 0:
        raise InputError(f'profile must be (P >= 3, 2) with r >= 0, got {corners.shape}')
    area = signed_area(corners)
    if abs(area) < 1e-14:
        raise InputError('profile encloses no area; give it some width')
    corners = corners if area > 0 else corners[::-1]
    angle = np.arange(num_sides) * (2.0 * np.pi / num_sides)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (S, 2)
    vertices = np.empty((len(corners), num_sides, 3))
    vertices[..., :2] = corners[:, None, :1] * around
    vertices[..., 2] = corners[:, None, 1]
    quads = grid_quads(len(corners), num_sides, wrap_rows=True)
    flat = outline_normals(corners, axis=True)
    column = np.stack([np.arange(num_sides), (np.arange(num_sides) + 1) % num_sides], axis=1)
    turned = around[column[:, [0, 1, 1, 0]]]  # (S, 4, 2)
    at_corner = flat[:, [0, 0, 1, 1]]  # (P, 4, 2)
    normals = np.empty((len(corners), num_sides, 4, 3))
    normals[..., :2] = at_corner[:, None, :, :1] * turned
    normals[..., 2] = at_corner[:, None, :, 1]
    on_axis = np.repeat(corners[:, 0] < 1e-9, num_sides)
    ends_on_axis = np.repeat(np.roll(corners[:, 0] < 1e-9, -1), num_sides)
    keep = np.stack([~on_axis, ~ends_on_axis], axis=1).ravel()
    faces = split_quads(quads)[keep]

    def inside(points: np.ndarray) -> np.ndarray:
        radial = np.sqrt(points[:, 0] ** 2 + points[:, 1] ** 2)
        return points_in_polygon(np.stack([radial, points[:, 2]], axis=1), corners)

    return _primitive(
        vertices.reshape(-1, 3), faces, split_quads(normals.reshape(-1, 4, 3))[keep], inside
    )


def cylinder(
    radius: float,
    height: float,
    *,
    radius_top: float | None = None,
    elliptic: float = 1.0,
) -> Primitive:
    """Makes a cylinder, a frustum or a cone around z, centred at the origin.

    Args:
        radius: Radius at z = -height / 2 (and above, unless `radius_top` is given).
        height: Length along z.
        radius_top: Radius at z = height / 2; 0 makes a cone.
        elliptic: Extent along y over that along x.

    Raises:
        InputError: a length is not positive.
    """
    _positive('radius, height and elliptic', [radius, height, elliptic])
    top = float(radius if radius_top is None else radius_top)
    if top < 0.0:
        raise InputError(f'radius_top must not be negative, got {radius_top}')
    half = 0.5 * float(height)
    profile = [(0.0, -half), (radius, -half), (top, half), (0.0, half)]
    turned = lathe(profile if top > 1e-9 else [*profile[:2], profile[3]])

    def inside(points: np.ndarray) -> np.ndarray:
        at_height = radius + (points[:, 2] + half) * ((top - radius) / height)
        within = points[:, 0] ** 2 + points[:, 1] ** 2 < at_height * at_height
        return within & (np.abs(points[:, 2]) < half)

    round_one = _primitive(turned.vertices, turned.faces, turned.corner_normals, inside)
    if elliptic == 1.0:
        return round_one
    return round_one.transformed(np.diag([1.0, elliptic, 1.0, 1.0]))


def ellipsoid(radii: ArrayLike) -> Primitive:
    """Makes an ellipsoid centred at the origin.

    Args:
        radii: (3,) half axes along x, y and z, or one radius.

    Raises:
        InputError: a half axis is not positive.
    """
    radii = np.broadcast_to(_positive('radii', radii), 3)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 13)
    profile = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    profile[[0, -1], 0] = 0.0
    turned = lathe(profile, num_sides=20)
    ball = _primitive(
        turned.vertices,
        turned.faces,
        turned.corner_normals,
        lambda points: np.einsum('ij,ij->i', points, points) < 1.0,
    )
    return ball.transformed(np.diag([*radii, 1.0]))


def capsule(radius: float, height: float) -> Primitive:
    """Makes a cylinder around z with half balls at both ends, centred at the origin.

    Args:
        radius: Radius of the cylinder and of the balls.
        height: Full length along z, at least 2 * radius.

    Raises:
        InputError: a length is not positive, or the height below 2 * radius.
    """
    _positive('radius and height', [radius, height])
    straight = 0.5 * height - radius
    if straight < 0.0:
        raise InputError(f'height must be at least 2 * radius = {2 * radius}, got {height}')
    angle = np.linspace(0.0, np.pi / 2, 7)
    quarter = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    quarter[-1, 0] = 0.0
    upper = quarter + np.array([0.0, straight])
    lower = (upper * [1.0, -1.0])[::-1]
    turned = lathe(np.concatenate([lower, upper[1:] if straight < 1e-9 else upper]))

    def inside(points: np.ndarray) -> np.ndarray:
        above = np.maximum(np.abs(points[:, 2]) - straight, 0.0)
        return points[:, 0] ** 2 + points[:, 1] ** 2 + above**2 < radius * radius

    return _primitive(turned.vertices, turned.faces, turned.corner_normals, inside)


def extrusion(outline: ArrayLike, height: float, *, taper: float = 1.0) -> Primitive:
    """Extends a planar outline along z.

    Args:
        outline: (P, 2) float (x, y), P >= 3, a simple polygon in either direction, not
            necessarily convex; closed by an edge from its last to its first point.
        height: Length along z; the body reaches from -height / 2 to height / 2.
        taper: Scale of the outline, about the origin, at z = height / 2; above 0.

    Raises:
        InputError: fewer than three points, no area, or no height.
    """
    corners = np.asarray(outline, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise InputError(f'outline must be (P >= 3, 2), got {corners.shape}')
    half = 0.5 * float(_positive('height', height))
    _positive('taper', taper)
    area = signed_area(corners)
    if abs(area) < 1e-14:
        raise InputError('outline encloses no area')
    corners = corners if area > 0 else corners[::-1]
    number = len(corners)
    vertices = np.empty((2, number, 3))
    vertices[0, :, :2], vertices[1, :, :2] = corners, taper * corners
    vertices[0, :, 2], vertices[1, :, 2] = -half, half
    cap = triangulate(corners)
    sides = split_quads(grid_quads(2, number))
    flat = outline_normals(corners)
    ends = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    reach = np.einsum('pei,pei->pe', flat, ends)  # support of each edge end
    leaning = unit(np.concatenate([flat, reach[..., None] * (1.0 - taper) / (2 * half)], axis=2))
    quad_normals = leaning[:, [0, 1, 1, 0]]
    cap_normals = np.zeros((2, len(cap), 3, 3))
    cap_normals[0, ..., 2], cap_normals[1, ..., 2] = -1.0, 1.0
    faces = np.concatenate([sides, cap[:, ::-1], cap + number])
    normals = np.concatenate([split_quads(quad_normals), *cap_normals])

    def inside(points: np.ndarray) -> np.ndarray:
        scale = 1.0 + (taper - 1.0) * (points[:, 2:] + half).clip(0.0, 2 * half) / (2 * half)
        return points_in_polygon(points[:, :2] / scale, corners) & (np.abs(points[:, 2]) < half)

    return _primitive(vertices.reshape(-1, 3), faces, normals, inside)


def torus_arc(
    radius: float,
    tube_radius: float,
    angle_rad: float = 2.0 * np.pi,
    *,
    start: float = 0.0,
    flatten: float = 1.0,
) -> Primitive:
    """Makes a ring or an arc of one around z, in the plane z = 0, with flat ends.

    Args:
        radius: From the axis to the middle of the tube; more than `tube_radius`.
        tube_radius: Half width of the tube across the axis direction.
        angle_rad: Length of the arc; 2 pi or more makes a closed ring.
        start: Angle from x at which the arc begins [rad].
        flatten: Extent of the tube along z over that across it.

    Raises:
        InputError: a length is not positive, or the tube does not fit round the axis.
    """
    _positive('radius, tube_radius, angle_rad, flatten', [radius, tube_radius, angle_rad, flatten])
    if tube_radius >= radius:
        raise InputError(f'tube_radius must be below radius {radius}, got {tube_radius}')
    closed = angle_rad >= 2.0 * np.pi - 1e-6
    num_rings = max(4, int(np.ceil(28 * min(angle_rad / (2.0 * np.pi), 1.0))) + 1)
    angle = start + np.linspace(0.0, min(angle_rad, 2.0 * np.pi), num_rings)
    angle = angle[:-1] if closed else angle
    zero, one = np.zeros_like(angle), np.ones_like(angle)
    outward = np.stack([np.cos(angle), np.sin(angle), zero], axis=1)
    tangents = np.stack([-np.sin(angle), np.cos(angle), zero], axis=1)
    up = np.stack([zero, zero, one], axis=1)
    tube_radii = np.full(len(angle), tube_radius)
    mesh = sweep_mesh(
        radius * outward, tangents, up, tube_radii, flatten, closed=closed, num_sides=14
    )

    def inside(points: np.ndarray) -> np.ndarray:
        radial = np.sqrt(points[:, 0] ** 2 + points[:, 1] ** 2) - radius
        within = radial**2 + (points[:, 2] / flatten) ** 2 < tube_radius**2
        if closed:
            return within
        turn = (np.arctan2(points[:, 1], points[:, 0]) - start) % (2.0 * np.pi)
        return within & (turn > 0.0) & (turn < angle_rad)

    return _primitive(*mesh, inside)


def tube(
    path: ArrayLike,
    radius: ArrayLike,
    *,
    aspect: float = 1.0,
    up: ArrayLike | None = None,
    num_sides: int = 12,
) -> Primitive:
    """Sweeps a round or elliptic section along a path; the ends are flat.

    Args:
        path: (P, 3) float, P >= 2, sampled finely where it bends; consecutive points differ.
            Its radius of curvature should exceed the tube's radius.
        radius: Half width of the section, one value or (P,).
        aspect: Half height of the section (along `up`) over its half width.
        up: (3,) direction of the section's height at the start, made perpendicular to the
            path; it is carried along the path without twist. Any direction if None.
        num_sides: Facets around the section.

    Raises:
        InputError: bad shapes, repeated points or a radius that is not positive.
    """
    points = np.asarray(path, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or len(points) < 2:
        raise InputError(f'path must be (P >= 2, 3), got {points.shape}')
    radii = np.broadcast_to(_positive('radius', radius), len(points))
    steps = np.diff(points, axis=0)
    if np.einsum('ij,ij->i', steps, steps).min() < 1e-18:
        raise InputError('path repeats a point; drop consecutive duplicates')
    directions = unit(steps)
    tangents = unit(
        np.concatenate([directions[:1], directions[:-1] + directions[1:], directions[-1:]])
    )
    ups = carry_up(tangents, up)
    mesh = sweep_mesh(points, tangents, ups, radii, aspect, closed=False, num_sides=num_sides)
    return _primitive(*mesh, tube_inside(points, radii, aspect, ups))
