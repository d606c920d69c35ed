# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hollow cores with something in them: filled bowls, cups of sticks, crates, cabinets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.data.procedural.assembly import Node, covered
from part_seg_ros.data.procedural.free_rounded import random_limb, random_superquadric
from part_seg_ros.data.procedural.free_shapes import (
    ALL,
    BOTH,
    Shape,
    log_uniform,
    random_box,
    random_cylinder,
    random_ellipsoid,
)
from part_seg_ros.data.procedural.node_building import (
    moved_nodes,
    repeated_node,
    root_node,
    translation,
)
from part_seg_ros.data.procedural.primitives import (
    Primitive,
    box,
    capsule,
    cylinder,
    ellipsoid,
    lathe,
)
from part_seg_ros.data.procedural.surface import unit

ShapeMaker = Callable[[np.random.Generator], Shape]
CONTENTS: tuple[ShapeMaker, ...] = (
    random_ellipsoid,
    random_superquadric,
    random_box,
    random_cylinder,
    random_limb,
)


def hollow_base(rng: np.random.Generator) -> list[Node]:
    """Draws a filled vessel, a crate of things or a cabinet."""
    style = rng.random()
    if style < 0.45:
        return filled_vessel(rng)
    if style < 0.65:
        return crate(rng)
    return cabinet(rng)


def filled_vessel(rng: np.random.Generator) -> list[Node]:
    """A round vessel with a filling, a heap, sticks, a smaller vessel or a lid."""
    top, height = 0.5, log_uniform(rng, 0.2, 1.4)
    bottom = top * rng.uniform(0.35, 1.0)
    wall = rng.uniform(0.02, 0.06)
    curve = rng.uniform(0.4, 1.2)
    t = np.linspace(0.0, 1.0, 8)
    outer = np.stack([bottom + (top - bottom) * t**curve, height * t], axis=1)
    inner = np.stack([outer[:, 0] - wall, np.maximum(outer[:, 1], wall)], axis=1)
    hull = np.concatenate([[(0.0, 0.0)], outer, inner[::-1], [(0.0, wall)]])
    shape = Shape(primitives=(lathe(hull),), mirrors=BOTH, is_round=True)
    nodes = [root_node(shape, translation(0.0, 0.0, 0.5 * height))]
    style = rng.random()
    if style < 0.3:
        nodes.append(_filling(rng, inner, wall, height))
    elif style < 0.6:
        nodes += _heap(rng, shape, inner, height)
    elif style < 0.8:
        nodes += _sticks(rng, inner, wall, height)
    else:
        share = rng.uniform(0.6, 0.9)
        rise = translation(0.0, 0.0, wall + rng.uniform(0.004, 0.012))
        smaller = shape.transformed(np.diag([share, share, share, 1.0]))
        nodes.append(repeated_node(smaller, [rise], 0))
    if rng.random() < 0.3:
        nodes += _lid(rng, top, height, wall, len(nodes))
    return nodes


def _filling(rng: np.random.Generator, inner: np.ndarray, wall: float, height: float) -> Node:
    """What fills the vessel up to a level, with a flat or a domed surface."""
    level = wall + (height - wall) * rng.uniform(0.3, 0.95)
    sunk = inner + [0.5 * wall, 0.0]  # into the wall, so that the contact stays hidden
    below = sunk[sunk[:, 1] < level - 1e-3]
    edge = float(np.interp(level, sunk[:, 1], sunk[:, 0]))
    dome = rng.uniform(0.0, 0.5) * edge if rng.random() < 0.4 else 0.0
    angle = np.linspace(0.0, 0.5 * np.pi, 6)[1:-1]
    cap = np.stack([edge * np.cos(angle), level + dome * np.sin(angle)], axis=1)
    profile = np.concatenate(
        [
            [(0.0, wall)],
            below,
            [(edge, level)],
            cap if dome > 0 else cap[:0],
            [(0.0, level + dome)],
        ]
    )
    return repeated_node(
        Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True), [np.eye(4)], 0
    )


