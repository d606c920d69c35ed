# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bathroom and street: toilet, sink, bathtub, trash can, hydrant, extinguisher, mailbox, light."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, knob, pull, screw_head
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    regular_polygon,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    joined,
    moved,
    scaled,
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
    ring,
    rod,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def toilet(rng: np.random.Generator) -> ProceduralObject:
    """Builds a toilet: bowl, foot, seat, lid open or shut, cistern, lever or button."""
    draw, kit = Draw(rng), Assembly('toilet')
    wide, long, z = draw.around(0.2, 0.08), draw.between(1.25, 1.5), draw.around(0.4, 0.06)
    outer = smooth_curve([(0.5 * wide, 0.1), (0.7 * wide, 0.2), (wide, z)], 8)
    bowl = kit.add('bowl', scaled(vessel(outer, 0.03), y=long))
    foot = drum(0.75 * wide, 0.18, (0, 0, 0), top=0.5 * wide)
    kit.add(
        'base', scaled(foot, y=1.3) + block((0.8 * wide, 0.3, z - 0.05), (0, 0.2, 0.5 * z)), bowl
    )
    seat = scaled(sleeve(1.06 * wide, 0.68 * wide, 0.03, (0, 0, z - 0.003)), y=long)
    lid = scaled(drum(1.06 * wide, 0.025, (0, 0, z + 0.025)), y=long)
    hinge = (0, long * wide * 0.95, z + 0.02)
    lid_open = draw.chance(0.6)
    kit.add('seat', turned(seat, 'x', -1.5 if lid_open and draw.chance(0.2) else 0.0, hinge), bowl)
    kit.add('lid', turned(lid, 'x', -1.65 if lid_open else 0.0, hinge), bowl)
    y, tall = long * wide + 0.13, draw.around(0.38, 0.12)
    tank = kit.add(
        'tank', block((2.1 * wide, 0.2, tall), (0, y, z + 0.5 * tall - 0.02), 0.03), bowl
    )
    kit.add('tank_lid', block((2.25 * wide, 0.22, 0.05), (0, y, z + tall), 0.015), tank)
    if draw.chance(0.5):
        kit.add('button', drum(0.045, 0.035, (0, y, z + tall + 0.015)), tank)
    else:
        lever = rod(
            (-0.7 * wide, y - 0.09, z + 0.8 * tall), (-0.7 * wide, y - 0.14, z + 0.8 * tall), 0.02
        )
        lever += beam(
            (-0.72 * wide, y - 0.13, z + 0.8 * tall),
            (-0.2 * wide, y - 0.13, z + 0.78 * tall),
            0.03,
            0.03,
        )
        kit.add('lever', lever, tank)
    return kit.finish()


