# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things of a nursery: high chair, rocking horse."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, leg
from part_seg_ros.data.procedural.families.outlines import (
    band,
    ellipse,
    rounded_rectangle,
    smooth_curve,
)
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
    pill,
    plate,
    profile,
    rod,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _add_stand(
    draw: Draw, kit: Assembly, half: tuple[float, float], seat_z: float, root: int
) -> None:
    """Adds what a high chair stands on: four splayed legs, crossed frames or a column."""
    x, y = half
    style = draw.pick('legs', 'legs', 'frames', 'crossed', 'column')
    if style == 'column':
        post = kit.add('column', drum(0.05, seat_z - 0.02, (0, 0, 0.03), top=0.04), root)
        foot = rounded_rectangle(2.4 * x, 2.4 * y, 0.6 * x)
        base = kit.add('base', plate(foot, 0.045), post)
        if draw.chance(0.5):
            wheel = caster(0.03, (0.95 * x, 0.95 * y, -0.02))
            kit.add_copies('caster', four_corners(wheel), base)
        return
    thick, spread = draw.around(0.022, 0.2), draw.between(1.15, 1.6)
    if style == 'legs':
        shape = leg(draw, (spread * x, spread * y, 0), (0.78 * x, 0.78 * y, seat_z), thick)
        kit.add_copies('leg', four_corners(shape), root)
        if draw.chance(0.6):
            share = draw.between(0.25, 0.5)
            px, py = (h * (spread + share * (0.78 - spread)) for h in half)
            z = share * seat_z
            bar = rod((px, -py, z), (px, py, z), 0.6 * thick)
            kit.add_copies('stretcher', both_sides(bar, 'x'), root)
            if draw.chance(0.5):
                side = rod((-px, py, z), (px, py, z), 0.6 * thick)
                kit.add_copies('stretcher', both_sides(side, 'y'), root)
        return
    legs = []
    for side in (1, -1):
        at = side * y * 1.02
        front, rear = (-spread * x, at, 0.0), (spread * x, at, 0.0)
        if style == 'frames':
            tops = (-0.15 * x, at, seat_z), (0.15 * x, at, seat_z)
        else:
            tops = (0.9 * x, at, seat_z), (-0.9 * x, at, seat_z)
        legs += [rod(front, tops[0], thick), rod(rear, tops[1], thick)]
    kit.add_copies('leg', legs, root)
    bar = rod((spread * x, -y, 0.02), (spread * x, y, 0.02), thick)
    kit.add_copies('stretcher', both_sides(bar, 'x'), root)
    if draw.chance(0.4):
        wheel = drum(0.045, 0.03, (spread * x, y + 0.01, 0.02), (0, 1, 0))
        kit.add_copies('wheel', both_sides(wheel, 'y'), root)


def _tray(draw: Draw, depth: float, width: float) -> Piece:
    """Makes a table top for a child around the origin, with or without a raised edge."""
    thick = draw.between(0.018, 0.03)
    style = draw.pick('flat', 'edge', 'round')
    if style == 'round':
        return plate(ellipse(1.1 * depth, width, 28), thick)
    outline = rounded_rectangle(depth, width, 0.3 * depth)
    piece = plate(outline, thick)
    if style == 'edge':
        path = np.column_stack([outline, np.full(len(outline), thick)])
        piece += sweep(np.vstack([path, path[:1]]), 0.014)
    return piece