def _heap(rng: np.random.Generator, vessel: Shape, inner: np.ndarray, height: float) -> list[Node]:
    """Things of one kind, or of several, that lie in the vessel and on each other."""
    floor, reach = float(inner[0, 1]), float(inner[0, 0])
    radius = float(inner[-1, 0]) * rng.uniform(0.2, 0.42)
    places: list[np.ndarray] = []
    for _ in range(30):
        angle, share = rng.uniform(0.0, 2.0 * np.pi), np.sqrt(rng.random())
        z = floor + radius
        for _ in range(4):
            free = float(np.interp(z, inner[:, 1], inner[:, 0])) - radius
            at = np.array(
                [*(max(free, 0.0) * share * np.array([np.cos(angle), np.sin(angle)])), z]
            )
            gaps = [np.linalg.norm(at - other) for other in places]
            if all(gap > 1.7 * radius for gap in gaps):
                places.append(at)
                break
            z += 0.8 * radius
            if z > height + 0.5 * radius:
                break
        if len(places) >= 9:
            break
    if not places or reach <= 0.0:
        places = [np.array([0.0, 0.0, floor + radius])]
    fit = np.diag([2.05 * radius] * 3 + [1.0])

    def thing(maker: ShapeMaker) -> Shape:
        return _unit_shape(maker(rng)).transformed(fit)

    alike = rng.random() < 0.5
    shapes = [thing(CONTENTS[int(rng.integers(len(CONTENTS)))])] * len(places)
    if not alike:
        shapes = [thing(CONTENTS[int(rng.integers(len(CONTENTS)))]) for _ in places]
    frames: list[np.ndarray] = []
    ground = list(vessel.primitives)
    for shape, at in zip(shapes, sorted(places, key=lambda place: place[2]), strict=True):
        frame = translation(*at) @ _random_turn(rng)
        frame = translation(0.0, 0.0, -_fall(shape.transformed(frame), ground, at[2])) @ frame
        frames.append(frame)
        ground += shape.transformed(frame).primitives
    if alike:
        return [repeated_node(shapes[0], frames, 0)]
    return [repeated_node(shape, [frame], 0) for shape, frame in zip(shapes, frames, strict=True)]


