# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Electric tools for the hand: angle grinder, hand mixer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    spun,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    closed_vessel,
    drum,
    lathed,
    plate,
    profile,
    rod,
    rounded_solid,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)
DOWN = (0.0, 0.0, -1.0)


def _cable_from(draw: Draw, at: tuple[float, float, float], thick: float) -> Piece:
    """Makes a cable with a bend protector that leaves a tool towards -x."""
    x, y, z = at
    long, sway = draw.around(0.4, 0.3), draw.between(-0.2, 0.2)
    path = [(x, y, z), (x - 0.3 * long, y, z), (x - 0.7 * long, y + sway, z - 0.1)]
    path.append((x - long, y + 1.6 * sway, z - draw.between(0.1, 0.3)))
    return bend(path, thick) + rod((x + 0.02, y, z), (x - 0.1, y, z), 1.9 * thick, 1.2 * thick)


def angle_grinder(rng: np.random.Generator) -> ProceduralObject:
    """Builds an angle grinder: body, gear head, disc, guard, side handle, switch, cable."""
    draw, kit = Draw(rng), Assembly('angle_grinder')
    length, radius = draw.around(0.62, 0.15), draw.around(0.095, 0.15)
    style = draw.pick('slim', 'tail', 'rear_grip')
    if style == 'slim':
        radii = np.array([0.8, 0.9, 0.8, 0.85, 1.1, 1.05]) * radius
        heights = np.array([0.0, 0.1, 0.35, 0.6, 0.85, 1.0]) * length
        root = kit.add('body', lathed(rounded_solid(radii, heights, 18), (0, 0, 0), ALONG_X))
        rear, back = root, (0.0, 0.0, 0.0)
    else:
        long = length * (0.5 if style == 'rear_grip' else 0.65)
        body = drum(1.15 * radius, long, (length - long, 0, 0), ALONG_X)
        root = kit.add('body', body)
        start = length - long + 0.03
        if style == 'tail':
            tail = block((start + 0.02, 1.5 * radius, 1.7 * radius), (0.5 * start, 0, 0), 0.03)
            rear = kit.add('grip', tail, root)
            back = (0.0, 0.0, 0.0)
        else:
            knots = np.array([(start, 0.5), (0.6 * start, 0.9), (0.15 * start, 0.6), (0, -0.3)])
            lower = np.array([(0.1 * start, -1.4), (0.5 * start, -1.3), (start, -0.6)])
            line = smooth_curve(np.vstack([knots, lower]) * [1.0, radius], 22)
            rear = kit.add('handle', profile(band(line, 0.75 * radius), 0.9 * radius), root)
            back = (0.02, 0.0, -0.5 * radius)
    head_x = length + 0.75 * radius
    head = block((2.1 * radius, 1.7 * radius, 1.5 * radius), (head_x, 0, 0), 0.35 * radius)
    head += drum(0.8 * radius, 1.2 * radius, (head_x, 0, -1.4 * radius), top=0.9 * radius)
    gear = kit.add('head', head, root)
    spindle_z = -1.4 * radius
    shaft = rod((head_x, 0, spindle_z + 0.02), (head_x, 0, spindle_z - 0.4 * radius), 0.3 * radius)
    spindle = kit.add('shaft', shaft, gear)
    reach = draw.around(0.28, 0.2)
    thin, z = draw.between(0.012, 0.03), spindle_z - 0.3 * radius
    kind = draw.pick('disc', 'disc', 'cup', 'flap')
    if kind == 'cup':
        reach *= 0.65
        wall = [(0.35 * reach, 0), (0.9 * reach, 0.25 * reach), (reach, 0.5 * reach)]
        disc = closed_vessel(wall, (head_x, 0, z + 0.01), DOWN)
    elif kind == 'flap':
        disc = drum(0.6 * reach, 0.04, (head_x, 0, z - 0.03), top=reach)
        disc += joined(
            moved(flap, head_x, 0, z)
            for flap in spun(block((0.45 * reach, 0.2 * reach, 0.04), (0.75 * reach, 0, 0)), 12)
        )
    else:
        disc = drum(reach, thin, (head_x, 0, z - 0.5 * thin))
    blade = kit.add('blade', disc, spindle)
    if kind != 'cup':
        nut = drum(0.45 * radius, 0.04, (head_x, 0, z - 0.045))
        kit.add('nut', nut, blade)
    if draw.chance(0.75) and kind != 'cup':
        opening, turn = draw.between(0.9, 1.5), draw.between(-0.5, 0.5) + np.pi
        edge = 1.08 * reach
        half = arc(edge, turn - opening, turn + opening, 16)
        cover = plate(half, 0.02, (head_x, 0, z + 0.03))
        angles = np.linspace(turn - opening, turn + opening, 13)
        rim = np.column_stack([head_x + edge * np.cos(angles), edge * np.sin(angles)])
        for a, b in pairwise(rim):
            cover += beam((*a, z), (*b, z), 0.02, 0.1)
        cover += drum(0.95 * radius, 0.05, (head_x, 0, z + 0.03))
        kit.add('guard', cover, gear)
    if draw.chance(0.75):
        side, far = draw.pick(-1.0, 1.0), draw.around(0.34, 0.15)
        tilt = draw.between(0.0, 0.25) * far
        a, b = (head_x, side * 0.6 * radius, 0.0), (head_x, side * (radius + 0.06), 0.2 * tilt)
        arm = kit.add('shaft', rod(a, b, 0.035), gear)
        radii = np.array([0.06, 0.045, 0.06, 0.05, 0.035]) * draw.around(1.0, 0.12)
        grip = lathed(rounded_solid(radii, np.linspace(0.0, far, 5)), b, (0, side * far, tilt))
        kit.add('handle', grip, arm)
    elif draw.chance(0.5):
        half = [(0.6, 0.0), (1.7, 0.3), (1.9, 1.2), (1.1, 2.0)]
        knots = np.array([*half, *((-y, z) for y, z in half[::-1])]) * radius
        knots = np.column_stack([np.full(len(knots), head_x), knots])
        kit.add('handle', bend(knots, 0.035, 22), gear)
    at = draw.between(0.45, 0.6) * length
    if draw.chance(0.5):
        kit.add('switch', block((0.11, 0.05, 0.04), (at, 0, 1.0 * radius), 0.01), root)
    else:
        paddle = beam((at - 0.1, 0, -0.9 * radius), (at + 0.14, 0, -1.15 * radius), 0.06, 0.04)
        kit.add('lever', paddle, root)
    if draw.chance(0.5):
        kit.add('button', drum(0.03, 0.05, (head_x, 0, 0.72 * radius)), gear)
    if draw.chance(0.4):
        slots = [
            joined(both_sides(block((0.02, 0.03, 0.9 * radius), (x, 1.08 * radius, 0)), 'y'))
            for x in np.linspace(0.72, 0.92, draw.count(3, 4)) * length
        ]
        kit.add_copies('slot', slots, root)
    if style != 'rear_grip' and draw.chance(0.45):
        pack = block((0.16, 2.0 * radius, 2.4 * radius), (-0.04, 0, -0.1 * radius), 0.02)
        kit.add('battery', pack, rear)
    else:
        kit.add('cable', _cable_from(draw, back, 0.022), rear)
    return kit.finish()


