# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Screws, nuts and pins: bolt and nut, hinge, peg board."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    ellipse,
    gear,
    regular_polygon,
    rounded_rectangle,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    mirrored,
    moved,
    scaled,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    block,
    drum,
    lathed,
    plate,
    ring,
    rod,
    rounded_solid,
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _threaded(radius: float, length: float, pitch: float, z: float) -> Piece:
    """Makes a rod with rings cut round it like a thread, from `z` up."""
    number = max(4, min(22, round(length / pitch)))
    at = np.linspace(0.0, length, 2 * number + 1)
    radii = np.where(np.arange(len(at)) % 2, radius, 0.86 * radius)
    outline = np.column_stack([radii, at + z])
    return lathed(np.vstack([[0.0, z], outline, [0.0, z + length]]))


def _nut(draw: Draw, hole: float, tall: float) -> Piece:
    """Makes a nut around the z axis on z = 0: hexagonal, square, flanged, winged or domed."""
    size = hole * draw.between(1.6, 2.1)
    style = draw.pick('hexagon', 'hexagon', 'square', 'flanged', 'wing', 'cap', 'knurled')
    if style == 'square':
        return plate(regular_polygon(4, 1.2 * size), tall)
    if style == 'knurled':
        return plate(gear(1.1 * size, 0.1 * size, 14), tall)
    piece = plate(regular_polygon(6, size), tall)
    if style == 'flanged':
        piece += drum(1.35 * size, 0.25 * tall, top=1.1 * size)
    elif style == 'cap':
        piece += ball((0.85 * size, 0.85 * size, 0.8 * size), (0, 0, tall))
    elif style == 'wing':
        piece = drum(size, tall, top=0.75 * size)
        ear = scaled(drum(0.7 * size, 0.3 * size, (0, 0.15 * size, 0), (0, -1, 0)), 1.0, 1.0, 1.3)
        piece += joined(both_sides(moved(ear, 1.4 * size, 0, tall), 'x'))
    return piece


def _screw_head(draw: Draw, radius: float, tall: float) -> Piece:
    """Makes a bolt's head, whose underside is z = 0 and which rises upwards."""
    style = draw.pick('hexagon', 'hexagon', 'round', 'socket', 'flat', 'slotted', 'square')
    if style == 'hexagon':
        return plate(regular_polygon(6, radius), tall)
    if style == 'square':
        return plate(regular_polygon(4, 1.1 * radius), tall)
    if style == 'round':
        dome = rounded_solid(
            np.array([1, 0.95, 0.7, 0.2]) * radius, np.array([0, 0.4, 0.8, 1]) * tall
        )
        return lathed(dome)
    if style == 'socket':
        return sleeve(0.85 * radius, 0.45 * radius, 1.4 * tall) + drum(0.5 * radius, 0.6 * tall)
    if style == 'flat':
        return drum(0.5 * radius, 0.7 * tall, top=1.1 * radius)
    bar = block((1.6 * radius, 0.2 * radius, 0.2 * tall), (0, 0, 0.95 * tall))
    return drum(0.9 * radius, 0.9 * tall) + bar


