# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Worked fronts: drawers of unequal heights and leaves with panes, hinges and handles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, pull
from part_seg_ros.data.procedural.families.fronts import Opening
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import ball, block, drum, ring, rod

FRONT = (0.0, -1.0, 0.0)
GRIPS = ('knob', 'pull', 'pull', 'drop', 'strip', 'loop')
LONG_GRIPS = ('pull', 'strip', 'loop', 'loop')


def grip(
    draw: Draw, length: float, *, upright: bool = False, styles: tuple[str, ...] = GRIPS
) -> tuple[str, Piece]:
    """Draws a knob or handle that stands on the plane y = 0 and reaches towards -y.

    Args:
        draw: Source of the style.
        length: Extent of a long handle.
        upright: Turn long handles upright.
        styles: Styles to draw from, among `GRIPS`.

    Returns:
        'knob' or 'handle', and the piece around the origin.
    """
    style = draw.pick(*styles)
    if style == 'knob':
        return 'knob', knob(draw, max(draw.around(0.15, 0.25) * length, 0.016), (0, 0, 0), FRONT)
    if style == 'pull':
        return 'handle', pull(draw, length, (0, 0, 0), FRONT, upright=upright)
    if style == 'drop':
        size = 0.22 * length
        piece = drum(0.6 * size, 0.2 * size, (0, 0.02 * size, 0), FRONT)
        piece += ball(0.25 * size, (0, -0.25 * size, 0))
        return 'handle', piece + ring(size, 0.12 * size, (0, -0.3 * size, -0.95 * size), FRONT)
    if style == 'strip':
        wide = draw.between(0.06, 0.15) * length
        lip = (length, 0.9 * wide, 0.35 * wide)
        piece = block(lip, (0, -0.4 * wide, 0.5 * wide)) + block(
            (length, 0.3 * wide, wide), (0, -0.75 * wide, 0.15 * wide)
        )
    else:
        thick = draw.between(0.03, 0.05) * length
        reach = draw.between(0.15, 0.3) * length
        post = rod((0.5 * length, 0.01, 0), (0.5 * length, -reach, 0), thick)
        bar = rod((-0.5 * length - thick, -reach, 0), (0.5 * length + thick, -reach, 0), thick)
        piece = joined(both_sides(post, 'x')) + bar
    return 'handle', turned(piece, 'y', 0.5 * np.pi) if upright else piece


def _drawer(draw: Draw, wide: float, tall: float, proud: float, style: str) -> Piece:
    """Makes a drawer front in x = +-wide / 2 that stands `proud` of y = 0."""
    piece = block((wide, proud + 0.02, tall), (0, 0.01 - 0.5 * proud, 0))
    if style == 'raised':
        piece += block((0.86 * wide, 0.02, 0.7 * tall), (0, -proud, 0))
    elif style == 'framed':
        bar = 0.14 * min(wide, tall)
        side = block((bar, 0.02, tall), (0.5 * (wide - bar), -proud, 0))
        rail = block((wide, 0.02, bar), (0, -proud, 0.5 * (tall - bar)))
        piece += joined(both_sides(side, 'x') + both_sides(rail, 'z'))
    elif style == 'ribbed':
        for z in (-0.3 * tall, 0.3 * tall):
            piece += block((0.94 * wide, 0.016, 0.2 * tall), (0, -proud, z))
    return piece


def _tray(wide: float, tall: float, pulled: float) -> Piece:
    """Makes the box of a drawer that is pulled out of y = 0 by a distance, open on top."""
    wall, deep = 0.03 * wide, pulled + 0.05
    y = 0.04 - 0.5 * pulled
    piece = block((0.94 * wide, deep, 0.08 * tall), (0, y, -0.42 * tall))
    side = block((wall, deep, 0.72 * tall), (0.455 * wide, y, -0.1 * tall))
    return piece + joined(both_sides(side, 'x'))


