# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small raised details, alone, in rows and in grids: keys, studs, ribs, slats, letters."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.assembly import Node, covered
from part_seg_ros.data.procedural.free_shapes import ALL, BOTH, Shape, log_uniform
from part_seg_ros.data.procedural.primitives import (
    box,
    capsule,
    cylinder,
    ellipsoid,
    torus_arc,
)
from part_seg_ros.data.procedural.superquadrics import superquadric

STROKES = np.array(  # ends of strokes on a lattice 2 wide and 4 high
    [
        [(0, 0), (0, 4)],
        [(2, 0), (2, 4)],
        [(0, 4), (2, 4)],
        [(0, 2), (2, 2)],
        [(0, 0), (2, 0)],
        [(0, 4), (2, 0)],
        [(0, 0), (1, 4)],
        [(1, 4), (2, 0)],
        [(1, 0), (1, 4)],
    ],
    dtype=np.float64,
)


def random_detail(rng: np.random.Generator, width: float, across: float) -> Shape:
    """Draws a detail that stands on z = 0 and sinks a little below it.

    Args:
        rng: Source of randomness.
        width: Its extent along x.
        across: Room along y; ribs and slats use it up.
    """
    style = rng.integers(8)
    rise = width * log_uniform(rng, 0.25, 1.0)
    if style == 0:
        size = [width, width * rng.uniform(0.6, 1.0), 2.0 * rise]
        return Shape(primitives=(box(size, bevel=0.15 * width),), mirrors=ALL)
    if style == 1:
        radius, top = 0.5 * width, rng.uniform(0.3, 1.0)
        peg = cylinder(radius, 2.0 * rise, radius_top=radius * top)
        return Shape(primitives=(peg,), mirrors=BOTH, is_round=True)
    if style == 2:
        return Shape(primitives=(ellipsoid([0.5 * width, 0.5 * width, rise]),), mirrors=ALL)
    if style == 3:
        ring = torus_arc(0.38 * width, 0.12 * width)
        return Shape(primitives=(ring,), mirrors=ALL, is_round=True)
    if style == 4:
        radii = [0.5 * width, 0.5 * min(across, 1.6 * width), rise]
        return Shape(primitives=(superquadric(radii, 0.5, rng.uniform(0.3, 1.2)),), mirrors=ALL)
    if style == 5:
        return letter(rng, width)
    length = max(across * rng.uniform(0.5, 1.0), 1.2 * width)
    if style == 6:
        slat = box([width, length, width * rng.uniform(0.5, 1.6)])
        return Shape(primitives=(slat,), mirrors=ALL)
    lying = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
    rib = capsule(0.5 * width, length).transformed(lying)
    return Shape(primitives=(rib,), mirrors=ALL)


def letter(rng: np.random.Generator, width: float) -> Shape:
    """Two to four strokes of one thickness, like a letter, in the plane z = 0."""
    chosen = rng.permutation(len(STROKES))[: int(rng.integers(2, 5))]
    thick = width * rng.uniform(0.14, 0.26)
    rise = width * rng.uniform(0.1, 0.5)
    strokes = []
    for start, end in (STROKES[chosen] - [1.0, 2.0]) * (0.5 * (width - thick)):
        step = end - start
        length = float(np.hypot(*step))
        place = np.eye(4)
        place[:2, 0], place[:2, 1] = step / length, np.array([-step[1], step[0]]) / length
        place[:2, 3] = 0.5 * (start + end)
        strokes.append(box([length + thick, thick, 2.0 * rise]).transformed(place))
    return Shape(primitives=tuple(strokes), mirrors=())


def lattice_copies(
    child: Shape,
    parent: Node,
    point: np.ndarray,
    normal: np.ndarray,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Draws shifts (4, 4) that repeat a child in a row or a grid on its parent's surface.

    Args:
        child: In the frame of the object.
        parent: What it stands on.
        point: (3,) where it stands.
        normal: (3,) outward unit normal there.
        rng: Source of randomness.

    Returns:
        The identity first; copies stand on the surface like the child and clear of each other.
    """
    axes = [axis for axis in parent.T_object_shape[:3, :3].T if abs(axis @ normal) < 0.3]
    if not axes:
        return [np.eye(4)]
    order = rng.permutation(len(axes))
    axes = [axes[idx] for idx in order[: 1 if rng.random() < 0.6 else 2]]
    vertices = np.concatenate([primitive.vertices for primitive in child.primitives])
    most = 9 if len(axes) == 1 else 4
    shifts = np.zeros((1, 3))
    for axis in axes:
        pitch = float(np.ptp(vertices @ axis)) * log_uniform(rng, 1.1, 2.2)
        number = int(rng.integers(2, most + 1))
        steps = np.arange(number) - int(rng.integers(number))
        shifts = (shifts[:, None] + pitch * steps[:, None] * axis).reshape(-1, 3)
    feet = point + shifts
    depth = 0.02 * float(parent.extents().max())
    solid = parent.shape.primitives
    stands = covered(solid, feet - depth * normal) & ~covered(solid, feet + depth * normal)
    copies = [np.eye(4)]
    for shift in shifts[stands & np.any(np.abs(shifts) > 1e-9, axis=1)]:
        copies.append(np.eye(4))
        copies[-1][:3, 3] = shift
    return copies
