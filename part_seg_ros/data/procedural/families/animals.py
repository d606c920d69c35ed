# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Animals: quadruped, bird, fish, insect, turtle, snail, octopus, dragon-like."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    aimed,
    both_sides,
    joined,
    moved,
    scaled,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    drum,
    lathed,
    pill,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _head(draw: Draw, kit: Assembly, at: np.ndarray, size: float, parent: int) -> int:
    """Adds a head that looks along +x, with snout, eyes, ears, horns."""
    blocky = draw.chance(0.2)
    skull = (
        block((2 * size, 1.7 * size, 1.7 * size), at, 0.2 * size)
        if blocky
        else ball((1.1 * size, 0.95 * size, size), at)
    )
    head = kit.add('head', skull, parent)
    if draw.chance(0.75):
        long = draw.between(0.5, 1.1) * size
        snout = ball((long, 0.5 * size, 0.42 * size), at + [size, 0, -0.25 * size])
        snout_part = kit.add('snout', snout, head)
        if draw.chance(0.5):
            kit.add(
                'nose', ball(0.2 * size, at + [size + 0.9 * long, 0, -0.12 * size]), snout_part
            )
    if draw.chance(0.7):
        eye = ball(0.17 * size, at + [0.78 * size, 0.5 * size, 0.32 * size])
        kit.add_copies(
            'eye', [eye, ball(0.17 * size, at + [0.78 * size, -0.5 * size, 0.32 * size])], head
        )
    style = draw.pick('point', 'round', 'long', 'none')
    if style != 'none':
        if style == 'point':
            ear = drum(0.32 * size, 0.8 * size, (0, 0, 0), (-0.1, 0.3, 1.0), top=0.02)
        elif style == 'round':
            ear = ball((0.14 * size, 0.4 * size, 0.4 * size), (0, 0.15 * size, 0.3 * size))
        else:
            ear = ball((0.15 * size, 0.28 * size, 0.85 * size), (0, 0.1 * size, 0.7 * size))
            ear = turned(ear, 'x', -draw.pick(0.1, 1.8))
        ear = moved(scaled(ear, y=1.0), y=0.5 * size, z=0.75 * size)
        kit.add_copies('ear', [moved(copy, *at) for copy in both_sides(ear, 'y')], head)
    if draw.chance(0.25):
        horn = bend(
            [
                (0, 0.3 * size, 0.8 * size),
                (0.1 * size, 0.6 * size, 1.3 * size),
                (0.4 * size, 0.6 * size, 1.7 * size),
            ],
            0.12 * size,
            8,
        )
        kit.add_copies('horn', [moved(copy, *at) for copy in both_sides(horn, 'y')], head)
    return head


