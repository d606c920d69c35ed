# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cores with a worked face: holes, grooves, pockets, and parts let in with a small gap."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.assembly import Node
from part_seg_ros.data.procedural.bevels import bevelled_prism
from part_seg_ros.data.procedural.cutting import cut
from part_seg_ros.data.procedural.free_shapes import ALL, Shape, log_uniform, regular_polygon
from part_seg_ros.data.procedural.node_building import (
    moved_nodes,
    random_facing,
    repeated_node,
    root_node,
    translation,
)
from part_seg_ros.data.procedural.primitives import (
    Primitive,
    box,
    cylinder,
    ellipsoid,
    extrusion,
    torus_arc,
)

MAX_CUTS = 9
MAX_CELLS = 18
KINDS = ('hole', 'recess', 'groove', 'insert', 'button', 'drawer')
KIND_WEIGHTS = np.array([0.13, 0.12, 0.18, 0.27, 0.2, 0.1])
EDGE = 0.004  # how far a cutter begins above the face, and an insert is sunk into its floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Equal cells on a face, side by side and in rows.

    Attributes:
        centres: (x, y) of each.
        size: Extent of a cell along x and y.
        is_round: The cells are discs.
        kind: One of `KINDS`.
    """

    centres: tuple[tuple[float, float], ...]
    size: tuple[float, float]
    is_round: bool
    kind: str


def inset_base(rng: np.random.Generator) -> list[Node]:
    """Draws a block, plate or cylinder with one or more bands of cells worked into a face."""
    solid, face, height = _solid(rng)
    bands = _bands(rng, face, height)
    top = 0.5 * height
    cutters: list[Primitive] = []
    depths = []
    for band in bands:
        depth = _depth(rng, band, height)
        depths.append(depth)
        if band.kind != 'button':
            shape = _prism(band, 1.0, depth + EDGE)
            middle = top + EDGE - 0.5 * (depth + EDGE)
            cutters += [shape.transformed(translation(*at, middle)) for at in band.centres]
    rest, walls = cut(solid, cutters) if cutters else (solid, [])
    own, nodes = [rest], []
    used = 0
    for band, depth in zip(bands, depths, strict=True):
        places = [translation(*at, 0.0) for at in band.centres]
        if band.kind != 'button':
            new = walls[used : used + len(places)]
            used += len(places)
            if band.kind != 'groove':
                own += new
            else:
                shape = Shape(
                    primitives=(new[0].transformed(np.linalg.inv(places[0])),), mirrors=()
                )
                nodes.append(repeated_node(shape, places, 0))
        if band.kind in ('insert', 'button', 'drawer'):
            nodes += _inserted(rng, band, places, top, depth, len(nodes) + 1)
    root = root_node(Shape(primitives=tuple(own), mirrors=(0,)))
    return moved_nodes([root, *nodes], random_facing(rng))


def _solid(
    rng: np.random.Generator, *, bevels: bool = True
) -> tuple[Primitive, np.ndarray, float]:
    """A convex solid with a flat top, the (x, y) size of a rectangle on it, and its height."""
    width = np.array([1.0, log_uniform(rng, 0.3, 1.0)])
    if rng.random() < 0.5:
        width = width[::-1]
    height = log_uniform(rng, 0.05, 0.9)
    style = rng.random()
    if style < 0.45:
        return box([*width, height]), 0.94 * width, height
    if style < 0.65 and bevels:
        bevel = rng.uniform(0.1, 0.4) * min(height, 0.2)
        return box([*width, height], bevel=bevel), 0.96 * (width - 2 * bevel), height
    if style < 0.8:
        radius = 0.5
        return cylinder(radius, height), np.full(2, 1.3 * radius), height
    angle = np.linspace(0.0, 2 * np.pi, 20, endpoint=False) + np.pi / 20
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    power = rng.uniform(0.25, 0.8)
    outline = 0.5 * width * np.sign(circle) * np.abs(circle) ** power
    return extrusion(outline, height), width * 0.68 ** min(1.0, power + 0.3), height


def _bands(rng: np.random.Generator, face: np.ndarray, height: float) -> list[Band]:
    """Divides a face into bands along y and each band into cells."""
    number = int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
    shares = np.exp(rng.normal(0.0, 0.5, number))
    shares *= face[1] / shares.sum()
    starts = np.cumsum(shares) - shares - 0.5 * face[1]
    bands = []
    cuts = 0
    for start, share in zip(starts, shares, strict=True):
        kind = KINDS[int(rng.choice(len(KINDS), p=KIND_WEIGHTS))]
        if kind == 'hole' and height > 0.6:
            kind = 'recess'
        most = MAX_CELLS if kind == 'button' else MAX_CUTS - cuts
        if most < 1:
            kind, most = 'button', MAX_CELLS // 2
        columns = int(rng.choice([1, 2, 3, 4, 5, 6], p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05]))
        rows = max(1, min(4, round(share * columns / face[0] * rng.uniform(0.5, 1.3))))
        while columns * rows > most:
            columns, rows = (columns - 1, rows) if columns >= rows else (columns, rows - 1)
        pitch = np.array([face[0] / columns, share / rows])
        size = pitch * rng.uniform(0.35, 0.9, 2)
        if kind == 'groove' and rng.random() < 0.6:
            size[int(rng.integers(2))] *= rng.uniform(0.15, 0.4)
        is_round = bool(rng.random() < 0.3)
        if is_round:
            size[:] = size.min()
        if size.min() < 0.03 or size.prod() < 0.003:
            continue
        x = (np.arange(columns) - 0.5 * (columns - 1)) * pitch[0]
        y = start + (np.arange(rows) + 0.5) * pitch[1]
        centres = tuple((float(a), float(b)) for b in y for a in x)
        cuts += 0 if kind == 'button' else len(centres)
        bands.append(Band(centres=centres, size=(size[0], size[1]), is_round=is_round, kind=kind))
    if all(band.kind in ('hole', 'recess') for band in bands):
        bands = [*bands[:-1], *_framed(bands[-1:])]
    return bands


def _framed(bands: list[Band]) -> list[Band]:
    """Turns plain cuts into grooves, so that there is a second part."""
    return [
        Band(centres=band.centres, size=band.size, is_round=band.is_round, kind='groove')
        for band in bands
    ]


def _depth(rng: np.random.Generator, band: Band, height: float) -> float:
    if band.kind == 'hole':
        return height + EDGE
    if band.kind == 'drawer':
        return height * rng.uniform(0.3, 0.85)
    return min(height * rng.uniform(0.2, 0.8), log_uniform(rng, 0.3, 1.2) * min(band.size))


def _prism(band: Band, share: float, height: float) -> Primitive:
    width, depth = share * band.size[0], share * band.size[1]
    if band.is_round:
        return extrusion(width * regular_polygon(16), height)
    return box([width, depth, height])


def _inserted(
    rng: np.random.Generator,
    band: Band,
    places: list[np.ndarray],
    top: float,
    depth: float,
    own_idx: int,
) -> list[Node]:
    """Parts in, or on, the cells of a band, and what they carry."""
    thin = min(band.size)
    if band.kind == 'button':
        rise, floor, share = thin * rng.uniform(0.1, 0.7), top - EDGE, 1.0
    else:
        gap = thin * rng.uniform(0.02, 0.1)
        share = 1.0 - 2.0 * gap / thin
        rise = float(rng.choice([-0.4, 0.0, 0.5])) * min(depth, thin) * rng.uniform(0.3, 1.0)
        floor = top - depth - EDGE
        if band.kind == 'drawer':
            rise = rng.uniform(0.0, 0.6) * depth
    height = top + rise - floor
    flat = [translation(0.0, 0.0, floor + 0.5 * height) @ place for place in places]
    shape = Shape(primitives=(_insert(rng, band, share, height),), mirrors=ALL)
    nodes = [repeated_node(shape, flat, 0)]
    if band.kind == 'drawer' or rng.random() < 0.15:
        size = np.array(band.size) * share
        ends = [translation(0.0, 0.0, top + rise) @ place for place in places]
        knob = _knob(rng, size)
        nodes.append(repeated_node(knob, ends, own_idx, parent_copies=range(len(places))))
    return nodes


def _insert(rng: np.random.Generator, band: Band, share: float, height: float) -> Primitive:
    width, depth = share * band.size[0], share * band.size[1]
    style = rng.random()
    if style < 0.5:
        return _prism(band, share, height)
    rim = rng.uniform(0.05, 0.3) * min(width, depth, height)
    if not band.is_round:
        return box([width, depth, height], bevel=rim)
    if style < 0.8:
        return bevelled_prism(width * regular_polygon(20), height, rim)
    return cylinder(0.5 * width, height, radius_top=0.5 * width * rng.uniform(0.4, 0.95))


def _knob(rng: np.random.Generator, face: np.ndarray) -> Shape:
    """A knob, bar or ring that rises from z = 0 on a face of the given size."""
    size = float(face.min()) * rng.uniform(0.12, 0.35)
    style = rng.integers(4)
    if style == 0:
        return Shape(primitives=(ellipsoid(0.5 * size),), mirrors=ALL, is_round=True)
    if style == 1:
        return Shape(primitives=(cylinder(0.5 * size, 1.6 * size),), mirrors=ALL, is_round=True)
    if style == 2:
        along = int(np.argmax(face))
        extent = np.full(3, 0.5 * size)
        extent[along] = face[along] * rng.uniform(0.2, 0.7)
        return Shape(primitives=(box(extent, bevel=0.1 * size),), mirrors=ALL)
    upright = np.eye(4)
    upright[:3, :3] = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    arch = torus_arc(size, 0.18 * size, np.pi + 0.4, start=-0.2)
    return Shape(primitives=(arch.transformed(upright),), mirrors=(0, 1))


def split_base(rng: np.random.Generator) -> list[Node]:
    """Draws a convex solid sawn into slices with narrow gaps, like seams of a housing."""
    solid, _, height = _solid(rng, bevels=False)
    axis = 2 if height > 0.25 and rng.random() < 0.6 else int(rng.integers(2))
    low, high = solid.vertices.min(axis=0), solid.vertices.max(axis=0)
    extent = float(high[axis] - low[axis])
    number = int(rng.integers(2, 5))
    shares = np.exp(rng.normal(0.0, 0.6, number))
    breaks = low[axis] + extent * np.concatenate([[0.0], np.cumsum(shares / shares.sum())])
    gap = rng.uniform(0.004, 0.014)
    size = 4.0 * (high - low)
    shapes = []
    for first, last in itertools.pairwise(breaks):
        cutters = []
        for end, sign in ((first, -1.0), (last, 1.0)):
            if abs(end - low[axis]) < 1e-9 or abs(end - high[axis]) < 1e-9:
                continue
            at = np.zeros(3)
            at[axis] = end + sign * (0.5 * size[axis] - 0.5 * gap)
            cutters.append(box(size).transformed(translation(*at)))
        rest, walls = cut(solid, cutters)
        grown = np.ones(3)
        if rng.random() < 0.3:
            grown[[other for other in range(3) if other != axis]] = rng.uniform(0.88, 1.0)
        shape = Shape(primitives=(rest, *walls), mirrors=tuple(a for a in (0, 1) if a != axis))
        shapes.append(shape.transformed(np.diag([*grown, 1.0])))
    nodes = [root_node(shapes[0])]
    nodes += [repeated_node(shape, [np.eye(4)], idx) for idx, shape in enumerate(shapes[1:])]
    return nodes