def add_drawer_bank(
    draw: Draw,
    kit: Assembly,
    opening: Opening,
    rows: Sequence[int],
    parent: int = 0,
    *,
    pulled_share: float = 0.15,
) -> list[int]:
    """Fills an opening with rows of drawers, from below, and gives all the same handles.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        opening: Where the drawers go.
        rows: Number of drawers of each row, from below.
        parent: Part that carries them.
        pulled_share: Which share of the drawers stands open.

    Returns:
        Indices of the drawers.
    """
    grow = draw.pick(0.0, 0.0, draw.between(0.05, 0.25))
    shares = np.exp(-grow * np.arange(len(rows)))
    edges = opening.z0 + np.append(0, np.cumsum(shares / shares.sum())) * (opening.z1 - opening.z0)
    gap, proud = draw.between(0.006, 0.03), draw.between(0.004, 0.03)
    style = draw.pick('flat', 'flat', 'flat', 'raised', 'framed', 'ribbed')
    face = proud + (0.008 if style in ('raised', 'framed') else 0.0)
    whole = opening.x1 - opening.x0
    length = min(draw.between(0.2, 0.55) * whole / max(rows), 2.0 * float(np.diff(edges).min()))
    name, fitting = grip(draw, max(length, 0.07))
    pairs = whole / max(rows) > 0.5 and draw.chance(0.3)
    lift = draw.pick(0.0, 0.0, draw.between(0.0, 0.3))
    bare = draw.chance(0.1)
    fronts, handles = [], []
    for number, z0, z1 in zip(rows, edges[:-1], edges[1:], strict=True):
        wide, tall = whole / number, float(z1 - z0)
        for column in range(number):
            x, z = opening.x0 + (column + 0.5) * wide, 0.5 * (z0 + z1)
            pulled = draw.between(0.06, 0.35) if draw.chance(pulled_share) else 0.0
            shape = moved(_drawer(draw, wide - gap, tall - gap, proud, style), y=-pulled)
            if pulled:
                shape += _tray(wide - gap, tall - gap, pulled)
            fronts.append(moved(shape, x, opening.y, z))
            spots = (-0.25 * wide, 0.25 * wide) if pairs and number == min(rows) else (0.0,)
            y = opening.y - pulled - face
            handles.append([moved(fitting, x + s, y, z + lift * tall) for s in spots])
    drawers = kit.add_copies('drawer', fronts, parent)
    if not bare:
        members = zip(drawers, handles, strict=True)
        kit.add_group(name, [(piece, d) for d, own in members for piece in own])
    return drawers


def _leaf(draw: Draw, wide: float, tall: float, thick: float, style: str) -> Piece:
    """Makes a door leaf around the origin, of `thick` along y."""
    if style == 'flat':
        return block((wide, thick, tall), bevel=draw.pick(0.0, 0.006))
    bar = min(draw.between(0.1, 0.2) * min(wide, tall), 0.12)
    side = block((bar, thick, tall), (0.5 * (wide - bar), 0, 0))
    rail = block((wide, thick, bar), (0, 0, 0.5 * (tall - bar)))
    frame = joined(both_sides(side, 'x') + both_sides(rail, 'z'))
    if style == 'glazed':
        return frame
    if style == 'raised':
        return block((wide, thick, tall)) + block(
            (0.7 * wide, 1.6 * thick, 0.8 * tall), bevel=0.008
        )
    if style == 'louvred':
        levels = np.linspace(-0.5, 0.5, 9)[1:-1] * (tall - 2 * bar)
        slat = turned(block((wide - bar, 0.8 * thick, 0.6 * tall / 9)), 'x', 0.5)
        return frame + joined(moved(slat, z=z) for z in levels)
    return frame + block((wide - bar, 0.4 * thick, tall - bar))