def quadruped(rng: np.random.Generator) -> ProceduralObject:
    """Builds a four-legged animal: body, neck, head, ears, eyes, legs, feet, tail, saddle."""
    draw, kit = Draw(rng), Assembly('quadruped')
    long, fat = draw.around(0.42, 0.15), draw.around(0.2, 0.2)
    leg = draw.around(0.4, 0.3)
    z = leg + 0.6 * fat
    if draw.chance(0.2):
        body = block((2 * long, 1.8 * fat, 1.8 * fat), (0, 0, z), 0.3 * fat)
    else:
        body = lathed(
            rounded_solid(
                np.array([0.3, 0.95, 0.85, 1.0, 0.4]) * fat,
                np.array([-1.05, -0.7, 0.0, 0.6, 1.05]) * long,
            ),
            (0, 0, z),
            (1, 0, 0),
        )
    root = kit.add('body', body)
    reach, up = draw.between(0.05, 0.35), draw.between(0.0, 0.55)
    start = np.array([0.8 * long, 0.0, z + 0.3 * fat])
    at = start + [reach, 0.0, up]
    size = draw.around(0.16, 0.2)
    parent = root
    if draw.chance(0.6) or up > 0.3:
        neck = rod(start - [0.05, 0, 0.05], at, 0.6 * fat, 0.6 * size)
        parent = kit.add('neck', neck, root)
        if draw.chance(0.2):
            mane = profile(
                np.array(
                    [
                        (start[0] - 0.12, start[2] + 0.1),
                        (at[0] - 0.12, at[2] + 0.1),
                        (at[0] - 0.02, at[2]),
                        (start[0], start[2]),
                    ]
                ),
                0.05,
            )
            kit.add('mane', mane, parent)
    _head(draw, kit, at + [0.3 * size, 0, 0.2 * size], size, parent)
    thick = draw.around(0.06, 0.25)
    apart = draw.chance(0.6)
    spots = [(x * long, s * 0.6 * fat) for x in (0.68, -0.72) for s in (1, -1)]
    swings = [draw.pick(0.0, draw.between(-0.12, 0.12)) for _ in spots]
    limbs, feet = [], []
    for (x, y), swing in zip(spots, swings, strict=True):
        limbs.append(rod((x + swing, y, 0.03), (x, y, z), 0.8 * thick, 1.25 * thick))
        feet.append(
            ball((1.4 * thick, 1.1 * thick, 0.7 * thick), (x + swing + 0.3 * thick, y, 0.03))
        )
    legs = kit.add_copies(
        'leg', limbs if apart else [a + b for a, b in zip(limbs, feet, strict=True)], root
    )
    if apart:
        kit.add_group('foot', list(zip(feet, legs, strict=True)))
    back = np.array([-0.98 * long, 0.0, z + 0.2 * fat])
    style = draw.pick('thin', 'bushy', 'stub', 'none')
    if style == 'thin':
        knots = [
            back + [0.05, 0, 0],
            back + [-0.15, 0, 0.1],
            back + [-0.3, draw.between(-0.1, 0.1), draw.between(-0.2, 0.4)],
        ]
        kit.add('tail', bend(knots, 0.03, 10), root)
    elif style == 'bushy':
        kit.add(
            'tail',
            aimed(
                ball((0.08, 0.08, 0.26)), back + [-0.15, 0, 0.1], (-1, 0, draw.between(-0.3, 1.2))
            ),
            root,
        )
    elif style == 'stub':
        kit.add('tail', ball(0.07, back), root)
    if draw.chance(0.2):
        saddle = drum(1.06 * fat, 0.5 * long, (-0.2 * long, 0, z), (1, 0, 0))
        kit.add('saddle', saddle, root)
    if draw.chance(0.15):
        kit.add(
            'collar',
            aimed(ring(0.62 * fat, 0.04), 0.5 * (start + at), at - start + [0, 0, 0.01]),
            parent,
        )
    if draw.chance(0.2):
        kit.add('ground', drum(draw.around(0.6, 0.1), 0.05, (0, 0, -0.05)), root)
    return kit.finish()


