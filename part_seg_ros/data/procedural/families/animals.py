# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Large animals: quadruped, bird, dragon."""

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
