# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small animals: fish, insect, turtle, octopus."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    moved,
    scaled,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    drum,
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def fish(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fish, shark or whale: body, tail fin, back and side fins, eyes, mouth, gills."""
    draw, kit = Draw(rng), Assembly('fish')
    long, tall, thin = draw.around(1.0, 0.15), draw.around(0.22, 0.3), draw.between(0.35, 1.0)
    radii = np.array([0.25, 0.45, 0.9, 1.0, 0.75, 0.2]) * tall
    heights = np.array([-0.5, -0.35, -0.05, 0.15, 0.38, 0.5]) * long
    body = scaled(lathed(rounded_solid(radii, heights, 18), (0, 0, 0), (1, 0, 0)), y=thin)
    root = kit.add('body', body)
    spread = draw.around(0.26, 0.2)
    tail = np.array(
        [
            (-0.44 * long, 0.06),
            (-0.44 * long, -0.06),
            (-0.68 * long, -spread),
            (-0.6 * long, 0),
            (-0.68 * long, spread),
        ]
    )
    piece = profile(tail, 0.04)
    kit.add('tail', turned(piece, 'x', np.pi / 2) if draw.chance(0.2) else piece, root)
    rise = draw.around(0.22, 0.3)
    back = np.array(
        [
            (-0.2 * long, 0.75 * tall),
            (0.2 * long, 0.85 * tall),
            (0.05 * long, tall + rise),
            (-0.15 * long, tall + 0.7 * rise),
        ]
    )
    kit.add('back_fin', profile(back, 0.04), root)
    if draw.chance(0.5):
        belly = np.array(
            [
                (-0.25 * long, -0.55 * tall),
                (-0.05 * long, -0.8 * tall),
                (-0.2 * long, -tall - 0.6 * rise),
            ]
        )
        kit.add('belly_fin', profile(belly, 0.04), root)
    fin = plate(np.array([(-0.02, 0), (0.14, 0), (-0.02, 0.3), (-0.14, 0.26)]), 0.035)
    fin = moved(
        turned(fin, 'x', -draw.between(0.1, 1.0)), 0.12 * long, 0.85 * thin * tall, -0.2 * tall
    )
    kit.add_copies('side_fin', both_sides(fin, 'y'), root)
    size = draw.between(0.12, 0.2) * tall + 0.02
    eye = ball(size, (0.36 * long, 0.62 * thin * tall, 0.25 * tall))
    kit.add_copies('eye', both_sides(eye, 'y'), root)
    if draw.chance(0.4):
        kit.add(
            'mouth',
            ball((0.05, 0.3 * tall * thin + 0.03, 0.07), (0.49 * long, 0, -0.05 * tall)),
            root,
        )
    if draw.chance(0.25):
        lure = bend(
            [
                (0.3 * long, 0, 0.8 * tall),
                (0.4 * long, 0, 1.5 * tall),
                (0.6 * long, 0, 1.4 * tall),
            ],
            0.016,
        )
        stalk = kit.add('stalk', lure, root)
        kit.add('lure', ball(0.06, (0.6 * long, 0, 1.4 * tall)), stalk)
    return kit.finish()


def insect(rng: np.random.Generator) -> ProceduralObject:
    """Builds an insect, spider or crab: head, thorax, abdomen, legs, wings, feelers, claws."""
    draw, kit = Draw(rng), Assembly('insect')
    sizes = draw.around(0.13, 0.2), draw.around(0.17, 0.2), draw.around(0.26, 0.2)
    root = kit.add('thorax', ball((1.1 * sizes[1], sizes[1], 0.9 * sizes[1])))
    x = 1.0 * sizes[1] + 0.75 * sizes[0]
    head = kit.add('head', ball(sizes[0], (x, 0, 0.02)), root)
    fat = sizes[2]
    abdomen = ball(
        (draw.between(1.0, 1.5) * fat, 0.85 * fat, 0.8 * fat), (-sizes[1] - 0.85 * fat, 0, 0.03)
    )
    tail_part = kit.add('abdomen', abdomen, root)
    if draw.chance(0.3):
        bands = [
            drum(0.88 * fat, 0.07, (-sizes[1] - s * fat, 0, 0.03), (1, 0, 0)) for s in (0.6, 1.05)
        ]
        kit.add_copies('band', bands, tail_part)
    eye = ball(0.35 * sizes[0], (x + 0.6 * sizes[0], 0.55 * sizes[0], 0.35 * sizes[0]))
    kit.add_copies('eye', both_sides(eye, 'y'), head)
    pairs, reach = draw.count(3, 4), draw.around(0.5, 0.15)
    legs = []
    for angle in np.linspace(-0.8, 0.8, pairs):
        way = np.array([np.sin(angle), np.cos(angle), 0.0])
        start = way * [sizes[1], 0.8 * sizes[1], 0]
        knee = start + way * 0.45 * reach + [0, 0, 0.16]
        foot = start + way * reach + [0, 0, -0.3]
        legs.append(
            rod(start, knee, 0.03, 0.025) + ball(0.03, knee) + rod(knee, foot, 0.025, 0.012)
        )
    kit.add_copies('leg', [copy for limb in legs for copy in both_sides(limb, 'y')], root)
    if draw.chance(0.7):
        feeler = bend(
            [
                (x + 0.5 * sizes[0], 0.3 * sizes[0], 0.7 * sizes[0]),
                (x + sizes[0], 0.6 * sizes[0], 1.8 * sizes[0]),
                (x + 2.2 * sizes[0], 0.9 * sizes[0], 2.2 * sizes[0]),
            ],
            0.016,
            8,
        )
        kit.add_copies('feeler', both_sides(feeler, 'y'), head)
    if draw.chance(0.5):
        span = draw.around(0.6, 0.2)
        outline = smooth_curve(
            [(0.06, 0), (0.15, 0.5 * span), (-0.1, span), (-0.3, 0.6 * span), (-0.06, 0)], 14
        )
        wing = moved(
            turned(plate(outline, 0.025), 'x', draw.between(0.1, 0.8)),
            0,
            0.3 * sizes[1],
            0.7 * sizes[1],
        )
        kit.add_copies('wing', both_sides(wing, 'y'), root)
        if draw.chance(0.5):
            kit.add_copies(
                'hind_wing', both_sides(moved(scaled(wing, 0.8, 0.75, 0.8), -0.2), 'y'), root
            )
    if draw.chance(0.3):
        arm = bend(
            [(0.8 * sizes[1], 0.6 * sizes[1], 0), (x, 0.4, 0), (x + 0.25, 0.35, 0)], 0.035, 8
        )
        arms = kit.add_copies('arm', both_sides(arm, 'y'), root)
        claw = ball((0.13, 0.07, 0.05), (x + 0.35, 0.4, 0)) + ball(
            (0.11, 0.04, 0.04), (x + 0.36, 0.28, 0)
        )
        kit.add_group('claw', list(zip(both_sides(claw, 'y'), arms, strict=True)))
    return kit.finish()


def turtle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a turtle or snail: shell, rim, belly, head, eyes, flippers or foot, tail."""
    draw, kit = Draw(rng), Assembly('turtle')
    radius, dome = draw.around(0.42, 0.1), draw.around(0.28, 0.2)
    stretch = draw.between(1.0, 1.3)
    if draw.chance(0.35):
        body = ball((0.6, 0.15, 0.13), (0.05, 0, 0.1))
        root = kit.add('body', body)
        angle = np.linspace(0, 4.5 * np.pi, 40)
        shrink = 0.3 * np.exp(-0.12 * angle)
        helix = np.column_stack(
            [-0.1 + shrink * np.cos(angle), 0.012 * angle, 0.42 + shrink * np.sin(angle)]
        )
        shell = ball((0.3, 0.17, 0.3), (-0.1, 0, 0.42)) + moved(bend(helix[::2], 0.08, 40), y=0.02)
        kit.add('shell', shell, root)
        stalk = rod((0.5, 0.05, 0.15), (0.6, 0.1, 0.42), 0.025)
        stalks = kit.add_copies('feeler', both_sides(stalk, 'y'), root)
        kit.add_group(
            'eye', list(zip(both_sides(ball(0.05, (0.6, 0.1, 0.43)), 'y'), stalks, strict=True))
        )
        return kit.finish()
    shell = rounded_solid(
        np.array([0.98, 0.9, 0.6, 0.1]) * radius, np.array([0.0, 0.35, 0.8, 1.0]) * dome
    )
    root = kit.add('shell', scaled(lathed(shell), x=stretch))
    if draw.chance(0.5):
        kit.add('rim', scaled(ring(radius, 0.055), x=stretch), root)
    belly = kit.add('body', scaled(drum(0.9 * radius, 0.1, (0, 0, -0.09)), x=stretch), root)
    at = np.array([stretch * radius + 0.16, 0, 0.1])
    neck = kit.add('neck', rod((0.7 * radius * stretch, 0, -0.02), at, 0.09), belly)
    head = kit.add('head', ball((0.16, 0.12, 0.12), at + [0.05, 0, 0.02]), neck)
    eye = ball(0.03, at + [0.13, 0.08, 0.07])
    kit.add_copies('eye', [eye, moved(eye, y=-0.16)], head)
    swim = draw.chance(0.4)
    for name, x, long in (('front_leg', 0.6, 0.34), ('back_leg', -0.65, 0.24)):
        base = np.array([x * radius * stretch, 0.65 * radius, -0.04])
        if swim:
            limb = turned(ball((0.1, long, 0.035), (0, 0.7 * long, 0)), 'z', -0.5 * x)
            limb = moved(limb, *base)
        else:
            limb = rod(base, base + [0.1 * x, 0.1, -0.2], 0.1, 0.075)
        kit.add_copies(name, both_sides(limb, 'y'), belly)
    kit.add(
        'tail',
        drum(0.06, 0.2, (-0.95 * radius * stretch, 0, -0.03), (-1, 0, -0.2), top=0.01),
        belly,
    )
    if draw.chance(0.4):
        plates = [
            ball(
                (0.15 * radius, 0.15 * radius, 0.04),
                (0.5 * radius * stretch * np.cos(a), 0.5 * radius * np.sin(a), 0.85 * dome),
            )
            for a in np.arange(5) * 1.257
        ]
        kit.add_copies('scute', plates, root)
    return kit.finish()


def octopus(rng: np.random.Generator) -> ProceduralObject:
    """Builds an octopus, jellyfish or ghost: head, eyes, arms, rim, spots."""
    draw, kit = Draw(rng), Assembly('octopus')
    size, tall = draw.around(0.34, 0.12), draw.around(0.45, 0.2)
    root = kit.add(
        'head',
        lathed(
            rounded_solid(
                np.array([0.75, 0.85, 1.0, 0.7, 0.1]) * size,
                np.array([0.0, 0.25, 0.65, 0.92, 1.0]) * tall,
            )
        ),
    )
    eye = ball(0.24 * size, (0.75 * size, 0.38 * size, 0.4 * tall))
    eyes = kit.add_copies('eye', both_sides(eye, 'y'), root)
    if draw.chance(0.4):
        kit.add_group(
            'pupil',
            list(
                zip(
                    both_sides(ball(0.11 * size, (0.97 * size, 0.42 * size, 0.42 * tall)), 'y'),
                    eyes,
                    strict=True,
                )
            ),
        )
    number, reach = draw.count(5, 8), draw.around(0.6, 0.2)
    if draw.chance(0.6):
        knots = [
            (0.4 * size, 0, 0.05),
            (0.6 * size + 0.4 * reach, 0, -0.18),
            (0.6 * size + 0.8 * reach, 0, -0.2),
            (0.6 * size + reach, 0, 0.0),
        ]
        arm = bend(knots, 0.16 * size, 14)
    else:
        knots = [
            (0.5 * size, 0, 0.05),
            (0.6 * size, 0, -0.3 * reach),
            (0.45 * size, 0, -0.7 * reach),
            (0.6 * size, 0, -1.1 * reach),
        ]
        arm = bend(knots, 0.11 * size, 14)
        if draw.chance(0.5):
            kit.add('rim', ring(0.8 * size, 0.14 * size, (0, 0, 0.04)), root)
    arms = [turned(copy, 'z', draw.between(-0.12, 0.12)) for copy in spun(arm, number, 0.3)]
    kit.add_copies('arm', arms, root)
    if draw.chance(0.3):
        kit.add(
            'hat',
            drum(0.75 * size, 0.05, (0, 0, 0.9 * tall))
            + drum(0.45 * size, 0.3, (0, 0, 0.9 * tall)),
            root,
        )
    return kit.finish()
