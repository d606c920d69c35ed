# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Containers: bottle, jar, bucket, basket, backpack, suitcase, crate."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, knob, pull
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
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
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def bottle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bottle: body, shoulder and neck, cap or cork, sometimes label and handle."""
    draw, kit = Draw(rng), Assembly('bottle')
    radius, height = draw.around(0.28, 0.2), draw.around(0.7, 0.25)
    neck, rise = radius * draw.between(0.25, 0.5), height * draw.between(0.25, 0.6)
    waist = draw.pick(1.0, draw.between(0.75, 1.1))
    body = rounded_solid(
        np.array([0.88, 1.0, waist, 1.0, 0.95 * neck / radius + 0.1]) * radius,
        np.array([0.0, 0.06 * height, 0.5 * height, 0.9 * height, height + 0.3 * rise]),
        18,
    )
    shape = lathed(body)
    if draw.chance(0.2):
        shape = plate(rounded_rectangle(2 * radius, 1.6 * radius, 0.4 * radius), height)
        shape += drum(0.8 * radius, 0.3 * rise, (0, 0, height - 0.01), top=neck)
    kit.add('body', shape)
    start = height + 0.2 * rise
    tube = drum(1.05 * neck, rise, (0, 0, start), top=neck * draw.between(0.8, 1.0))
    top = start + rise
    if draw.chance(0.4):
        tube += ring(0.95 * neck, 0.12 * neck, (0, 0, top - 0.35 * rise))
    neck_part = kit.add('neck', tube)
    style = draw.pick('screw', 'cork', 'sport', 'none')
    if style == 'screw':
        deep = min(0.5 * rise, neck * draw.between(0.6, 1.4))
        kit.add('cap', drum(1.18 * neck, deep, (0, 0, top - 0.8 * deep)), neck_part)
    elif style == 'cork':
        kit.add(
            'cap', drum(0.75 * neck, 0.9 * neck, (0, 0, top - 0.1), top=0.95 * neck), neck_part
        )
    elif style == 'sport':
        cap = kit.add('cap', drum(1.3 * neck, 0.7 * neck, (0, 0, top - 0.4 * neck)), neck_part)
        kit.add(
            'nozzle', drum(0.5 * neck, 0.8 * neck, (0, 0, top + 0.25 * neck), top=0.4 * neck), cap
        )
    if draw.chance(0.35):
        low = height * draw.between(0.1, 0.3)
        label = drum(
            1.03 * radius * max(waist, 1.0), height * draw.between(0.2, 0.45), (0, 0, low)
        )
        kit.add('label', label)
    if draw.chance(0.12):
        bow = [
            (0.9 * radius, 0, 0.6 * height),
            (1.7 * radius, 0, 0.75 * height),
            (1.2 * radius, 0, start + 0.3 * rise),
            (0.6 * neck, 0, start + 0.5 * rise),
        ]
        kit.add('handle', bend(bow, 0.12 * radius))
    return kit.finish()


def jar(rng: np.random.Generator) -> ProceduralObject:
    """Builds a jar or urn with a lid: body, lid, knob, clasp or two ears, label."""
    draw, kit = Draw(rng), Assembly('jar')
    radius, height = draw.around(0.4, 0.15), draw.around(0.7, 0.25)
    mouth = draw.between(0.6, 0.95)
    outer = smooth_curve(
        np.array(
            [(draw.between(0.6, 1.0), 0), (1.0, 0.2), (draw.between(0.95, 1.1), 0.7), (mouth, 1)]
        )
        * [radius, height],
        16,
    )
    kit.add('body', closed_vessel(outer))
    rim, thick = float(outer[-1, 0]), radius * draw.between(0.1, 0.3)
    style = draw.pick('screw', 'dome', 'cloth')
    if style == 'screw':
        lid = kit.add('lid', drum(1.08 * rim, thick, (0, 0, height - 0.3 * thick)))
        top = height + 0.7 * thick
    elif style == 'dome':
        points = rounded_solid(
            np.array([1.1, 1.1, 0.8, 0.1]) * rim, height + np.array([-0.03, 0.2, 0.9, 1.4]) * thick
        )
        lid, top = kit.add('lid', lathed(points)), height + 1.35 * thick
    else:
        lid = kit.add('lid', drum(1.3 * rim, thick, (0, 0, height - 0.8 * thick), top=0.9 * rim))
        kit.add('band', ring(1.18 * rim, 0.05 * radius, (0, 0, height - 0.4 * thick)), lid)
        top = height + 0.2 * thick
    if draw.chance(0.6):
        kit.add('knob', knob(draw, 0.18 * rim, (0, 0, top)), lid)
    if draw.chance(0.3):
        z = draw.between(0.6, 0.85) * height
        x = float(np.interp(z, outer[:, 1], outer[:, 0]))
        ear = bend(
            [
                (x - 0.02, 0, z - 0.25 * height),
                (x + 0.45 * radius, 0, z - 0.05 * height),
                (x + 0.3 * radius, 0, z + 0.06 * height),
                (0.97 * x, 0, z),
            ],
            0.07 * radius,
        )
        kit.add_copies('handle', both_sides(ear, 'x'))
    elif draw.chance(0.35):
        label = block(
            (1.1 * radius, 0.5 * radius, 0.35 * height), (0, -0.85 * radius, 0.45 * height)
        )
        kit.add('label', label)
    return kit.finish()


def bucket(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bucket or barrel: body, bail handle with grip, ears, hoops."""
    draw, kit = Draw(rng), Assembly('bucket')
    radius, height = draw.around(0.5, 0.1), draw.around(0.9, 0.2)
    foot = radius * draw.between(0.65, 0.95)
    body = vessel([[foot, 0.0], [radius, height]], 0.05 * radius)
    if draw.chance(0.6):
        body += ring(radius, 0.04 * radius, (0, 0, height))
    kit.add('body', body)
    if draw.chance(0.4):
        for z in draw.some((0.15, 0.4, 0.7), draw.count(1, 3)):
            at = foot + (radius - foot) * z
            deep = 0.07 * height
            kit.add(
                'band', drum(at + 0.02, deep, (0, 0, z * height), top=at + 0.02 + 0.01 * radius)
            )
    pivot_z = 0.9 * height
    ear = drum(0.12 * radius, 0.14 * radius, (0.92 * radius, 0, pivot_z), (1, 0, 0))
    kit.add_copies('lug', both_sides(ear, 'x'))
    lean = draw.between(-1.4, 1.4) if draw.chance(0.7) else 0.0
    thick = radius * draw.between(0.025, 0.05)
    reach = radius * draw.between(1.0, 1.3)
    path = np.array(
        [(1.03 * np.cos(a) * radius, 0, np.sin(a) * reach) for a in np.linspace(0, np.pi, 13)]
    )
    bail = kit.add('handle', moved(turned(bend(path, thick, 18), 'x', lean), z=pivot_z))
    if draw.chance(0.6):
        half = radius * draw.between(0.2, 0.35)
        grip = rod((-half, 0, reach), (half, 0, reach), 2.4 * thick)
        kit.add('grip', moved(turned(grip, 'x', lean), z=pivot_z), bail)
    if draw.chance(0.2):
        water = drum(0.97 * radius - 0.06 * radius, 0.02, (0, 0, 0.75 * height))
        kit.add('content', water)
    return kit.finish()


