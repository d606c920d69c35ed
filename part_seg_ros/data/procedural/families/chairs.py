# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""More seats: bar stool, armchair, folding chair."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.backrests import add_backrest, curved_panel
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import leg
from part_seg_ros.data.procedural.families.outlines import (
    band,
    ellipse,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    joined,
    moved,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    bend,
    block,
    drum,
    front,
    plate,
    ring,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _seat(
    draw: Draw, width: float, depth: float, thick: float, z: float, *, may_be_round: bool = True
) -> Piece:
    """Makes a seat whose upper side lies at `z`: round, square, tapered or of slats."""
    style = draw.pick('square', 'soft', 'tapered', 'slats', 'round' if may_be_round else 'soft')
    if style == 'slats':
        number = draw.count(4, 7)
        wide = depth / number
        slat = block((width, 0.82 * wide, 0.6 * thick), (0, 0, z - 0.3 * thick))
        rail = block((0.06 * width, depth, 0.6 * thick), (0.42 * width, 0, z - 0.75 * thick))
        spots = (np.arange(number) + 0.5) * wide - 0.5 * depth
        return joined(moved(slat, y=float(y)) for y in spots) + joined(both_sides(rail, 'x'))
    if style == 'round':
        outline = ellipse(width, depth)
    elif style == 'tapered':
        near, far = 0.5 * width, draw.between(0.36, 0.44) * width
        outline = np.array([(-near, -0.5), (near, -0.5), (far, 0.5), (-far, 0.5)]) * [1, depth]
    else:
        outline = rounded_rectangle(width, depth, (0.2 if style == 'soft' else 0.02) * depth)
    return plate(outline, thick, (0, 0, z - thick))


def armchair(rng: np.random.Generator) -> ProceduralObject:
    """Builds an armchair: seat, cushion, slatted, ladder, panel or wing back, armrests, legs."""
    draw, kit = Draw(rng), Assembly('armchair')
    width, depth = draw.around(0.58, 0.15), draw.around(0.55, 0.12)
    height = draw.around(0.4, 0.12)
    root = kit.add(
        'seat', _seat(draw, width, depth, draw.around(0.06, 0.4), height, may_be_round=False)
    )
    x, y = 0.44 * width, 0.43 * depth
    splay = draw.pick(0.0, draw.between(0.0, 0.08))
    shape = leg(draw, (x + splay, y + splay, 0), (x, y, height - 0.035), draw.around(0.022, 0.25))
    style = draw.pick('legs', 'legs', 'legs', 'sled', 'rocker')
    if style == 'legs':
        kit.add_copies('leg', four_corners(shape), root)
    elif style == 'sled':
        line = np.array([(-y, height - 0.03), (-y, 0.02), (y, 0.02), (y, height - 0.03)])
        kit.add_copies('leg', both_sides(front(band(line, 0.03), 0.03, x), 'x'), root)
    else:
        kit.add_copies('leg', four_corners(shape), root)
        curve = smooth_curve([(-1.6 * y, 0.09), (-0.5 * y, 0), (0.7 * y, 0.0), (2 * y, 0.12)], 11)
        kit.add_copies('base', both_sides(front(band(curve, 0.035), 0.03, x + splay), 'x'), root)
    tall = draw.around(0.5, 0.25)
    lean = add_backrest(draw, kit, 0.96 * width, tall, 0.46 * depth, height - 0.01, root)
    _add_arms(draw, kit, (width, depth, height), lean, root)
    if draw.chance(0.4):
        soft = draw.between(0.05, 0.12)
        pad = block((0.85 * width, 0.85 * depth, soft), (0, -0.02, height + 0.45 * soft), 0.02)
        kit.add('cushion', pad, root)
    return kit.finish()


def _add_arms(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], lean: float, parent: int
) -> None:
    """Adds a pair of armrests: boards on posts, loops, or closed side panels."""
    width, depth, height = size
    rise = draw.around(0.22, 0.15)
    x, z = 0.5 * width, height + rise
    y0, y1 = -draw.between(0.3, 0.5) * depth, 0.47 * depth + rise * np.tan(lean)
    style = draw.pick('board', 'board', 'curved', 'loop', 'box')
    if style == 'box':
        wall = draw.around(0.06, 0.4)
        low = height - draw.between(0.03, 0.2)
        arm = block((wall, y1 - y0, z - low), (x, 0.5 * (y0 + y1), 0.5 * (z + low)), 0.01)
        arms = kit.add_copies('armrest', both_sides(arm, 'x'), parent)
        if draw.chance(0.3):
            pad = block((1.1 * wall, y1 - y0, 0.03), (x, 0.5 * (y0 + y1), z), 0.01)
            kit.add_copies('padding', both_sides(pad, 'x'), arms[0])
        return
    thick = draw.around(0.025, 0.25)
    if style == 'loop':
        path = [(x, y1, z), (x, y0, z), (x, y0 - 0.02, z - 0.04), (x, y0 + 0.05, height - 0.04)]
        kit.add_copies('armrest', both_sides(bend(path, 0.6 * thick), 'x'), parent)
        return
    wide = draw.between(1.2, 3.0) * thick
    if style == 'curved':
        line = smooth_curve([(y1, z - 0.02), (0.0, z + 0.02), (y0, z), (y0 - 0.04, z - 0.04)], 9)
        arm = front(band(line, thick), wide, x)
    else:
        size = (wide, y1 - y0 + 0.04, thick)
        arm = block(size, (x, 0.5 * (y0 + y1), z), draw.pick(0.0, 0.3 * thick))
    arms = kit.add_copies('armrest', both_sides(arm, 'x'), parent)
    foot = min(y0 + 0.05 + draw.pick(0.0, 0.06), 0.3 * depth)
    post = rod((x - 0.03, foot, height - 0.04), (x, foot, z), 0.5 * thick)
    kit.add_copies('post', both_sides(post, 'x'), arms[0])
    if draw.chance(0.25):
        bars = [
            rod((x - 0.02, f * depth, height - 0.03), (x, f * depth, z), 0.008)
            for f in np.linspace(-0.15, 0.35, draw.count(2, 4))
        ]
        kit.add_copies(
            'spindle', bars + [p for b in bars for p in both_sides(b, 'x')[1:]], arms[0]
        )