def sink(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wash basin or bathtub: basin, counter or pedestal, tap, handles, drain, feet."""
    draw, kit = Draw(rng), Assembly('sink')
    radius, deep = draw.around(0.35, 0.12), draw.around(0.2, 0.2)
    outer = smooth_curve([(0.55 * radius, -deep), (0.9 * radius, -0.6 * deep), (radius, 0)], 8)
    long = draw.pick(1.0, draw.between(1.2, 2.6))
    basin = scaled(vessel(outer, 0.035), x=long)
    if draw.chance(0.6):
        basin += scaled(ring(0.99 * radius, 0.03), x=long)
    root = kit.add('basin', basin)
    kit.add('drain', drum(0.06, 0.015, (0, 0, -deep + 0.03)), root)
    style = draw.pick('pedestal', 'feet', 'counter')
    if style == 'pedestal':
        column = closed_vessel(
            np.array([(0.35, -0.8), (0.2, -0.6), (0.25, 0.0)]) * [radius * 1.2, 0.8]
            + [0, -0.7 * deep]
        )
        kit.add('pedestal', column, root)
    elif style == 'feet':
        foot = bend(
            [
                (0.5 * long * radius, 0.5 * radius, -0.7 * deep),
                (0.65 * long * radius, 0.6 * radius, -1.0 * deep),
                (0.6 * long * radius, 0.6 * radius, -1.4 * deep),
            ],
            0.045,
            8,
        )
        kit.add_copies('foot', four_corners(foot), root)
    else:
        low = -draw.around(0.6, 0.15)
        cabinet = kit.add(
            'cabinet',
            block(
                (1.7 * radius * long, 1.5 * radius, -low - 0.4 * deep),
                (0, 0.1 * radius, 0.5 * (low - 0.4 * deep)),
                0.01,
            ),
            root,
        )
        door = block(
            (0.8 * radius * long, 0.04, 0.8 * (-low - deep)),
            (0.42 * radius * long, -0.66 * radius, 0.5 * (low - 0.6 * deep)),
        )
        doors = kit.add_copies('door', both_sides(door, 'x'), cabinet)
        fitting = pull(
            draw, 0.16, (0.12 * radius * long, -0.68 * radius, 0.4 * low), FRONT, upright=True
        )
        kit.add_group('handle', list(zip(both_sides(fitting, 'x'), doors, strict=True)))
    y = 0.97 * radius
    tap = bend(
        [(0, y, -0.04), (0, y, 0.2), (0, 0.75 * y, 0.28), (0, 0.5 * y, 0.24), (0, 0.48 * y, 0.15)],
        0.03,
    )
    spout = kit.add('spout', tap, root)
    if draw.chance(0.6):
        handle = knob(draw, 0.04, (0.14, y, 0.0))
        kit.add_copies('handle', both_sides(handle, 'x'), spout)
    else:
        kit.add(
            'lever', ball(0.045, (0, y, 0.2)) + rod((0, y, 0.22), (0, y + 0.1, 0.34), 0.016), spout
        )
    return kit.finish()


def trash_can(rng: np.random.Generator) -> ProceduralObject:
    """Builds a waste bin or wheelie bin: body, lid, hinge, pedal, wheels, handle, rim."""
    draw, kit = Draw(rng), Assembly('trash_can')
    wide, tall = draw.around(0.35, 0.15), draw.around(0.9, 0.2)
    taper, round_one = draw.between(0.75, 1.0), draw.chance(0.5)
    ajar = draw.pick(0.0, draw.between(0.3, 1.5))
    hinge = (0, 0.95 * wide, tall)
    if round_one:
        line = [[taper * wide, 0.0], [wide, tall]]
        body = vessel(line, 0.025) if ajar else closed_vessel(line)
        lid = closed_vessel(
            smooth_curve(
                [(1.05 * wide, 0), (0.9 * wide, 0.06), (0.1, draw.between(0.08, 0.25))], 8
            ),
            (0, 0, tall - 0.01),
        )
    else:
        outline = np.array([(-taper * wide, 0), (taper * wide, 0), (wide, tall), (-wide, tall)])
        body = profile(outline, 1.9 * wide)
        lid = block((2.1 * wide, 2.05 * wide, 0.06), (0, 0, tall + 0.02), 0.015)
    root = kit.add('body', body)
    lid_part = kit.add('lid', turned(lid, 'x', -ajar, hinge), root)
    if draw.chance(0.4):
        kit.add('knob', turned(knob(draw, 0.06, (0, 0, tall + 0.06)), 'x', -ajar, hinge), lid_part)
    style = draw.pick('pedal', 'wheels', 'plain')
    if style == 'pedal':
        kit.add('pedal', block((0.14, 0.18, 0.03), (0, -taper * wide - 0.07, 0.04), 0.01), root)
        kit.add('hinge', rod((-0.12, wide, tall), (0.12, wide, tall), 0.035), root)
    elif style == 'wheels':
        wheel = drum(0.1, 0.06, (0.8 * taper * wide, 0.95 * wide, 0.06), (1, 0, 0))
        kit.add_copies('wheel', both_sides(wheel, 'x'), root)
        bar = bend(
            [
                (-0.6 * wide, 0.9 * wide, 0.93 * tall),
                (-0.5 * wide, 1.25 * wide, 0.97 * tall),
                (0.5 * wide, 1.25 * wide, 0.97 * tall),
                (0.6 * wide, 0.9 * wide, 0.93 * tall),
            ],
            0.03,
        )
        kit.add('handle', bar, root)
    if draw.chance(0.4):
        z = draw.between(0.5, 0.8) * tall
        at = taper * wide + (1 - taper) * wide * z / tall
        ribs = (
            ring(at, 0.025, (0, 0, z))
            if round_one
            else block((2.04 * at, 1.96 * wide, 0.05), (0, 0, z))
        )
        kit.add('band', ribs, root)
    return kit.finish()


def hydrant(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fire hydrant or bollard: base, body, dome, nut, outlets with caps, bolts."""
    draw, kit = Draw(rng), Assembly('hydrant')
    radius, tall = draw.around(0.2, 0.12), draw.around(0.65, 0.12)
    root = kit.add('body', drum(radius, tall, top=draw.between(0.9, 1.0) * radius))
    kit.add('base', drum(1.5 * radius, 0.09, (0, 0, -0.03)), root)
    dome = closed_vessel(
        smooth_curve(
            [(1.2 * radius, 0), (1.15 * radius, 0.07), (0.8 * radius, 0.17), (0.1, 0.24)], 10
        ),
        (0, 0, tall - 0.01),
    )
    bonnet = kit.add('bonnet', dome, root)
    kit.add('nut', plate(regular_polygon(5, 0.06), 0.1, (0, 0, tall + 0.2)), bonnet)
    z = draw.between(0.55, 0.78) * tall
    side = drum(0.09, 0.1, (0.9 * radius, 0, z), (1, 0, 0))
    outlets = kit.add_copies('outlet', both_sides(side, 'x'), root)
    cap = drum(0.11, 0.07, (0.9 * radius + 0.09, 0, z), (1, 0, 0)) + screw_head(
        0.045, (0.9 * radius + 0.155, 0, z), (1, 0, 0)
    )
    kit.add_group('cap', list(zip(both_sides(cap, 'x'), outlets, strict=True)))
    if draw.chance(0.6):
        main = kit.add('outlet', drum(0.13, 0.1, (0, -0.9 * radius, z - 0.05), FRONT), root)
        kit.add('cap', drum(0.15, 0.07, (0, -0.9 * radius - 0.09, z - 0.05), FRONT), main)
    if draw.chance(0.4):
        bolt = screw_head(0.03, (1.3 * radius, 0, 0.06))
        kit.add_copies('bolt', spun(bolt, 6), root)
    if draw.chance(0.3):
        kit.add('ring', drum(1.12 * radius, 0.06, (0, 0, 0.25 * tall)), root)
    return kit.finish()


def extinguisher(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fire extinguisher or gas bottle: tank, valve, lever, hose, nozzle, gauge, label."""
    draw, kit = Draw(rng), Assembly('extinguisher')
    radius, tall = draw.around(0.17, 0.12), draw.around(0.65, 0.15)
    line = smooth_curve(
        [
            (0.9 * radius, 0),
            (radius, 0.04),
            (radius, 0.8 * tall),
            (0.8 * radius, 0.93 * tall),
            (0.3 * radius, tall),
        ],
        18,
    )
    root = kit.add('tank', closed_vessel(line))
    if draw.chance(0.5):
        kit.add('base', drum(1.04 * radius, 0.07, (0, 0, -0.02)), root)
    top = tall - 0.01
    valve = kit.add('valve', drum(0.055, 0.1, (0, 0, top)), root)
    handle = beam((0.02, 0, top + 0.08), (-0.28, 0, top + 0.06), 0.05, 0.03)
    kit.add('handle', handle, valve)
    kit.add(
        'lever',
        beam((0.04, 0, top + 0.1), (-0.27, 0, top + draw.between(0.12, 0.2)), 0.045, 0.025),
        valve,
    )
    if draw.chance(0.8):
        hose = bend(
            [
                (0.04, 0, top + 0.05),
                (0.7 * radius + 0.12, 0, top + 0.02),
                (radius + 0.09, 0, 0.6 * tall),
                (radius + 0.05, 0, 0.35 * tall),
            ],
            0.026,
        )
        hose_part = kit.add('hose', hose, valve)
        kit.add(
            'nozzle',
            drum(0.03, 0.22, (radius + 0.05, 0, 0.37 * tall), (0, 0, -1), top=0.05),
            hose_part,
        )
    if draw.chance(0.6):
        kit.add('gauge', drum(0.045, 0.03, (0, -0.045, top + 0.06), FRONT), valve)
    if draw.chance(0.5):
        kit.add(
            'label', drum(1.02 * radius, 0.35 * tall, (0, 0, draw.between(0.2, 0.4) * tall)), root
        )
    if draw.chance(0.3):
        kit.add('pin', ring(0.035, 0.01, (0.05, -0.05, top + 0.1), FRONT), valve)
    return kit.finish()


def mailbox(rng: np.random.Generator) -> ProceduralObject:
    """Builds a mail box, bird house or parking meter: box, roof, door, flag, slot, post, base."""
    draw, kit = Draw(rng), Assembly('mailbox')
    wide, tall, long = draw.around(0.3, 0.15), draw.around(0.32, 0.15), draw.around(0.55, 0.15)
    if draw.chance(0.6):
        outline = np.vstack(
            [
                arc(0.5 * wide, 0, np.pi, 12) + [0, tall - 0.5 * wide],
                [[-0.5 * wide, 0], [0.5 * wide, 0]],
            ]
        )
        shape = moved(profile(outline, long), z=1.0)
        root = kit.add('body', shape)
        door = moved(profile(outline * [1.05, 1.04], 0.035, -0.5 * long), z=0.995)
        swing = draw.pick(0.0, draw.between(0.4, 1.5))
        door_part = kit.add('door', turned(door, 'x', swing, (0, -0.5 * long, 1.0)), root)
        grip = knob(draw, 0.03, (0, -0.5 * long - 0.017, 1.0 + 0.7 * tall), FRONT)
        kit.add('knob', turned(grip, 'x', swing, (0, -0.5 * long, 1.0)), door_part)
        flag = block(
            (0.02, 0.04, 0.25), (0.5 * wide + 0.01, -0.2 * long, 1.0 + 0.6 * tall)
        ) + block(
            (0.02, 0.14, 0.09), (0.5 * wide + 0.01, -0.2 * long + 0.05, 1.0 + 0.6 * tall + 0.1)
        )
        kit.add('flag', flag, root)
    else:
        root = kit.add('body', block((wide, wide, tall), (0, 0, 1.0 + 0.5 * tall)))
        roof = front(np.array([(-0.7 * wide, 0), (0.7 * wide, 0), (0, 0.45 * wide)]), 1.3 * wide)
        kit.add('roof', moved(roof, z=1.0 + tall - 0.005), root)
        hole = ring(0.2 * wide, 0.025, (0, -0.5 * wide, 1.0 + 0.6 * tall), FRONT)
        kit.add('entrance', hole, root)
        kit.add(
            'perch',
            rod((0, -0.48 * wide, 1.0 + 0.25 * tall), (0, -0.8 * wide, 1.0 + 0.25 * tall), 0.02),
            root,
        )
    post = kit.add(
        'post',
        rod((0, 0, 0), (0, 0, 1.01), 0.04)
        if draw.chance(0.5)
        else block((0.09, 0.09, 1.02), (0, 0, 0.5)),
        root,
    )
    if draw.chance(0.5):
        kit.add('base', drum(0.22, 0.06, (0, 0, -0.03), top=0.17), post)
    if draw.chance(0.35):
        brace = beam((0, 0.02, 0.65), (0, 0.4 * long, 1.01), 0.05, 0.04)
        kit.add('brace', brace, post)
    return kit.finish()


def traffic_light(rng: np.random.Generator) -> ProceduralObject:
    """Builds a traffic light or sign post: pole, housing, lights, hoods, sign plate, base, box."""
    draw, kit = Draw(rng), Assembly('traffic_light')
    high = draw.around(1.1, 0.15)
    root = kit.add('pole', rod((0, 0, 0), (0, 0, high), draw.between(0.03, 0.05)))
    kit.add(
        'base',
        drum(0.16, 0.1, (0, 0, -0.04), top=0.09)
        if draw.chance(0.6)
        else block((0.35, 0.35, 0.1), (0, 0, 0), 0.02),
        root,
    )
    if draw.chance(0.6):
        number, size = draw.count(2, 3), 0.075
        tall = number * 0.2 + 0.04
        case = kit.add(
            'housing', block((0.24, 0.16, tall), (0, -0.02, high + 0.45 * tall), 0.02), root
        )
        lights, hoods = [], []
        for i in range(number):
            z = high + 0.45 * tall + (i - 0.5 * (number - 1)) * 0.2
            lights.append(ball((size, 0.03, size), (0, -0.1, z)))
            hoods.append(sleeve(size + 0.02, size, 0.1, (0, -0.09, z), FRONT))
        lamps = kit.add_copies('light', lights, case)
        if draw.chance(0.7):
            kit.add_group('hood', list(zip(hoods, lamps, strict=True)))
    else:
        kind = draw.pick(3, 4, 8, 24)
        size = draw.around(0.25, 0.12)
        sign = plate(regular_polygon(kind, size, np.pi / 2), 0.03, (0, -0.035, high), FRONT)
        sign_part = kit.add('sign', sign, root)
        edge = regular_polygon(kind, size, np.pi / 2)
        rim = band(np.vstack([edge, edge[:1]]), 0.035)
        kit.add('rim', plate(rim, 0.045, (0, -0.03, high), FRONT), sign_part)
        if draw.chance(0.4):
            kit.add(
                'sign',
                plate(
                    rounded_rectangle(0.4, 0.14, 0.02), 0.03, (0, -0.035, high - 1.4 * size), FRONT
                ),
                root,
            )
    if draw.chance(0.4):
        box = kit.add('box', block((0.14, 0.12, 0.2), (0, -0.06, 0.5 * high), 0.015), root)
        kit.add('button', drum(0.035, 0.035, (0, -0.11, 0.5 * high), FRONT), box)
    return kit.finish()


def shopping_cart(rng: np.random.Generator) -> ProceduralObject:
    """Builds a shopping cart or serving trolley: basket or trays, frame, handle, casters."""
    draw, kit = Draw(rng), Assembly('shopping_cart')
    long, wide = draw.around(0.8, 0.1), draw.around(0.45, 0.1)
    radius = 0.06
    if draw.chance(0.5):
        levels = np.linspace(0.25, 0.85, draw.count(2, 3))
        tray = block((long, wide, 0.03))
        for size, at in (
            ((long, 0.025, 0.09), (0, 0.5 * wide, 0.03)),
            ((0.025, wide, 0.09), (0.5 * long, 0, 0.03)),
        ):
            tray += joined(both_sides(block(size, at), 'y' if at[1] else 'x'))
        trays = kit.add_copies('tray', [moved(tray, z=float(z)) for z in levels])
        root = trays[0]
        post = rod(
            (0.48 * long, 0.46 * wide, 1.8 * radius), (0.48 * long, 0.46 * wide, 0.95), 0.022
        )
        kit.add_copies('post', four_corners(post), root)
        kit.add(
            'handle',
            bend(
                [
                    (-0.48 * long, -0.46 * wide, 0.93),
                    (-0.62 * long, -0.4 * wide, 1.0),
                    (-0.62 * long, 0.4 * wide, 1.0),
                    (-0.48 * long, 0.46 * wide, 0.93),
                ],
                0.026,
            ),
            root,
        )
    else:
        rings = []
        for z, grow in ((0.45, 0.85), (0.6, 0.95), (0.78, 1.05)):
            loop = rounded_rectangle(long * grow, wide * grow, 0.06)
            wall = band(np.vstack([loop, loop[:1]]), 0.025)
            rings.append(plate(wall, 0.025, (0, 0, z)))
        bars = [
            rod((x * 0.85 * long, 0.42 * wide, 0.45), (x * 1.05 * long, 0.52 * wide, 0.79), 0.009)
            for x in np.linspace(-0.48, 0.48, 8)
        ]
        floor = block((0.84 * long, 0.84 * wide, 0.025), (0, 0, 0.455))
        basket = (
            joined(rings) + floor + joined(copy for bar in bars for copy in both_sides(bar, 'y'))
        )
        root = kit.add('basket', basket)
        leg_ = rod((0.42 * long, 0.4 * wide, 1.8 * radius), (0.36 * long, 0.4 * wide, 0.46), 0.02)
        kit.add_copies('leg', four_corners(leg_), root)
        kit.add('frame', block((0.9 * long, 0.85 * wide, 0.03), (0, 0, 0.16)), root)
        bar = rod((-0.62 * long, -0.5 * wide, 0.9), (-0.62 * long, 0.5 * wide, 0.9), 0.03)
        bar += joined(
            both_sides(
                rod((-0.5 * long, 0.48 * wide, 0.78), (-0.62 * long, 0.48 * wide, 0.9), 0.02), 'y'
            )
        )
        kit.add('handle', bar, root)
    kit.add_copies(
        'caster', four_corners(caster(radius, (0.44 * long, 0.42 * wide, radius))), root
    )
    return kit.finish()
