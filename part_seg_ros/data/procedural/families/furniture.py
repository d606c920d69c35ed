# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Case goods: table, desk, shelf, drawer cabinet, wardrobe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, leg
from part_seg_ros.data.procedural.families.fronts import Opening, add_doors, add_drawers, carcass
from part_seg_ros.data.procedural.families.outlines import ellipse, rounded_rectangle
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    moved,
    spun,
)
from part_seg_ros.data.procedural.families.shapes import beam, block, drum, plate, rod
from part_seg_ros.data.procedural.object import ProceduralObject


def _add_feet(draw: Draw, kit: Assembly, width: float, depth: float, height: float) -> None:
    style = draw.pick('leg', 'block', 'caster', 'plinth')
    x, y = 0.43 * width, 0.4 * depth
    if style == 'plinth':
        kit.add(
            'base', block((0.95 * width, 0.9 * depth, height), (0, 0.03 * depth, 0.5 * height))
        )
    elif style == 'caster' and height > 0.05:
        kit.add_copies('caster', four_corners(caster(0.45 * height, (x, y, 0.45 * height))))
    elif style == 'leg':
        splay = draw.pick(0.0, 0.2 * height)
        shape = leg(
            draw, (x + splay, y + splay, 0), (x, y, height + 0.005), draw.around(0.022, 0.2)
        )
        kit.add_copies('leg', four_corners(shape))
    else:
        kit.add_copies('foot', four_corners(block((0.08, 0.08, height), (x, y, 0.5 * height))))


def table(rng: np.random.Generator) -> ProceduralObject:
    """Builds a table: top, legs or pedestal, apron, shelf, drawer with knob, stretchers."""
    draw, kit = Draw(rng), Assembly('table')
    width, depth = draw.around(1.1, 0.3), draw.around(0.7, 0.25)
    height, thick = (
        draw.pick(draw.around(0.73, 0.08), draw.around(0.45, 0.15)),
        draw.around(0.035, 0.35),
    )
    shape = draw.pick('square', 'square', 'round', 'soft')
    outline = rounded_rectangle(width, depth, 0.25 * depth if shape == 'soft' else 0.01)
    if shape == 'round':
        outline = ellipse(depth, depth) if draw.chance(0.6) else ellipse(width, depth)
        width = depth if draw.chance(0.6) else width
    kit.add('tabletop', plate(outline, thick, (0, 0, height - thick)))
    under = height - 0.8 * thick
    if draw.chance(0.64 if shape == 'round' else 0.12):
        _add_pedestal(draw, kit, min(width, depth), under)
        return kit.finish()
    reach = 0.33 if shape in ('round', 'soft') else draw.between(0.38, 0.46)
    x, y, half = reach * width, reach * depth, draw.around(0.03, 0.25)
    splay = draw.pick(0.0, 0.0, draw.between(0.02, 0.1))
    head = (x, y, under)
    legs = kit.add_copies('leg', four_corners(leg(draw, (x + splay, y + splay, 0), head, half)))
    if draw.chance(0.45):
        deep = draw.between(0.06, 0.13)
        z = under - 0.5 * deep
        rim = block((2 * x, 0.02, deep), (0, y, z)) + block((2 * x, 0.02, deep), (0, -y, z))
        rim += block((0.02, 2 * y, deep), (x, 0, z)) + block((0.02, 2 * y, deep), (-x, 0, z))
        apron = kit.add('apron', rim)
        if draw.chance(0.5):
            span = x * draw.between(0.5, 0.8)
            hole = Opening(x0=-span, x1=span, z0=z - 0.5 * deep, z1=z + 0.5 * deep, y=-y)
            add_drawers(draw, kit, hole, 1, draw.count(1, 2), apron)
    if draw.chance(0.3):
        z = height * draw.between(0.15, 0.4)
        kit.add('shelf', block((2 * x + half, 2 * y + half, 0.025), (0, 0, z)))
    elif draw.chance(0.3):
        z = height * draw.between(0.1, 0.3)
        bar = block((0.03, 2 * y, 0.04), (x, 0, z))
        bars = kit.add_copies('stretcher', both_sides(bar, 'x'), legs[0])
        kit.add('stretcher', block((2 * x, 0.03, 0.04), (0, 0, z)), bars[0])
    return kit.finish()


def _add_pedestal(draw: Draw, kit: Assembly, size: float, under: float) -> None:
    column = kit.add('column', leg(draw, (0, 0, 0.02), (0, 0, under), draw.between(0.03, 0.07)))
    if draw.chance(0.5):
        kit.add('base', drum(0.36 * size, 0.05, top=draw.between(0.05, 0.3) * size), column)
        return
    number = draw.count(3, 5)
    foot = beam((0, 0, draw.between(0.05, 0.2)), (0.42 * size, 0, 0.02), 0.05, 0.04)
    feet = kit.add_copies('foot', spun(foot, number), column)
    if draw.chance(0.3):
        kit.add_copies('caster', spun(drum(0.03, 0.04, (0.4 * size, 0, -0.03)), number), feet[0])