def high_chair(rng: np.random.Generator) -> ProceduralObject:
    """Builds a child's high chair: seat, back, tray, armrests, legs, footrest, belt, cushion.

    The child looks towards -x.
    """
    draw, kit = Draw(rng), Assembly('high_chair')
    x, y = draw.around(0.17, 0.1), draw.around(0.17, 0.1)
    seat_z, thick = draw.around(0.56, 0.12), draw.around(0.035, 0.3)
    if draw.chance(0.4):
        shape = plate(rounded_rectangle(2 * x, 2 * y, 0.35 * x), thick, (0, 0, seat_z))
    else:
        shape = block((2 * x, 2 * y, thick), (0, 0, seat_z + 0.5 * thick), 0.01)
    root = kit.add('seat', shape)
    top = seat_z + thick
    _add_stand(draw, kit, (x, y), seat_z + 0.3 * thick, root)
    tall, lean = draw.around(0.36, 0.12), draw.between(0.0, 0.12)
    low, high = np.array([0.93 * x, 0, top - 0.01]), np.array([0.93 * x + lean, 0, top + tall])
    style = draw.pick('panel', 'bars', 'slats', 'shell')
    if style == 'panel':
        back = beam(low, high, 1.9 * y, 0.03, 0.01)
        rest = kit.add('backrest', back, root)
    elif style == 'shell':
        outline = rounded_rectangle(1.9 * y, 2 * tall, draw.between(0.2, 0.9) * y, corner_points=7)
        upper = outline[outline[:, 1] > 0.0]
        outline = np.vstack([[(0.75 * y, 0.0)], upper, [(-0.75 * y, 0.0)]])
        shell = moved(
            turned(
                turned(plate(outline, 0.03, (0, 0, -0.015)), 'x', 0.5 * np.pi), 'z', 0.5 * np.pi
            ),
            *low,
        )
        rest = kit.add('backrest', turned(shell, 'y', lean / tall, tuple(low)), root)
    else:
        post = beam(low + [0, 0.9 * y, 0], high + [0, 0.9 * y, 0], 0.03, 0.035)
        rail = block((0.035, 1.85 * y, 0.07), high - [0, 0, 0.03], 0.008)
        rest = kit.add('backrest', joined(both_sides(post, 'y')) + rail, root)
        if style == 'bars':
            bars = [
                rod(low + [0, s * y, 0.0], high + [0, s * y, -0.04], 0.011)
                for s in np.linspace(-0.55, 0.55, draw.count(3, 6))
            ]
            kit.add_copies('bar', bars, rest)
        else:
            slats = [
                beam(low + s * (high - low), low + (s + 0.14) * (high - low), 1.8 * y, 0.018)
                for s in np.linspace(0.12, 0.62, draw.count(2, 3))
            ]
            kit.add_copies('slat', slats, rest)
    arm_z = top + draw.between(0.15, 0.22)
    reach = draw.between(1.1, 1.5) * x
    arm_y = 0.98 * y
    bar = draw.around(0.016, 0.15)
    end_x = 0.95 * x + lean * (arm_z - top) / tall
    if draw.chance(0.5):
        arm = beam((-reach, arm_y, arm_z), (end_x, arm_y, arm_z), 2 * bar, 2.2 * bar, 0.006)
        arm += rod((-0.75 * x, 0.95 * arm_y, top - 0.01), (-0.75 * x, arm_y, arm_z), bar)
    else:
        knots = [(-0.7 * x, arm_y, top - 0.01), (-reach, arm_y, top + 0.4 * (arm_z - top))]
        knots += [(-reach, arm_y, arm_z), (0.2 * x, arm_y, arm_z + 0.01), (end_x, arm_y, arm_z)]
        arm = bend(knots, bar, 20)
    kit.add_copies('armrest', both_sides(arm, 'y'), root)
    if draw.chance(0.88):
        deep = draw.around(0.26, 0.12)
        shape = moved(_tray(draw, deep, 2 * y * draw.between(1.15, 1.45)), -reach, 0, arm_z + bar)
        tray = kit.add('tray', moved(shape, z=-0.01), root)
        if draw.chance(0.35):
            at = (-reach - 0.1 * deep, draw.between(-0.5, 0.5) * y, arm_z + bar)
            size = draw.between(0.035, 0.06)
            kit.add('cup', drum(0.8 * size, 2 * size, at, top=size), tray)
    if draw.chance(0.7):
        z, front = seat_z * draw.between(0.35, 0.6), -draw.between(1.15, 1.5) * x
        board = block((0.11, 1.8 * y, 0.022), (front, 0, z), 0.006)
        rest_part = kit.add('footrest', board, root)
        strut = beam((front + 0.02, 0.7 * y, z), (-0.8 * x, 0.7 * y, seat_z + 0.01), 0.025, 0.02)
        kit.add_copies('bracket', both_sides(strut, 'y'), rest_part)
    if draw.chance(0.45):
        pad = block((1.7 * x, 1.65 * y, 0.04), (-0.05 * x, 0, top + 0.015), 0.018)
        kit.add('cushion', pad, root)
        if style in ('panel', 'shell') and draw.chance(0.6):
            a, b = low + [-0.025, 0, 0.05], low + 0.85 * (high - low) + [-0.025, 0, 0]
            kit.add('back_cushion', beam(a, b, 1.5 * y, 0.04, 0.016), rest)
    if draw.chance(0.5):
        if style in ('panel', 'shell'):
            knots = [
                (0.93 * x + 0.16 * lean / tall, 0.5 * y, top + 0.16),
                (0.2 * x, 0.45 * y, top + 0.12),
            ]
            knots += [(-0.25 * x, 0, top + 0.06)]
            belt = bend(knots, 0.012, 10)
            belts = kit.add_copies('strap', both_sides(belt, 'y'), rest)
            lock = block((0.03, 0.05, 0.06), (-0.25 * x, 0, top + 0.06), 0.006)
            kit.add('buckle', lock, belts[0])
        crotch = beam((-0.25 * x, 0, top + 0.07), (-0.45 * x, 0, top - 0.01), 0.035, 0.014)
        kit.add('strap', crotch, root)
    return kit.finish()