def bolt_and_nut(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bolt: head, shaft, thread, nuts, washers, pin, or the plates that it holds."""
    draw, kit = Draw(rng), Assembly('bolt_and_nut')
    radius, length = draw.around(0.1, 0.25), draw.around(0.8, 0.3)
    head_radius = radius * draw.between(1.6, 2.3)
    kind = draw.pick('bolt', 'bolt', 'stud', 'eye', 'held')
    smooth = draw.pick(0.0, 0.0, draw.between(0.2, 0.6)) * length
    if draw.chance(0.6):
        thread = _threaded(radius, length - smooth, radius * draw.between(0.35, 0.7), 0.0)
    else:
        thread = drum(radius, length - smooth)
    if draw.chance(0.2):
        thread += drum(0.2 * radius, 1.5 * radius, (0, 0, -1.45 * radius), top=radius)
    shaft = thread
    if smooth:
        shaft += drum(1.03 * radius, smooth + 0.01, (0, 0, length - smooth - 0.005))
    tall = radius * draw.between(0.8, 1.5)
    head = moved(_screw_head(draw, head_radius, tall), z=length - 0.01)
    in_one = kind in ('bolt', 'held') and draw.chance(0.35)
    if in_one:
        root = kit.add('screw', shaft + head)
    else:
        root = kit.add('screw' if draw.chance(0.6) else 'shaft', shaft)
    if kind == 'eye':
        size = 2.2 * radius
        kit.add(
            'ring', ring(size, 0.8 * radius, (0, 0, length + size - 0.2 * radius), (0, 1, 0)), root
        )
    elif kind != 'stud':
        if not in_one:
            kit.add('head', head, root)
        if draw.chance(0.35):
            washer = drum(
                head_radius * draw.between(1.1, 1.5), 0.2 * radius, (0, 0, length - 0.25 * radius)
            )
            kit.add('ring', washer, root)
    tall = radius * draw.between(1.0, 1.8)
    levels = [draw.between(0.05, 0.55) * length]
    if kind == 'stud':
        levels.append(length * draw.between(0.75, 0.95))
    elif draw.chance(0.2):
        levels.append(levels[0] + 1.02 * tall)
    piece = _nut(draw, radius, tall)
    if kind != 'bolt' or in_one or draw.chance(0.85):
        nuts = kit.add_copies('nut', [moved(piece, z=z) for z in levels], root)
        if draw.chance(0.35):
            under = sleeve(
                head_radius * 1.3, 0.95 * radius, 0.2 * radius, (0, 0, levels[-1] + tall)
            )
            kit.add('ring', under, nuts[0])
    if kind == 'held':
        wide = draw.between(4, 9) * radius
        z = levels[-1] + tall
        gap = max(length - z, 0.2 * length)
        slab = plate(rounded_rectangle(wide, 0.7 * wide, 0.1 * wide), 0.45 * gap)
        shift = draw.between(0.1, 0.35) * wide
        plates = [moved(slab, shift, 0, z), moved(slab, -shift, 0, z + 0.47 * gap)]
        kit.add_copies('plate', plates, root)
    elif draw.chance(0.2):
        pin = rod((-2.2 * radius, 0, 0.06), (2.2 * radius, 0, 0.06), 0.2 * radius)
        kit.add(
            'pin',
            pin + ring(0.5 * radius, 0.15 * radius, (2.4 * radius, 0, 0.06), (0, 1, 0)),
            root,
        )
    return kit.finish()


def hinge_unit(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hinge: two plates, knuckles, pin with tips, screws, or a strap and its bracket."""
    draw, kit = Draw(rng), Assembly('hinge_unit')
    tall, wide = draw.around(0.8, 0.3), draw.around(0.35, 0.3)
    thin, radius = draw.around(0.03, 0.3), draw.around(0.06, 0.25)
    opening = draw.between(0.2, np.pi)
    number = draw.count(1, 3)
    outline = rounded_rectangle(wide, tall, draw.between(0, 0.4) * wide)
    if draw.chance(0.25):
        outline = np.array([(-0.5, -0.5), (0.5, -0.2), (0.5, 0.2), (-0.5, 0.5)]) * [wide, tall]
    leaf = moved(turned(plate(outline, thin), 'x', 0.5 * np.pi), 0.5 * wide)
    reach = draw.between(1.0, 2.0)
    other = turned(scaled(leaf, reach), 'z', opening)
    bushes = np.linspace(-0.5, 0.5, 2 * number + 2) * tall
    barrel = drum(radius, bushes[1] - bushes[0] - 0.01)
    first = joined(moved(barrel, z=z) for z in bushes[:-1:2])
    second = joined(moved(barrel, z=z) for z in bushes[1:-1:2])
    if draw.chance(0.6):
        root = kit.add('hinge', first + second)
        plates = kit.add_copies('plate', [leaf, other], root)
    else:
        root = kit.add('plate', leaf + first)
        plates = [root, kit.add('plate', other + second, root)]
    pin = rod((0, 0, -0.52 * tall), (0, 0, 0.52 * tall), 0.6 * radius)
    if draw.chance(0.6):
        pin += joined(both_sides(ball(0.9 * radius, (0, 0, 0.54 * tall)), 'z'))
    kit.add('pin', pin, root)
    if draw.chance(0.75):
        head = drum(
            0.13 * wide, 0.7 * thin, (0.55 * wide, -0.9 * thin, 0), (0, -1, 0), top=0.1 * wide
        )
        spots = np.linspace(-0.33, 0.33, draw.count(1, 3)) * (0.6 * tall)
        screws = [moved(head, z=z) for z in spots]
        kit.add_copies('screw', screws, plates[0])
        far = [turned(moved(mirrored(s, 'y'), y=-thin), 'z', opening) for s in screws]
        kit.add_copies('screw', far, plates[1])
    return kit.finish()


def peg_board_toy(rng: np.random.Generator) -> ProceduralObject:
    """Builds a peg toy: base with pins, stacks of rings or blocks, tips, string."""
    draw, kit = Draw(rng), Assembly('peg_board_toy')
    columns, rows = draw.pick((1, 1), (2, 1), (3, 1), (4, 1), (2, 2), (3, 2))
    pitch, thick = draw.around(0.4, 0.15), draw.around(0.1, 0.3)
    size = (columns * pitch + 0.1, rows * pitch + 0.1)
    outline = rounded_rectangle(*size, draw.between(0.02, 0.45) * min(size))
    if columns == 1:
        outline = ellipse(size[0], size[0])
    root = kit.add(draw.pick('base', 'base', 'board'), plate(outline, thick, (0, 0, -thick)))
    thin = draw.around(0.045, 0.2)
    tall = draw.around(0.55 if columns * rows > 1 else 0.9, 0.25)
    stepped = draw.chance(0.3)
    xs = (np.arange(columns) - 0.5 * (columns - 1)) * pitch
    ys = (np.arange(rows) - 0.5 * (rows - 1)) * pitch
    spots = [(float(x), float(y)) for y in ys for x in xs]
    talls = [
        tall * (0.5 + 0.5 * (i + 1) / len(spots)) if stepped else tall for i in range(len(spots))
    ]
    pins = kit.add_copies(
        'pin',
        [rod((x, y, -0.01), (x, y, t), thin) for (x, y), t in zip(spots, talls, strict=True)],
        root,
    )
    if draw.chance(0.35):
        tips = [ball(1.5 * thin, (x, y, t)) for (x, y), t in zip(spots, talls, strict=True)]
        kit.add_group('tip', list(zip(tips, pins, strict=True)))
    share = draw.pick(0.0, 0.3, 0.6, 1.0)
    for (x, y), high, pin in zip(spots, talls, pins, strict=True):
        if draw.chance(share):
            _stack(draw, kit, (x, y, high), 0.46 * pitch, thin, pin)
    return kit.finish()


def _stack(
    draw: Draw, kit: Assembly, at: tuple[float, float, float], reach: float, thin: float, pin: int
) -> None:
    """Threads rings or blocks onto one pin at (x, y) that is `at[2]` tall."""
    x, y, high = at
    style = draw.pick('torus', 'torus', 'sleeve', 'block', 'star')
    shrink = draw.pick(0.0, draw.between(0.3, 0.6))
    level, share = 0.0, draw.between(0.3, 1.0)
    each = draw.between(0.45, 0.95) * reach
    pieces: list[Piece] = []
    while level + each < share * high + 0.3 * each and len(pieces) < 4:
        radius = reach * (1 - shrink * level / high)
        if style == 'torus':
            tube = 0.5 * each
            piece = ring(max(radius - tube, thin + tube), tube, (x, y, level + tube))
        elif style == 'sleeve':
            piece = sleeve(radius, 1.02 * thin, 0.96 * each, (x, y, level))
        elif style == 'star':
            piece = moved(plate(gear(radius, 0.25 * radius, 6), 0.96 * each), x, y, level)
        else:
            side = 1.5 * radius
            piece = block((side, side, 0.95 * each), (x, y, level + 0.48 * each))
        pieces.append(piece)
        level += each
    if pieces:
        name = 'ring' if style in ('torus', 'sleeve') else 'block'
        kit.add_copies(name, pieces, pin)