def desk(rng: np.random.Generator) -> ProceduralObject:
    """Builds a writing desk: top, drawer pedestals, legs, back panel, shelf or screen."""
    draw, kit = Draw(rng), Assembly('desk')
    width, depth, height = draw.around(1.4, 0.15), draw.around(0.65, 0.12), draw.around(0.74, 0.06)
    thick = draw.around(0.035, 0.25)
    kit.add('tabletop', block((width, depth, thick), (0, 0, height - 0.5 * thick), 0.004))
    under, wide = height - thick, draw.around(0.4, 0.15)
    sides = draw.pick((1,), (-1,), (1, -1))
    low = draw.pick(0.0, 0.08)
    for side in sides:
        x = side * 0.5 * (width - wide) * 0.97
        body = block(
            (wide, 0.92 * depth, under - low + 0.005), (x, 0.02 * depth, 0.5 * (under + low))
        )
        stack = kit.add('cabinet', body)
        hole = Opening(
            x0=x - 0.47 * wide, x1=x + 0.47 * wide, z0=low + 0.03, z1=under - 0.02, y=-0.44 * depth
        )
        add_drawers(draw, kit, hole, draw.count(2, 4), 1, stack)
        if low:
            foot = block((0.04, 0.04, low + 0.01), (0.42 * wide, 0.4 * depth, 0.5 * low))
            kit.add_copies('foot', [moved(copy, x) for copy in four_corners(foot)], stack)
    if len(sides) == 1:
        x = -sides[0] * 0.46 * width
        post = leg(draw, (x, 0.42 * depth, 0), (x, 0.42 * depth, under + 0.01), 0.025)
        kit.add_copies('leg', both_sides(post, 'y'))
    if draw.chance(0.5):
        tall = draw.between(0.3, 0.7) * under
        kit.add('panel', block((0.95 * width, 0.02, tall), (0, 0.42 * depth, under - 0.5 * tall)))
    if draw.chance(0.35):
        rise = draw.around(0.3, 0.2)
        rack = block((0.9 * width, 0.22 * depth, 0.025), (0, 0.36 * depth, height + rise))
        shelf = kit.add('shelf', rack)
        post = block((0.025, 0.2 * depth, rise), (0.42 * width, 0.36 * depth, height + 0.5 * rise))
        kit.add_copies('post', both_sides(post, 'x'), shelf)
    return kit.finish()


def shelf_unit(rng: np.random.Generator) -> ProceduralObject:
    """Builds a shelf: side panels or posts, boards, back, books, boxes, feet."""
    draw, kit = Draw(rng), Assembly('shelf_unit')
    width, depth, height = draw.around(0.8, 0.25), draw.around(0.32, 0.2), draw.around(1.5, 0.25)
    thick, boards = draw.around(0.03, 0.3), draw.count(3, 6)
    if draw.chance(0.6):
        side = block((thick, depth, height), (0.5 * (width - thick), 0, 0.5 * height))
        kit.add_copies('side', both_sides(side, 'x'))
    else:
        post = rod(
            (0.47 * width, 0.45 * depth, 0), (0.47 * width, 0.45 * depth, height), 0.7 * thick
        )
        kit.add_copies('post', four_corners(post))
    levels = np.linspace(draw.between(0.03, 0.12), 0.985, boards) * height
    racks = kit.add_copies(
        'shelf', [block((width - 0.5 * thick, 0.98 * depth, thick), (0, 0, z)) for z in levels]
    )
    if draw.chance(0.5):
        kit.add(
            'back_panel',
            block((width - thick, 0.3 * thick, 0.98 * height), (0, 0.49 * depth, 0.5 * height)),
        )
    gap = levels[1] - levels[0]
    for i in draw.some(range(boards - 1), draw.count(0, 3)):
        z = levels[i] + 0.5 * thick
        if draw.chance(0.5):
            _add_books(draw, kit, 0.42 * width, depth, gap - thick, z, racks[i])
        else:
            tall = gap * draw.between(0.4, 0.7)
            kit.add(
                'box',
                block(
                    (0.4 * width, 0.7 * depth, tall),
                    (draw.between(-0.2, 0.2) * width, 0, z + 0.49 * tall),
                ),
                racks[i],
            )
    if draw.chance(0.2):
        brace = beam(
            (-0.47 * width, 0.47 * depth, 0.1 * height),
            (0.47 * width, 0.47 * depth, 0.9 * height),
            0.03,
            0.012,
        )
        kit.add_copies('brace', both_sides(brace, 'x'))
    return kit.finish()