def _add_rockers(draw: Draw, kit: Assembly, length: float, half: float) -> None:
    """Adds two bent runners below the feet of a rocking horse and the bars between them."""
    deep = draw.between(0.1, 0.26) * length
    line = smooth_curve(
        [(-0.75 * length, deep), (-0.35 * length, 0.015), (0.35 * length, 0.015)]
        + [(0.75 * length, deep)],
        20,
    )
    thick = draw.around(0.05, 0.15)
    runner = profile(band(line, thick), 0.04, half)
    kit.add_copies('skid', both_sides(runner, 'y'))
    for x in (-0.45 * length, 0.45 * length):
        z = float(np.interp(x, line[:, 0], line[:, 1]))
        kit.add('bar', block((0.05, 2 * half, 0.035), (x, 0, z), 0.006))


def _add_legs(
    draw: Draw,
    kit: Assembly,
    along: tuple[float, float],
    across: tuple[float, float],
    body_z: float,
) -> None:
    """Adds four legs, or two side boards, between a horse's body and its runners.

    Args:
        draw: Source of the style.
        kit: Object under construction; its root is the body.
        along: x of the legs' upper ends and how much further out their feet stand.
        across: y of the feet and half the width of the body.
        body_z: Height of the middle of the body.
    """
    (x, splay), (y, wide), low = along, across, 0.03
    if draw.chance(0.4):
        share = draw.between(0.25, 0.5)
        at = (x + (1 - share) * splay - 0.02, 0, low + share * (body_z - 0.3 * wide - low))
        kit.add('footrest', block((0.1, 2 * y + draw.between(0.08, 0.2), 0.03), at, 0.008))
    if draw.chance(0.25):
        shift, cut = y - 0.6 * wide, draw.between(0.25, 0.6)
        side = np.array([(x + splay, 0.0), (x, body_z), (-x, body_z), (-x - splay, 0.0)])
        notch = np.array([(-0.5 * x, 0.0), (-0.35 * x, cut * body_z), (0.35 * x, cut * body_z)])
        outline = np.vstack([side, notch, [(0.5 * x, 0.0)]])
        lean = float(np.arctan2(shift, body_z))
        board = moved(turned(profile(outline, 0.03), 'x', lean), y=y, z=low)
        kit.add_copies('side', both_sides(board, 'y'))
        return
    foot, hip = (x + splay, y, low), (x, 0.55 * wide, body_z - 0.3 * wide)
    shape = leg(draw, foot, hip, draw.around(0.04, 0.2), draw.pick('square', 'round', 'tapered'))
    legs = kit.add_copies('leg', four_corners(shape))
    if draw.chance(0.3):
        hoof = drum(0.055, 0.07, foot, top=0.045)
        kit.add_group('foot', list(zip(four_corners(hoof), legs, strict=True)))


def _horse_head(draw: Draw, size: float, flat: bool, thick: float) -> tuple[Piece, Piece]:
    """Makes neck and head in the plane y = 0; the neck starts at the origin and rises to +x."""
    neck_line = np.array([(0.0, 0.0), (0.2, 0.45), (0.28, 0.85)]) * size
    nose = np.array([draw.between(0.65, 0.85), draw.between(0.4, 0.62)]) * size
    if flat:
        neck = profile(band(smooth_curve(neck_line, 8), np.linspace(0.55, 0.32, 8) * size), thick)
        cheek = np.array([(0.1, 0.98), (0.34, 1.06), (0.5, 0.95)]) * size
        jaw = np.array([(0.5, 0.62), (0.2, 0.7)]) * size
        tip = nose + np.array([(0.08, 0.08), (0.06, -0.08), (-0.04, -0.1)]) * size
        return neck, profile(np.vstack([cheek, tip, jaw]), thick * draw.between(0.8, 1.2))
    path = np.array([(x, 0.0, z) for x, z in neck_line])
    neck = rod(path[0], path[2], 0.25 * size, 0.16 * size)
    head = rod(path[2], (nose[0], 0, nose[1]), 0.18 * size, 0.12 * size)
    head += ball(0.18 * size, path[2]) + ball(0.125 * size, (nose[0], 0, nose[1]))
    return neck, head


