# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Random shapes with holes, notches or a sawn-off corner: brackets, washers, blocks, handles."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.cutting import cut
from part_seg_ros.data.procedural.free_shapes import ALL, Shape, log_uniform, regular_polygon
from part_seg_ros.data.procedural.primitives import Primitive, box, cylinder, extrusion


def random_cut(rng: np.random.Generator) -> Shape:
    """A box, plate, cylinder or prism out of which something is cut."""
    extents = np.array([1.0, log_uniform(rng, 0.25, 1.0), log_uniform(rng, 0.06, 0.8)])
    style = rng.random()
    if style < 0.6:
        solid = box(extents)
    elif style < 0.8:
        extents[1] = 1.0
        solid = cylinder(0.5, extents[2])
    else:
        outline = regular_polygon(int(rng.choice([6, 8]))) * [1.0, extents[1]]
        solid = extrusion(outline, extents[2])
        extents[:2] = np.ptp(outline, axis=0)
    kind = rng.random()
    if kind < 0.5:
        cutters, mirrors = _holes(rng, extents), ALL
    elif kind < 0.8:
        cutters, mirrors = _notches(rng, extents), (1,)
    else:
        cutters, mirrors = _corner(rng, extents), (1,)
    rest, walls = cut(solid, cutters)
    return Shape(primitives=(rest, *(wall for wall in walls if len(wall.faces))), mirrors=mirrors)


def _placed(cutter: Primitive, at: tuple[float, float, float]) -> Primitive:
    place = np.eye(4)
    place[:3, 3] = at
    return cutter.transformed(place)


def _holes(rng: np.random.Generator, extents: np.ndarray) -> list[Primitive]:
    """One hole in the middle, two along x, or four in a rectangle, all the way through."""
    spread = 0.29 * extents[:2]
    places = [
        [(0.0, 0.0)],
        [(-spread[0], 0.0), (spread[0], 0.0)],
        [(x, y) for x in (-spread[0], spread[0]) for y in (-spread[1], spread[1])],
    ][int(rng.choice(3, p=[0.6, 0.25, 0.15]))]
    room = 0.6 * extents[1] if len(places) == 1 else 0.3 * extents[1]
    size = room * rng.uniform(0.35, 1.0)
    height = extents[2] * 1.02
    if rng.random() < 0.65:
        hole = extrusion(size * regular_polygon(16), height)
    else:
        longest = 0.6 * extents[0] if len(places) == 1 else 0.3 * extents[0]
        hole = box([rng.uniform(size, max(size, longest)), size, height])
    return [_placed(hole, (x, y, 0.0)) for x, y in places]


def _notches(rng: np.random.Generator, extents: np.ndarray) -> list[Primitive]:
    """A slot from the top, or a step at one end, across the whole width."""
    width, depth = extents[0] * rng.uniform(0.1, 0.5), extents[2] * rng.uniform(0.25, 0.7)
    cutter = box([width, 1.02 * extents[1], 2.0 * depth])
    if rng.random() < 0.5:
        return [_placed(cutter, (extents[0] * rng.uniform(-0.2, 0.2), 0.0, 0.5 * extents[2]))]
    return [_placed(cutter, (0.5 * extents[0], 0.0, 0.5 * extents[2]))]


def _corner(rng: np.random.Generator, extents: np.ndarray) -> list[Primitive]:
    """A slanted cut through the upper edge at one end."""
    angle = rng.uniform(0.3, 1.2)
    turn = np.eye(4)
    turn[:3, :3] = [
        [np.cos(angle), 0.0, np.sin(angle)],
        [0.0, 1.0, 0.0],
        [-np.sin(angle), 0.0, np.cos(angle)],
    ]
    share = rng.uniform(0.3, 0.9)
    hit = np.array([0.5 * extents[0], 0.0, 0.5 * extents[2]]) - share * 0.5 * np.array(
        [min(extents[0], 2.0 * extents[2]), 0.0, extents[2]]
    )
    cutter = box([4.0, 4.0, 4.0]).transformed(turn)
    up = turn[:3, 2]
    place = np.eye(4)
    place[:3, 3] = hit + 2.0 * up
    return [cutter.transformed(place)]
