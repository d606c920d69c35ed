# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small vehicles: bicycle, motorcycle, skateboard, cart."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import add_wheels, wheel
from part_seg_ros.data.procedural.families.outlines import rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    joined,
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
    profile,
    ring,
    rod,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT_X = (1.0, 0.0, 0.0)


def bicycle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bicycle or scooter: frame, fork, handlebar, grips, saddle, wheels, crank."""
    draw, kit = Draw(rng), Assembly('bicycle')
    radius, base = draw.around(0.34, 0.1), draw.around(1.05, 0.08)
    thick, tyre = draw.between(0.018, 0.03), draw.between(0.02, 0.045)
    rear, front = np.array([0, 0, radius]), np.array([base, 0, radius])
    bottom = np.array([0.42 * base, 0, 0.9 * radius])
    seat = np.array([0.3 * base, 0, radius + draw.around(0.45, 0.12)])
    head = np.array([0.8 * base, 0, radius + draw.around(0.42, 0.1)])
    pairs = [
        (rear, bottom),
        (rear, seat * 0.95 + bottom * 0.05),
        (bottom, seat),
        (bottom, head - [0, 0, 0.06]),
        (seat - [0, 0, 0.08], head),
    ]
    root = kit.add('frame', joined(rod(a, b, thick) for a, b in pairs))
    crown = head + (head - front) * 0.12
    fork = rod(front + [0, 0.05, 0], head, 0.8 * thick) + rod(
        front - [0, 0.05, 0], head, 0.8 * thick
    )
    fork_part = kit.add('fork', fork + rod(head, crown, thick), root)
    bar_half = draw.around(0.26, 0.15)
    bar = bend(
        [
            crown + [-0.08, bar_half, 0.02],
            crown + [0, 0.4 * bar_half, 0.04],
            crown,
            crown + [0, -0.4 * bar_half, 0.04],
            crown + [-0.08, -bar_half, 0.02],
        ],
        0.8 * thick,
    )
    bar_part = kit.add('handlebar', bar, fork_part)
    end = crown + [-0.08, bar_half, 0.02]
    kit.add_copies(
        'grip',
        both_sides(rod(end + [0.02, -0.08, 0], end + [-0.02, 0.04, 0], 1.5 * thick), 'y'),
        bar_part,
    )
    saddle = ball((0.15, 0.07, 0.035), seat + [-0.02, 0, 0.09]) + rod(
        seat, seat + [0, 0, 0.09], 0.8 * thick
    )
    kit.add('saddle', saddle, root)
    for centre, parent in ((rear, root), (front, fork_part)):
        rim = ring(radius - tyre, tyre, centre, (0, 1, 0))
        spokes = joined(
            turned(rod(centre, centre + [0, 0, radius - tyre], 0.008), 'y', i * np.pi / 5, centre)
            for i in range(10)
        )
        spokes += drum(0.04, 0.1, centre - [0, 0.05, 0], (0, 1, 0))
        tyre_part = kit.add('wheel', rim, parent)
        kit.add('spokes', spokes, tyre_part)
    crank = drum(0.11, 0.02, bottom + [0, 0.03, 0], (0, 1, 0))
    gear_part = kit.add('crank', crank, root)
    angle = draw.between(0, np.pi)
    for side in (1, -1):
        arm = np.array([np.cos(angle), 0, np.sin(angle)]) * 0.17 * side
        y = np.array([0, 0.06 * side, 0])
        pedal = rod(bottom + y * 0.2, bottom + y + arm, 0.014) + block(
            (0.1, 0.08, 0.03), bottom + y * 1.7 + arm
        )
        kit.add('pedal', pedal, gear_part)
    if draw.chance(0.3):
        basket = vessel([[0.1, 0], [0.15, 0.2]], 0.02, crown + [0.2, 0, -0.12])
        kit.add('basket', basket, fork_part)
    return kit.finish()


def motorcycle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a motorcycle or moped: frame, tank, seat, fork, handlebar, engine, wheels, lamp."""
    draw, kit = Draw(rng), Assembly('motorcycle')
    radius, base = draw.around(0.28, 0.1), draw.around(1.05, 0.1)
    width = draw.around(0.12, 0.2)
    z = 1.5 * radius
    engine = block((0.32, 1.8 * width, 0.26), (0.48 * base, 0, z - 0.08), 0.02)
    engine += joined(
        both_sides(drum(0.1, 0.06, (0.5 * base, 0.8 * width, z - 0.08), (0, 1, 0)), 'y')
    )
    frame = beam((0, 0, radius), (0.4 * base, 0, z), 0.06, 0.06) + beam(
        (0.1 * base, 0, z + 0.15), (0.78 * base, 0, z + 0.12), 0.07, 0.06
    )
    frame += beam((0.35 * base, 0, z), (0.2 * base, 0, z + 0.15), 0.06, 0.05) + beam(
        (0.62 * base, 0, z), (0.78 * base, 0, z + 0.14), 0.06, 0.05
    )
    crown = np.array([0.8 * base, 0, z + 0.3])
    frame += rod((0.77 * base, 0, z + 0.1), crown, 0.035)
    root = kit.add('frame', frame)
    kit.add('engine', engine, root)
    kit.add('tank', ball((0.2, 1.1 * width, 0.12), (0.58 * base, 0, z + 0.22)), root)
    seat = block((0.42, 1.6 * width, 0.08), (0.22 * base, 0, z + 0.22), 0.035)
    kit.add('seat', seat, root)
    hub = np.array([1.05 * base, 0, radius])
    fork = joined(both_sides(rod(hub + [0, 0.07, 0], crown + [0, 0.07, 0], 0.022), 'y')) + block(
        (0.08, 0.2, 0.04), crown
    )
    fork_part = kit.add('fork', fork, root)
    bar = bend(
        [
            crown + [-0.18, 0.3, 0.08],
            crown + [-0.02, 0.15, 0.08],
            crown,
            crown + [-0.02, -0.15, 0.08],
            crown + [-0.18, -0.3, 0.08],
        ],
        0.018,
    )
    kit.add('handlebar', bar, fork_part)
    kit.add('headlight', drum(0.09, 0.1, crown + [0.03, 0, -0.03], FRONT_X, top=0.07), fork_part)
    for at, parent in ((np.array([0, 0, radius]), root), (hub, fork_part)):
        tyre, rim = wheel(draw, radius, 1.1 * width)
        tyre_part = kit.add('wheel', moved(tyre, *at), parent)
        kit.add('hub', moved(rim, *at), tyre_part)
    if draw.chance(0.8):
        pipe = bend(
            [
                (0.55 * base, 0.11, z - 0.15),
                (0.4 * base, 0.15, radius - 0.08),
                (-0.25, 0.15, radius),
            ],
            0.035,
        )
        kit.add('exhaust', pipe, root)
    if draw.chance(0.4):
        kit.add('box', block((0.25, 0.28, 0.22), (-0.02, 0, z + 0.33), 0.03), root)
    return kit.finish()