def _fall(shape: Shape, ground: list[Primitive], height: float) -> float:
    """How far a shape falls until it sinks into the ground a little, at most to z = 0."""
    vertices = np.concatenate([primitive.vertices for primitive in shape.primitives])
    vertices = vertices[:: max(1, len(vertices) // 80)]
    falls = np.linspace(0.0, height, 14)
    moved = vertices[None] - falls[:, None, None] * [0.0, 0.0, 1.0]
    sunk = covered(tuple(ground), moved.reshape(-1, 3)).reshape(len(falls), -1).any(axis=1)
    return float(falls[int(np.argmax(sunk))]) if sunk.any() else height


def _unit_shape(shape: Shape) -> Shape:
    """Scales and centres a shape into the ball of diameter 1."""
    low, high = shape.bounds()
    scale = 1.0 / max(float((high - low).max()), 0.8 * float(np.linalg.norm(high - low)))
    shift = translation(*(-0.5 * (low + high)))
    return shape.transformed(np.diag([scale] * 3 + [1.0]) @ shift)


def _random_turn(rng: np.random.Generator) -> np.ndarray:
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    axes[:, 0] *= np.sign(np.linalg.det(axes))
    turn = np.eye(4)
    turn[:3, :3] = axes
    return turn


def _sticks(rng: np.random.Generator, inner: np.ndarray, wall: float, height: float) -> list[Node]:
    """Pens in a cup, stems in a vase: sticks that stand on the floor and lean on the rim."""
    nodes: list[Node] = []
    thick = float(inner[0, 0]) * rng.uniform(0.06, 0.2)
    for _ in range(int(rng.integers(1, 6))):
        angle = rng.uniform(0.0, 2.0 * np.pi)
        out = np.array([np.cos(angle), np.sin(angle)])
        foot = np.array(
            [*(-rng.uniform(0.0, 0.8) * (inner[0, 0] - thick) * out), wall + 0.5 * thick]
        )
        rim = np.array([*((inner[-1, 0] - 1.5 * thick) * rng.uniform(0.3, 1.0) * out), height])
        direction = unit(rim - foot)
        length = float(np.linalg.norm(rim - foot)) * rng.uniform(1.1, 1.8)
        side = unit(np.cross(direction, [0.3, 0.9, 0.1]))
        frame = np.eye(4)
        frame[:3, :3] = np.stack([side, np.cross(direction, side), direction], axis=1)
        frame[:3, 3] = foot + 0.5 * length * direction
        stick = capsule(thick, length) if rng.random() < 0.5 else box([thick, 2 * thick, length])
        parent = len(nodes) + 1
        nodes.append(repeated_node(Shape(primitives=(stick,), mirrors=ALL), [frame], 0))
        if rng.random() < 0.5:
            head = ellipsoid(thick * rng.uniform(1.3, 3.0, 3))
            top = frame @ translation(0.0, 0.0, 0.5 * length)
            nodes.append(repeated_node(Shape(primitives=(head,), mirrors=ALL), [top], parent))
    return nodes


def _lid(
    rng: np.random.Generator, radius: float, height: float, wall: float, own_idx: int
) -> list[Node]:
    """A lid just above the rim, or shifted and tilted upon it, with a knob."""
    thick = wall * rng.uniform(0.7, 1.5)
    dome = radius * rng.uniform(0.0, 0.4)
    angle = np.linspace(0.0, 0.5 * np.pi, 7)
    cap = np.stack([radius * np.cos(angle), thick + dome * np.sin(angle)], axis=1)
    cap[-1, 0] = 0.0
    profile = np.concatenate([[(0.0, 0.0), (radius, 0.0)], cap if dome > 0.02 else cap[[0]]])
    if dome <= 0.02:
        profile = np.concatenate([profile, [(0.0, thick)]])
        dome = 0.0
    frame = translation(0.0, 0.0, height + rng.uniform(0.002, 0.012))
    if rng.random() < 0.4:
        tilt = rng.uniform(0.1, 0.6)
        lean = np.eye(4)
        lean[:3, :3] = [
            [np.cos(tilt), 0.0, np.sin(tilt)],
            [0.0, 1.0, 0.0],
            [-np.sin(tilt), 0.0, np.cos(tilt)],
        ]
        lean = translation(radius, 0.0, 0.0) @ lean @ translation(-radius, 0.0, 0.0)
        frame = frame @ lean
    lid = Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True)
    size = radius * rng.uniform(0.08, 0.25)
    knob = cylinder(size, 2.0 * size) if rng.random() < 0.4 else ellipsoid(size)
    top = frame @ translation(0.0, 0.0, thick + dome + 0.6 * size)
    return [
        repeated_node(lid, [frame], 0),
        repeated_node(Shape(primitives=(knob,), mirrors=ALL, is_round=True), [top], own_idx),
    ]


def _panels(size: np.ndarray, wall: float, *, open_axis: int) -> Shape:
    """A box of panels, centred, without the wall at the positive end of an axis."""
    panels = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            if axis == open_axis and side > 0:
                continue
            extent = size.copy()
            extent[axis] = wall
            at = np.zeros(3)
            at[axis] = 0.5 * side * (size[axis] - wall)
            panels.append(box(extent).transformed(translation(*at)))
    mirrors = tuple(axis for axis in range(3) if axis != open_axis)
    return Shape(primitives=tuple(panels), mirrors=mirrors)


def crate(rng: np.random.Generator) -> list[Node]:
    """An open box, or a tray, with a grid of equal things, some of them missing."""
    size = np.array([1.0, rng.uniform(0.4, 1.0), log_uniform(rng, 0.1, 0.7)])
    wall = rng.uniform(0.015, 0.05)
    nodes = [root_node(_panels(size, wall, open_axis=2))]
    columns = int(rng.integers(1, 6))
    rows = max(1, min(4, round(columns * size[1])))
    cell = (size[:2] - 2.0 * wall) / [columns, rows]
    share = rng.uniform(0.6, 0.97)
    width = share * float(cell.min())
    tall = size[2] * rng.uniform(0.5, 1.6)
    floor = wall - 0.5 * size[2] - 0.003
    style = rng.random()
    if style < 0.3:
        solid = Shape(primitives=(cylinder(0.5 * width, tall),), mirrors=ALL, is_round=True)
    elif style < 0.55:
        solid = Shape(primitives=(box([*(share * cell), tall]),), mirrors=ALL)
    elif style < 0.75:
        tall = width
        solid = Shape(primitives=(ellipsoid(0.5 * width),), mirrors=ALL, is_round=True)
    else:
        solid = _unit_shape(CONTENTS[int(rng.integers(len(CONTENTS)))](rng))
        low, high = solid.bounds()
        extent = high - low
        fit = np.array([width, width, tall]) / extent
        fit = np.minimum(fit, 1.5 * fit.min())
        solid = solid.transformed(np.diag([*fit, 1.0]) @ translation(*(-0.5 * (low + high))))
        tall = float(np.ptp(solid.bounds(), axis=0)[2])
    places = []
    for column in range(columns):
        for row in range(rows):
            if rng.random() < 0.12 and places:
                continue
            at = (np.array([column, row]) + 0.5) * cell - 0.5 * size[:2] + wall
            places.append(translation(*at, floor + 0.5 * tall))
    nodes.append(repeated_node(solid, places, 0))
    return nodes


def cabinet(rng: np.random.Generator) -> list[Node]:
    """A carcass open to the front with shelves, drawers, doors and things."""
    size = np.array([rng.uniform(0.35, 1.0), rng.uniform(0.2, 0.6), rng.uniform(0.4, 1.2)])
    size /= size.max()
    wall = rng.uniform(0.015, 0.04)
    nodes = [root_node(_panels(size, wall, open_axis=1))]  # the front is +y until the end
    rows = int(rng.integers(1, 6))
    columns = int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1])) if rows < 5 else 1
    room = size - [2.0 * wall, wall, 2.0 * wall]  # behind it is the back wall
    cell = np.array([room[0] / columns, room[1], room[2] / rows])
    back = 0.5 * wall  # the room's centre along y
    if rows > 1:
        shelf = box([room[0] + 0.004, room[1] * rng.uniform(0.8, 1.0), 0.7 * wall])
        levels = [translation(0.0, back - 0.02, z) for z in _inner_breaks(rows, cell[2])]
        nodes.append(repeated_node(Shape(primitives=(shelf,), mirrors=ALL), levels, 0))
    if columns > 1:
        divider = box([0.7 * wall, room[1] * rng.uniform(0.8, 1.0), room[2] + 0.004])
        across = [translation(x, back - 0.02, 0.0) for x in _inner_breaks(columns, cell[0])]
        nodes.append(repeated_node(Shape(primitives=(divider,), mirrors=ALL), across, 0))
    centres = [
        np.array([(a + 0.5) * cell[0] - 0.5 * room[0], back, (b + 0.5) * cell[2] - 0.5 * room[2]])
        for a in range(columns)
        for b in range(rows)
    ]
    chosen = (
        rng.integers(0, 4, len(centres))
        if rng.random() < 0.4
        else [int(rng.integers(3))] * len(centres)
    )
    drawers = [at for at, kind in zip(centres, chosen, strict=True) if kind == 0]
    doors = [at for at, kind in zip(centres, chosen, strict=True) if kind == 1]
    shelved = [at for at, kind in zip(centres, chosen, strict=True) if kind == 2]
    clear = cell - [0.9 * wall, 0.0, 0.9 * wall]
    if drawers:
        nodes += _drawers(rng, drawers, clear, wall, len(nodes))
    if doors:
        nodes += _doors(rng, doors, clear, wall, len(nodes))
    for at in shelved[:4]:
        nodes += _things(rng, at, clear, wall)
    return moved_nodes(nodes, np.diag([-1.0, -1.0, 1.0, 1.0]))


