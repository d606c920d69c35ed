# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Land vehicles: car, truck, train, tank."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import add_wheels
from part_seg_ros.data.procedural.families.outlines import rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    plate,
    profile,
    rod,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT_X = (1.0, 0.0, 0.0)


def _side_windows(
    draw: Draw, kit: Assembly, outlines: list[np.ndarray], half: float, parent: int
) -> None:
    """Adds panes (outlines of x and z) on both sides of a cabin of the given half width."""
    for outline in outlines:
        pane = profile(outline, 0.03, half)
        kit.add_copies('window', both_sides(pane, 'y'), parent)


def car(rng: np.random.Generator) -> ProceduralObject:
    """Builds a car: body, cabin, windows, windscreens, wheels, lights, bumpers, mirrors."""
    draw, kit = Draw(rng), Assembly('car')
    length, width = draw.around(1.6, 0.12), draw.around(0.68, 0.1)
    radius = draw.around(0.16, 0.12)
    low, waist = 0.7 * radius, radius * 0.7 + draw.around(0.22, 0.15)
    half = 0.5 * length
    hood = draw.between(0.0, 0.06)
    outline = np.array(
        [
            (-half, low),
            (half, low),
            (half, waist - 0.08 - hood),
            (0.3 * half, waist),
            (-half, waist),
        ]
    )
    if draw.chance(0.6):
        outline = smooth_curve(np.vstack([outline, outline[:1]]), 32)[:-1]
    root = kit.add('body', profile(outline, width))
    tall = draw.around(0.24, 0.2)
    x0, x1 = half * draw.between(-0.95, -0.5), half * draw.between(0.2, 0.45)
    rake0, rake1 = draw.between(0.02, 0.3), draw.between(0.15, 0.35)
    cabin = np.array(
        [
            (x0, waist - 0.03),
            (x1, waist - 0.03),
            (x1 - rake1, waist + tall),
            (x0 + rake0, waist + tall),
        ]
    )
    kind = draw.pick('closed', 'closed', 'open')
    if kind == 'closed':
        top = kit.add('cabin', profile(cabin, 0.88 * width), root)
        low_z, high_z, split = waist + 0.02, waist + 0.85 * tall, draw.between(0.4, 0.6)
        share = (high_z - waist) / tall
        a, b = x0 + rake0 * share + 0.06, x1 - rake1 * share - 0.06
        c = a + split * (b - a)
        panes = [
            np.array([(x0 + 0.07, low_z), (c - 0.02, low_z), (c - 0.02, high_z), (a, high_z)]),
            np.array([(c + 0.02, low_z), (x1 - 0.1, low_z), (b, high_z), (c + 0.02, high_z)]),
        ]
        _side_windows(draw, kit, panes, 0.44 * width, top)
        for name, foot, peak in (('windscreen', x1, x1 - rake1), ('rear_window', x0, x0 + rake0)):
            glass = beam(
                (foot * 0.93 + peak * 0.07, 0, waist + 0.02),
                (peak * 0.9 + foot * 0.1, 0, waist + 0.9 * tall),
                0.72 * width,
                0.03,
            )
            kit.add(name, glass, top)
    else:
        glass = beam(
            (x1, 0, waist - 0.03), (x1 - 0.5 * rake1, 0, waist + 0.7 * tall), 0.8 * width, 0.025
        )
        kit.add('windscreen', glass, root)
        for y in (-0.22 * width, 0.22 * width):
            seat = block((0.2, 0.32 * width, 0.1), (0.5 * (x0 + x1), y, waist + 0.03), 0.02)
            seat += block(
                (0.07, 0.32 * width, 0.22), (0.5 * (x0 + x1) - 0.1, y, waist + 0.1), 0.02
            )
            kit.add('seat', seat, root)
    add_wheels(
        draw,
        kit,
        [(0.62 * half, 0.46 * width), (-0.6 * half, 0.46 * width)],
        radius,
        0.14 * width + 0.03,
        root,
    )
    if draw.chance(0.7):
        light = ball((0.04, 0.07, 0.05), (0.985 * half, 0.35 * width, waist - 0.14 - hood))
        kit.add_copies('headlight', both_sides(light, 'y'), root)
    if draw.chance(0.5):
        bumper = block((0.08, 1.02 * width, 0.08), (half, 0, low + 0.04), 0.02)
        kit.add_copies('bumper', both_sides(bumper, 'x'), root)
    if draw.chance(0.4):
        mirror = block((0.05, 0.09, 0.06), (x1 - 0.1, 0.5 * width + 0.02, waist + 0.03), 0.01)
        kit.add_copies('mirror', both_sides(mirror, 'y'), root)
    if draw.chance(0.25):
        wing = block((0.12, width, 0.025), (-0.92 * half, 0, waist + 0.14))
        wing += joined(
            both_sides(block((0.06, 0.025, 0.16), (-0.92 * half, 0.35 * width, waist + 0.06)), 'y')
        )
        kit.add('spoiler', wing, root)
    return kit.finish()


