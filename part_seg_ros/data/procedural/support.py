# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What an object stands on and before, as remnants of it stay in a robot's cloud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, extrusion

THICKNESS = 0.02
OVERLAP = 0.002
NUM_CORNERS = 24


def on_support(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Stand an object on a piece of table that reaches 0 to 60 % beyond it.

    The piece is a rectangle (40 %), an ellipse (30 %) or cut irregularly (30 %), and turned.

    Args:
        obj: The object, z up; its lowest point touches the table.
        rng: Source of randomness.

    Returns:
        The object with one more root part, named `table`.
    """
    vertices = _vertices(obj)
    size = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    turn = _turn(rng)
    footprint = vertices[:, :2] @ turn
    low, high = footprint.min(axis=0), footprint.max(axis=0)
    beyond = rng.uniform(0.0, 0.6, 2) * max(high - low)
    centre = 0.5 * (low + high) + rng.uniform(-0.3, 0.3, 2) * beyond
    outline = (_outline(rng) * (0.5 * (high - low + beyond)) + centre) @ turn.T
    slab = extrusion(outline, THICKNESS * size)
    T_object_slab = np.eye(4)
    T_object_slab[2, 3] = vertices[:, 2].min() + (OVERLAP - 0.5 * THICKNESS) * size
    return _with_root(obj, 'table', slab.transformed(T_object_slab))


def before_wall(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Put a piece of wall behind an object, up to 40 % of its size away.

    Only the front of the wall is there: a camera behind it looks through.

    Args:
        obj: The object, z up, with what it stands on.
        rng: Source of randomness.

    Returns:
        The object with one more root part, named `wall`, that reaches 0 to 40 % beyond it.
    """
    vertices = _vertices(obj)
    size = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    turn = _turn(rng)
    extent = vertices.copy()
    extent[:, :2] = vertices[:, :2] @ turn
    low, high = extent.min(axis=0), extent.max(axis=0)
    gap, height, width = rng.uniform(0.0, 0.4), rng.uniform(0.7, 1.4), rng.uniform(0.8, 1.4)
    lengths = [
        THICKNESS * size,
        width * (high - low)[1],
        height * max((high - low)[2], 0.2 * size),
    ]
    T_object_wall = np.eye(4)
    T_object_wall[:2, :2] = turn
    T_object_wall[:2, 3] = turn @ [
        high[0] + gap * size + 0.5 * lengths[0],
        0.5 * (low + high)[1] + rng.uniform(-0.2, 0.2) * lengths[1],
    ]
    T_object_wall[2, 3] = low[2] + 0.5 * lengths[2]
    return _with_root(obj, 'wall', _front(box(lengths)).transformed(T_object_wall))


def _front(slab: Primitive) -> Primitive:
    """Keep the faces that look along -x."""
    kept = slab.corner_normals[:, :, 0].max(axis=1) < -0.9
    return replace(slab, faces=slab.faces[kept], corner_normals=slab.corner_normals[kept])


def _vertices(obj: ProceduralObject) -> np.ndarray:
    return np.concatenate([p.vertices for part in obj.parts for p in part.primitives])


def _turn(rng: np.random.Generator) -> np.ndarray:
    """Rotation (2, 2) in the plane; one in three is none."""
    angle = rng.uniform(0.0, 2.0 * np.pi) if rng.random() < 2 / 3 else 0.0
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _outline(rng: np.random.Generator) -> np.ndarray:
    """Corners (P, 2) of a piece of table about as large as the square of half width one."""
    kind = rng.random()
    if kind < 0.4:
        return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    angles = np.arange(NUM_CORNERS) * (2.0 * np.pi / NUM_CORNERS)
    if kind < 0.7:
        radii = np.full(NUM_CORNERS, rng.uniform(1.0, 1.45))
    else:
        waves, phases = np.arange(1, 6)[:, None], rng.uniform(0.0, 2.0 * np.pi, (5, 1))
        strength = rng.uniform(0.0, 0.3, (5, 1)) / waves**0.5
        radii = 1.15 * np.exp((strength * np.cos(waves * angles + phases)).sum(axis=0))
        radii *= rng.uniform(0.9, 1.1, NUM_CORNERS)
    return radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _with_root(obj: ProceduralObject, name: str, primitive: Primitive) -> ProceduralObject:
    group = 1 + max(part.group for part in obj.parts)
    part = Part(name=name, primitives=(primitive,), group=group, parent=-1)
    return replace(obj, parts=(*obj.parts, part))