def _whisks(draw: Draw, kit: Assembly, feet: list[tuple[float, float, float]]) -> None:
    """Adds the rods that stick out of a mixer at its `feet` and a whisk or hook on each."""
    stem, wide, tall = draw.around(0.22, 0.2), draw.around(0.07, 0.15), draw.around(0.22, 0.2)
    shafts = kit.add_copies('shaft', [rod(f, (f[0], f[1], f[2] - stem), 0.016) for f in feet])
    if draw.chance(0.3):
        turn = np.linspace(0.0, draw.between(2.0, 4.0) * np.pi, 26)
        coil = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(26)])
        coil = 0.6 * wide * coil * np.minimum(1.0, turn / 1.5)[:, None]
        coil[:, 2] = -np.linspace(0.0, tall, 26)
        pieces = [bend(coil + f - [0, 0, stem - 0.01], 0.016, 40) for f in feet]
        kit.add_group('hook', list(zip(pieces, shafts, strict=True)))
        return
    loop = [(0.01, 0.02), (0.7, -0.2), (1.0, -0.55), (0.8, -0.9), (0.0, -1.0)]
    path = np.array(loop) * [wide, tall]
    half = smooth_curve(path, 12)
    line = np.column_stack([half[:, 0], np.zeros(12), half[:, 1]])
    number = draw.count(4, 6)
    cage = joined(spun(bend(line, 0.011, 12), number)) + ball(0.02, (0, 0, -tall))
    if draw.chance(0.5):
        cage += rod((0, 0, 0.02), (0, 0, -tall), 0.011)
    pieces = [moved(cage, f[0], f[1], f[2] - stem) for f in feet]
    kit.add_group('wire', list(zip(pieces, shafts, strict=True)))