def rocking_horse(rng: np.random.Generator) -> ProceduralObject:
    """Builds a rocking horse: body, neck, head, ears, legs, runners, seat, handle, tail, mane."""
    draw, kit = Draw(rng), Assembly('rocking_horse')
    length, tall = draw.around(0.62, 0.12), draw.around(0.45, 0.12)
    wide, flat = draw.around(0.12, 0.15), draw.chance(0.5)
    z = tall + 0.06
    style = 'block' if flat else draw.pick('barrel', 'egg')
    if style == 'block':
        body = block((length, 1.5 * wide, 1.5 * wide), (0, 0, z), 0.03)
    elif style == 'barrel':
        body = pill((-0.4 * length, 0, z), (0.4 * length, 0, z), wide)
    else:
        body = ball((0.55 * length, wide, 1.05 * wide), (0, 0, z))
    root = kit.add('body', body)
    half, splay = 0.8 * wide + draw.between(0.02, 0.08), draw.between(0.0, 0.2) * length
    _add_legs(draw, kit, (0.3 * length, splay), (half, wide), z)
    _add_rockers(draw, kit, length + 0.5 * splay, half)
    size = wide * draw.around(2.8, 0.12)
    neck, head = _horse_head(draw, size, flat, 0.9 * wide)
    at = (0.34 * length, 0.0, z + 0.35 * wide)
    neck_part = kit.add('neck', moved(neck, *at), root)
    head_part = kit.add('head', moved(head, *at), neck_part)
    crown = np.array(at) + [0.24 * size, 0.0, 1.0 * size]
    ear = rod(
        (0, 0.06 * size + 0.2 * wide, -0.03), (-0.02, 0.08 * size + 0.2 * wide, 0.1), 0.035, 0.008
    )
    kit.add_copies('ear', [moved(copy, *crown) for copy in both_sides(ear, 'y')], head_part)
    if draw.chance(0.7):
        eye_y = 0.45 * wide if flat else 0.15 * size
        eye = ball((0.022, 0.035, 0.022), (at[0] + 0.4 * size, eye_y, at[2] + 0.82 * size))
        kit.add_copies('eye', both_sides(eye, 'y'), head_part)
    if draw.chance(0.75):
        curve = smooth_curve([(-0.2, 0.2), (0.0, 0.6), (0.08, 0.95), (0.25, 1.12)], 10) * size
        comb = profile(band(curve, 0.13 * size), draw.between(0.03, 0.07))
        kit.add('mane', moved(comb, at[0] + (0.0 if flat else 0.03 * size), 0, at[2]), neck_part)
    knots = [(-0.47 * length, 0, z + 0.1 * wide), (-0.62 * length, 0, z + 0.25 * wide)]
    knots += [
        (-0.72 * length, 0, z - 0.8 * wide),
        (-0.7 * length, 0, z - draw.between(1.2, 2.2) * wide),
    ]
    kit.add('tail', bend(knots, draw.between(0.02, 0.04), 14), root)
    saddle_z = z + (0.75 if flat else 1.0) * wide
    seat = draw.pick('saddle', 'board', 'chair')
    if seat == 'saddle':
        arch = np.array([(-1.0, 0.35), (-0.7, 0.1), (0.0, 0.0), (0.6, 0.08), (0.9, 0.3)])
        curve = smooth_curve(arch * [0.25 * length, 0.1] + [-0.06 * length, saddle_z + 0.005], 14)
        chair = kit.add('seat', profile(band(curve, 0.035), 1.5 * wide), root)
    else:
        board = block((0.42 * length, 1.9 * wide, 0.03), (-0.1 * length, 0, saddle_z), 0.01)
        chair = kit.add('seat', board, root)
    if seat == 'chair':
        a = np.array([-0.3 * length, 0.0, saddle_z])
        b = a + [-0.05, 0.0, draw.between(0.18, 0.3)]
        kit.add('backrest', beam(a, b, 1.9 * wide, 0.03, 0.008), chair)
        if draw.chance(0.5):
            arm = beam(
                a + [0.02, 0.93 * wide, 0.12], a + [0.35 * length, 0.93 * wide, 0.12], 0.03, 0.025
            )
            post = rod(
                a + [0.34 * length, 0.93 * wide, 0], a + [0.34 * length, 0.93 * wide, 0.12], 0.014
            )
            arm += post + rod(a + [0.03, 0.93 * wide, 0], a + [0.02, 0.93 * wide, 0.12], 0.014)
            kit.add_copies('armrest', both_sides(arm, 'y'), chair)
    bar_at = np.array(at) + [0.17 * size, 0.0, 0.55 * size]
    if draw.chance(0.85):
        reach = 0.6 * wide + draw.between(0.08, 0.14)
        bar = kit.add(
            'handle', rod(bar_at - [0, reach, 0], bar_at + [0, reach, 0], 0.018), neck_part
        )
        if draw.chance(0.4):
            grip = pill(bar_at + [0, reach - 0.06, 0], bar_at + [0, reach, 0], 0.027)
            grips = [grip, pill(bar_at - [0, reach - 0.06, 0], bar_at - [0, reach, 0], 0.027)]
            kit.add_copies('grip', grips, bar)
    return kit.finish()
