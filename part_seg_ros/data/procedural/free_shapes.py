# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Random shapes of random proportions, the vocabulary of free assemblies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.primitives import (
    Primitive,
    box,
    capsule,
    cylinder,
    ellipsoid,
    extrusion,
    lathe,
    torus_arc,
    tube,
)

BOTH = (0, 1)
ALL = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """Primitives around the origin whose largest extent is about 1.

    Attributes:
        primitives: Surfaces whose union it is.
        mirrors: Axes whose coordinate plane mirrors the shape onto itself.
        is_round: Turning about z maps the shape onto itself.
    """

    primitives: tuple[Primitive, ...]
    mirrors: tuple[int, ...]
    is_round: bool = False

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corner (3,) of the bounding box."""
        lows = [primitive.vertices.min(axis=0) for primitive in self.primitives]
        highs = [primitive.vertices.max(axis=0) for primitive in self.primitives]
        return np.min(lows, axis=0), np.max(highs, axis=0)

    def transformed(self, T_target_source: np.ndarray) -> Shape:
        """Maps the primitives; scaling along the axes keeps the stated symmetries."""
        return Shape(
            primitives=tuple(p.transformed(T_target_source) for p in self.primitives),
            mirrors=self.mirrors,
            is_round=self.is_round,
        )


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Draws evenly on a logarithmic scale."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def proportions(rng: np.random.Generator) -> np.ndarray:
    """Draws three log-normal extents (3,), the largest 1; half of them thin."""
    extents = np.exp(rng.normal(0.0, 0.5, 3))
    if rng.random() < 0.5:
        thin = rng.permutation(3)[: 1 if rng.random() < 0.6 else 2]
        extents[thin] *= log_uniform(rng, 0.06, 0.4)
    return np.maximum(extents / extents.max(), 0.02)


def random_box(rng: np.random.Generator) -> Shape:
    """A box, half of them with rounded edges, some of them tapered."""
    size = proportions(rng)
    if rng.random() < 0.15:
        corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size[:2]
        tapered = extrusion(corners, size[2], taper=rng.uniform(0.3, 0.9))
        return Shape(primitives=(tapered,), mirrors=BOTH)
    bevel = rng.uniform(0.05, 0.45) * size.min() if rng.random() < 0.5 else 0.0
    return Shape(primitives=(box(size, bevel=bevel),), mirrors=ALL)


def random_ellipsoid(rng: np.random.Generator) -> Shape:
    """An ellipsoid, half of them of revolution."""
    radii = 0.5 * proportions(rng)
    is_round = rng.random() < 0.5
    if is_round:
        radii[1] = radii[0]
        radii *= 0.5 / radii.max()
    return Shape(primitives=(ellipsoid(radii),), mirrors=ALL, is_round=bool(is_round))


def random_cylinder(rng: np.random.Generator) -> Shape:
    """A cylinder, elliptic cylinder, frustum, cone or prism."""
    extents = proportions(rng)
    style = rng.random()
    if not 0.32 <= style < 0.5:  # round
        extents /= max(extents[0], extents[2])
    radius, height = 0.5 * extents[0], extents[2]
    if style < 0.25:
        top = radius * rng.uniform(0.25, 0.9)
        solid = cylinder(radius, height, radius_top=top)
    elif style < 0.32:
        solid = cylinder(radius, height, radius_top=0.0)
    elif style < 0.5:
        elliptic = extents[1] / extents[0]
        return Shape(primitives=(cylinder(radius, height, elliptic=elliptic),), mirrors=ALL)
    else:
        solid = cylinder(radius, height)
    return Shape(primitives=(solid,), mirrors=ALL if style >= 0.5 else BOTH, is_round=True)


def random_rod(rng: np.random.Generator) -> Shape:
    """A thin long cylinder, capsule, prism or bar along z."""
    radius = 0.5 * log_uniform(rng, 0.03, 0.15)
    style = rng.integers(4)
    if style == 0:
        return Shape(primitives=(cylinder(radius, 1.0),), mirrors=ALL, is_round=True)
    if style == 1:
        return Shape(primitives=(capsule(radius, 1.0),), mirrors=ALL, is_round=True)
    if style == 2:
        prism = extrusion(2 * radius * regular_polygon(6), 1.0)
        return Shape(primitives=(prism,), mirrors=ALL)
    size = [2 * radius, 2 * radius * rng.uniform(0.5, 1.0), 1.0]
    return Shape(primitives=(box(size),), mirrors=ALL)


def random_plate(rng: np.random.Generator) -> Shape:
    """A thin plate in the xy plane: rectangle, disc or outline."""
    thickness = log_uniform(rng, 0.02, 0.1)
    width = rng.uniform(0.3, 1.0)
    style = rng.random()
    if style < 0.4:
        bevel = 0.3 * thickness if rng.random() < 0.4 else 0.0
        return Shape(primitives=(box([1.0, width, thickness], bevel=bevel),), mirrors=ALL)
    if style < 0.65:
        disc = cylinder(0.5, thickness, elliptic=width if rng.random() < 0.4 else 1.0)
        return Shape(primitives=(disc,), mirrors=ALL)
    outline, mirrors = random_outline(rng)
    return Shape(primitives=(extrusion(outline, thickness),), mirrors=(*mirrors, 2))


def regular_polygon(num_sides: int) -> np.ndarray:
    """A regular polygon (num_sides, 2) of circumradius 0.5 with a corner on +y."""
    angle = np.pi / 2 + np.arange(num_sides) * (2 * np.pi / num_sides)
    return 0.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def random_outline(rng: np.random.Generator) -> tuple[np.ndarray, tuple[int, ...]]:
    """A planar outline (P, 2) of extent about 1 with the axes that mirror it."""
    style = rng.integers(6)
    if style == 0:  # regular polygon
        number = int(rng.integers(3, 9))
        return regular_polygon(number), BOTH if number % 2 == 0 else (0,)
    if style == 1:  # L, T and U from a bar with steps
        foot, stem, a, b = rng.uniform(0.15, 0.4, 4)
        left = rng.choice([0.0, 0.5 - 0.5 * stem])
        shape = [(0, 0), (1, 0), (1, foot), (left + stem, foot), (left + stem, 1), (left, 1)]
        if left > 0:
            shape += [(left, foot), (0, foot)]
        elif rng.random() < 0.5:
            shape = [(0, 0), (1, 0), (1, a + 0.5), (1 - b, a + 0.5), (1 - b, foot)]
            shape += [(b, foot), (b, a + 0.5), (0, a + 0.5)]
        outline = np.array(shape, dtype=np.float64) - [0.5, 0.5]
        return outline, (0,) if left > 0 or len(shape) == 8 else ()
    angle = np.linspace(0.0, 2 * np.pi, 28, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if style == 2:  # superellipse, from pillow to rounded rectangle
        power = rng.uniform(0.25, 1.0)
        outline = 0.5 * np.sign(circle) * np.abs(circle) ** power
        return outline * [1.0, rng.uniform(0.35, 1.0)], BOTH
    if style == 3:  # wavy star
        lobes = int(rng.integers(3, 7))
        reach = 1.0 + rng.uniform(0.1, 0.4) * np.cos(lobes * angle)
        outline = 0.5 * circle * reach[:, None] / reach.max()
        return outline, (0, 1) if lobes % 2 == 0 else (1,)
    if style == 4:  # drop or guitar: width varies along y, mirrored in x
        along = np.linspace(-0.5, 0.5, 12)
        knots = rng.uniform(0.12, 0.45, 5)
        width = np.interp(along, np.linspace(-0.5, 0.5, 5), knots)
        width = np.convolve(np.pad(width, 1, mode='edge'), [0.25, 0.5, 0.25], mode='valid')
        right = np.stack([width, along], axis=1)
        return np.concatenate([right, right[::-1] * [-1.0, 1.0]]), (0,)
    reach = np.exp(rng.normal(0.0, 0.25, 10))  # irregular blob
    reach = np.interp(angle, np.linspace(0, 2 * np.pi, 11), np.append(reach, reach[0]))
    return 0.5 * circle * reach[:, None] / reach.max(), ()


def random_extrusion(rng: np.random.Generator) -> Shape:
    """An outline extended along z."""
    outline, mirrors = random_outline(rng)
    height = log_uniform(rng, 0.08, 1.2)
    if rng.random() < 0.25:
        tapered = extrusion(outline, height, taper=rng.uniform(0.4, 0.95))
        return Shape(primitives=(tapered,), mirrors=mirrors)
    return Shape(primitives=(extrusion(outline, height),), mirrors=(*mirrors, 2))


def random_ring(rng: np.random.Generator) -> Shape:
    """A torus or an arc of one in the xy plane; the arc is open towards -y."""
    tube_radius = 0.5 * log_uniform(rng, 0.06, 0.3)
    radius = 0.5 - tube_radius
    flatten = log_uniform(rng, 0.4, 2.5) if rng.random() < 0.4 else 1.0
    if rng.random() < 0.5:
        ring = torus_arc(radius, tube_radius, flatten=flatten)
        return Shape(primitives=(ring,), mirrors=ALL, is_round=True)
    angle = rng.uniform(0.4, 1.6) * np.pi
    arc = torus_arc(radius, tube_radius, angle, start=np.pi / 2 - angle / 2, flatten=flatten)
    return Shape(primitives=(arc,), mirrors=(0, 2))


def random_profile(rng: np.random.Generator) -> np.ndarray:
    """Outer radii over height (P, 2) of a turned body, z from -0.5 to 0.5, r up to 0.5."""
    number = int(rng.integers(3, 6))
    knots = np.exp(rng.normal(0.0, 0.45, number))
    heights = np.linspace(-0.5, 0.5, 15)
    reach = np.interp(heights, np.linspace(-0.5, 0.5, number), knots)
    if rng.random() < 0.7:
        for _ in range(2):
            reach = np.convolve(np.pad(reach, 1, mode='edge'), [0.25, 0.5, 0.25], mode='valid')
    slender = log_uniform(rng, 0.3, 1.0)
    return np.stack([0.5 * slender * reach / reach.max(), heights], axis=1)


def random_turned(rng: np.random.Generator) -> Shape:
    """A solid of revolution with a random profile around z."""
    outer = random_profile(rng)
    profile = np.concatenate([[(0.0, -0.5)], outer, [(0.0, 0.5)]])
    return Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True)


def random_vessel(rng: np.random.Generator) -> Shape:
    """A hollow body open at the top: cup, bowl, pipe or open box."""
    wall = rng.uniform(0.02, 0.07)
    style = rng.random()
    if style < 0.25:
        return _open_box(rng, wall)
    if style < 0.45:
        radius, height = rng.uniform(0.15, 0.5), rng.uniform(0.2, 1.0)
        profile = [(radius - wall, -height / 2), (radius, -height / 2)]
        profile += [(radius, height / 2), (radius - wall, height / 2)]
        return Shape(primitives=(lathe(profile),), mirrors=ALL, is_round=True)
    if style < 0.7:  # bowl
        depth = rng.uniform(0.2, 0.5)
        angle = np.linspace(-np.pi / 2, 0.0, 9)
        ball = np.stack([np.cos(angle), np.sin(angle) * depth / 0.5], axis=1)
        ball[0, 0] = 0.0
        profile = np.concatenate([0.5 * ball, (0.5 - wall) * ball[::-1]])
        return Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True)
    outer = random_profile(rng)[::2]
    outer = np.maximum(outer, [1.6 * wall, -1.0])
    inner = (outer - [wall, 0.0])[::-1]
    inner[-1, 1] = -0.5 + wall
    inner = inner[inner[:, 1] >= -0.5 + wall]
    profile = np.concatenate([[(0.0, -0.5)], outer, inner, [(0.0, -0.5 + wall)]])
    return Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True)


def _open_box(rng: np.random.Generator, wall: float) -> Shape:
    width, depth, height = 1.0, rng.uniform(0.4, 1.0), rng.uniform(0.2, 0.9)

    def panel(size: tuple[float, float, float], at: tuple[float, float, float]) -> Primitive:
        place = np.eye(4)
        place[:3, 3] = at
        return box(size).transformed(place)

    x, y, z = (width - wall) / 2, (depth - wall) / 2, -(height - wall) / 2
    panels = (
        panel((width, depth, wall), (0.0, 0.0, z)),
        panel((wall, depth, height), (-x, 0.0, 0.0)),
        panel((wall, depth, height), (x, 0.0, 0.0)),
        panel((width, wall, height), (0.0, -y, 0.0)),
        panel((width, wall, height), (0.0, y, 0.0)),
    )
    return Shape(primitives=panels, mirrors=BOTH)


def bezier(controls: np.ndarray, num_points: int) -> np.ndarray:
    """Samples a Bezier curve.

    Args:
        controls: (C, D) control points, C >= 2.
        num_points: P.

    Returns:
        (P, D) points from the first to the last control point.
    """
    t = np.linspace(0.0, 1.0, num_points)[:, None]
    levels = [np.broadcast_to(control, (num_points, controls.shape[1])) for control in controls]
    while len(levels) > 1:
        levels = [(1.0 - t) * a + t * b for a, b in itertools.pairwise(levels)]
    return levels[0]


def random_sweep(rng: np.random.Generator) -> Shape:
    """A tube along a bent path that rises from z = -0.5: hook, spout, stalk."""
    bend = rng.normal(0.0, 0.35, (3, 3)) * [1.0, 1.0 if rng.random() < 0.4 else 0.0, 0.3]
    straight = np.array([[0, 0, -0.5], [0, 0, -0.15], [0, 0, 0.2], [0, 0, 0.5]])
    controls = straight + np.concatenate([np.zeros((1, 3)), bend])
    radius = 0.5 * log_uniform(rng, 0.06, 0.22)
    radii = radius * np.linspace(1.0, rng.uniform(0.4, 1.3), 16)
    aspect = log_uniform(rng, 0.4, 2.0) if rng.random() < 0.5 else 1.0
    swept = tube(bezier(controls, 16), radii, aspect=aspect, up=[0.0, 1.0, 0.0])
    return Shape(primitives=(swept,), mirrors=(1,) if not bend[:, 1].any() else ())
