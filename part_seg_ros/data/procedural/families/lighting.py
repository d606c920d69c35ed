# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Lamps: desk, floor, table and hanging lamp, lantern, torch."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import regular_polygon, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
    both_sides,
    joined,
    moved,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    drum,
    lathed,
    plate,
    ring,
    rod,
    rounded_solid,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _base(draw: Draw, radius: float) -> tuple[Piece, float]:
    """Makes a lamp foot on the ground; returns it and its height."""
    style = draw.pick('disc', 'dome', 'square', 'cone')
    tall = radius * draw.between(0.12, 0.3)
    if style == 'disc':
        return drum(radius, tall), tall
    if style == 'dome':
        tall *= 1.6
        return lathed(
            rounded_solid(
                [radius, 0.95 * radius, 0.5 * radius, 0.12 * radius],
                [0.0, 0.3 * tall, 0.85 * tall, tall],
            )
        ), tall
    if style == 'square':
        return block((2 * radius, 1.7 * radius, tall), (0, 0, 0.5 * tall), 0.15 * tall), tall
    return drum(radius, tall, top=0.3 * radius), tall


def _shade(draw: Draw, radius: float, tall: float) -> Piece:
    """Makes an open lamp shade around the z axis that hangs down from the origin."""
    top = radius * draw.between(0.25, 0.9)
    wall = 0.03 * radius
    style = draw.pick('cone', 'cone', 'bell', 'dome')
    if style == 'cone':
        line = np.array([(top, 0.0), (radius, -tall)])
    elif style == 'bell':
        line = smooth_curve([(0.4 * top, 0), (top, -0.4 * tall), (radius, -tall)], 10)
    else:
        line = smooth_curve(
            [(0.15 * radius, 0), (0.75 * radius, -0.3 * tall), (radius, -tall)], 10
        )
    outer = line[::-1]
    inner = line - [wall, 0.0]
    closed = np.vstack([outer, np.maximum(inner, [0.2 * wall, -np.inf])])
    piece = lathed(closed)
    if style != 'cone' or draw.chance(0.3):
        return piece + drum(1.05 * line[0, 0], wall, (0, 0, -wall))
    spoke = rod((0, 0, -0.1 * tall), (top, 0, -0.1 * tall), 0.4 * wall)
    return piece + joined(spun(spoke, 3))


def lamp(rng: np.random.Generator) -> ProceduralObject:
    """Builds a table or floor lamp: base, pole, shade, bulb, switch, chain."""
    draw, kit = Draw(rng), Assembly('lamp')
    height, radius = draw.around(1.0, 0.3), draw.around(0.28, 0.25)
    shade_tall = draw.around(0.3, 0.25)
    foot, low = _base(draw, draw.around(0.2, 0.2))
    if draw.chance(0.15):
        leg_ = rod((0.25, 0, 0), (0.0, 0, 0.6 * height), 0.012)
        kit.add_copies('leg', spun(leg_, 3))
        low = 0.55 * height
    else:
        kit.add('base', foot)
    if draw.chance(0.35):
        body = rounded_solid(
            np.array([0.4, 1.0, 0.7, 0.2]) * draw.around(0.14, 0.25),
            [low - 0.02, low + 0.3 * height, low + 0.5 * height, height - 0.1],
        )
        pole = kit.add('pole', lathed(body) + rod((0, 0, low), (0, 0, height - 0.02), 0.02))
    else:
        pole = kit.add(
            'pole', rod((0, 0, low - 0.02), (0, 0, height - 0.02), draw.between(0.012, 0.03))
        )
    shade = moved(_shade(draw, radius, shade_tall), z=height)
    kit.add('shade', shade, pole)
    if draw.chance(0.75):
        size = draw.between(0.04, 0.07)
        z = height - 0.45 * shade_tall
        socket = kit.add('socket', drum(0.6 * size, 0.08, (0, 0, z - 0.1)), pole)
        kit.add('bulb', ball((size, size, 1.2 * size), (0, 0, z + 0.5 * size)), socket)
    if draw.chance(0.3):
        x = 0.3 * radius
        cord = rod((x, 0, height - 0.2 * shade_tall), (x, 0, height - 1.4 * shade_tall), 0.006)
        cord += ball(0.02, (x, 0, height - 1.4 * shade_tall))
        cord += rod((0, 0, height - 0.2 * shade_tall), (x, 0, height - 0.2 * shade_tall), 0.006)
        kit.add('chain', cord, pole)
    if draw.chance(0.3):
        kit.add('knob', knob(draw, 0.03, (0, 0, height - 0.01)), pole)
    return kit.finish()