def _add_books(
    draw: Draw, kit: Assembly, half: float, depth: float, gap: float, z: float, parent: int
) -> None:
    x = -half
    books = []
    for _ in range(draw.count(3, 6)):
        wide, tall = draw.around(0.05, 0.3), gap * draw.between(0.6, 0.9)
        books.append(
            block((wide, 0.7 * depth, tall), (x + 0.5 * wide, 0.0, z + 0.5 * tall - 0.002))
        )
        x += wide + 0.004
    kit.add_copies('book', books, parent)


def cabinet(rng: np.random.Generator) -> ProceduralObject:
    """Builds a chest of drawers or sideboard: body, top, drawers, doors, handles, feet."""
    draw, kit = Draw(rng), Assembly('cabinet')
    width, depth = draw.around(0.9, 0.3), draw.around(0.45, 0.15)
    height, low = draw.around(0.8, 0.3), draw.pick(0.0, draw.between(0.05, 0.25))
    layout = draw.pick('drawers', 'drawers', 'doors', 'mixed', 'split', 'open')
    hollow = layout == 'open' or (layout != 'drawers' and draw.chance(0.4))
    root = kit.add('body', carcass(width, depth, height, low, is_hollow=hollow))
    if draw.chance(0.6):
        top = block((1.06 * width, 1.08 * depth, draw.around(0.03, 0.3)), (0, 0, low + height))
        kit.add('top', top, root)
    half, z0, z1 = 0.5 * width - 0.025, low + 0.025, low + height - 0.025
    whole = Opening(x0=-half, x1=half, z0=z0, z1=z1, y=-0.5 * depth, is_hollow=hollow)
    if layout == 'drawers':
        add_drawers(draw, kit, whole, draw.count(2, 5), draw.count(1, 2), root)
    elif layout == 'doors':
        add_doors(draw, kit, whole, draw.count(1, 3), root)
    elif layout == 'split':
        _split_front(draw, kit, whole, depth, root)
    else:
        level = z0 + draw.between(0.45, 0.75) * (z1 - z0)
        kit.add('shelf', block((2 * half + 0.01, 0.99 * depth, 0.025), (0, 0, level)), root)
        add_drawers(draw, kit, replace(whole, z0=level), 1, draw.count(1, 3), root)
        if layout == 'mixed':
            add_doors(draw, kit, replace(whole, z1=level), draw.count(1, 2), root)
    if low:
        _add_feet(draw, kit, width, depth, low)
    return kit.finish()


def _split_front(draw: Draw, kit: Assembly, whole: Opening, depth: float, root: int) -> None:
    """Puts one door to the left and drawers to the right of a divider."""
    x = 0.2 * draw.between(-1.0, 1.0) * (whole.x1 - whole.x0)
    size = (0.025, depth, whole.z1 - whole.z0)
    kit.add('divider', block(size, (x, -0.01, 0.5 * (whole.z0 + whole.z1))), root)
    add_doors(draw, kit, replace(whole, x1=x - 0.01), 1, root)
    add_drawers(draw, kit, replace(whole, x0=x + 0.01), draw.count(2, 4), 1, root)


def wardrobe(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wardrobe or fridge: tall body, cornice, doors with handles, drawers, feet."""
    draw, kit = Draw(rng), Assembly('wardrobe')
    width, depth, height = draw.around(0.95, 0.25), draw.around(0.55, 0.12), draw.around(1.8, 0.12)
    low, hollow = draw.pick(0.0, draw.between(0.05, 0.12)), draw.chance(0.35)
    kit.add('body', carcass(width, depth, height, low, is_hollow=hollow, thick=0.03))
    half, split = 0.5 * width - 0.02, draw.pick(0.0, draw.between(0.15, 0.7))
    z0, z1 = low + 0.02, low + height - 0.02
    level = low + split * height if split else z0
    whole = Opening(x0=-half, x1=half, z0=z0, z1=z1, y=-0.5 * depth, is_hollow=hollow)
    add_doors(draw, kit, replace(whole, z0=level), draw.count(1, 3))
    if split:
        kit.add('shelf', block((2 * half, 0.99 * depth, 0.025), (0, 0, level)))
        lower = replace(whole, z1=level)
        if split < 0.45 and draw.chance(0.6):
            add_drawers(draw, kit, lower, draw.count(1, 2), draw.count(1, 2))
        else:
            add_doors(draw, kit, lower, draw.count(1, 2))
    if hollow and draw.chance(0.5):
        rail = rod((-half, 0, 0.88 * height + low), (half, 0, 0.88 * height + low), 0.015)
        kit.add('rail', rail)
    if draw.chance(0.4):
        kit.add('top', block((1.08 * width, 1.1 * depth, 0.07), (0, 0, low + height + 0.03), 0.02))
    if low:
        _add_feet(draw, kit, width, depth, low)
    return kit.finish()
