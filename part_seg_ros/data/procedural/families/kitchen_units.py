# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Kitchen machines with doors: fridge, microwave, dishwasher."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fitted_fronts import (
    LONG_GRIPS,
    add_drawer_bank,
    add_leaf,
)
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.fronts import Opening, carcass
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    joined,
    moved,
)
from part_seg_ros.data.procedural.families.shapes import block, drum, rod
from part_seg_ros.data.procedural.families.supports import add_supports
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def fridge(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fridge: body, doors with handles and hinges, drawers, shelves, screen, feet."""
    draw, kit = Draw(rng), Assembly('fridge')
    width, depth, height = draw.around(0.68, 0.25), draw.around(0.65, 0.12), draw.around(1.6, 0.3)
    low = draw.pick(0.0, draw.between(0.03, 0.08))
    is_open = draw.chance(0.5)
    wall = draw.between(0.035, 0.06)
    kit.add('body', carcass(width, depth, height, low, is_hollow=is_open, thick=wall))
    gap = draw.pick(0.004, 0.02)
    whole = Opening(
        x0=gap - 0.5 * width,
        x1=0.5 * width - gap,
        z0=low + gap,
        z1=low + height - gap,
        y=-0.5 * depth - 0.02,
        is_hollow=is_open,
    )
    layout = draw.pick('one', 'two', 'two', 'side', 'french') if height > 1.2 else 'one'
    level = low + height * draw.pick(draw.between(0.25, 0.42), draw.between(0.6, 0.75))
    doors = [whole]
    if layout == 'two':
        doors = [replace(whole, z0=level), replace(whole, z1=level)]
    elif layout == 'side':
        split = draw.between(-0.15, 0.1) * width
        doors = [replace(whole, x1=split), replace(whole, x0=split)]
    elif layout == 'french':
        level = low + height * draw.between(0.25, 0.42)
        doors = [replace(whole, z0=level, x1=0.0), replace(whole, z0=level, x0=0.0)]
        add_drawer_bank(draw, kit, replace(whole, z1=level), [1] * draw.count(1, 2))
    if is_open:
        _add_insides(draw, kit, width - 2 * wall, depth, (low + wall, low + height - wall))
    hinge = draw.pick('left', 'right')
    glazed, first = draw.chance(0.12), True
    for i, door in enumerate(doors):
        edge = hinge if layout in ('one', 'two') else ('left', 'right')[i]
        swing = draw.between(0.3, 1.9) if is_open and (first or draw.chance(0.4)) else 0.0
        first = False
        style = 'glazed' if glazed else draw.pick('flat', 'flat', 'flat', 'panel')
        leaf = add_leaf(
            draw, kit, door, hinge=edge, angle_rad=swing, style=style, grips=LONG_GRIPS
        )
        if not glazed and not swing and draw.chance(0.2):
            at = (0.5 * (door.x0 + door.x1), door.y - 0.03, door.z0 + 0.65 * (door.z1 - door.z0))
            wide = 0.4 * (door.x1 - door.x0)
            name = draw.pick('screen', 'slot')
            kit.add(name, block((wide, 0.02, 1.3 * wide), at, 0.004), leaf)
    if draw.chance(0.3):
        grate = block((0.95 * width, 0.03, 0.06), (0, -0.5 * depth - 0.01, low + 0.01))
        kit.add('grille', grate)
    if low:
        add_supports(draw, kit, width, depth, low)
    return kit.finish()


def _add_insides(
    draw: Draw, kit: Assembly, wide: float, depth: float, span: tuple[float, float]
) -> None:
    """Adds shelves, and bins on the floor, behind an open door."""
    low, high = span
    levels = np.linspace(low, high, draw.count(3, 5) + 1)[1:-1]
    board = block((wide + 0.005, 0.8 * depth, 0.015), (0, 0.05 * depth, 0))
    kit.add_copies('shelf', [moved(board, z=z) for z in levels])
    if draw.chance(0.6):
        tall = 0.6 * (levels[0] - low)
        bin_front = block((0.46 * wide, 0.6 * depth, tall), (0.24 * wide, 0, low + 0.5 * tall))
        kit.add_copies('drawer', both_sides(bin_front, 'x'))


def _add_keys(
    draw: Draw, kit: Assembly, box: tuple[float, float, float, float], y: float, parent: int
) -> None:
    """Fills a rectangle (x0, x1, z0, z1) of a front at `y` with a display, keys and knobs."""
    x0, x1, z0, z1 = box
    wide, tall = x1 - x0, z1 - z0
    x = 0.5 * (x0 + x1)
    flat = wide > 2 * tall
    if flat:
        spots = np.linspace(x0 + 0.1 * wide, x1 - 0.1 * wide, draw.count(3, 7))
        size = 0.35 * min(tall, 0.7 * (spots[1] - spots[0]))
        if draw.chance(0.6):
            middle = len(spots) // 2
            shape = block((2.2 * size, 0.02, 1.6 * size), (spots[middle], y, 0.5 * (z0 + z1)))
            kit.add('display', shape, parent)
            spots = np.delete(spots, middle)
        name, piece = _key(draw, size, y)
        kit.add_copies(name, [moved(piece, float(s), 0, 0.5 * (z0 + z1)) for s in spots], parent)
        return
    top = z1
    if draw.chance(0.75):
        height = draw.between(0.1, 0.2) * tall
        shape = block((0.8 * wide, 0.02, height), (x, y, z1 - 0.04 * tall - 0.5 * height))
        kit.add('display', shape, parent)
        top = z1 - 0.08 * tall - height
    if draw.chance(0.45):
        number = draw.count(1, 2)
        size = min(0.3 * wide, 0.3 * (top - z0) / number)
        name, piece = 'knob', _dial(draw, size, y)
        levels = np.linspace(z0, top, 2 * number + 1)[1::2]
        kit.add_copies(name, [moved(piece, x, 0, float(z)) for z in levels], parent)
        return
    columns, rows = draw.count(2, 3), draw.count(2, 4)
    size = 0.4 * min(wide / columns, (top - z0) / rows)
    name, piece = 'button', _key(draw, size, y)[1]
    xs = x0 + (np.arange(columns) + 0.5) * wide / columns
    zs = z0 + (np.arange(rows) + 0.5) * (top - z0) / rows
    kit.add_copies(name, [moved(piece, float(a), 0, float(b)) for b in zs for a in xs], parent)


def _key(draw: Draw, size: float, y: float) -> tuple[str, Piece]:
    if draw.chance(0.25):
        return 'knob', _dial(draw, size, y)
    if draw.chance(0.5):
        return 'button', drum(0.8 * size, 0.02, (0, y + 0.005, 0), FRONT)
    return 'button', block((1.6 * size, 0.03, 1.3 * size), (0, y, 0))


def _dial(draw: Draw, size: float, y: float) -> Piece:
    style = draw.pick('knob', 'disc', 'winged')
    if style == 'knob':
        return knob(draw, 0.8 * size, (0, y, 0), FRONT)
    piece = drum(size, 0.03, (0, y + 0.005, 0), FRONT, top=0.9 * size)
    if style == 'winged':
        piece += block((0.3 * size, 0.03, 1.8 * size), (0, y - 0.03, 0))
    return piece


def microwave(rng: np.random.Generator) -> ProceduralObject:
    """Builds a microwave: body, door with window and handle, panel, keys, knobs, plate, feet."""
    draw, kit = Draw(rng), Assembly('microwave')
    width, depth, height = draw.around(0.5, 0.12), draw.around(0.36, 0.15), draw.around(0.3, 0.15)
    swing = draw.between(0.4, 1.8) if draw.chance(0.45) else 0.0
    wall, y = 0.02, -0.5 * depth
    split = 0.5 * width - draw.between(0.18, 0.3) * width
    kit.add('body', carcass(width, depth, height, 0.0, is_hollow=bool(swing), thick=wall))
    box = (split, 0.5 * width, 0.0, height)
    middle = (0.5 * (split + 0.5 * width), y, 0.5 * height)
    panel = 0
    if swing or draw.chance(0.6):
        deep = draw.pick(0.03, 0.9 * depth) if swing else 0.02
        size = (0.5 * width - split - 0.004, deep, height - (0.01 if deep > 0.1 else 0.0))
        shape = block(size, (middle[0] - 0.002, y + 0.5 * deep - 0.01, middle[2]))
        panel = kit.add('panel', shape)
    _add_keys(draw, kit, box, y - (0.012 if panel else 0.002), panel)
    door = Opening(x0=-0.5 * width, x1=split, z0=0.0, z1=height, y=y - 0.008, is_hollow=True)
    window = 0.0 if draw.chance(0.2) else draw.between(0.55, 0.8)
    style = 'flat' if window else 'glazed'
    add_leaf(
        draw,
        kit,
        door,
        hinge='left',
        angle_rad=swing,
        style=style,
        window=window,
        grips=LONG_GRIPS,
    )
    if swing and draw.chance(0.7):
        reach = 0.38 * min(split + 0.5 * width, depth)
        plate = drum(reach, 0.012, (0.5 * (split - 0.5 * width), 0, wall + 0.01))
        kit.add('plate', plate + drum(0.3 * reach, 0.03, (0.5 * (split - 0.5 * width), 0, 0.01)))
    if draw.chance(0.65):
        foot = drum(0.02, 0.025, (0.42 * width, 0.38 * depth, -0.02))
        kit.add_copies('foot', four_corners(foot))
    return kit.finish()


def dishwasher(rng: np.random.Generator) -> ProceduralObject:
    """Builds a dishwasher: body, door hinged below, panel with keys, racks, counter, base."""
    draw, kit = Draw(rng), Assembly('dishwasher')
    width, depth, height = draw.around(0.58, 0.12), draw.around(0.58, 0.1), draw.around(0.8, 0.1)
    swing = draw.between(0.3, 1.57) if draw.chance(0.55) else 0.0
    wall, y, low = 0.03, -0.5 * depth, draw.pick(0.0, draw.between(0.05, 0.12))
    kit.add('body', carcass(width, depth, height, low, is_hollow=bool(swing), thick=wall))
    if draw.chance(0.4):
        slab = draw.around(0.035, 0.25)
        size = (draw.between(1.0, 1.5) * width, 1.06 * depth, slab)
        kit.add(draw.pick('top', 'counter'), block(size, (0, -0.01, low + height + 0.4 * slab)))
    split = low + height * draw.between(0.82, 0.9)
    fixed = draw.chance(0.6)
    door = Opening(
        x0=-0.49 * width,
        x1=0.49 * width,
        z0=low + 0.01,
        z1=split if fixed else low + height,
        y=y - 0.01,
        is_hollow=True,
    )
    style = draw.pick('flat', 'flat', 'panel', 'raised')
    leaf = add_leaf(
        draw, kit, door, hinge='bottom', angle_rad=swing, style=style, grips=LONG_GRIPS
    )
    box = (-0.45 * width, 0.45 * width, split, low + height)
    if fixed:
        size = (0.98 * width, 0.06, low + height - split)
        panel = kit.add('panel', block(size, (0, y - 0.01, 0.5 * (split + low + height))))
        _add_keys(draw, kit, box, y - 0.04, panel)
    elif not swing:
        _add_keys(draw, kit, (box[0], box[1], split + 0.02, box[3]), y - 0.04, leaf)
    if swing:
        levels = draw.pick((0.12,), (0.12, 0.5), (0.5,))
        for f in levels:
            out = draw.between(0, 0.5) * depth if swing > 1.2 else 0.0
            rack = _rack(draw, width - 2.4 * wall, 0.85 * depth, 0.16 * height)
            kit.add('basket', moved(rack, y=-out, z=low + f * height))
    if low:
        kit.add('base', block((0.96 * width, 0.8 * depth, low), (0, 0.05, 0.5 * low)))
    return kit.finish()


def _rack(draw: Draw, wide: float, depth: float, tall: float) -> Piece:
    """Makes an open wire rack on z = 0 around the z axis."""
    thin = 0.006
    edge = rod((-0.5 * wide, 0.5 * depth, 0), (0.5 * wide, 0.5 * depth, 0), thin)
    side = rod((0.5 * wide, -0.5 * depth, 0), (0.5 * wide, 0.5 * depth, 0), thin)
    loop = joined(both_sides(edge, 'y') + both_sides(side, 'x'))
    piece = loop + moved(loop, z=tall)
    post = rod((0.5 * wide, 0.5 * depth, 0), (0.5 * wide, 0.5 * depth, tall), thin)
    piece += joined(four_corners(post))
    spots = np.linspace(-0.42, 0.42, draw.count(5, 8)) * wide
    bar = block((1.6 * thin, depth, 1.6 * thin))
    return piece + joined(moved(bar, float(s)) for s in spots)