def desk_lamp(rng: np.random.Generator) -> ProceduralObject:
    """Builds an arm lamp: base, two arm segments or a gooseneck, joints, head, bulb, switch."""
    draw, kit = Draw(rng), Assembly('desk_lamp')
    foot, low = _base(draw, draw.around(0.16, 0.2))
    root = kit.add('base', foot)
    thick, first, second = (
        draw.between(0.012, 0.022),
        draw.around(0.42, 0.15),
        draw.around(0.38, 0.15),
    )
    lean, bow = draw.between(-0.6, 0.2), draw.between(0.5, 1.4)
    start = np.array([0.0, 0.0, low - 0.01])
    elbow = start + first * np.array([np.sin(lean), 0.0, np.cos(lean)])
    end = elbow + second * np.array([np.sin(bow), 0.0, np.cos(bow)])
    if draw.chance(0.35):
        neck = bend([start, elbow, 0.5 * (elbow + end) + [0, 0, 0.1], end], thick)
        last = kit.add('arm', neck, root)
    else:
        gap = draw.pick(0.0, 2.2 * thick)
        lower, upper = rod(start, elbow, thick), rod(elbow, end, thick)
        if gap:
            lower = moved(lower, y=gap) + moved(lower, y=-gap)
            upper = moved(upper, y=gap) + moved(upper, y=-gap)
        lower_part = kit.add('arm', lower, root)
        hinge = drum(2.0 * thick, 5 * thick, elbow - [0, 2.5 * thick, 0], (0, 1, 0))
        joint = kit.add('joint', hinge, lower_part)
        last = kit.add('arm', upper, joint)
        if draw.chance(0.4):
            foot_joint = drum(2.0 * thick, 5 * thick, start - [0, 2.5 * thick, -thick], (0, 1, 0))
            kit.add('joint', foot_joint, root)
    aim = np.array([np.sin(draw.between(0.0, 0.9)), 0.0, -1.0])
    radius = draw.around(0.13, 0.2)
    tall = radius * draw.between(0.8, 1.6)
    back = aimed(_shade(draw, radius, tall), end - 0.15 * tall * aim, -aim)
    head = kit.add('shade', back, last)
    if draw.chance(0.7):
        kit.add(
            'bulb',
            ball(0.38 * radius, end + 0.45 * tall * aim)
            + rod(end, end + 0.3 * tall * aim, 0.2 * radius),
            head,
        )
    if draw.chance(0.4):
        kit.add('button', drum(0.025, 0.03, (-0.09, 0, low - 0.01)), root)
    return kit.finish()