def bird(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bird: body, head, beak, eyes, wings, tail, legs, feet, crest, perch."""
    draw, kit = Draw(rng), Assembly('bird')
    long, fat = draw.around(0.34, 0.12), draw.around(0.2, 0.15)
    tilt = draw.between(0.0, 1.1)
    root = kit.add('body', turned(ball((long, fat, 0.95 * fat)), 'y', -tilt))
    front = np.array([np.cos(tilt), 0, np.sin(tilt)]) * long
    size = draw.around(0.14, 0.15)
    up = draw.between(0.0, 0.35)
    at = front * 0.85 + [0.05, 0, 0.5 * size + up]
    parent = root
    if up > 0.12:
        parent = kit.add(
            'neck',
            bend([front * 0.7, front * 0.95 + [0.04, 0, 0.5 * up], at], 0.4 * size, 8),
            root,
        )
    head = kit.add('head', ball(size, at), parent)
    beak_long = draw.between(0.6, 1.8) * size
    kind = draw.pick('cone', 'flat', 'hook')
    if kind == 'cone':
        beak = drum(0.35 * size, beak_long, at + [0.8 * size, 0, 0], (1, 0, -0.1), top=0.02)
    elif kind == 'flat':
        beak = ball((beak_long, 0.4 * size, 0.15 * size), at + [size, 0, -0.1 * size])
    else:
        beak = bend(
            [
                at + [0.7 * size, 0, 0.1 * size],
                at + [1.3 * size, 0, 0.05 * size],
                at + [1.5 * size, 0, -0.4 * size],
            ],
            0.25 * size,
            8,
        )
    kit.add('beak', beak, head)
    eye = [ball(0.16 * size, at + [0.55 * size, s * 0.72 * size, 0.3 * size]) for s in (1, -1)]
    kit.add_copies('eye', eye, head)
    if draw.chance(0.3):
        kit.add(
            'crest',
            profile(
                np.array(
                    [
                        (at[0] - 0.6 * size, at[2] + 0.5 * size),
                        (at[0] + 0.5 * size, at[2] + 0.7 * size),
                        (at[0] - 0.1 * size, at[2] + 1.7 * size),
                    ]
                ),
                0.05,
            ),
            head,
        )
    if draw.chance(0.45):
        span = draw.around(0.75, 0.15)
        outline = smooth_curve(
            [(0.18, 0), (0.16, 0.4 * span), (-0.02, span), (-0.14, 0.6 * span), (-0.18, 0)], 14
        )
        wing = turned(plate(outline, 0.035), 'x', draw.between(-0.2, 0.7))
        wing = moved(wing, 0, 0.7 * fat, 0.3 * fat)
    else:
        wing = turned(
            ball((0.75 * long, 0.06, 0.6 * fat), (-0.1 * long, 0.92 * fat, 0)), 'y', -tilt
        )
    kit.add_copies('wing', both_sides(wing, 'y'), root)
    fan = plate(np.array([(0, -0.06), (0, 0.06), (-0.4, 0.16), (-0.4, -0.16)]), 0.04)
    fan = turned(moved(fan, -0.8 * long), 'y', -tilt + draw.between(-0.5, 0.2))
    kit.add('tail', fan, root)
    leg_long = draw.around(0.22, 0.4)
    low = -0.85 * fat - leg_long - 0.2 * tilt * fat
    limb = rod((0.0, 0.4 * fat, -0.5 * fat), (0.0, 0.4 * fat, low), 0.025)
    foot = joined(
        rod(
            (0, 0.4 * fat, low), (0.14 * np.cos(a), 0.4 * fat + 0.14 * np.sin(a), low - 0.01), 0.02
        )
        for a in (-0.6, 0.0, 0.6, np.pi)
    )
    if draw.chance(0.5):
        legs = kit.add_copies('leg', both_sides(limb, 'y'), root)
        kit.add_group('foot', list(zip(both_sides(foot, 'y'), legs, strict=True)))
    else:
        kit.add_copies('leg', both_sides(limb + foot, 'y'), root)
    if draw.chance(0.3):
        kit.add('perch', rod((0, -0.5, low - 0.04), (0, 0.5, low - 0.04), 0.045), root)
    return kit.finish()


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


def dragon(rng: np.random.Generator) -> ProceduralObject:
    """Builds a dragon or dinosaur: body, neck, head, jaw, horns, wings, legs, tail, spikes."""
    draw, kit = Draw(rng), Assembly('dragon')
    fat = draw.around(0.22, 0.12)
    upright = draw.chance(0.5)
    lean = 0.9 if upright else 0.25
    way = np.array([np.cos(lean), 0, np.sin(lean)])
    centre = np.array([0.0, 0.0, 0.55])
    body = aimed(ball((fat, 0.95 * fat, 1.7 * fat)), centre, way)
    root = kit.add('body', body)
    chest, rear = centre + 1.4 * fat * way, centre - 1.35 * fat * way
    top = chest + [draw.between(0.1, 0.3), 0, draw.between(0.2, 0.5)]
    neck = kit.add(
        'neck',
        bend([chest - 0.1 * way, 0.5 * (chest + top) + [0.06, 0, 0], top], 0.5 * fat, 10),
        root,
    )
    size = draw.around(0.13, 0.15)
    head = kit.add('head', ball((1.2 * size, 0.9 * size, 0.85 * size), top), neck)
    kit.add(
        'snout', ball((1.2 * size, 0.55 * size, 0.4 * size), top + [1.4 * size, 0, -0.05]), head
    )
    if draw.chance(0.6):
        jaw = turned(
            ball((1.0 * size, 0.48 * size, 0.2 * size), (1.2 * size, 0, -0.45 * size)),
            'y',
            draw.between(0.0, 0.4),
        )
        kit.add('jaw', moved(jaw, *top), head)
    eye = ball(0.18 * size, top + [0.6 * size, 0.7 * size, 0.4 * size])
    kit.add_copies('eye', [eye, moved(eye, y=-1.4 * size)], head)
    if draw.chance(0.6):
        horn = [
            rod(
                top + [-0.2 * size, s * 0.5 * size, 0.5 * size],
                top + [-1.3 * size, s * 0.9 * size, 1.6 * size],
                0.2 * size,
                0.02,
            )
            for s in (1, -1)
        ]
        kit.add_copies('horn', horn, head)
    curl = draw.between(-0.3, 0.3)
    knots = np.array(
        [
            rear,
            rear + [-0.3, 0.1 * curl, -0.2],
            rear + [-0.65, curl, -0.28],
            rear + [-1.0, 2 * curl, -0.15],
        ]
    )
    line = smooth_curve(knots, 10)
    radii = np.linspace(0.62 * fat, 0.06 * fat + 0.01, 10)
    tail = joined(
        rod(a, b, r, s)
        for a, b, r, s in zip(line[:-1], line[1:], radii[:-1], radii[1:], strict=True)
    )
    tail_part = kit.add('tail', tail, root)
    if draw.chance(0.4):
        kit.add(
            'tail_tip', aimed(ball((0.1, 0.03, 0.14)), line[-1], line[-1] - line[-2]), tail_part
        )
    if draw.chance(0.65):
        span = draw.around(0.8, 0.15)
        outline = np.array(
            [
                (0.05, 0),
                (0.2, 0.4 * span),
                (-0.05, span),
                (-0.22, 0.72 * span),
                (-0.3, 0.4 * span),
                (-0.15, 0),
            ]
        )
        wing = turned(plate(outline, 0.03), 'x', draw.between(0.0, 0.9))
        wing = moved(wing, *(centre + [0, 0.6 * fat, 0.7 * fat]))
        kit.add_copies('wing', both_sides(wing, 'y'), root)
    thick = 0.32 * fat
    pairs = [('hind_leg', rear * 0.6 + centre * 0.4)] + (
        [('arm', chest)] if upright else [('front_leg', chest)]
    )
    for name, at in pairs:
        hip = at * [1, 0, 1] + [0, 0.75 * fat, -0.1]
        ground = 0.03 if name != 'arm' else hip[2] - 0.2
        ankle = np.array([hip[0] + (0.0 if name != 'arm' else 0.2), hip[1] + 0.06, ground])
        limb = rod(hip, ankle, 1.4 * thick, 0.8 * thick)
        foot = ball((1.6 * thick, thick, 0.6 * thick), ankle + [0.6 * thick, 0, 0])
        limbs = kit.add_copies(name, both_sides(limb, 'y'), root)
        kit.add_group(
            'foot' if name != 'arm' else 'hand',
            list(zip(both_sides(foot, 'y'), limbs, strict=True)),
        )
    if draw.chance(0.5):
        spots = [
            centre + s * way * fat + np.array([-way[2], 0, way[0]]) * 0.92 * fat
            for s in (-0.9, -0.3, 0.3, 0.9)
        ]
        spike = drum(0.09, 0.16, (0, 0, -0.03), elliptic=0.4, top=0.01)
        kit.add_copies('spike', [aimed(spike, at, (-way[2], 0, way[0])) for at in spots], root)
    if draw.chance(0.2):
        kit.add(
            'belly',
            pill(
                rear + 0.8 * fat * way + [0.3 * fat, 0, -0.3 * fat],
                chest - 0.8 * fat * way + [0.3 * fat, 0, -0.3 * fat],
                0.85 * fat,
            ),
            root,
        )
    return kit.finish()
