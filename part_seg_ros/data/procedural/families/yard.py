# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tools of the yard: shovel or rake, wheelbarrow."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import wheel
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    mirrored,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    drum,
    plate,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def shovel(rng: np.random.Generator) -> ProceduralObject:
    """Builds a shovel, rake, hoe or garden fork: shaft, grip, ferrule, blade or bar with tines."""
    draw, kit = Draw(rng), Assembly('shovel')
    length, radius = draw.around(1.0, 0.35), draw.around(0.028, 0.25)
    root = kit.add(draw.pick('shaft', 'shaft', 'pole'), rod((0, 0, 0), (0, 0, length), radius))
    top = draw.pick('none', 'd', 't', 'knob', 'sleeve')
    if top == 'd':
        size = draw.between(0.08, 0.13)
        path = [
            (0, 0, length - 0.02),
            (0.8 * size, 0, length + 0.6 * size),
            (0.8 * size, 0, length + 1.5 * size),
        ]
        side = bend(path, 0.8 * radius)
        bar = rod(
            (-0.9 * size, 0, length + 1.5 * size),
            (0.9 * size, 0, length + 1.5 * size),
            0.9 * radius,
        )
        kit.add('handle', joined(both_sides(side, 'x')) + bar, root)
    elif top == 't':
        half = draw.between(0.07, 0.14)
        kit.add('handle', rod((-half, 0, length), (half, 0, length), 1.1 * radius), root)
    elif top == 'knob':
        kit.add('knob', ball((1.7 * radius, 1.7 * radius, 1.5 * radius), (0, 0, length)), root)
    elif top == 'sleeve':
        long = draw.between(0.15, 0.4) * length
        kit.add('grip', rod((0, 0, length - long), (0, 0, length + 0.01), 1.3 * radius), root)
    neck = draw.between(0.05, 0.2)
    joint = drum(1.25 * radius, neck, (0, 0, -0.03), top=1.15 * radius)
    collar = (
        kit.add(draw.pick('ferrule', 'collar', 'joint'), joint, root) if draw.chance(0.7) else root
    )
    kind = draw.pick('spade', 'spade', 'scoop', 'rake', 'fork', 'hoe')
    wide = draw.around(0.26, 0.25)
    if kind in ('spade', 'scoop'):
        tall, thin = wide * draw.between(1.0, 1.5), draw.between(0.008, 0.02)
        point = draw.between(0.0, 0.5) * tall
        outline = np.array(
            [
                (-0.5 * wide, 0),
                (0.5 * wide, 0),
                (0.48 * wide, point - tall),
                (0.25 * wide, 0.3 * point - tall),
                (0, -tall),
                (-0.25 * wide, 0.3 * point - tall),
                (-0.48 * wide, point - tall),
            ]
        )
        blade = plate(outline[::-1], thin, (0, 0.5 * thin, 0.02), (0, -1, 0))
        if kind == 'scoop':
            wall = block((thin, 0.2 * wide, 0.8 * tall), (0.5 * wide, -0.09 * wide, -0.4 * tall))
            blade += joined(both_sides(wall, 'x')) + block(
                (wide, 0.2 * wide, thin), (0, -0.09 * wide, 0.02)
            )
        if draw.chance(0.35):
            tread = block((0.35 * wide, 0.05, 0.015), (0.32 * wide, 0, 0.025))
            blade += joined(both_sides(tread, 'x'))
        kit.add('blade', turned(blade, 'x', draw.between(-0.3, 0.1)), collar)
    elif kind == 'hoe':
        neck_piece = bend([(0, 0, 0), (0, -0.06, -0.04), (0, -0.1, 0.0)], 0.7 * radius)
        hoe_blade = block((wide, 0.015, 0.7 * wide), (0, -0.1, -0.2 * wide))
        kit.add(
            'blade',
            turned(hoe_blade, 'x', -0.3, (0, -0.1, 0)),
            kit.add('neck', neck_piece, collar),
        )
    else:
        _add_tines(draw, kit, wide, kind == 'rake', radius, collar)
    return kit.finish()


def _add_tines(
    draw: Draw, kit: Assembly, wide: float, is_rake: bool, radius: float, parent: int
) -> None:
    """Adds a cross bar with teeth that point forward (rake) or on along the shaft (fork)."""
    fan = is_rake and draw.chance(0.3)
    thin = 0.35 * radius
    if fan:
        number = draw.count(7, 11)
        angles = np.linspace(-0.6, 0.6, number)
        reach = 1.6 * wide
        tines = []
        for angle in angles:
            end = np.array([np.sin(angle), 0.0, -np.cos(angle)]) * reach
            tines.append(rod((0, 0, 0), end, thin) + rod(end, end + (0, -0.05, -0.01), thin))
        kit.add_copies('tine', tines, parent)
        line = np.column_stack([np.sin(angles), np.zeros(number), -np.cos(angles)]) * 0.6 * reach
        kit.add('bar', bend(line, 0.8 * thin), parent)
        return
    number = draw.count(8, 14) if is_rake else draw.count(3, 5)
    wide *= 1.6 if is_rake else 0.9
    bar = kit.add('bar', block((wide, 1.2 * radius, 1.2 * radius), (0, 0, -0.01)), parent)
    point = (
        (0, -draw.between(0.06, 0.12), -0.02) if is_rake else (0, -0.05, -draw.between(0.25, 0.4))
    )
    tooth = rod((0, 0, -0.01), point, 1.3 * thin, 0.4 * thin)
    spots = np.linspace(-0.48, 0.48, number) * wide
    kit.add_copies('tine', [moved(tooth, x) for x in spots], bar)


