# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Open shelves and small tables: bookcase, side table."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fitted_fronts import add_drawer_bank, add_leaf
from part_seg_ros.data.procedural.families.fittings import leg
from part_seg_ros.data.procedural.families.fronts import Opening
from part_seg_ros.data.procedural.families.outlines import (
    ellipse,
    regular_polygon,
    rounded_rectangle,
)
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    joined,
    moved,
    spun,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    block,
    drum,
    plate,
    ring,
    rod,
    sleeve,
)
from part_seg_ros.data.procedural.families.supports import add_centre_support, add_supports
from part_seg_ros.data.procedural.object import ProceduralObject


def bookcase(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bookcase: side panels, frames, posts or a ladder pair, shelves, top, back."""
    draw, kit = Draw(rng), Assembly('bookcase')
    width, depth = draw.around(0.8, 0.35), draw.around(0.3, 0.2)
    height, thick = draw.around(1.3, 0.4), draw.around(0.025, 0.3)
    style = draw.pick('case', 'case', 'case', 'posts', 'frames', 'leaning')
    if style in ('posts', 'frames'):
        _open_rack(draw, kit, (width, depth, height), style)
    elif style == 'leaning':
        _leaning_rack(draw, kit, width, depth, height)
    else:
        low = draw.pick(0.0, 0.0, draw.between(0.04, 0.3))
        _cased_shelves(draw, kit, (width, depth, height), low, thick)
    return kit.finish()


def _cased_shelves(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], low: float, thick: float
) -> None:
    width, depth, height = size
    columns = draw.count(1, 3) if width > 0.7 else 1
    rows = max(2, min(6, round(height / draw.between(0.25, 0.45))))
    z_mid, inner = low + 0.5 * height, width - 2 * thick
    side = block((thick, depth, height), (0.5 * (width - thick), 0, z_mid))
    as_frame = draw.chance(0.25)
    if as_frame:
        cap = block((inner + 0.01, depth, thick), (0, 0, 0.5 * height - 0.5 * thick))
        hull = joined(both_sides(side, 'x')) + joined(
            moved(p, z=z_mid) for p in both_sides(cap, 'z')
        )
        root = kit.add('body', hull)
    else:
        root = kit.add_copies('side', both_sides(side, 'x'))[0]
        over = draw.pick(0.0, 0.02)
        slab = thick * draw.between(0.9, 1.8)
        board = block((width + over, depth + over, slab), (0, 0, low + height))
        kit.add('top', board, root)
    if draw.chance(0.6):
        back = block((inner + 0.01, 0.3 * thick, height), (0, 0.49 * depth, z_mid))
        kit.add('back_panel', back, root)
    bottom = low if draw.chance(0.6) else low + draw.between(0.04, 0.1)
    edges = np.linspace(bottom, low + height, rows + 1)
    bounds = np.linspace(-0.5 * inner, 0.5 * inner, columns + 1)
    levels = edges[1 if as_frame else 0 : -1]
    boards = [
        block((inner + 0.01, 0.96 * depth, thick), (0, -0.01 * depth, z + 0.5 * thick))
        for z in levels
    ]
    if boards:
        kit.add_copies('shelf', boards, root)
    if columns > 1:
        wall = block(
            (thick, 0.95 * depth, low + height - bottom - 0.01),
            (0, 0, 0.5 * (bottom + low + height - 0.01)),
        )
        kit.add_copies('divider', [moved(wall, x) for x in bounds[1:-1]], root)
    if draw.chance(0.3):
        spot = draw.count(0, columns - 1)
        hole = Opening(
            x0=bounds[spot] + 0.5 * thick,
            x1=bounds[spot + 1] - 0.5 * thick,
            z0=edges[0] + thick,
            z1=edges[1],
            y=-0.49 * depth,
            is_hollow=True,
        )
        if draw.chance(0.5):
            add_drawer_bank(draw, kit, hole, [1] * draw.count(1, 2), root)
        else:
            add_leaf(draw, kit, hole, root, angle_rad=draw.pick(0.0, draw.between(0.2, 1.6)))
    add_supports(draw, kit, width, depth, low, root)


def _open_rack(draw: Draw, kit: Assembly, size: tuple[float, float, float], style: str) -> None:
    """Makes shelves between four posts, or between two ladder-like frames."""
    width, depth, height = size
    half = draw.around(0.016, 0.3)
    x, y = 0.5 * width, 0.5 * depth - half
    post = leg(draw, (x, y, 0), (x, y, height), half, draw.pick('square', 'square', 'round'))
    levels = (
        np.linspace(draw.between(0.06, 0.25), draw.between(0.85, 0.99), draw.count(2, 5)) * height
    )
    if style == 'frames':
        rungs = [
            block((1.4 * half, 2 * y, 1.4 * half), (x, 0, z)) for z in (*levels, 0.99 * height)
        ]
        side = joined(both_sides(post, 'y')) + joined(rungs)
        root = kit.add_copies('frame', both_sides(side, 'x'))[0]
    else:
        root = kit.add_copies('post', four_corners(post))[0]
    slab = draw.around(0.022, 0.35)
    if draw.chance(0.25):
        bars = [
            block((2 * x, 0.13 * depth, slab), (0, f * depth, 0))
            for f in np.linspace(-0.42, 0.42, 5)
        ]
        board = joined(bars)
    else:
        board = block((2 * x, 2 * y + half, slab))
    shelves = kit.add_copies('shelf', [moved(board, z=z) for z in levels], root)
    if draw.chance(0.3):
        lip = rod((-x, -y, 0.05), (x, -y, 0.05), 0.008)
        kit.add_copies('rail', [moved(lip, z=z) for z in levels], shelves[0])
    if draw.chance(0.3):
        brace = beam((-x, y, levels[0]), (x, y, levels[-1]), 0.015, 0.01)
        kit.add_copies('brace', both_sides(brace, 'x'), root)
    elif draw.chance(0.25):
        kit.add(
            'back_panel', block((2 * x, 0.008, 0.9 * height), (0, y + half, 0.5 * height)), root
        )
    if draw.chance(0.3):
        kit.add_copies('foot', four_corners(drum(1.6 * half, 0.025, (x, y, -0.02))), root)


def _leaning_rack(draw: Draw, kit: Assembly, width: float, depth: float, height: float) -> None:
    """Makes a ladder shelf: leaning rails, upright posts, shelves that grow downwards."""
    half, deep = draw.around(0.016, 0.2), 1.3 * depth
    x, y = 0.5 * width, 0.5 * deep
    rail = beam((x, -y, 0), (x, 0.75 * y, height), 2 * half, 2.4 * half)
    post = beam((x, y, 0), (x, y, height), 2 * half, 2 * half)
    root = kit.add_copies('frame', both_sides(rail + post, 'x'))[0]
    boards = []
    for f in np.linspace(0.12, 0.95, draw.count(3, 5)):
        near = -y + 1.75 * y * f
        size = (2 * x, y - near + 0.01, draw.around(0.02, 0.2))
        boards.append(block(size, (0, 0.5 * (near + y), f * height)))
    kit.add_copies('shelf', boards, root)


def side_table(rng: np.random.Generator) -> ProceduralObject:
    """Builds a side table: round, oval, square or lobed top with rim, legs or pedestal, shelf."""
    draw, kit = Draw(rng), Assembly('side_table')
    size, height = draw.around(0.5, 0.25), draw.around(0.52, 0.2)
    stretch, thick = draw.pick(1.0, 1.0, draw.between(1.2, 1.8)), draw.around(0.025, 0.4)
    shape = draw.pick('round', 'round', 'square', 'many')
    if shape == 'round':
        outline = ellipse(size * stretch, size)
    elif shape == 'square':
        outline = rounded_rectangle(size * stretch, size, draw.between(0.005, 0.3) * size)
    else:
        outline = regular_polygon(draw.pick(3, 6, 8), 0.55 * size, draw.between(0, 1))
    top = plate(outline, thick, (0, 0, height - thick))
    root = kit.add(draw.pick('top', 'tabletop'), top)
    if shape == 'round' and stretch == 1.0 and draw.chance(0.4):
        thin, tall = draw.between(0.008, 0.025), draw.between(0.015, 0.07)
        edge = sleeve(0.505 * size, 0.5 * size - thin, thick + tall, (0, 0, height - thick))
        kit.add('rim', edge, root)
    elif shape == 'square' and draw.chance(0.35):
        tall = draw.between(0.03, 0.08)
        z = height - thick + 0.5 * tall
        wall = block((size * stretch, 0.015, tall), (0, 0.5 * size, z))
        cross = block((0.015, size, tall), (0.5 * size * stretch, 0, z))
        kit.add('rim', joined(both_sides(wall, 'y') + both_sides(cross, 'x')), root)
    under = height - 0.7 * thick
    if draw.chance(0.4):
        add_centre_support(draw, kit, size, under)
        return kit.finish()
    if shape == 'square' and draw.chance(0.3):
        add_supports(draw, kit, 0.96 * size * stretch, 0.96 * size, under, root)
        return kit.finish()
    _add_round_legs(draw, kit, size, under)
    return kit.finish()


def _add_round_legs(draw: Draw, kit: Assembly, size: float, under: float) -> None:
    """Stands a top on three or four legs around its middle, joined by a cross, ring or shelf."""
    number, start = draw.count(3, 4), 0.25 * np.pi
    head, half = draw.between(0.2, 0.42) * size, draw.around(0.016, 0.3)
    foot = head + draw.pick(0.0, draw.between(-0.1, 0.2) * size)
    bowed = draw.chance(0.15)
    if bowed:
        shape = rod((foot, 0, 0), (0.5 * head, 0, 0.5 * under), half)
        shape += rod((0.5 * head, 0, 0.5 * under), (head, 0, under), half)
    else:
        shape = leg(draw, (foot, 0, 0), (head, 0, under), half)
    legs = kit.add_copies('leg', spun(shape, number, start))
    f = draw.between(0.15, 0.6)
    reach, z = foot + (head - foot) * f, f * under
    link = 'ring' if bowed else draw.pick('none', 'cross', 'ring', 'shelf', 'hub')
    reach = 0.5 * head if bowed else reach
    z = 0.5 * under if bowed else z
    if link == 'cross':
        bar = beam((0, 0, z), (reach, 0, z), 1.4 * half, 1.4 * half)
        kit.add('stretcher', joined(spun(bar, number, start)), legs[0])
    elif link == 'ring':
        kit.add('ring', ring(reach, draw.between(0.5, 0.9) * half, (0, 0, z)), legs[0])
    elif link == 'shelf':
        kit.add('shelf', drum(reach + draw.pick(0.0, 0.02), 0.018, (0, 0, z)), legs[0])
    elif link == 'hub':
        bar = rod((0, 0, z), (reach, 0, z), 0.7 * half)
        bars = kit.add_copies('stretcher', spun(bar, number, start), legs[0])
        kit.add('hub', drum(2.2 * half, 3 * half, (0, 0, z - 1.5 * half)), bars[0])