def pendant_lamp(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pendant lamp or chandelier: canopy, cord, shades on arms, bulbs."""
    draw, kit = Draw(rng), Assembly('pendant_lamp')
    drop, radius = draw.around(0.6, 0.3), draw.around(0.25, 0.25)
    kit.add('canopy', drum(0.05, 0.04, (0, 0, drop), top=0.12))
    cord = kit.add('cord', rod((0, 0, -0.01), (0, 0, drop + 0.01), draw.between(0.008, 0.02)))
    if draw.chance(0.5):
        tall = radius * draw.between(0.6, 1.5)
        shade = kit.add('shade', _shade(draw, radius, tall), cord)
        kit.add(
            'bulb',
            ball((0.07, 0.07, 0.09), (0, 0, -0.5 * tall))
            + rod((0, 0, 0), (0, 0, -0.4 * tall), 0.03),
            shade,
        )
        if draw.chance(0.3):
            kit.add('rim', ring(radius, 0.03 * radius + 0.004, (0, 0, -tall)), shade)
        return kit.finish()
    number, reach = draw.count(3, 6), draw.around(0.45, 0.15)
    hub = kit.add(
        'hub', lathed(rounded_solid([0.03, 0.08, 0.05, 0.02], [-0.2, -0.1, 0.0, 0.05])), cord
    )
    arm = bend(
        [(0.02, 0, -0.08), (0.4 * reach, 0, -0.26), (0.9 * reach, 0, -0.2), (reach, 0, -0.04)],
        0.014,
    )
    arms = kit.add_copies('arm', spun(arm, number), hub)
    cup = moved(vessel([[0.02, -0.02], [0.055, 0.03]], 0.008), reach, 0, -0.03)
    kit.add_copies('cup', spun(cup, number), arms[0])
    if draw.chance(0.5):
        light = moved(drum(0.022, 0.14), reach, 0, -0.01) + ball(
            (0.015, 0.015, 0.035), (reach, 0, 0.15)
        )
    else:
        light = ball((0.045, 0.045, 0.06), (reach, 0, 0.06))
    kit.add_copies('bulb', spun(light, number), arms[0])
    return kit.finish()


def lantern(rng: np.random.Generator) -> ProceduralObject:
    """Builds a lantern or street light: base, glass, posts, roof, ring handle, candle."""
    draw, kit = Draw(rng), Assembly('lantern')
    radius, tall, sides = draw.around(0.25, 0.15), draw.around(0.5, 0.2), draw.pick(4, 4, 6)
    turn = np.pi / sides
    base = plate(regular_polygon(sides, 1.25 * radius, turn), 0.08)
    kit.add('base', base)
    posts = spun(rod((radius, 0, 0.05), (radius, 0, 0.1 + tall), 0.02), sides, turn)
    rails = kit.add_copies('post', posts)
    if draw.chance(0.6):
        glass = plate(regular_polygon(sides, 0.93 * radius, turn), tall, (0, 0, 0.075))
        kit.add('glass', glass)
    else:
        candle = kit.add('candle', drum(0.3 * radius, 0.5 * tall, (0, 0, 0.07)))
        kit.add(
            'flame',
            ball(
                (0.1 * radius, 0.1 * radius, 0.25 * radius),
                (0, 0, 0.08 + 0.5 * tall + 0.2 * radius),
            ),
            candle,
        )
    peak = draw.around(0.25, 0.25)
    roof = drum(1.35 * radius, peak, (0, 0, 0.07 + tall), top=0.25 * radius)
    if draw.chance(0.5):
        roof = plate(regular_polygon(sides, 1.3 * radius, turn), 0.05, (0, 0, 0.07 + tall))
        roof += drum(1.05 * radius, peak, (0, 0, 0.11 + tall), top=0.2 * radius)
    roof_part = kit.add('roof', roof, rails[0])
    top = 0.07 + tall + peak
    hook = ring(0.35 * radius, 0.05 * radius, (0, 0, top + 0.3 * radius), (0, 1, 0))
    kit.add('handle', turned(hook, 'z', draw.between(0, 1)), roof_part)
    if draw.chance(0.3):
        kit.add('pole', rod((0, 0, -1.6), (0, 0, 0.01), 0.05) + drum(0.16, 0.1, (0, 0, -1.65)))
    elif draw.chance(0.4):
        foot = block((0.06, 0.06, 0.08), (0.7 * radius, 0.7 * radius, -0.03))
        kit.add_copies('foot', [moved(turned(foot, 'z', i * np.pi / 2)) for i in range(4)])
    return kit.finish()


def torch(rng: np.random.Generator) -> ProceduralObject:
    """Builds a flash light: barrel, head, lens, switch, tail cap, wrist loop, clip."""
    draw, kit = Draw(rng), Assembly('torch')
    radius, length = draw.around(0.07, 0.2), draw.around(0.6, 0.25)
    along = (1.0, 0.0, 0.0)
    root = kit.add('body', drum(radius, length, (0, 0, 0), along))
    wide, deep = radius * draw.between(1.3, 2.2), draw.around(0.2, 0.25)
    head = rod((length - 0.01, 0, 0), (length + 0.5 * deep, 0, 0), radius, wide)
    head += sleeve(wide, 0.85 * wide, 0.5 * deep, (length + 0.48 * deep, 0, 0), along)
    head_part = kit.add('head', head, root)
    kit.add('lens', drum(0.9 * wide, 0.02, (length + 0.85 * deep, 0, 0), along), head_part)
    kit.add('cap', drum(1.1 * radius, draw.between(0.06, 0.12), (-0.05, 0, 0), along), root)
    if draw.chance(0.7):
        at = draw.between(0.55, 0.85) * length
        kit.add('switch', block((0.08, 0.05, 0.04), (at, 0, radius), 0.012), root)
    if draw.chance(0.4):
        kit.add(
            'loop',
            ring(0.8 * radius, 0.12 * radius, (-0.05 - 0.6 * radius, 0, 0), (0, 1, 0)),
            root,
        )
    if draw.chance(0.5):
        grip = drum(1.07 * radius, 0.35 * length, (0.12 * length, 0, 0), along)
        kit.add('grip', grip, root)
    if draw.chance(0.3):
        clip = beam(
            (0.3 * length, 0, -1.3 * radius), (0.9 * length, 0, -1.3 * radius), 0.04, 0.012
        )
        clip += block((0.04, 0.04, 0.8 * radius), (0.85 * length, 0, -radius))
        kit.add('clip', clip, root)
    if draw.chance(0.3):
        rib = both_sides(
            block((0.8 * deep, 0.02, 0.3 * wide), (length + 0.5 * deep, 0.98 * wide, 0)), 'y'
        )
        kit.add_copies('rib', rib, head_part)
    return kit.finish()