def _inner_breaks(number: int, pitch: float) -> np.ndarray:
    return (np.arange(1, number) - 0.5 * number) * pitch


def _drawers(
    rng: np.random.Generator,
    centres: list[np.ndarray],
    cell: np.ndarray,
    wall: float,
    own_idx: int,
) -> list[Node]:
    """Open boxes with a front and a handle, some of them pulled out."""
    gap = rng.uniform(0.03, 0.08)
    size = cell * [1.0 - gap, 0.9, 1.0 - 2.0 * gap]
    tray = _panels(size * [1.0, 1.0, rng.uniform(0.6, 1.0)], 0.5 * wall, open_axis=2)
    front = box([size[0], 0.6 * wall, size[2]]).transformed(translation(0, 0.5 * size[1], 0))
    shape = Shape(primitives=(*tray.primitives, front), mirrors=(0,))
    drop = 0.5 * (cell[2] - size[2]) + 0.001
    pulls = [rng.uniform(0.1, 0.7) * size[1] if rng.random() < 0.35 else 0.0 for _ in centres]
    places = [
        translation(at[0], at[1] + pull + 0.03 * cell[1], at[2] - drop)
        for at, pull in zip(centres, pulls, strict=True)
    ]
    handle = _handle_shape(rng, size)
    ends = [place @ translation(0.0, 0.5 * size[1] + 0.3 * wall, 0.0) for place in places]
    return [
        repeated_node(shape, places, 0),
        repeated_node(handle, ends, own_idx, parent_copies=range(len(places))),
    ]