def add_leaf(
    draw: Draw,
    kit: Assembly,
    opening: Opening,
    parent: int = 0,
    *,
    hinge: str = 'left',
    style: str | None = None,
    angle_rad: float = 0.0,
    window: float = 0.0,
    grips: tuple[str, ...] = GRIPS,
) -> int:
    """Hangs one door into an opening: leaf, panes, handle or knob, hinges.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        opening: What the leaf covers.
        parent: Part that carries the leaf.
        hinge: 'left', 'right', 'bottom' or 'top': the edge about which it turns.
        style: 'flat', 'panel', 'raised', 'louvred' or 'glazed'; None draws one.
        angle_rad: How far it stands open.
        window: Share of the leaf's height and width that a set-in pane takes, 0 for none.
        grips: Styles of the handle, among `GRIPS`.

    Returns:
        Index of the door.
    """
    wide, tall = opening.x1 - opening.x0 - 0.01, opening.z1 - opening.z0 - 0.01
    thick = draw.between(0.02, 0.04)
    style = style or draw.pick('flat', 'flat', 'panel', 'raised', 'louvred', 'glazed')
    centre = (0.5 * (opening.x0 + opening.x1), opening.y, 0.5 * (opening.z0 + opening.z1))
    side = {'left': -1, 'right': 1}.get(hinge, 0)
    lift = {'bottom': -1, 'top': 1}.get(hinge, 0)
    edge = (0.5 * side * wide, 0.0, 0.5 * lift * tall)

    def hung(piece: Piece) -> Piece:
        axis = 'z' if side else 'x'
        sign = side if side else -lift
        return moved(turned(piece, axis, sign * angle_rad, edge), *centre)

    door = kit.add(
        'door', hung(moved(_leaf(draw, wide, tall, thick, style), y=-0.4 * thick)), parent
    )
    if style == 'glazed':
        size = (0.9 * wide, 0.25 * thick, 0.95 * tall)
        pane = kit.add('pane', hung(block(size, (0, -0.4 * thick, 0))), door)
        if draw.chance(0.4):
            bars = joined(
                block((0.9 * wide, 0.5 * thick, 0.02), (0, -0.5 * thick, z * tall))
                for z in np.linspace(-0.5, 0.5, draw.count(3, 5))[1:-1]
            )
            bars += block((0.02, 0.5 * thick, 0.95 * tall), (0, -0.5 * thick, 0))
            kit.add('muntin', hung(bars), pane)
    elif window:
        size = (window * wide, 0.3 * thick, draw.between(0.85, 1.05) * window * tall)
        kit.add('window', hung(block(size, (0, -0.95 * thick, 0), 0.002)), door)
    lengths = (0.25, 0.6) if grips == LONG_GRIPS else (0.12, 0.45)
    length = draw.between(*lengths) * (tall if side else wide)
    name, fitting = grip(draw, min(max(length, 0.09), 0.9), upright=side != 0, styles=grips)
    off = min(draw.between(0.04, 0.1) * wide, 0.06) if side else 0.07 * tall
    x = -side * (0.5 * wide - off)
    z = draw.between(-0.2, 0.2) * tall if side else -lift * (0.5 * tall - off)
    kit.add(name, hung(moved(fitting, x, -0.9 * thick, z)), door)
    if draw.chance(0.4):
        _add_hinges(draw, kit, (wide, tall, thick), (side, lift), hung, parent)
    return door


def _add_hinges(
    draw: Draw,
    kit: Assembly,
    size: tuple[float, float, float],
    edge: tuple[int, int],
    hung: Callable[[Piece], Piece],
    parent: int,
) -> None:
    """Adds hinges where a leaf meets what carries it.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        size: Width, height and thickness of the leaf.
        edge: Where the hinges are, as signs along x and z.
        hung: Moves a piece from the closed leaf's frame to where the leaf hangs.
        parent: Part that carries the leaf.
    """
    (wide, tall, thick), (side, lift) = size, edge
    upright = side != 0
    radius = draw.around(0.012, 0.25) + 0.008 * max(wide, tall)
    along = (0, 0, 1) if upright else (1, 0, 0)
    half = draw.between(1.5, 3.5) * radius
    barrel = drum(radius, 2 * half, np.multiply(along, -half), along)
    plate = (2.5 * radius, 0.3 * radius, 1.7 * half)
    barrel += block(plate if upright else plate[::-1], (0, 0.3 * radius, 0))
    spots = np.linspace(-0.38, 0.38, draw.count(2, 3))
    at = (0.5 * side * wide, -0.9 * thick, 0.5 * lift * tall)
    shifts = [(0, 0, s * tall) if upright else (s * wide, 0, 0) for s in spots]
    kit.add_copies('hinge', [hung(moved(barrel, *np.add(at, d))) for d in shifts], parent)