def wheelbarrow(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wheelbarrow: tub, frame of two bars, handles, legs, wheel with hub, axle."""
    draw, kit = Draw(rng), Assembly('wheelbarrow')
    length, width = draw.around(0.8, 0.15), draw.around(0.55, 0.15)
    deep, radius = draw.around(0.25, 0.25), draw.around(0.18, 0.15)
    low = radius * draw.between(1.4, 1.9)
    thin = draw.around(0.02, 0.2)
    style = draw.pick('tub', 'tub', 'box', 'flat')
    if style == 'flat':
        tub = block((length, width, 0.03), (0, 0, low + 0.02))
        slats = [block((0.025, width, 0.5 * deep), (-0.5 * length, 0, low + 0.25 * deep))]
        tub += joined(slats)
    else:
        flare = 0.1 if style == 'box' else draw.between(0.15, 0.3)
        tub = _tub(length, width, deep, flare, low)
    root = kit.add('container' if style != 'flat' else 'plate', tub)
    y_rear, y_nose = 0.42 * width, draw.between(0.06, 0.12)
    nose, rear = np.array([-0.5 * length - 0.8 * radius, y_nose, radius]), 0.55 * length
    back = np.array([rear, y_rear, low + draw.between(-0.04, 0.02)])
    bar = rod(nose, back, thin) if draw.chance(0.6) else beam(nose, back, 2 * thin, 2 * thin)
    frames = kit.add_copies(draw.pick('frame', 'beam'), both_sides(bar, 'y'), root)
    end = back + (draw.between(0.25, 0.45), 0.02, draw.between(0.0, 0.12))
    handle = rod(back - (0.02, 0, 0), end, thin)
    handles = kit.add_copies('handle', both_sides(handle, 'y'), frames[0])
    if draw.chance(0.5):
        cover = rod(end - 0.5 * (end - back), end + 0.02 * (end - back), 1.5 * thin)
        kit.add_copies('grip', both_sides(cover, 'y'), handles[0])
    leg_x = draw.between(0.2, 0.4) * length
    leg = rod((leg_x, 0.36 * width, low + 0.03), (leg_x + 0.08, 0.42 * width, 0), thin)
    legs = kit.add_copies('leg', both_sides(leg, 'y'), frames[0])
    if draw.chance(0.4):
        brace = rod(
            (leg_x + 0.04, -0.39 * width, 0.5 * low),
            (leg_x + 0.04, 0.39 * width, 0.5 * low),
            0.8 * thin,
        )
        kit.add('brace', brace, legs[0])
    if draw.chance(0.3):
        foot = block((0.1, 0.04, 0.02), (leg_x + 0.08, 0.42 * width, 0.0))
        kit.add_copies('foot', both_sides(foot, 'y'), legs[0])
    number, wide = draw.pick(1, 1, 1, 2), draw.between(0.06, 0.11)
    tyre, hub = wheel(draw, radius, wide)
    axle_half = y_nose + 0.02 if number == 1 else 0.4 * width
    at = (float(nose[0]), 0.0, radius)
    axle = rod((at[0], -axle_half, radius), (at[0], axle_half, radius), 0.7 * thin)
    axle_part = kit.add('axle', axle, frames[0])
    spots = (0.0,) if number == 1 else (-0.36 * width, 0.36 * width)
    wheels = kit.add_copies('wheel', [moved(tyre, at[0], y, radius) for y in spots], axle_part)
    kit.add_group(
        'hub', [(moved(hub, at[0], y, radius), w) for y, w in zip(spots, wheels, strict=True)]
    )
    return kit.finish()


def _tub(length: float, width: float, deep: float, flare: float, low: float) -> Piece:
    """Makes an open tub with slanting walls, of `length` along x, whose floor is at `low`."""
    half_x, half_y, thin = 0.5 * length, 0.5 * width, 0.02
    wall = block((length * 0.86, thin, deep * 1.05))
    wall = moved(turned(wall, 'x', -flare), 0, 0.88 * half_y, low + 0.5 * deep)
    end = block((thin, 0.9 * width, deep * 1.05))
    end = moved(turned(end, 'y', flare), 0.9 * half_x, 0, low + 0.5 * deep)
    floor = block((1.75 * half_x, 0.85 * width, thin), (0, 0, low + 0.5 * thin))
    return floor + joined(both_sides(wall, 'y') + [end, mirrored(end, 'x')])