def basket(rng: np.random.Generator) -> ProceduralObject:
    """Builds a basket of rings and ribs with an arched handle and round goods inside."""
    draw, kit = Draw(rng), Assembly('basket')
    radius, height = draw.around(0.6, 0.1), draw.around(0.45, 0.2)
    foot, thick = radius * draw.between(0.6, 0.9), radius * draw.between(0.03, 0.06)
    if draw.chance(0.5):
        body = vessel([[foot, 0], [radius, height]], 1.2 * thick)
    else:
        body = drum(foot, 0.5 * thick, (0, 0, 0))
        for level in np.linspace(0.0, 1.0, draw.count(3, 5)):
            body += ring(foot + (radius - foot) * level, thick, (0, 0, level * height))
        rib = rod((foot, 0, 0), (radius, 0, height), 0.8 * thick)
        body += joined(spun(rib, draw.count(8, 14)))
    kit.add('body', body)
    if draw.chance(0.7):
        kit.add('rim', ring(radius, 1.5 * thick, (0, 0, height)))
    reach = height * draw.between(1.0, 1.8)
    arch = arc(1.0, 0.0, np.pi, 16) * [radius, reach] + [0, height]
    kit.add('handle', profile(band(arch, 1.5 * thick), draw.between(3, 6) * thick))
    if draw.chance(0.6):
        size = foot * draw.between(0.25, 0.36)
        stretch = draw.between(0.8, 1.3)
        place = [(0.5 * foot * np.cos(a), 0.5 * foot * np.sin(a)) for a in (0.5, 2.6, 4.7)]
        fruit = [
            ball((size, size, size * stretch), (x, y, 1.2 * thick + 0.98 * size * stretch))
            for x, y in place
        ]
        kit.add_copies('fruit', fruit)
    return kit.finish()