def skateboard(rng: np.random.Generator) -> ProceduralObject:
    """Builds a skateboard, kick scooter or roller skate: deck, trucks, wheels, pole, handlebar."""
    draw, kit = Draw(rng), Assembly('skateboard')
    length, width, radius = draw.around(1.0, 0.15), draw.around(0.26, 0.15), draw.around(0.06, 0.2)
    z, thick = 2.2 * radius, 0.035
    line = smooth_curve(
        [(-0.5 * length, 0.06), (-0.36 * length, 0), (0.36 * length, 0), (0.5 * length, 0.06)], 14
    )
    deck = profile(np.vstack([line + [0, thick], line[::-1]]), width)
    if draw.chance(0.5):
        deck = plate(rounded_rectangle(length, width, 0.48 * width), thick)
    root = kit.add('deck', moved(deck, z=z))
    truck_shape = block(
        (0.12, 0.2 * width, 1.0 * radius), (0.3 * length, 0, z - 0.4 * radius)
    ) + rod(
        (0.3 * length, -0.45 * width, radius), (0.3 * length, 0.45 * width, radius), 0.3 * radius
    )
    trucks = kit.add_copies('axle', both_sides(truck_shape, 'x'), root)
    tyre = drum(radius, 0.05, (0.3 * length, 0.45 * width, radius), (0, 1, 0))
    kit.add_copies('wheel', four_corners(tyre), trucks[0])
    if draw.chance(0.4):
        top = z + draw.around(0.8, 0.12)
        pole = kit.add('pole', rod((0.42 * length, 0, z), (0.36 * length, 0, top), 0.025), root)
        bar = rod((0.36 * length, -0.22, top), (0.36 * length, 0.22, top), 0.02)
        bar_part = kit.add('handlebar', bar, pole)
        grip = rod((0.36 * length, 0.14, top), (0.36 * length, 0.26, top), 0.033)
        kit.add_copies('grip', both_sides(grip, 'y'), bar_part)
    return kit.finish()


