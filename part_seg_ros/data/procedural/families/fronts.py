# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fronts of case goods: carcass, drawers and doors with their fittings."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, pull
from part_seg_ros.data.procedural.families.placement import Piece, moved, turned
from part_seg_ros.data.procedural.families.shapes import block

FRONT = (0.0, -1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A rectangle of a front that faces -y.

    Attributes:
        x0: Left edge.
        x1: Right edge.
        z0: Lower edge.
        z1: Upper edge.
        y: Plane of the front.
        is_hollow: The carcass behind is open, so that doors may stand ajar.
    """

    x0: float
    x1: float
    z0: float
    z1: float
    y: float
    is_hollow: bool = False


def carcass(
    width: float, depth: float, height: float, low: float, *, is_hollow: bool, thick: float = 0.025
) -> Piece:
    """Makes a case whose underside lies at `low`: a block, or walls open to the front."""
    z = low + 0.5 * height
    if not is_hollow:
        return block((width, depth, height), (0, 0, z), 0.004)
    piece = block((thick, depth, height), (0.5 * (width - thick), 0, z))
    piece += block((thick, depth, height), (-0.5 * (width - thick), 0, z))
    piece += block((width, depth, thick), (0, 0, low + 0.5 * thick))
    piece += block((width, depth, thick), (0, 0, low + height - 0.5 * thick))
    return piece + block((width, thick, height), (0, 0.5 * (depth - thick), z))


def _drawer(width: float, height: float, proud: float, pulled: float) -> Piece:
    """Makes a drawer around x = z = 0: a panel `proud` of y = 0, pulled out by a distance."""
    panel = block((width, proud + 0.02, height), (0, -pulled - 0.5 * proud + 0.01, 0), 0.005)
    if pulled < 0.02:
        return panel
    wall, deep = 0.04 * width, pulled + 0.04
    y, low = -0.5 * pulled + 0.02, -0.1 * height
    panel += block((0.94 * width, deep, wall), (0, y, -0.4 * height))
    for side in (-1, 1):
        panel += block((wall, deep, 0.7 * height), (side * 0.45 * width, y, low))
    return panel


def add_drawers(
    draw: Draw, kit: Assembly, opening: Opening, rows: int, columns: int, parent: int = 0
) -> None:
    """Fills an opening with drawers and gives each its handles."""
    wide, tall = (opening.x1 - opening.x0) / columns, (opening.z1 - opening.z0) / rows
    gap, proud = 0.06 * min(wide, tall), draw.between(0.01, 0.03)
    style = draw.pick('knob', 'two_knobs', 'pull', 'pull', 'none')
    if style == 'pull':
        length = max(wide * draw.between(0.25, 0.5), 0.12)
        fitting = pull(draw, min(length, 2.2 * tall), (0, 0, 0), FRONT)
    else:
        fitting = knob(draw, max(0.11 * min(wide, tall), 0.025), (0, 0, 0), FRONT)
    spots = {'none': (), 'two_knobs': (-0.28 * wide, 0.28 * wide)}.get(style, (0.0,))
    fronts, handles = [], []
    for row in range(rows):
        for column in range(columns):
            x, z = opening.x0 + (column + 0.5) * wide, opening.z0 + (row + 0.5) * tall
            pulled = draw.between(0.05, 0.25) if draw.chance(0.12) else 0.0
            y = opening.y - pulled - proud
            fronts.append(moved(_drawer(wide - gap, tall - gap, proud, pulled), x, opening.y, z))
            handles.append([moved(fitting, x + shift, y, z) for shift in spots])
    drawers = kit.add_copies('drawer', fronts, parent)
    _attach(kit, 'handle' if style == 'pull' else 'knob', drawers, handles)


def add_doors(draw: Draw, kit: Assembly, opening: Opening, number: int, parent: int = 0) -> None:
    """Fills an opening with doors hinged at alternate sides and gives each its handle."""
    wide, tall = (opening.x1 - opening.x0) / number, opening.z1 - opening.z0
    proud = draw.between(0.015, 0.03)
    panel = block((wide - 0.012, 2 * proud, tall - 0.012), bevel=0.004)
    if draw.chance(0.4):
        panel += block((0.7 * wide, 0.03, 0.8 * tall), (0, -proud, 0), 0.008)
    name = draw.pick('knob', 'handle', 'handle')
    height = draw.between(-0.1, 0.2) * tall
    size = max(0.035 * max(wide, tall), 0.03)
    fitting = (
        knob(draw, size, (0, -proud, height), FRONT)
        if name == 'knob'
        else pull(draw, 7 * size, (0, -proud, height), FRONT, upright=True)
    )
    first_ajar = opening.is_hollow
    doors, handles = [], []
    for i in range(number):
        side = -1 if i % 2 else 1
        hinge = (-side * 0.5 * wide, 0.0, 0.0)
        ajar = first_ajar or (opening.is_hollow and draw.chance(0.3))
        swing = -side * draw.between(0.3, 1.8) if ajar else 0.0
        first_ajar = False
        place = (opening.x0 + (i + 0.5) * wide, opening.y, 0.5 * (opening.z0 + opening.z1))
        doors.append(moved(turned(panel, 'z', swing, hinge), *place))
        handle = moved(fitting, side * (0.5 * wide - 1.6 * size))
        handles.append([moved(turned(handle, 'z', swing, hinge), *place)])
    _attach(kit, name, kit.add_copies('door', doors, parent), handles)


def _attach(kit: Assembly, name: str, parents: list[int], pieces: list[list[Piece]]) -> None:
    """Adds one group of parts whose members hang on different parents."""
    if any(pieces):
        kit.add_group(
            name, [(piece, p) for p, own in zip(parents, pieces, strict=True) for piece in own]
        )