def crate(rng: np.random.Generator) -> ProceduralObject:
    """Builds a chest or crate: box, lid (hinged open or shut), straps, lock, handles, feet."""
    draw, kit = Draw(rng), Assembly('crate')
    width, depth, height = draw.around(1.0, 0.2), draw.around(0.65, 0.2), draw.around(0.5, 0.25)
    wall = 0.06 * depth
    body = block((width, depth, wall), (0, 0, 0.5 * wall))
    body += block((width, wall, height), (0, 0.5 * (depth - wall), 0.5 * height))
    body += block((width, wall, height), (0, -0.5 * (depth - wall), 0.5 * height))
    for side in (-1, 1):
        body += block((wall, depth, height), (side * 0.5 * (width - wall), 0, 0.5 * height))
    kit.add('body', body)
    swing = draw.between(-1.9, -0.7) if draw.chance(0.4) else 0.0
    if draw.chance(0.5):
        dome = arc(0.5 * depth, 0, np.pi, 12) * [1.0, draw.between(0.4, 0.9)]
        lid_shape = front(dome, width)
    else:
        lid_shape = block((1.04 * width, 1.04 * depth, 0.12 * height), (0, 0, 0.06 * height))
    hinge = (0, 0.5 * depth, height)
    lid = kit.add('lid', turned(moved(lid_shape, z=height), 'x', swing, about=hinge))
    lock = block(
        (0.14 * width, 0.06 * depth, 0.28 * height), (0, -0.52 * depth, 0.93 * height), 0.01
    )
    kit.add('lock', turned(lock, 'x', swing, about=hinge) if swing else lock, lid)
    if draw.chance(0.5):
        strap = block((0.08 * width, 1.05 * depth, 1.0 * height), (0.32 * width, 0, 0.48 * height))
        kit.add_copies('strap', both_sides(strap, 'x'))
    if draw.chance(0.5):
        handle = pull(draw, 0.4 * depth, (0.5 * width, 0, 0.6 * height), (1, 0, 0))
        kit.add_copies('handle', both_sides(handle, 'x'))
    if draw.chance(0.4):
        foot = drum(0.06 * width, 0.14 * height, (0.42 * width, 0.4 * depth, -0.13 * height))
        kit.add_copies('foot', four_corners(foot))
    return kit.finish()


def suitcase(rng: np.random.Generator) -> ProceduralObject:
    """Builds a trolley or briefcase: shell, band, carry handle, telescope handle, wheels."""
    draw, kit = Draw(rng), Assembly('suitcase')
    width, depth, height = draw.around(0.65, 0.15), draw.around(0.3, 0.2), draw.around(0.9, 0.2)
    shell = rounded_rectangle(width, height, 0.15 * width)
    body = profile(shell + [0, 0.5 * height], depth)
    for x in np.linspace(-0.3, 0.3, draw.count(0, 4)):
        body += block(
            (0.06 * width, 1.05 * depth, 0.8 * height), (x * width, 0, 0.5 * height), 0.01
        )
    kit.add('body', body)
    if draw.chance(0.5):
        kit.add('band', profile(shell * 1.02 + [0, 0.5 * height], 0.1 * depth))
    reach, half = 0.12 * width, 0.18 * width
    carry = bend(
        [
            (-half, 0, height - 0.01),
            (-0.8 * half, 0, height + reach),
            (0.8 * half, 0, height + reach),
            (half, 0, height - 0.01),
        ],
        0.035 * width,
    )
    kit.add('handle', carry)
    if draw.chance(0.65):
        y, top = 0.42 * depth, height * draw.between(1.2, 1.6)
        rail = rod((0.22 * width, y, 0.9 * height), (0.22 * width, y, top), 0.025 * width)
        rails = kit.add_copies('rail', both_sides(rail, 'x'))
        grip = block((0.52 * width, 0.12 * depth, 0.07 * width), (0, y, top), 0.01)
        kit.add('grip', grip, rails[0])
    if draw.chance(0.75):
        size = 0.08 * width
        kit.add_copies('wheel', four_corners(caster(size, (0.38 * width, 0.33 * depth, -size))))
    if draw.chance(0.4):
        pocket = block(
            (0.7 * width, 0.3 * depth, 0.4 * height), (0, -0.55 * depth, 0.35 * height), 0.03
        )
        kit.add('pocket', pocket)
    return kit.finish()