def truck(rng: np.random.Generator) -> ProceduralObject:
    """Builds a lorry: chassis, cab, windows, box, tank or open bed, wheels, exhaust, crane."""
    draw, kit = Draw(rng), Assembly('truck')
    width, radius = draw.around(0.6, 0.08), draw.around(0.16, 0.12)
    cab_long, load_long = draw.around(0.45, 0.15), draw.around(1.3, 0.2)
    low, thick = 1.1 * radius, 0.08
    total = cab_long + load_long
    root = kit.add('chassis', block((total, 0.7 * width, thick), (0.5 * total, 0, low), 0.01))
    tall = draw.around(0.55, 0.15)
    x0 = load_long
    nose = draw.pick(0.0, draw.between(0.15, 0.3))
    cab_shape = np.array(
        [
            (x0 + 0.03, low),
            (total + nose, low),
            (total + nose, low + 0.45 * tall),
            (total - 0.05, low + 0.55 * tall),
            (total - 0.12, low + tall),
            (x0 + 0.03, low + tall),
        ]
    )
    cab = kit.add('cab', profile(cab_shape, width), root)
    pane = np.array(
        [
            (x0 + 0.12, low + 0.55 * tall),
            (total - 0.1, low + 0.55 * tall),
            (total - 0.16, low + 0.88 * tall),
            (x0 + 0.12, low + 0.88 * tall),
        ]
    )
    _side_windows(draw, kit, [pane], 0.5 * width, cab)
    glass = beam(
        (total - 0.06, 0, low + 0.6 * tall),
        (total - 0.11, 0, low + 0.92 * tall),
        0.85 * width,
        0.035,
    )
    kit.add('windscreen', glass, cab)
    kind, high = draw.pick('box', 'tank', 'bed', 'mixer'), draw.around(0.75, 0.15)
    bed_z, middle = low + 0.5 * thick, 0.5 * load_long
    if kind == 'box':
        load = kit.add(
            'container',
            block((0.97 * load_long, 1.05 * width, high), (middle, 0, bed_z + 0.5 * high), 0.01),
            root,
        )
        if draw.chance(0.5):
            door = block((0.03, 0.5 * width, 0.9 * high), (0.0, 0.26 * width, bed_z + 0.5 * high))
            kit.add_copies('door', both_sides(door, 'y'), load)
    elif kind == 'tank':
        load = kit.add(
            'tank',
            drum(0.42 * width, 0.96 * load_long, (0.01, 0, bed_z + 0.4 * width), FRONT_X),
            root,
        )
        kit.add('hatch', drum(0.12, 0.1, (middle, 0, bed_z + 0.78 * width)), load)
    elif kind == 'bed':
        wall, depth = 0.035, 0.3 * high
        bed = block((0.97 * load_long, width, wall), (middle, 0, bed_z + 0.5 * wall))
        bed += joined(
            both_sides(
                block((0.97 * load_long, wall, depth), (middle, 0.5 * width, bed_z + 0.5 * depth)),
                'y',
            )
        )
        bed += block((wall, width, depth), (0.02, 0, bed_z + 0.5 * depth)) + block(
            (wall, width, depth), (0.96 * load_long, 0, bed_z + 0.5 * depth)
        )
        load = kit.add('bed', bed, root)
        goods = [
            block((0.3, 0.3, 0.25), (x, 0, bed_z + 0.14), 0.02)
            for x in draw.some((0.25, 0.65, 1.0), draw.count(0, 3))
        ]
        if goods:
            kit.add_copies('box', goods, load)
    else:
        body = vessel(
            [[0.15, 0.0], [0.4 * width, 0.4 * load_long], [0.25 * width, 0.9 * load_long]], 0.03
        )
        body = moved(turned(body, 'y', -1.25), 0.95 * load_long, 0, bed_z + 0.3 * width)
        kit.add('drum', body, root)
    axles = [(total - 0.5 * cab_long + 0.3 * nose, 0.44 * width), (0.2 * load_long, 0.44 * width)]
    if draw.chance(0.5):
        axles.append((0.2 * load_long + 2.2 * radius, 0.44 * width))
    add_wheels(draw, kit, axles, radius, 0.14, root)
    if draw.chance(0.4):
        pipe = rod(
            (x0 + 0.02, 0.42 * width, low), (x0 + 0.02, 0.42 * width, low + 1.3 * tall), 0.03
        )
        kit.add_copies('exhaust', both_sides(pipe, 'y'), cab)
    light = drum(0.05, 0.03, (total + nose - 0.01, 0.35 * width, low + 0.2 * tall), FRONT_X)
    kit.add_copies('headlight', both_sides(light, 'y'), cab)
    return kit.finish()


