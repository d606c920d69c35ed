# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Outdoor structures: bridge, gate, tent, fountain, swing."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import arc, band, regular_polygon, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
    both_sides,
    four_corners,
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
    closed_vessel,
    drum,
    front,
    plate,
    profile,
    rod,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def bridge(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bridge or pier: deck, arch or pillars, railings with posts, lamps, cables."""
    draw, kit = Draw(rng), Assembly('bridge')
    length, width = draw.around(1.8, 0.12), draw.around(0.5, 0.15)
    hump = draw.pick(0.0, draw.between(0.1, 0.3))
    line = smooth_curve([(-0.5 * length, 0), (0, hump), (0.5 * length, 0)], 14)
    root = kit.add('deck', profile(band(line, 0.07), width))
    style = draw.pick('arch', 'pillars', 'cable')
    if style == 'arch':
        under = arc(1.0, np.pi, 0, 12) * [0.38 * length, 0.35] + [0, -0.42]
        side = np.vstack(
            [[-0.48 * length, -0.42], under, [0.48 * length, -0.42], line[::-1] * [0.96, 1.0]]
        )
        kit.add('arch', profile(side, 0.9 * width), root)
    else:
        pillar = block((0.1, 0.8 * width, 0.5), (0, 0, -0.25), 0.02)
        xs = np.linspace(-0.35, 0.35, draw.count(2, 4)) * length
        kit.add_copies(
            'pillar', [moved(pillar, x, 0, np.interp(x, line[:, 0], line[:, 1])) for x in xs], root
        )
    if style == 'cable':
        mast = block((0.07, 0.07, 0.9), (0.22 * length, 0.5 * width, 0.3))
        masts = kit.add_copies('pylon', four_corners(mast), root)
        rope = bend(
            [
                (0.22 * length, 0.5 * width, 0.72),
                (0, 0.5 * width, 0.25 + hump),
                (-0.22 * length, 0.5 * width, 0.72),
            ],
            0.018,
        )
        rope += rod(
            (0.22 * length, 0.5 * width, 0.72), (0.49 * length, 0.5 * width, 0.02), 0.018
        ) + rod((-0.22 * length, 0.5 * width, 0.72), (-0.49 * length, 0.5 * width, 0.02), 0.018)
        kit.add_copies('cable', both_sides(rope, 'y'), masts[0])
    y, tall = 0.47 * width, draw.between(0.14, 0.22)
    rail = moved(profile(band(line + [0, tall], 0.03), 0.03), y=y)
    rails = kit.add_copies('railing', both_sides(rail, 'y'), root)
    spots = line[1:-1:2]
    posts = joined(rod((x, y, z), (x, y, z + tall), 0.016) for x, z in spots)
    kit.add_copies('posts', both_sides(posts, 'y'), rails[0])
    if draw.chance(0.35):
        lamp = rod((0.3 * length, y, 0.4 * hump), (0.3 * length, y, 0.55), 0.018)
        lamps = kit.add_copies('pole', four_corners(lamp), root)
        light = ball(0.05, (0.3 * length, y, 0.57))
        kit.add_group('lamp', list(zip(four_corners(light), lamps, strict=True)))
    return kit.finish()


def gate(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fence gate, goal or torii: pillars, caps, beam, leaves of bars, planks, latch."""
    draw, kit = Draw(rng), Assembly('gate')
    width, tall, thick = draw.around(1.0, 0.2), draw.around(0.8, 0.2), draw.around(0.1, 0.25)
    pillar = (
        block((thick, thick, tall), (0.5 * width, 0, 0.5 * tall))
        if draw.chance(0.6)
        else drum(0.6 * thick, tall, (0.5 * width, 0, 0))
    )
    pillars = kit.add_copies('pillar', both_sides(pillar, 'x'))
    if draw.chance(0.5):
        cap = (
            ball(0.7 * thick, (0.5 * width, 0, tall + 0.4 * thick))
            if draw.chance(0.5)
            else block((1.5 * thick, 1.5 * thick, 0.5 * thick), (0.5 * width, 0, tall))
        )
        kit.add_group('cap', list(zip(both_sides(cap, 'x'), pillars, strict=True)))
    style = draw.pick('torii', 'bars', 'planks')
    if style == 'torii':
        line = smooth_curve(
            [(-0.68 * width, tall + 0.12), (0, tall + 0.03), (0.68 * width, tall + 0.12)], 10
        )
        kit.add('beam', profile(band(line, 0.1), 1.4 * thick), pillars[0])
        kit.add('beam', block((1.15 * width, 0.8 * thick, 0.07), (0, 0, 0.8 * tall)), pillars[0])
        kit.add('tablet', block((0.16, thick, 0.16), (0, 0, 0.92 * tall)), pillars[0])
        return kit.finish()
    double = draw.chance(0.5)
    span = 0.5 * width - 0.5 * thick if double else width - thick
    swing = draw.pick(0.0, draw.between(0.1, 1.2))
    for side in (1, -1) if double else (1,):
        hinge_x = -side * 0.5 * (width - thick)
        rails = joined(block((span, 0.03, 0.05), (0.5 * span, 0, z * tall)) for z in (0.2, 0.85))
        if style == 'bars':
            bars = [
                rod((float(x), 0, 0.1 * tall), (float(x), 0, 0.95 * tall), 0.016)
                for x in np.linspace(0.05, 0.97, draw.count(4, 7)) * span
            ]
        else:
            bars = [
                block((0.75 * span / 5, 0.025, 0.85 * tall), (float(x), -0.02, 0.5 * tall))
                for x in np.linspace(0.1, 0.9, 5) * span
            ]
        rails += (
            beam((0.02, 0.01, 0.2 * tall), (span - 0.02, 0.01, 0.85 * tall), 0.03, 0.025)
            if draw.chance(0.5)
            else ()
        )

        def hang(piece: Piece, way: int = side, x: float = hinge_x) -> Piece:
            leaf = turned(piece, 'z', -swing)
            return moved(leaf if way > 0 else turned(moved(leaf), 'z', np.pi), x)

        leaf = kit.add('frame', hang(rails), pillars[0])
        kit.add_copies('bar' if style == 'bars' else 'plank', [hang(bar) for bar in bars], leaf)
        if side == 1:
            kit.add(
                'latch', hang(block((0.1, 0.09, 0.06), (span - 0.04, 0, 0.52 * tall), 0.01)), leaf
            )
    return kit.finish()


def tent(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tent, parasol stall or pavilion: canopy, posts, floor, door flap, flag, counter."""
    draw, kit = Draw(rng), Assembly('tent')
    width, depth, tall = draw.around(1.0, 0.15), draw.around(1.0, 0.15), draw.around(0.7, 0.15)
    if draw.chance(0.4):
        line = np.array([(-0.5 * width, 0.0), (0.0, tall), (0.5 * width, 0.0)])
        root = kit.add('canopy', profile(band(line, 0.04), depth))
        pole = rod((0, 0.5 * depth - 0.03, 0), (0, 0.5 * depth - 0.03, tall + 0.08), 0.022)
        kit.add_copies('pole', both_sides(pole, 'y'), root)
        kit.add('floor', block((0.95 * width, 0.97 * depth, 0.03), (0, 0, 0.0)), root)
        if draw.chance(0.6):
            flap = profile(
                np.array([(0.02, 0.01), (0.4 * width, 0.01), (0.02, 0.85 * tall)]),
                0.025,
                -0.49 * depth,
            )
            kit.add_copies('flap', both_sides(flap, 'x'), root)
        peg = rod((0.5 * width, 0.5 * depth, 0.05), (0.62 * width, 0.5 * depth, -0.05), 0.018)
        kit.add_copies('peg', four_corners(peg), root)
        return kit.finish()
    post = rod((0.45 * width, 0.4 * depth, 0), (0.45 * width, 0.4 * depth, tall + 0.05), 0.03)
    posts = kit.add_copies('post', four_corners(post))
    rise = draw.around(0.35, 0.2)
    square = plate(
        regular_polygon(4, np.sqrt(0.5), np.pi / 4) * [1.15 * width, 1.1 * depth],
        0.05,
        (0, 0, tall),
    )
    roof = kit.add(
        'roof',
        square + drum(0.55 * min(width, depth), rise, (0, 0, tall + 0.03), top=0.02),
        posts[0],
    )
    if draw.chance(0.5):
        kit.add(
            'flag',
            rod((0, 0, tall + rise - 0.05), (0, 0, tall + rise + 0.3), 0.014)
            + block((0.2, 0.015, 0.12), (0.1, 0, tall + rise + 0.23)),
            roof,
        )
    kind = draw.pick('stall', 'floor')
    if kind == 'stall':
        counter = kit.add(
            'counter', block((0.95 * width, 0.25, 0.35), (0, -0.32 * depth, 0.18)), posts[0]
        )
        goods = [ball(0.07, (x * width, -0.32 * depth, 0.41)) for x in (-0.3, -0.1, 0.1, 0.3)]
        kit.add_copies('fruit', draw.some(goods, draw.count(2, 4)), counter)
    else:
        kit.add('floor', block((1.1 * width, 1.0 * depth, 0.06), (0, 0, -0.01)), posts[0])
        rail = block((0.9 * width, 0.03, 0.04), (0, 0.4 * depth, 0.3 * tall))
        kit.add('railing', rail, posts[0])
    return kit.finish()


def fountain(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fountain, trophy or monument: steps, basin, column, upper bowl, figure, water."""
    draw, kit = Draw(rng), Assembly('fountain')
    radius, tall = draw.around(0.6, 0.15), draw.around(0.8, 0.2)
    root = kit.add('base', drum(1.15 * radius, 0.08, (0, 0, -0.06), top=1.1 * radius))
    basin = vessel([[0.95 * radius, 0.0], [radius, draw.around(0.22, 0.2)]], 0.1 * radius)
    basin_part = kit.add('basin', basin, root)
    if draw.chance(0.6):
        kit.add('water', drum(0.9 * radius, 0.02, (0, 0, 0.12)), basin_part)
    column = np.array([(0.5, 0.0), (0.25, 0.2), (0.2, 0.7), (0.3, 1.0)]) * [0.5 * radius, tall]
    column_part = kit.add('column', closed_vessel(smooth_curve(column, 12)), root)
    z, size = tall, 0.55 * radius
    for _ in range(draw.count(1, 2)):
        outer = smooth_curve([(0.2 * size, z - 0.02), (0.7 * size, z + 0.04), (size, z + 0.15)], 8)
        bowl = kit.add('bowl', vessel(outer, 0.08 * size), column_part)
        z += 0.3
        size *= 0.55
        if draw.chance(0.5):
            kit.add('neck', drum(0.12 * radius, 0.32, (0, 0, z - 0.3), top=0.08 * radius), bowl)
    kind = draw.pick('ball', 'cone', 'none')
    if kind == 'ball':
        kit.add(
            'finial',
            ball(0.09, (0, 0, z - 0.22)) + rod((0, 0, z - 0.32), (0, 0, z - 0.2), 0.03),
            column_part,
        )
    elif kind == 'cone':
        kit.add('finial', drum(0.09, 0.3, (0, 0, z - 0.3), top=0.02), column_part)
    if draw.chance(0.3):
        spout = aimed(
            front(np.array([(-0.06, 0), (0.06, 0), (0.0, 0.1)]), 0.1), (radius, 0, 0.15), (1, 0, 0)
        )
        kit.add_copies('spout', spun(spout, 4), basin_part)
    return kit.finish()


def swing_set(rng: np.random.Generator) -> ProceduralObject:
    """Builds a swing, slide or seesaw: frame, seats, ropes, slide, ladder rungs."""
    draw, kit = Draw(rng), Assembly('swing_set')
    width, tall, spread = draw.around(1.2, 0.15), draw.around(1.0, 0.12), draw.around(0.3, 0.15)
    style = draw.pick('swing', 'slide', 'seesaw')
    if style == 'swing':
        leg = rod((0.5 * width, spread, 0), (0.5 * width, 0, tall), 0.032)
        legs = kit.add_copies('leg', four_corners(leg))
        root = kit.add(
            'beam', rod((-0.54 * width, 0, tall), (0.54 * width, 0, tall), 0.035), legs[0]
        )
        number = draw.count(1, 3)
        for x in (np.arange(number) - 0.5 * (number - 1)) * width / number * 0.9:
            lean, low = draw.between(-0.4, 0.4), 0.28 * tall
            seat = block((0.22, 0.13, 0.035), (float(x), 0, low), 0.01)
            ropes = [
                rod((float(x) + s * 0.1, 0, low), (float(x) + s * 0.1, 0, tall), 0.011)
                for s in (-1, 1)
            ]
            pivot = (0, 0, tall)
            hung = kit.add_copies('rope', [turned(rope, 'x', lean, pivot) for rope in ropes], root)
            kit.add('seat', turned(seat, 'x', lean, pivot), hung[0])
    elif style == 'slide':
        line = smooth_curve(
            [
                (0, tall),
                (0.35 * width, 0.7 * tall),
                (0.8 * width, 0.15 * tall),
                (width, 0.1 * tall),
            ],
            14,
        )
        root = kit.add('slide', profile(band(line, 0.035), 0.34))
        edge = moved(profile(band(line + [0, 0.05], 0.1), 0.03), y=0.17)
        kit.add_copies('rail', both_sides(edge, 'y'), root)
        post = rod((-0.3, 0.16, 0), (-0.02, 0.16, tall + 0.25), 0.025)
        ladder = kit.add_copies('post', both_sides(post, 'y'), root)
        rungs = [
            rod(
                (-0.3 + 0.28 * s / 1.25, -0.16, s * tall),
                (-0.3 + 0.28 * s / 1.25, 0.16, s * tall),
                0.016,
            )
            for s in np.linspace(0.15, 0.9, draw.count(3, 6))
        ]
        kit.add_copies('rung', rungs, ladder[0])
        kit.add('leg', rod((0.85 * width, 0, 0), (0.82 * width, 0, 0.15 * tall), 0.03), root)
    else:
        tilt, z = draw.between(-0.25, 0.25), 0.35
        board = turned(block((1.6 * width, 0.2, 0.05), (0, 0, z)), 'y', tilt, (0, 0, z))
        pivot = profile(np.array([(-0.18, 0), (0.18, 0), (0.03, z), (-0.03, z)]), 0.28)
        root = kit.add('base', pivot)
        plank = kit.add('board', board, root)
        grip = rod((0.55 * width, -0.12, z + 0.18), (0.55 * width, 0.12, z + 0.18), 0.02) + rod(
            (0.55 * width, 0, z), (0.55 * width, 0, z + 0.18), 0.018
        )
        seat = ball((0.12, 0.13, 0.05), (0.72 * width, 0, z + 0.04))
        for name, piece in (('handle', grip), ('seat', seat)):
            kit.add_copies(
                name,
                [turned(copy, 'y', tilt, (0, 0, z)) for copy in both_sides(piece, 'x')],
                plank,
            )
    return kit.finish()