def _handle_shape(rng: np.random.Generator, face: np.ndarray) -> Shape:
    size = 0.2 * min(float(face[0]), float(face[2]))
    style = rng.integers(3)
    if style == 0:
        return Shape(primitives=(ellipsoid(0.5 * size),), mirrors=ALL)
    if style == 1:
        return Shape(
            primitives=(box([face[0] * rng.uniform(0.2, 0.6), size, 0.6 * size]),), mirrors=ALL
        )
    lying = np.eye(4)
    lying[:3, :3] = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    return Shape(primitives=(cylinder(0.5 * size, 1.5 * size).transformed(lying),), mirrors=ALL)


def _doors(
    rng: np.random.Generator,
    centres: list[np.ndarray],
    cell: np.ndarray,
    wall: float,
    own_idx: int,
) -> list[Node]:
    """Panels hinged at their left side, closed or opened by the same angle, with a knob."""
    angle = rng.uniform(0.3, 2.0) if rng.random() < 0.4 else 0.0
    size = np.array([1.03 * cell[0], 0.6 * wall, 1.03 * cell[2]])
    panel = Shape(primitives=(box(size),), mirrors=ALL)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    swing = turn @ translation(0.5 * size[0], 0.3 * wall, 0.0)
    front = 0.5 * cell[1] + rng.uniform(0.0, 0.004)
    places = [translation(at[0] - 0.5 * size[0], at[1] + front, at[2]) @ swing for at in centres]
    knob = _handle_shape(rng, np.array([0.6 * size[0], 0.0, size[2]]))
    ends = [place @ translation(0.38 * size[0], 0.4 * wall, 0.0) for place in places]
    return [
        repeated_node(panel, places, 0),
        repeated_node(knob, ends, own_idx, parent_copies=range(len(places))),
    ]


def _things(
    rng: np.random.Generator, centre: np.ndarray, cell: np.ndarray, wall: float
) -> list[Node]:
    """A row of upright things on the floor of a compartment: books, jars, boxes."""
    number = int(rng.integers(1, 5))
    width = cell[0] / number
    floor = centre[2] - 0.5 * cell[2] - 0.1 * wall
    nodes = []
    for idx in range(number):
        extent = np.array([0.9 * width, 0.8 * cell[1], 0.95 * cell[2]]) * rng.uniform(0.5, 1.0, 3)
        if rng.random() < 0.5:
            solid = box(extent)
        else:
            solid = cylinder(0.5 * float(extent[:2].min()), extent[2])
        x = centre[0] - 0.5 * cell[0] + (idx + 0.5) * width
        place = translation(x, centre[1] + 0.1 * cell[1], floor + 0.5 * extent[2])
        nodes.append(repeated_node(Shape(primitives=(solid,), mirrors=ALL), [place], 0))
    return nodes