def train(rng: np.random.Generator) -> ProceduralObject:
    """Builds a locomotive with wagons: boiler, cab, roof, chimney, dome, wheels, couplings."""
    draw, kit = Draw(rng), Assembly('train')
    width, radius = draw.around(0.4, 0.1), draw.around(0.11, 0.15)
    long, low = draw.around(1.1, 0.12), 1.2 * radius
    root = kit.add('chassis', block((long, 0.9 * width, 0.09), (0, 0, low)))
    size = 0.42 * width
    boiler = drum(size, 0.62 * long, (-0.12 * long, 0, low + size), FRONT_X)
    boiler_part = kit.add('boiler', boiler, root)
    tall = draw.around(0.45, 0.12)
    cab = kit.add(
        'cab', block((0.34 * long, width, tall), (-0.31 * long, 0, low + 0.5 * tall), 0.01), root
    )
    roof = block((0.42 * long, 1.15 * width, 0.05), (-0.31 * long, 0, low + tall + 0.01), 0.02)
    kit.add('roof', roof, cab)
    window = block(
        (0.18 * long, 0.03, 0.35 * tall), (-0.31 * long, 0.5 * width, low + 0.68 * tall)
    )
    kit.add_copies('window', both_sides(window, 'y'), cab)
    top = low + 1.95 * size
    stack = draw.around(0.2, 0.25)
    kit.add(
        'chimney',
        drum(0.06, stack, (0.38 * long, 0, top - 0.03), top=draw.between(0.05, 0.12)),
        boiler_part,
    )
    if draw.chance(0.7):
        kit.add('dome', ball((0.09, 0.09, 0.1), (0.12 * long, 0, top)), boiler_part)
    if draw.chance(0.6):
        kit.add(
            'lamp',
            drum(0.06, 0.06, (0.5 * long - 0.01, 0, low + 1.3 * size), FRONT_X),
            boiler_part,
        )
    plow = np.array([(0.48 * long, -0.5 * width), (0.62 * long, 0), (0.48 * long, 0.5 * width)])
    kit.add('plow', plate(plow, 0.12, (0, 0, low - 0.09)), root)
    add_wheels(
        draw, kit, [(x * long, 0.42 * width) for x in (-0.35, -0.05, 0.3)], radius, 0.06, root
    )
    for i in range(draw.count(0, 2)):
        x = -(0.5 + 0.62 * (i + 1) + 0.34 * i) * long * 0.8
        wagon = block((0.62 * long, width, 0.35), (x, 0, low + 0.19), 0.015)
        if draw.chance(0.4):
            wagon = drum(
                0.5 * width, 0.62 * long, (x - 0.31 * long, 0, low + 0.48 * width), FRONT_X
            )
        wagon_part = kit.add('wagon', wagon, root)
        link = rod((x + 0.28 * long, 0, low), (x + 0.52 * long, 0, low), 0.03)
        kit.add('coupling', link, wagon_part)
        add_wheels(
            draw,
            kit,
            [(x - 0.2 * long, 0.42 * width), (x + 0.2 * long, 0.42 * width)],
            radius,
            0.06,
            wagon_part,
        )
    return kit.finish()


