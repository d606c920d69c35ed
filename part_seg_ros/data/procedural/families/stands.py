# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things that stand on the floor for hands and feet: foot pedal, coat stand."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, leg
from part_seg_ros.data.procedural.families.outlines import (
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
    bend,
    block,
    drum,
    plate,
    ring,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def foot_pedal(rng: np.random.Generator) -> ProceduralObject:
    """Builds a foot pedal or pedal box: base, pedals on levers, hinges, pads, knobs, switch."""
    draw, kit = Draw(rng), Assembly('foot_pedal')
    long, wide, low = draw.around(0.8, 0.15), draw.around(0.4, 0.25), draw.around(0.1, 0.4)
    number = draw.pick(1, 1, 2, 3)
    pitch = wide * 1.2
    size = (long, pitch * number + 0.1, low)
    root = kit.add(draw.pick('base', 'base', 'body'), block(size, (0, 0, 0.5 * low), 0.02))
    spots = (np.arange(number) - 0.5 * (number - 1)) * pitch
    angle = draw.between(0.1, 0.5)
    hanging = draw.chance(0.35)
    if hanging:
        back = block((0.08, size[1], 0.8 * long), (-0.5 * long, 0, 0.4 * long + low))
        wall = kit.add('panel', back, root)
        top = (-0.5 * long + 0.12, 0, 0.75 * long + low)
        arm = bend(
            [top, (-0.3 * long, 0, 0.45 * long + low), (-0.05 * long, 0, 0.25 * long + low)],
            0.03,
            8,
        )
        joint = drum(0.05, 0.5 * wide, (top[0], -0.25 * wide, top[2]), (0, 1, 0))
        joint += block((0.1, 0.12, 0.06), (top[0] - 0.05, 0, top[2]))
        pad = turned(block((0.05, 0.75 * wide, 0.22)), 'y', -0.6)
        pad = moved(pad, -0.04 * long, 0, 0.24 * long + low)
        joints = kit.add_copies('joint', [moved(joint, y=y) for y in spots], wall)
        arms = kit.add_group(
            'lever', [(moved(arm, y=y), j) for y, j in zip(spots, joints, strict=True)]
        )
        kit.add_group('pedal', [(moved(pad, y=y), a) for y, a in zip(spots, arms, strict=True)])
    else:
        heel = (-0.42 * long, 0.0, low)
        deep, shape = 0.8 * long, draw.pick('board', 'board', 'sole', 'round')
        flat = block((deep, 0.9 * wide, 0.05), (heel[0] + 0.5 * deep, 0, low + 0.04), 0.01)
        if shape == 'sole':
            line = np.array(
                [(0, -0.3), (0.5, -0.3), (0.85, -0.45), (1, 0), (0.85, 0.45), (0.5, 0.3), (0, 0.3)]
            )
            outline = smooth_curve(np.vstack([line, line[:1]]), 22)[:-1] * [deep, wide]
            flat = plate(outline, 0.05, (heel[0], 0, low + 0.015))
        elif shape == 'round':
            flat = drum(0.5 * wide, 0.05, (heel[0] + 0.6 * deep, 0, low + 0.015))
            flat += block((0.6 * deep, 0.12, 0.04), (heel[0] + 0.3 * deep, 0, low + 0.035))
        flat = turned(flat, 'y', -angle, heel)
        pedals = kit.add_copies('pedal', [moved(flat, y=y) for y in spots], root)
        hinge = rod((heel[0], -0.42 * wide, low + 0.02), (heel[0], 0.42 * wide, low + 0.02), 0.035)
        kit.add_copies(
            draw.pick('hinge', 'hinge', 'pin'), [moved(hinge, y=y) for y in spots], root
        )
        if shape == 'board' and draw.chance(0.6):
            rib = block((0.03, 0.8 * wide, 0.03), (0, 0, low + 0.07))
            xs = heel[0] + np.linspace(0.25, 0.9, draw.count(3, 5)) * deep
            ribs = turned(joined(moved(rib, x) for x in xs), 'y', -angle, heel)
            ribs_at = [(moved(ribs, y=y), p) for y, p in zip(spots, pedals, strict=True)]
            kit.add_group('cover', ribs_at)
        spring = rod(
            (0.2 * long, 0, low - 0.01), (0.2 * long, 0, low + 0.6 * long * np.tan(angle)), 0.05
        )
        kit.add_copies('shaft', [moved(spring, y=y) for y in spots], root)
    if draw.chance(0.4):
        cord = bend(
            [(-0.5 * long, 0, 0.4 * low), (-0.7 * long, 0.1, 0.2), (-0.9 * long, 0, 0.05)], 0.03, 8
        )
        kit.add('cable', cord, root)
    if draw.chance(0.35):
        side = 0.5 * size[1]
        if draw.chance(0.5):
            kit.add('switch', block((0.1, 0.05, 0.05), (0.1, -side - 0.01, 0.5 * low)), root)
        else:
            kit.add('knob', drum(0.05, 0.06, (0.1, -side + 0.01, 0.5 * low), (0, -1, 0)), root)
    if draw.chance(0.4):
        foot = drum(0.05, 0.04, (0.4 * long, 0.4 * size[1], -0.035))
        kit.add_copies(
            'foot', both_sides(foot, 'x') + both_sides(moved(foot, y=-0.8 * size[1]), 'x'), root
        )
    return kit.finish()


def coat_stand(rng: np.random.Generator) -> ProceduralObject:
    """Builds a coat stand: pole, hooks or pegs in rings, base or legs, finial, ring, coat rail."""
    draw, kit = Draw(rng), Assembly('coat_stand')
    height, radius = draw.around(1.6, 0.12), draw.around(0.025, 0.3)
    if draw.chance(0.25):
        _garment_rack(draw, kit, height, 0.7 * radius)
        return kit.finish()
    root = kit.add(
        draw.pick('pole', 'pole', 'column'), leg(draw, (0, 0, 0.02), (0, 0, height), radius)
    )
    reach = draw.around(0.26, 0.2)
    style = draw.pick('disc', 'legs', 'arched', 'square', 'cross')
    if style == 'disc':
        kit.add('base', drum(reach, 0.04, top=draw.between(0.2, 0.95) * reach), root)
    elif style == 'square':
        kit.add('base', block((1.7 * reach, 1.7 * reach, 0.04), (0, 0, 0.02), 0.008), root)
    elif style == 'cross':
        bar = block((2 * reach, 0.06, 0.05), (0, 0, 0.025))
        kit.add('base', bar + turned(bar, 'z', 0.5 * np.pi), root)
    else:
        rise = draw.between(0.15, 0.35)
        foot = rod((0, 0, rise), (reach, 0, 0), 0.7 * radius)
        if style == 'arched':
            path = [(0, 0, rise), (0.4 * reach, 0, 1.1 * rise), (reach, 0, 0.0)]
            foot = bend(path, 0.7 * radius, 9)
        legs = kit.add_copies('leg', spun(foot, draw.count(3, 5)), root)
        if draw.chance(0.3):
            kit.add('ring', ring(0.6 * reach, 0.35 * radius, (0, 0, 0.45 * rise)), legs[0])
    number = draw.count(3, 6)
    tiers = draw.pick((0.95,), (0.95, 0.75), (0.97, 0.85, 0.6))
    kind = draw.pick('hook', 'peg', 'branch')
    out = draw.between(0.1, 0.22)
    for i, f in enumerate(tiers):
        z = f * height
        if kind == 'peg':
            piece = rod((0, 0, z), (out, 0, z + 0.6 * out), 0.5 * radius)
            if draw.chance(0.5):
                piece += ball(0.9 * radius, (out, 0, z + 0.6 * out))
        elif kind == 'hook':
            path = [
                (0, 0, z),
                (0.7 * out, 0, z - 0.03),
                (out, 0, z + 0.03),
                (0.9 * out, 0, z + 0.1),
            ]
            piece = bend(path, 0.4 * radius, 9)
        else:
            piece = rod((0, 0, z - 0.15), (out, 0, z + 0.12), 0.55 * radius, 0.4 * radius)
        kit.add_copies('pin' if kind == 'peg' else 'hook', spun(piece, number, 0.5 * i), root)
    if draw.chance(0.4):
        kit.add('finial', ball(draw.between(1.3, 2.2) * radius, (0, 0, height + radius)), root)
    if draw.chance(0.3):
        z = draw.between(0.25, 0.4) * height
        hoop = ring(0.55 * reach, 0.4 * radius, (0, 0, z))
        hoop += rod((-0.55 * reach, 0, z), (0.55 * reach, 0, z), 0.4 * radius)
        kit.add('ring', hoop, root)
    return kit.finish()


def _garment_rack(draw: Draw, kit: Assembly, height: float, thin: float) -> None:
    """Makes two posts with a rail between them, on runners, with a shelf, hangers and casters."""
    half = draw.around(0.5, 0.2)
    post = rod((half, 0, 0.03), (half, 0, height), thin)
    root = kit.add_copies('post', both_sides(post, 'x'))[0]
    kit.add('rail', rod((-half - 0.05, 0, height), (half + 0.05, 0, height), 0.9 * thin), root)
    deep = draw.between(0.2, 0.28)
    runner = block((0.04, 2 * deep, 0.04), (half, 0, 0.05))
    feet = kit.add_copies('foot', both_sides(runner, 'x'), root)
    if draw.chance(0.5):
        roll = caster(0.03, (half, 0.9 * deep, 0.02))
        kit.add_copies('caster', four_corners(roll), feet[0])
    if draw.chance(0.6):
        kit.add(
            'shelf', block((2 * half, 1.6 * deep, 0.025), (0, 0, draw.between(0.08, 0.3))), root
        )
    if draw.chance(0.5):
        hook = bend(
            [(0, 0, -0.16), (0, 0, -0.06), (0, 0.03, 0.0), (0, 0, 0.03), (0, -0.03, 0)], 0.008, 9
        )
        arm = rod((0, 0, -0.15), (0, 0.2, -0.24), 0.014)
        hanger = hook + joined(both_sides(arm, 'y'))
        hanger += rod((0, -0.2, -0.24), (0, 0.2, -0.24), 0.01)
        spots = np.linspace(-0.7, 0.7, draw.count(2, 4)) * half
        kit.add_copies('hook', [moved(hanger, x, 0, height) for x in spots], root)
