# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Backrests of many makes: panel, wings, ladder, slats, hoop, curved."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import leg
from part_seg_ros.data.procedural.families.outlines import arc, band
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import block, front, plate, rod


def curved_panel(width: float, tall: float, thick: float, bow: float) -> Piece:
    """Makes an upright panel on z = 0 that bulges by `bow` towards +y in its middle."""
    line = np.array([(x * width, bow * (1 - 4 * x * x)) for x in np.linspace(-0.5, 0.5, 7)])
    return plate(band(line, thick), tall)


def _leaning(piece: Piece, lean_rad: float, y: float, z: float) -> Piece:
    return moved(turned(piece, 'x', -lean_rad), y=y, z=z)


def add_backrest(
    draw: Draw, kit: Assembly, width: float, tall: float, y: float, z: float, parent: int
) -> float:
    """Adds a backrest on the rear edge (y, z) of a seat: panel, ladder, slats, wings, hoop.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        width: Extent along x.
        tall: Height above the seat.
        y: Where it stands.
        z: Height of the seat.
        parent: Index of the seat.

    Returns:
        How far it leans back, in radians.
    """
    style = draw.pick('panel', 'ladder', 'slats', 'wings', 'hoop', 'curved', 'floating')
    lean, thick = draw.between(0.03, 0.3), draw.around(0.03, 0.3)
    half = 0.5 * width - 0.5 * thick

    def put(name: str, piece: Piece, owner: int = parent) -> int:
        return kit.add(name, _leaning(piece, lean, y, z), owner)

    if style in ('panel', 'wings'):
        soft = thick * draw.between(1.0, 3.0)
        sheet = moved(
            _rounded_panel(draw, width, tall, soft if style == 'wings' else thick), z=-0.02
        )
        back = put('backrest', sheet)
        if style == 'wings':
            reach = draw.between(0.12, 0.3)
            low, high = draw.between(0.3, 0.5) * tall, 0.95 * tall
            side = np.array([(0, low), (-0.5 * reach, low), (-reach, high - 0.1), (0, high)])
            wing = front(side, soft, half)
            for copy in both_sides(wing, 'x'):
                put('panel', copy, back)
        return lean
    if style == 'curved':
        low = draw.pick(0.0, draw.between(0.3, 0.6)) * tall
        panel = moved(curved_panel(width, tall - low, thick, 0.15 * width), z=low - 0.01)
        back = put('backrest', panel)
        if low:
            post = rod(
                (0.4 * half, 0.02, -0.03), (0.4 * half, 0.13 * width, low + 0.04), 0.4 * thick
            )
            for copy in both_sides(post, 'x'):
                put('post', copy, back)
        return lean
    if style == 'hoop':
        line = arc(1.0, 0.0, np.pi, 15) * [half, tall]
        back = put(
            'backrest', moved(turned(plate(band(line, thick), thick), 'x', 0.5 * np.pi), z=-0.02)
        )
        rods = []
        for x in np.linspace(-0.7, 0.7, draw.count(3, 7)) * half:
            top = tall * np.sqrt(1 - (x / half) ** 2)
            rods.append(_leaning(rod((x, 0, -0.02), (x, 0, top), 0.25 * thick), lean, y, z))
        kit.add_copies('spindle', rods, back)
        return lean
    post = leg(draw, (half, 0, -0.03), (half, 0, tall), 0.5 * thick, draw.pick('square', 'round'))
    if style == 'floating':
        low = draw.between(0.35, 0.6) * tall
        panel = block((width, 0.8 * thick, tall - low), (0, -0.5 * thick, 0.5 * (tall + low)))
        back = put('backrest', panel)
        kit.add_copies('post', [_leaning(p, lean, y, z) for p in both_sides(post, 'x')], back)
        return lean
    if draw.chance(0.4):
        rail = block((width, thick, draw.between(0.08, 0.2) * tall), (0, 0, 0.93 * tall))
        posts = joined(both_sides(post, 'x'))
        back = put('backrest', posts + rail)
    else:
        rail = block((width, thick, draw.between(0.08, 0.2) * tall), (0, 0, 0.93 * tall))
        back = put('backrest', rail)
        kit.add_copies('post', [_leaning(p, lean, y, z) for p in both_sides(post, 'x')], back)
    if style == 'ladder':
        number = draw.count(2, 4)
        slat = block((2 * half, 0.5 * thick, 0.45 * tall / number))
        slats = [moved(slat, z=f * tall) for f in np.linspace(0.2, 0.75, number)]
    else:
        number = draw.count(3, 6)
        slat = block((0.9 * half / number, 0.5 * thick, tall), (0, 0, 0.46 * tall))
        slats = [moved(slat, x * half) for x in np.linspace(-0.72, 0.72, number)]
    kit.add_copies('slat', [_leaning(s, lean, y, z) for s in slats], back)
    return lean


def _rounded_panel(draw: Draw, width: float, tall: float, thick: float) -> Piece:
    """Makes an upright panel on z = 0, its upper corners round or its upper edge arched."""
    if draw.chance(0.4):
        return block((width, thick, tall), (0, 0, 0.5 * tall), draw.pick(0.0, 0.3 * thick))
    top = arc(1.0, 0.0, np.pi, 9) * [0.5 * width, draw.between(0.1, 0.4) * tall]
    low = tall - top[:, 1].max()
    outline = np.vstack([[(-0.5 * width, 0), (0.5 * width, 0)], top + [0, low]])
    return plate(outline, thick, (0, 0.5 * thick, 0), (0, -1, 0))
