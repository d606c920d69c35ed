# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts that are no single shape: details that belong to the part which carries them.

What people call one part often holds many pieces: a roof of tiles, a body with panels and bolts.
Without such parts in its data a network takes every crease for a border.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.assembly import surface_points
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, cylinder, ellipsoid
from part_seg_ros.data.procedural.surface import unit

MAX_PIECES = 24


def merge_attachments(
    obj: ProceduralObject, rng: np.random.Generator, *, max_size: float
) -> ProceduralObject:
    """Give some attachments, copies alike, to the parts that carry them; two parts remain.

    Args:
        obj: The object.
        rng: Source of randomness.
        max_size: Largest surface of an attachment, its copies included, over that of the part
            which carries it.

    Returns:
        The object with fewer parts and the same surface.
    """
    area = [sum(p.area for p in part.primitives) for part in obj.parts]
    size: dict[int, float] = {}
    for i, part in enumerate(obj.parts):
        if part.parent >= 0:
            size[part.group] = size.get(part.group, 0.0) + area[i] / area[part.parent]
    share = rng.choice([0.25, 0.5, 0.8])
    merged = {group for group in sorted(size) if rng.random() < share and size[group] <= max_size}
    owner = list(range(len(obj.parts)))
    for i, part in enumerate(obj.parts):
        if part.parent >= 0 and part.group in merged:
            owner[i] = owner[part.parent]
    return _regrouped(obj, owner)


def merge_copies(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Make one part of some groups of copies, as of apples in a bowl; two parts remain."""
    first: dict[int, int] = {}
    owner = []
    merged: dict[int, bool] = {}
    for i, part in enumerate(obj.parts):
        known = first.setdefault(part.group, i)
        if part.group not in merged:
            merged[part.group] = rng.random() < 0.6
        owner.append(known if merged[part.group] else i)
    return _regrouped(obj, owner)


def _regrouped(obj: ProceduralObject, owner: list[int]) -> ProceduralObject:
    """Give the surfaces of each part to the part `owner[i]` <= i, unless one part would remain."""
    kept = sorted(set(owner))
    if len(kept) < 2:
        return obj
    place = {old: new for new, old in enumerate(kept)}
    pieces: dict[int, list[Primitive]] = {i: [] for i in kept}
    for i, part in enumerate(obj.parts):
        pieces[owner[i]] += part.primitives
    parts = []
    for i in kept:
        part = obj.parts[i]
        parent = place[owner[part.parent]] if part.parent >= 0 else -1
        parts.append(
            Part(name=part.name, primitives=tuple(pieces[i]), group=part.group, parent=parent)
        )
    return replace(obj, parts=tuple(parts))


def add_relief(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Stud, tile or line the surface of one part, copies alike, with small pieces of its own.

    Args:
        obj: The object.
        rng: Source of randomness.

    Returns:
        The object with the same parts, one group of which is no longer smooth.
    """
    group = obj.parts[int(rng.integers(len(obj.parts)))].group
    members = [i for i, part in enumerate(obj.parts) if part.group == group]
    count = int(rng.integers(4, MAX_PIECES + 1)) // len(members)
    if count < 1:
        return obj
    low = np.min([p.vertices.min(axis=0) for p in obj.parts[members[0]].primitives], axis=0)
    high = np.max([p.vertices.max(axis=0) for p in obj.parts[members[0]].primitives], axis=0)
    size = float(np.linalg.norm(high - low)) * np.exp(rng.uniform(np.log(0.03), np.log(0.2)))
    piece = _piece(rng, size)
    aligned = rng.random() < 0.6
    parts = list(obj.parts)
    for i in members:
        part = parts[i]
        studs = _studs(part.primitives, piece, count, rng, aligned=aligned)
        parts[i] = Part(
            name=part.name,
            primitives=(*part.primitives, *studs),
            group=part.group,
            parent=part.parent,
        )
    return replace(obj, parts=tuple(parts))


def _piece(rng: np.random.Generator, size: float) -> Primitive:
    extent = size * np.exp(rng.uniform(-0.8, 0.2, 3)) * [1.0, 1.0, rng.uniform(0.15, 1.0)]
    maker = int(rng.integers(3))
    if maker == 0:
        return box(extent)
    if maker == 1:
        return cylinder(0.5 * extent[0], extent[2])
    return ellipsoid(0.5 * extent)


def _studs(
    primitives: tuple[Primitive, ...],
    piece: Primitive,
    count: int,
    rng: np.random.Generator,
    *,
    aligned: bool,
) -> list[Primitive]:
    """Place `count` copies of a piece on a surface, half sunk in, along its normals."""
    spots, up = surface_points(primitives, count, rng)
    reference = unit(rng.normal(size=3))
    studs = []
    for spot, axis in zip(spots, up, strict=True):
        side = np.cross(axis, reference if aligned else rng.normal(size=3))
        if np.linalg.norm(side) < 1e-3:
            continue
        side = unit(side)
        placed = np.eye(4)
        placed[:3, :3] = np.column_stack([side, np.cross(axis, side), axis])
        placed[:3, 3] = spot
        studs.append(piece.transformed(placed))
    return studs