def bar_stool(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bar stool: seat, low back, legs or column with lever, footrest, base, feet."""
    draw, kit = Draw(rng), Assembly('bar_stool')
    width, height = draw.around(0.38, 0.12), draw.around(0.75, 0.12)
    thick = draw.around(0.05, 0.35)
    root = kit.add('seat', _seat(draw, width, width * draw.between(0.85, 1.05), thick, height))
    if draw.chance(0.5):
        tall = draw.around(0.25, 0.3)
        add_backrest(draw, kit, 0.92 * width, tall, 0.42 * width, height - 0.01, root)
    under, low = height - 0.5 * thick, draw.between(0.18, 0.45) * height
    if draw.chance(0.45):
        radius = draw.around(0.025, 0.25)
        column = kit.add('column', rod((0, 0, 0.01), (0, 0, under), radius), root)
        if draw.chance(0.5):
            kit.add('collar', drum(1.5 * radius, 0.12 * height, (0, 0, 0.55 * height)), column)
        reach = draw.between(0.45, 0.65) * width
        kit.add('base', drum(reach, 0.04, top=draw.between(0.15, 0.9) * reach), column)
        if draw.chance(0.6):
            lever = rod((0, 0, under - 0.06), (0.55 * width, 0.05, under - 0.08), 0.008)
            kit.add('lever', lever, column)
        if draw.chance(0.6):
            bar = ring(0.3 * width, 0.011, (0, -0.2 * width, low))
            kit.add('footrest', bar + rod((0, 0, low), (0, -0.4 * width, low), 0.01), column)
        return kit.finish()
    head = 0.34 * width
    foot = head + draw.between(0.0, 0.25) * width
    shape = leg(draw, (foot, foot, 0), (head, head, under), draw.around(0.017, 0.25))
    legs = kit.add_copies('leg', four_corners(shape), root)
    at = foot + (head - foot) * low / under
    thin = draw.around(0.012, 0.2)
    if draw.chance(0.25):
        kit.add('footrest', ring(1.38 * at, thin, (0, 0, low)), legs[0])
    else:
        side = rod((at, -at, low), (at, at, low), thin)
        bars = joined(spun(side, 4))
        if draw.chance(0.5):
            kit.add('footrest', bars, legs[0])
        else:
            lift = draw.between(0, 0.1)
            kit.add_copies('stretcher', [moved(p, z=lift) for p in both_sides(side, 'x')], legs[0])
            cross = beam((-at, -at, low), (at, -at, low), 0.03, 0.02)
            kit.add_copies('footrest', both_sides(cross, 'y'), legs[0])
    if draw.chance(0.25):
        kit.add_copies('foot', four_corners(drum(0.025, 0.03, (foot, foot, -0.015))), legs[0])
    return kit.finish()


def folding_chair(rng: np.random.Generator) -> ProceduralObject:
    """Builds a folding chair: two crossing frames, seat, backrest, bars, joints, armrests."""
    draw, kit = Draw(rng), Assembly('folding_chair')
    width, height = draw.around(0.44, 0.12), draw.around(0.44, 0.08)
    depth, thin = draw.around(0.42, 0.1), draw.around(0.013, 0.25)
    root = kit.add(
        'seat', _seat(draw, 0.92 * width, 0.85 * depth, draw.around(0.025, 0.3), height)
    )
    x, tall = 0.5 * width, height + draw.around(0.42, 0.15)
    slope = draw.between(0.9, 1.25)
    near, far = -0.5 * depth * slope, 0.5 * depth * slope
    square = draw.chance(0.4)

    def bar(start: tuple[float, ...], end: tuple[float, ...]) -> Piece:
        return beam(start, end, 2 * thin, 2 * thin) if square else rod(start, end, thin)

    style = draw.pick('scissor', 'scissor', 'upright')
    top_y = far if style == 'scissor' else 0.42 * depth + 0.1
    foot_y = near if style == 'scissor' else 0.3 * depth
    # The long frame carries the backrest; the short one crosses it under the seat.
    long_bar = bar((x, foot_y, 0), (x, top_y, tall))
    end = (x - 2.1 * thin, -0.42 * depth, height - 0.015)
    start = (x - 2.1 * thin, far if style == 'scissor' else -0.45 * depth, 0.0)
    short_bar = bar(start, end)
    frames = draw.chance(0.6)
    if frames:
        head = bar((-x, top_y, tall), (x, top_y, tall))
        kit.add('frame', joined(both_sides(long_bar, 'x')) + head, root)
        kit.add('leg', joined(both_sides(short_bar, 'x')), root)
    else:
        kit.add_copies('leg', both_sides(long_bar, 'x'), root)
        kit.add_copies('leg', both_sides(short_bar, 'x'), root)
    levels = (0.15 * tall,) if style == 'scissor' else (0.15 * tall, height - 0.03)
    ends = [(foot_y + (top_y - foot_y) * z / tall, z) for z in levels]
    kit.add_copies('stretcher', [bar((-x, y, z), (x, y, z)) for y, z in ends], root)
    direction = np.array([0.0, top_y - foot_y, tall])
    for f in draw.pick((0.87,), (0.86,), (0.72, 0.9)):
        centre = np.array([0, foot_y, 0]) + f * direction
        size = (width, 0.02, draw.between(0.08, 0.16) if f < 0.9 else 0.08)
        slab = block(size) if draw.chance(0.6) else _slung(width, size[2])
        lean = float(np.arctan2(direction[1], direction[2]))
        kit.add('backrest', moved(turned(slab, 'x', -lean), *centre), root)
    if style == 'scissor':
        y, z = _crossing(foot_y, top_y, tall, start[1], end[1], end[2])
        pin = drum(1.7 * thin, 5 * thin, (x - 3.5 * thin, y, z), (1, 0, 0))
        kit.add_copies('joint', both_sides(pin, 'x'), root)
    if draw.chance(0.3):
        z = height + draw.around(0.2, 0.1)
        y = foot_y + (top_y - foot_y) * z / tall
        arm = block((0.045, 0.4, 0.022), (x + 0.02, y - 0.18, z))
        arms = kit.add_copies('armrest', both_sides(arm, 'x'), root)
        post = rod((x, y - 0.3, z), (x, -0.3 * depth, height - 0.02), 0.8 * thin)
        kit.add_copies('post', both_sides(post, 'x'), arms[0])
    if draw.chance(0.5):
        cap = drum(1.6 * thin, 0.04, (x, foot_y, -0.01))
        kit.add_copies('foot', both_sides(cap, 'x'), root)
    return kit.finish()


def _slung(width: float, tall: float) -> Piece:
    """Makes a strip of cloth that sags between two bars, around the origin."""
    return moved(curved_panel(width, tall, 0.012, 0.08 * width), z=-0.5 * tall)


def _crossing(
    foot: float, top: float, tall: float, start: float, end: float, height: float
) -> tuple[float, float]:
    """Returns (y, z) where the line (foot, 0) - (top, tall) meets (start, 0) - (end, height)."""
    slopes = (top - foot) / tall, (end - start) / height
    z = (start - foot) / (slopes[0] - slopes[1])
    return foot + slopes[0] * z, z