def _stick_mixer(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of an upright stick blender: body, shaft, bell, blade, buttons, cable."""
    tall, radius = draw.around(0.5, 0.15), draw.around(0.09, 0.12)
    radii = np.array([0.75, 1.0, 0.85, 0.95, 1.05, 0.6]) * radius
    heights = np.array([0.0, 0.15, 0.4, 0.7, 0.92, 1.0]) * tall
    body = lathed(rounded_solid(radii, heights, 20))
    root = kit.add('body', body)
    if draw.chance(0.6):
        ring_z = draw.between(0.0, 0.05) * tall
        kit.add('collar', drum(0.86 * radius, 0.06, (0, 0, ring_z - 0.04)), root)
    long, thin = draw.around(0.5, 0.15), radius * draw.between(0.35, 0.5)
    shaft = kit.add('shaft', drum(thin, long, (0, 0, 0.02), DOWN, top=0.9 * thin), root)
    bell = smooth_curve([(0.9 * thin, 0.0), (1.3 * thin, 0.03), (0.95 * radius, 0.1)], 9)
    bell = np.vstack([bell, [radius, 0.16]])
    inner = bell[::-1] - [0.018, 0.0]
    wall = np.vstack([[0.0, bell[0, 1]], bell, inner[:-1], [0.0, inner[-2, 1]]])
    kit.add('guard', lathed(wall, (0, 0, 0.04 - long), DOWN), shaft)
    wings = spun(block((0.75 * radius, 0.03, 0.014), (0.36 * radius, 0, 0)), draw.count(2, 4))
    hub = joined(moved(wing, z=-0.09 - long) for wing in wings)
    hub += rod((0, 0, 0.04 - long), (0, 0, -0.1 - long), 0.02)
    kit.add('blade', hub, shaft)
    for idx in range(draw.count(1, 2)):
        z = (0.8 - 0.14 * idx) * tall
        kit.add('button', ball((0.04, 0.03, 0.035), (0.93 * radius, 0, z)), root)
    if draw.chance(0.4):
        kit.add('dial', drum(0.5 * radius, 0.04, (0, 0, tall - 0.02)), root)
    else:
        sway = draw.between(0.1, 0.3)
        path = [(0, 0, tall - 0.02), (0, 0, tall + 0.1), (-sway, 0, tall + 0.22)]
        path.append((-2.5 * sway, 0, tall + draw.between(0.0, 0.2)))
        kit.add('cable', bend(path, 0.02), root)


def hand_mixer(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hand mixer: body, handle, shafts with whisks or hooks, switch, button, cable."""
    draw, kit = Draw(rng), Assembly('hand_mixer')
    if draw.chance(0.25):
        _stick_mixer(draw, kit)
        return kit.finish()
    long, wide, tall = draw.around(0.6, 0.12), draw.around(0.24, 0.12), draw.around(0.2, 0.15)
    style = draw.pick('egg', 'box', 'wedge')
    if style == 'egg':
        body = plate(rounded_rectangle(long, wide, 0.5 * wide), 0.6 * tall, (0, 0, -0.5 * tall))
        body += ball((0.5 * long, 0.5 * wide, 0.5 * tall))
    elif style == 'box':
        body = block((long, wide, tall), bevel=0.3 * tall)
    else:
        side = np.array([(-0.5, -0.5), (0.35, -0.5), (0.5, 0.0), (0.42, 0.5), (-0.5, 0.35)])
        body = profile(side * [long, tall], wide)
    root = kit.add('body', body)
    rise, thick = draw.around(0.2, 0.15), draw.around(0.045, 0.15)
    front, rear = 0.36 * long, -0.42 * long
    top = 0.5 * tall + rise
    knots = [
        (front, 0.3 * tall),
        (front + 0.04, 0.5 * tall + 0.6 * rise),
        (front - 0.08, top),
        (0.1 * rear, top + 0.01),
        (0.9 * rear, top - 0.03),
    ]
    closed = draw.chance(0.6)
    knots += [(rear - 0.02, 0.5 * tall + 0.4 * rise), (rear, 0.1 * tall)] if closed else []
    line = smooth_curve(np.array(knots), 24)
    flat = draw.chance(0.5)

    def bar(knots: np.ndarray, extra: float) -> Piece:
        if flat:
            return profile(band(knots, extra * 1.8 * thick), extra * 2.2 * thick)
        return sweep(
            np.column_stack([knots[:, 0], np.zeros(len(knots)), knots[:, 1]]), extra * thick
        )

    handle = kit.add('handle', bar(line, 1.0), root)
    if draw.chance(0.45):
        kit.add('grip', bar(line[10:16] if closed else line[14:22], 1.2), handle)
    at = (front - 0.07, 0.0, top + 0.7 * thick)
    if draw.chance(0.6):
        kit.add('switch', block((0.09, 0.05, 0.06), at, 0.012), handle)
    else:
        dial = drum(0.05, 0.05, (front, 0, 0.5 * tall + 0.55 * rise), (1, 0, 0))
        kit.add('dial', moved(dial, x=0.04), handle)
    if draw.chance(0.5):
        across = line[6] - line[4]
        outward = np.array([across[1], 0.0, -across[0]]) / np.linalg.norm(across)
        at_button = np.array([line[5, 0], 0.0, line[5, 1]]) + 0.7 * thick * outward
        kit.add('button', drum(0.03, 0.3 * thick + 0.03, at_button, outward), handle)
    apart = wide * draw.between(0.24, 0.32)
    base_z = -0.5 * tall
    feet = [(0.22 * long, side * apart, base_z) for side in (-1, 1)]
    sockets = [drum(0.04, 0.06, (x, y, z + 0.03), DOWN) for x, y, z in feet]
    if style == 'egg' or draw.chance(0.5):
        kit.add_copies('collar', sockets, root)
    _whisks(draw, kit, [(x, y, z + 0.04) for x, y, z in feet])
    if draw.chance(0.35):
        heel = block((0.06, 0.8 * wide, 0.7 * tall), (-0.47 * long, 0, -0.12 * tall), 0.015)
        kit.add('foot', heel, root)
    if draw.chance(0.35):
        slots = [
            joined(both_sides(block((0.02, 0.03, 0.4 * tall), (x, 0.495 * wide, 0)), 'y'))
            for x in np.linspace(-0.25, 0.05, draw.count(3, 5)) * long
        ]
        kit.add_copies('slot', slots, root)
    if draw.chance(0.7):
        kit.add('cable', _cable_from(draw, (-0.46 * long, 0, 0), 0.018), root)
    return kit.finish()
