# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Windows: casements, sliding and hung sashes."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import pull
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    block,
    drum,
    rod,
)
from part_seg_ros.data.procedural.families.wall_things import bars_around
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def window_unit(rng: np.random.Generator) -> ProceduralObject:
    """Builds a window: frame, casements or sliding sashes, panes, muntins, handles, hinges."""
    draw, kit = Draw(rng), Assembly('window_unit')
    width, tall = draw.around(1.0, 0.3), draw.around(1.1, 0.25)
    bar, deep = draw.around(0.06, 0.3), draw.around(0.08, 0.3)
    root = kit.add('frame', bars_around(width, tall, bar, deep))
    kind = draw.pick('casement', 'casement', 'casement', 'fixed', 'sliding', 'hung')
    inner, high = width - 1.6 * bar, tall - 1.6 * bar
    if kind == 'fixed':
        kit.add('pane', block((inner, 0.015, high)), root)
        _add_muntins(draw, kit, (inner, high, 0.6 * deep), root)
    elif kind in ('sliding', 'hung'):
        _add_sashes(draw, kit, (inner, high, deep), kind == 'hung', root)
    else:
        number = draw.count(1, 3)
        wide = inner / number
        turn = draw.pick(0.0, draw.between(0.2, 1.7))
        for i in range(number):
            side = -1 if i == 0 or (i == 1 and number == 3) else 1
            x = (i + 0.5) * wide - 0.5 * inner
            angle = turn if i != 1 or draw.chance(0.5) else 0.0
            _add_casement(draw, kit, (x, wide - 0.01, high, deep), side, angle, root)
    if draw.chance(0.45):
        size = (draw.between(1.0, 1.3) * width, draw.between(1.5, 3.5) * deep, 0.035)
        kit.add('sill', block(size, (0, -0.4 * size[1], -0.5 * tall - 0.01)), root)
    if draw.chance(0.15):
        leaf = block((0.4 * width, 0.03, tall), (0.71 * width, -0.04, 0))
        slat = block((0.3 * width, 0.045, 0.03), (0.71 * width, -0.04, 0))
        leaf += joined(moved(slat, z=z * tall) for z in np.linspace(-0.4, 0.4, 6))
        kit.add_copies('panel', both_sides(leaf, 'x'), root)
    return kit.finish()


def _add_muntins(
    draw: Draw,
    kit: Assembly,
    size: tuple[float, float, float],
    parent: int,
) -> None:
    """Adds a lattice of 1 to 3 bars a direction over a pane of (width, height), maybe none."""
    if draw.chance(0.4):
        return
    wide, high, deep = size
    thin = draw.between(0.02, 0.04)
    bars = [
        block((thin, deep, high), (x * wide, 0, 0))
        for x in np.linspace(-0.5, 0.5, draw.count(0, 2) + 2)[1:-1]
    ]
    bars += [
        block((wide, deep, thin), (0, 0, z * high))
        for z in np.linspace(-0.5, 0.5, draw.count(1, 3) + 2)[1:-1]
    ]
    kit.add('muntin', joined(bars), parent)


def _add_casement(
    draw: Draw,
    kit: Assembly,
    size: tuple[float, float, float, float],
    side: int,
    angle: float,
    parent: int,
) -> None:
    """Hangs one casement (x, width, height, depth) at its left (-1) or right (1) edge."""
    x, wide, high, deep = size
    bar = draw.between(0.04, 0.08)
    hinge = (0.5 * side * wide, 0.0, 0.0)

    def hung(piece: Piece) -> Piece:
        return moved(turned(piece, 'z', side * angle, hinge), x, -0.35 * deep)

    thick = 0.6 * deep
    sash = kit.add(
        draw.pick('sash', 'sash', 'frame'), hung(bars_around(wide, high, bar, thick)), parent
    )
    glass = (wide - 1.5 * bar, 0.25 * thick, high - 1.5 * bar)
    pane = kit.add('pane', hung(block(glass)), sash)
    if draw.chance(0.35):
        thin = draw.between(0.018, 0.035)
        cross = block((thin, 0.6 * thick, glass[2])) + block((glass[0], 0.6 * thick, thin))
        kit.add('muntin', hung(cross), pane)
    at = (-side * 0.5 * (wide - bar), -0.5 * thick, draw.between(-0.15, 0.15) * high)
    if draw.chance(0.6):
        handle = drum(0.4 * bar, 0.02, at, FRONT)
        handle += rod(at, np.add(at, (0, -0.05, 0)), 0.2 * bar)
        end = (0.0, 0.0, -0.13) if draw.chance(0.6) else (side * 0.12, 0.0, 0.0)
        start = np.add(at, (0, -0.05, 0))
        handle += beam(start, start + end, 0.35 * bar, 0.35 * bar)
    else:
        handle = pull(draw, 0.16, at, FRONT, upright=True)
    kit.add('handle', hung(handle), sash)
    if draw.chance(0.7):
        radius = draw.around(0.014, 0.25)
        knuckle = drum(radius, 0.08, (hinge[0], -0.5 * thick, -0.04))
        spots = (-0.35 * high, 0.35 * high)
        kit.add_copies('hinge', [hung(moved(knuckle, z=z)) for z in spots], parent)


def _add_sashes(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], is_upright: bool, parent: int
) -> None:
    """Adds two sashes that slide past each other sideways or upright, with grips and a latch."""
    wide, high, deep = size
    bar, share = draw.between(0.035, 0.06), draw.between(0.51, 0.56)
    part = (wide, share * high) if is_upright else (share * wide, high)
    off = (0.5 * (wide - part[0]), 0.5 * (high - part[1]))
    slid = draw.pick(0.0, draw.between(0.2, 0.9))
    for i, sign in enumerate((-1, 1)):
        way = sign * (1 - (2 * slid if i == 0 else 0.0))
        at = (way * off[0], (0.2 if i else -0.2) * deep, way * off[1])
        sash = kit.add('sash', moved(bars_around(*part, bar, 0.35 * deep), *at), parent)
        inner = (part[0] - 1.5 * bar, 0.1 * deep, part[1] - 1.5 * bar)
        kit.add('pane', moved(block(inner), *at), sash)
        if i == 0:
            grip = block(
                (0.12, 0.03, 0.03) if is_upright else (0.03, 0.03, 0.15), (0, -0.2 * deep, 0)
            )
            edge = (
                (0, 0, -0.5 * part[1] + 0.5 * bar)
                if is_upright
                else (0.5 * bar - 0.5 * part[0], 0, 0)
            )
            kit.add('handle', moved(grip, *np.add(at, edge)), sash)
            if draw.chance(0.6):
                top = (
                    (0, 0, 0.5 * part[1] - 0.5 * bar)
                    if is_upright
                    else (0.5 * part[0] - 0.5 * bar, 0, 0)
                )
                latch = drum(0.025, 0.03, (0, -0.15 * deep, 0), FRONT)
                latch += block((0.07, 0.02, 0.02), (0.02, -0.15 * deep - 0.03, 0))
                kit.add('latch', moved(latch, *np.add(at, top)), sash)