def cart(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wheelbarrow, trolley or pram: tray, handles, legs, wheels, goods, hood."""
    draw, kit = Draw(rng), Assembly('cart')
    length, width, tall = draw.around(0.8, 0.12), draw.around(0.5, 0.1), draw.around(0.3, 0.2)
    radius = draw.around(0.16, 0.2)
    z, wall = 1.6 * radius, 0.03
    tray = block((length, width, wall), (0, 0, z))
    tray += joined(both_sides(block((length, wall, tall), (0, 0.5 * width, z + 0.5 * tall)), 'y'))
    tray += joined(
        both_sides(block((wall, width + wall, tall), (0.5 * length, 0, z + 0.5 * tall)), 'x')
    )
    root = kit.add('tray', tray)
    if draw.chance(0.5):
        kit.add('wheel', drum(radius, 0.08, (0.55 * length, -0.04, radius), (0, 1, 0)), root)
        fork = joined(
            both_sides(
                beam((0.3 * length, 0.09, z), (0.57 * length, 0.07, radius), 0.03, 0.03), 'y'
            )
        )
        kit.add('fork', fork, root)
        leg = rod((-0.3 * length, 0.4 * width, 0), (-0.25 * length, 0.4 * width, z), 0.022)
        kit.add_copies('leg', both_sides(leg, 'y'), root)
        shaft = rod((0.1, 0.42 * width, z - 0.02), (-0.95 * length, 0.46 * width, z + 0.12), 0.025)
        handles = kit.add_copies('handle', both_sides(shaft, 'y'), root)
        grip = rod(
            (-0.95 * length, 0.46 * width, z + 0.12),
            (-0.75 * length, 0.45 * width, z + 0.09),
            0.038,
        )
        kit.add_copies('grip', both_sides(grip, 'y'), handles[0])
    else:
        add_wheels(
            draw,
            kit,
            [(0.35 * length, 0.5 * width + 0.03), (-0.35 * length, 0.5 * width + 0.03)],
            radius,
            0.05,
            root,
        )
        axle = rod(
            (0.35 * length, -0.5 * width, radius), (0.35 * length, 0.5 * width, radius), 0.025
        )
        axle += rod((0.35 * length, 0, radius), (0.35 * length, 0, z), 0.03)
        kit.add_copies('axle', both_sides(axle, 'x'), root)
        top = z + tall + draw.around(0.3, 0.25)
        post = rod((-0.5 * length, 0.4 * width, z), (-0.62 * length, 0.4 * width, top), 0.02)
        posts = kit.add_copies('post', both_sides(post, 'y'), root)
        kit.add(
            'handle',
            rod((-0.62 * length, -0.46 * width, top), (-0.62 * length, 0.46 * width, top), 0.03),
            posts[0],
        )
    if draw.chance(0.5):
        goods: list[Piece] = []
        for x in draw.some((-0.3, 0.0, 0.3), draw.count(1, 3)):
            at = (x * length, draw.between(-0.1, 0.1), z + 0.13)
            goods.append(
                ball((0.12, 0.15, 0.13), at)
                if draw.chance(0.5)
                else block((0.2, 0.3, 0.22), at, 0.02)
            )
        kit.add_copies('box', goods, root)
    if draw.chance(0.25):
        hood = sleeve(0.52 * width, 0.48 * width, 0.35, (-0.45 * length, 0, z + tall), FRONT_X)
        kit.add('hood', hood, root)
    return kit.finish()