def tank(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tank, excavator or bulldozer: hull, tracks, wheels, turret, barrel or arm."""
    draw, kit = Draw(rng), Assembly('tank')
    length, width, low = draw.around(1.2, 0.12), draw.around(0.5, 0.1), 0.12
    tall = draw.around(0.22, 0.15)
    hull = np.array(
        [(-0.5, low), (0.42, low), (0.5, low + 0.5 * tall), (0.3, low + tall), (-0.5, low + tall)]
    )
    hull[:, 0] *= length
    root = kit.add('body', profile(hull, width))
    belt = draw.around(0.15, 0.15)
    outline = moved(
        profile(rounded_rectangle(1.05 * length, 0.28, 0.14), belt),
        0,
        0.5 * (width + belt) - 0.005,
        0.15,
    )
    tracks = kit.add_copies('track', both_sides(outline, 'y'), root)
    count = draw.count(3, 5)
    rollers = [
        drum(0.09, 0.04, (x * length, 0.5 * width + belt - 0.02, 0.15), (0, 1, 0))
        for x in np.linspace(-0.4, 0.4, count)
    ]
    kit.add_copies('wheel', [copy for r in rollers for copy in both_sides(r, 'y')], tracks[0])
    top, x = low + tall, draw.between(-0.15, 0.05) * length
    if draw.chance(0.6):
        size = draw.around(0.24, 0.12)
        turret = (
            drum(size, 0.18, (x, 0, top - 0.01), top=0.75 * size)
            if draw.chance(0.6)
            else block((2 * size, 1.7 * size, 0.18), (x, 0, top + 0.08), 0.04)
        )
        turret_part = kit.add('turret', turret, root)
        aim = draw.between(-0.6, 0.6)
        reach = draw.around(0.8, 0.2)
        barrel = rod((x, 0, top + 0.09), (x + size + reach, 0, top + 0.12), 0.04)
        barrel_part = kit.add('barrel', turned(barrel, 'z', aim, (x, 0, 0)), turret_part)
        muzzle = rod(
            (x + size + reach - 0.1, 0, top + 0.118),
            (x + size + reach + 0.02, 0, top + 0.122),
            0.06,
        )
        kit.add('muzzle', turned(muzzle, 'z', aim, (x, 0, 0)), barrel_part)
        kit.add('hatch', drum(0.08, 0.05, (x - 0.06, 0.06, top + 0.16)), turret_part)
        if draw.chance(0.5):
            kit.add(
                'antenna',
                rod((x - 0.12, -0.08, top + 0.12), (x - 0.2, -0.08, top + 0.6), 0.012),
                turret_part,
            )
        return kit.finish()
    cab = kit.add('cab', block((0.35, 0.8 * width, 0.36), (x - 0.1, 0, top + 0.17), 0.015), root)
    kit.add('window', block((0.03, 0.65 * width, 0.2), (x + 0.075, 0, top + 0.22)), cab)
    elbow = np.array([x + 0.65, 0, top + 0.55])
    boom = kit.add('boom', beam((x + 0.15, 0, top), elbow, 0.1, 0.09), root)
    wrist = elbow + [0.4, 0, -0.45]
    arm = kit.add('arm', beam(elbow, wrist, 0.08, 0.07) + ball(0.07, elbow), boom)
    scoop = turned(
        profile(
            np.array([(-0.13, 0.12), (0.1, 0.14), (0.12, -0.02), (0.0, -0.14), (-0.12, -0.08)]),
            0.26,
        ),
        'y',
        draw.between(-0.5, 0.8),
    )
    kit.add('bucket', moved(scoop, *wrist), arm)
    kit.add(
        'exhaust', rod((-0.35 * length, 0.1, top), (-0.35 * length, 0.1, top + 0.25), 0.03), root
    )
    return kit.finish()