def backpack(rng: np.random.Generator) -> ProceduralObject:
    """Builds a backpack: bag, flap, pockets, shoulder straps, top loop, bedroll."""
    draw, kit = Draw(rng), Assembly('backpack')
    width, depth, height = draw.around(0.6, 0.12), draw.around(0.32, 0.15), draw.around(0.85, 0.12)
    side = smooth_curve(
        [(-0.5, 0), (-0.55, 0.4), (-0.4, 0.9), (0.2, 1.02), (0.5, 0.9), (0.5, 0.0)], 18
    )
    kit.add('body', front(side * [depth, height], width))
    if draw.chance(0.6):
        lid = block(
            (1.04 * width, 1.1 * depth, 0.12 * height), (0, 0, 0.98 * height), 0.04 * height
        )
        kit.add('lid', lid)
    pocket_y = -0.5 * depth
    pocket = block((0.7 * width, 0.4 * depth, 0.35 * height), (0, pocket_y, 0.25 * height), 0.05)
    outer = kit.add('pocket', pocket)
    if draw.chance(0.5):
        kit.add(
            'buckle',
            block(
                (0.1 * width, 0.12 * depth, 0.07 * height),
                (0, pocket_y - 0.2 * depth, 0.36 * height),
            ),
            outer,
        )
    if draw.chance(0.5):
        bag = ball((0.12 * width, 0.3 * depth, 0.2 * height), (0.5 * width, 0, 0.28 * height))
        kit.add_copies('pocket', both_sides(bag, 'x'))
    y = 0.45 * depth
    path = band(
        smooth_curve(
            [
                (y, 0.12 * height),
                (y + 0.5 * depth, 0.4 * height),
                (y + 0.55 * depth, 0.75 * height),
                (y, 0.95 * height),
            ],
            14,
        ),
        0.03,
    )
    strap = front(path, 0.13 * width)
    kit.add_copies('strap', both_sides(moved(strap, 0.25 * width), 'x'))
    loop = bend(
        [
            (-0.1 * width, 0.3 * depth, 0.95 * height),
            (0, 0.3 * depth, 1.12 * height),
            (0.1 * width, 0.3 * depth, 0.95 * height),
        ],
        0.025,
    )
    kit.add('handle', loop)
    if draw.chance(0.3):
        z = draw.pick(-0.1, 1.12) * height
        kit.add('roll', rod((-0.6 * width, 0, z), (0.6 * width, 0, z), 0.12 * height))
    return kit.finish()


def shopping_bag(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hand bag: body, flap, clasp, one or two handles, feet."""
    draw, kit = Draw(rng), Assembly('shopping_bag')
    width, depth, height = draw.around(0.8, 0.2), draw.around(0.3, 0.2), draw.around(0.6, 0.2)
    taper = draw.between(0.75, 1.0)
    sheet = np.array([(-0.5, 0), (0.5, 0), (0.5 * taper, 1), (-0.5 * taper, 1)]) * [width, height]
    kit.add('body', profile(sheet, depth))
    if draw.chance(0.6):
        drop = draw.between(0.3, 0.65) * height
        flap = block(
            (0.95 * taper * width, 1.12 * depth, drop), (0, 0, height - 0.46 * drop), 0.03
        )
        flap_part = kit.add('flap', flap)
        clasp = block((0.12, 0.05, 0.1), (0, -0.57 * depth, height - 0.85 * drop), 0.01)
        kit.add('clasp', clasp, flap_part)
    half, reach = width * draw.between(0.18, 0.35), height * draw.between(0.4, 0.9)
    bow = [
        (-half, 0, height - 0.08),
        (-0.85 * half, 0, height + 0.7 * reach),
        (0, 0, height + reach),
        (0.85 * half, 0, height + 0.7 * reach),
        (half, 0, height - 0.08),
    ]
    handle = bend(bow, draw.between(0.015, 0.035))
    if draw.chance(0.5):
        kit.add_copies('handle', both_sides(moved(handle, y=0.4 * depth), 'y'))
    else:
        kit.add('handle', handle)
    if draw.chance(0.3):
        kit.add_copies('foot', four_corners(ball(0.04, (0.42 * width, 0.35 * depth, -0.01))))
    if draw.chance(0.3):
        tag = beam(
            (half, -0.1 * depth, height - 0.02), (half, -0.75 * depth, 0.75 * height), 0.08, 0.02
        )
        kit.add('tag', tag)
    return kit.finish()
