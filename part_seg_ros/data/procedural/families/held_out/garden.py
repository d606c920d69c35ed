# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Garden things: watering can, lawn mower."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import add_wheels, side_handle, wheel
from part_seg_ros.data.procedural.families.outlines import (
    ellipse,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    moved,
    scaled,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
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
    sleeve,
    sweep,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_Y = (0.0, 1.0, 0.0)


def _can_wall(draw: Draw, radius: float, height: float) -> NDArray[np.float64]:
    """Draws the outer side of a can: (P, 2) radius and rising height."""
    heights = np.array([0.0, 0.05, 0.35, 0.75, 1.0]) * height
    radii = draw.pick(
        [0.97, 1.0, 1.0, 1.0, 1.0],
        [1.05, 1.08, 1.0, 0.9, 0.82],
        [0.8, 0.95, 1.1, 0.95, 0.7],
        [0.8, 0.84, 0.9, 0.97, 1.02],
    )
    return smooth_curve(np.column_stack([np.array(radii) * radius, heights]), 14)


def _rose(draw: Draw, tip: NDArray[np.float64], along: NDArray[np.float64], thick: float) -> Piece:
    """Makes a sprinkler head at the `tip` (3,) of a spout that points `along` (3,)."""
    wide, deep = thick * draw.between(2.2, 4.0), thick * draw.between(1.5, 3.5)
    radii = np.array([1.15 * thick, 1.2 * thick, wide, wide, 0.3 * wide])
    heights = np.array([-0.6 * thick, 0.0, deep, deep + 0.3 * thick, deep + 0.6 * thick])
    if draw.chance(0.5):
        along = along + np.array([0.0, 0.0, draw.between(0.2, 0.9)])
    return lathed(rounded_solid(radii, heights, 12), tip, along)


def _can_handles(
    draw: Draw, kit: Assembly, outer: NDArray[np.float64], height: float, thick: float
) -> None:
    """Adds a carrying bow over the can, a handle behind it, or one loop that is both."""

    def reach_at(level: float) -> float:
        return 0.97 * float(np.interp(level * height, outer[:, 1], outer[:, 0]))

    style = draw.pick('back', 'top', 'both', 'loop')
    if style in ('back', 'both'):
        low, high = draw.between(0.12, 0.35), draw.between(0.7, 0.93)
        ends = [(reach_at(level), level * height) for level in (low, high)]
        reach = outer[:, 0].max() * draw.between(0.4, 0.8)
        kit.add('handle', side_handle(draw, ends[0], ends[1], reach, thick))
    if style in ('top', 'both'):
        rise = height * draw.between(0.25, 0.6)
        x, z = reach_at(0.92), 0.92 * height
        line = [(-x, z), (-0.8 * x, z + 0.8 * rise), (0, z + rise), (0.8 * x, z + 0.8 * rise)]
        arch = [(px, 0.0, pz) for px, pz in [*line, (x, z)]]
        bow = kit.add('handle', sweep(arch, thick) if draw.chance(0.3) else bend(arch, thick, 20))
        if draw.chance(0.3):
            tip = (0.3 * x, 0, z + 1.0 * rise)
            kit.add('grip', pill((-tip[0], 0, tip[2]), tip, 1.5 * thick), bow)
    if style == 'loop':
        start, end = reach_at(0.95), reach_at(0.25)
        rise, reach = height * draw.between(0.25, 0.5), end + height * draw.between(0.2, 0.5)
        knots = [
            (-start, 0.95 * height),
            (-0.4 * start, height + 0.8 * rise),
            (0.7 * start, height + rise),
            (reach, 0.85 * height),
            (end, 0.25 * height),
        ]
        kit.add('handle', bend([(x, 0.0, z) for x, z in knots], thick, 24))


def watering_can(rng: np.random.Generator) -> ProceduralObject:
    """Builds a watering can: body, long spout with rose, brace, handles, half cover, foot."""
    draw, kit = Draw(rng), Assembly('watering_can')
    radius, height = draw.around(0.32, 0.15), draw.around(0.5, 0.2)
    squash, wall = draw.pick(1.0, draw.between(0.55, 0.85)), 0.045 * radius
    filled = draw.between(0.55, 0.8) * height
    if draw.chance(0.25):
        wide = 2 * radius * squash
        outline = rounded_rectangle(2 * radius, wide, draw.between(0.1, 0.5) * wide)
        outer = np.array([(radius, 0.0), (radius, height)])
        body = plate(outline, height)
        mouth = radius * squash * draw.between(0.4, 0.7)
        neck = sleeve(
            mouth, 0.85 * mouth, 0.2 * height, (0.9 * (radius - mouth), 0, 0.99 * height)
        )
        kit.add('body', body)
        kit.add('neck', neck)
    else:
        outer = _can_wall(draw, radius, height)
        kit.add('body', scaled(vessel(outer, wall, floor=filled), y=squash))
        mouth = float(outer[-1, 0])
        if draw.chance(0.5):
            turn = np.linspace(0.5 * np.pi, 1.5 * np.pi, 14)
            half = 0.99 * mouth * np.column_stack([np.cos(turn), squash * np.sin(turn)])
            kit.add('cover', plate(half, 1.2 * wall, (0, 0, height - 1.1 * wall)))
        if draw.chance(0.5):
            lip = ring(mouth - 0.5 * wall, wall, (0, 0, height))
            kit.add('rim', scaled(lip, y=squash))
        if draw.chance(0.3):
            foot = drum(0.9 * outer[0, 0], 0.1 * height, (0, 0, -0.08 * height), top=outer[0, 0])
            kit.add('base', scaled(foot, y=squash))
        if draw.chance(0.25):
            for level in draw.some((0.2, 0.5, 0.8), draw.count(1, 2)):
                at = float(np.interp(level * height, outer[:, 1], outer[:, 0]))
                kit.add('band', scaled(ring(at, 0.7 * wall, (0, 0, level * height)), y=squash))
    thick = radius * draw.between(0.09, 0.16)
    low = draw.between(0.14, 0.4) * height
    foot_x = float(np.interp(low, outer[:, 1], outer[:, 0]))
    start = np.array([1.2 * thick - foot_x, 0.0, low])
    tip = np.array([-foot_x - draw.around(0.5, 0.3), 0.0, height * draw.between(0.85, 1.35)])
    if draw.chance(0.5):
        spout = rod(start, tip, 1.5 * thick, 0.8 * thick)
        along, middle = tip - start, 0.5 * (start + tip)
    else:
        near = start + (tip - start) * [0.35, 1, 0.1]
        middle = start + (tip - start) * [0.62, 1, 0.6]
        spout = bend([start, near, middle, tip], thick, 18)
        along = tip - middle
    pipe = kit.add('spout', spout)
    if draw.chance(0.7):
        kit.add('nozzle', _rose(draw, tip, along, 0.85 * thick), pipe)
    if draw.chance(0.45):
        level = draw.between(0.75, 0.95) * height
        wall_x = -0.98 * float(np.interp(level, outer[:, 1], outer[:, 0]))
        kit.add('brace', rod((wall_x, 0, level), middle, 0.35 * thick), pipe)
    _can_handles(draw, kit, outer, height, radius * draw.between(0.05, 0.1))
    return kit.finish()


def _push_bar(
    draw: Draw,
    kit: Assembly,
    foot: tuple[float, float, float],
    top: tuple[float, float],
    style: str,
) -> None:
    """Adds the push bar of a mower, its grips, levers and cable.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        foot: Where the left half starts, on the top of the deck.
        top: (x, z) of its end.
        style: 'u', 'horns', or 't' with a single stem.
    """
    (x0, y, z0), (x1, z1) = foot, top
    thick = draw.around(0.018, 0.2)
    if style == 'u':
        bend_x, bend_z = 0.93 * x1 + 0.07 * x0, 0.93 * z1 + 0.07 * z0
        path = [(x0, y, z0), (bend_x, y, bend_z), (x1, 0.75 * y, z1)]
        path += [(px, -py, pz) for px, py, pz in path[::-1]]
        bar = kit.add('handlebar', sweep(path, thick))
        half = 0.75 * y
    elif style == 't':
        half = y * draw.between(0.8, 1.2)
        stem = rod((x0, 0, z0), (x1, 0, z1), 1.3 * thick)
        bar = kit.add('handlebar', stem + rod((x1, -half, z1), (x1, half, z1), thick))
    else:
        half = y
        sides = rod((x0, y, z0), (x1, y, z1), thick) + rod((x0, -y, z0), (x1, -y, z1), thick)
        at = np.array([0.55 * x0 + 0.45 * x1, 0.0, 0.55 * z0 + 0.45 * z1])
        bar = kit.add('handlebar', sides + rod(at - [0, y, 0], at + [0, y, 0], thick))
    beside = 0.0 if style == 't' else y
    if draw.chance(0.3):
        a, b = np.array([x0, beside, z0]), np.array([x1, half if beside else 0.0, z1])
        ends = np.array([0.7, 0, 0]) * x0 + [0, 0.6 * y, z0 - 0.02], a + 0.78 * (b - a)
        slack = a + 0.4 * (b - a) + [0.04, 0.0, -0.02]
        kit.add('cable', bend([ends[0], slack, ends[1]], 0.4 * thick), bar)
    if style == 'horns':
        along = np.array([x1 - x0, 0.0, z1 - z0]) * 0.18
        end = np.array([x1, y, z1])
        kit.add_copies('grip', both_sides(pill(end - along, end, 1.7 * thick), 'y'), bar)
        if draw.chance(0.6):
            at = end - 1.3 * along
            lever = rod(at, at + 1.2 * along - [0, 0, 0.07], 0.7 * thick)
            kit.add_copies('lever', both_sides(lever, 'y'), bar)
        return
    if draw.chance(0.6):
        kit.add('grip', pill((x1, -0.6 * half, z1), (x1, 0.6 * half, z1), 1.8 * thick), bar)
    else:
        grip = pill((x1, 0.35 * half, z1), (x1, 0.85 * half, z1), 1.8 * thick)
        kit.add_copies('grip', both_sides(grip, 'y'), bar)
    if style == 'u' and draw.chance(0.5):
        lift = np.array([0.05, 0.0, 0.06])
        a, b = np.array([bend_x, y, bend_z]), np.array([x1, 0.72 * y, z1]) + lift
        path = [a, b, b * [1, -1, 1], a * [1, -1, 1]]
        kit.add('lever', sweep(path, 0.6 * thick), bar)
    if draw.chance(0.4):
        at = (0.2 * x0 + 0.8 * x1, beside, 0.2 * z0 + 0.8 * z1)
        box = kit.add('switch', block((0.07, 0.09, 0.07), at, 0.01), bar)
        kit.add('button', drum(0.018, 0.03, (at[0], at[1], at[2] + 0.03)), box)


def _reel_mower(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a mower that is pushed: cutting cylinder between two wheels."""
    radius, half = draw.around(0.15, 0.15), draw.around(0.28, 0.15)
    tyre, hub = wheel(draw, radius, 0.06)
    frame = block((1.5 * radius, 2 * half, 0.03), (-0.1 * radius, 0, 1.25 * radius), 0.01)
    side = plate(ellipse(1.9 * radius, 1.4 * radius), 0.025)
    for place in both_sides(moved(turned(side, 'x', 0.5 * np.pi), 0, half, 1.1 * radius), 'y'):
        frame += place
    root = kit.add('frame', frame)
    places = [moved(tyre, 0, y, radius) for y in (half + 0.03, -half - 0.03)]
    wheels = kit.add_copies('wheel', places, root)
    caps = [moved(hub, 0, y, radius) for y in (half + 0.03, -half - 0.03)]
    kit.add_group('hub', list(zip(caps, wheels, strict=True)))
    axle = rod((0, -half, radius), (0, half, radius), 0.1 * radius)
    for y in (-0.92 * half, 0.0, 0.92 * half):
        axle += drum(0.7 * radius, 0.02, (0, y - 0.01, radius), ALONG_Y)
    shaft = kit.add('shaft', axle, root)
    twist, count = draw.between(0.3, 1.1), draw.count(4, 6)
    blades = []
    for turn in np.arange(count) * 2 * np.pi / count:
        angle = turn + np.linspace(-twist, twist, 9)
        line = 0.68 * radius * np.column_stack([np.cos(angle), np.zeros(9), np.sin(angle)])
        line += np.column_stack([np.zeros(9), np.linspace(-half, half, 9), np.full(9, radius)])
        blades.append(sweep(line, 0.09 * radius))
    kit.add_copies('blade', blades, shaft)
    if draw.chance(0.6):
        roll = rod((-1.2 * radius, -half, 0.3 * radius), (-1.2 * radius, half, 0.3 * radius), 0.05)
        kit.add('wheel', roll, root)
        arm = beam((-1.2 * radius, half, 0.3 * radius), (-0.3 * radius, half, radius), 0.02, 0.04)
        kit.add_copies('bracket', both_sides(arm, 'y'), root)
    end = (-draw.around(0.8, 0.12), draw.around(0.95, 0.08))
    _push_bar(
        draw, kit, (-0.5 * radius, 0.8 * half, 1.2 * radius), end, draw.pick('u', 't', 'horns')
    )


def _add_motor(draw: Draw, kit: Assembly, length: float, width: float, top: float) -> None:
    """Adds a petrol engine or a hood for an electric motor on a deck at height `top`."""
    style = draw.pick('petrol', 'petrol', 'hood', 'boxed')
    x = draw.between(0.0, 0.12) * length
    if style == 'petrol':
        size, tall = 0.36 * width, draw.around(0.15, 0.2)
        engine = drum(0.8 * size, tall, (x, 0, top - 0.01))
        engine += block(
            (0.8 * size, 1.1 * size, 0.7 * tall), (x + 0.7 * size, 0, top + 0.4 * tall)
        )
        motor = kit.add('engine', engine)
        dome = drum(0.85 * size, 0.3 * tall, (x, 0, top + 0.95 * tall), top=0.6 * size)
        kit.add('cover', dome, motor)
        at = (x + 0.2 * size, 0.95 * size, top + 0.55 * tall)
        tank = block((size, 0.6 * size, 0.5 * tall), at, 0.02)
        can = kit.add('tank', tank, motor)
        kit.add('cap', drum(0.13 * size, 0.04, (at[0], at[1], at[2] + 0.24 * tall)), can)
        if draw.chance(0.6):
            pipe = rod(
                (x, -0.7 * size, top + 0.4 * tall), (x, -1.3 * size, top + 0.4 * tall), 0.04
            )
            kit.add('exhaust', pipe, motor)
        return
    long, tall = draw.between(0.45, 0.7) * length, draw.around(0.16, 0.2)
    if style == 'hood':
        side = np.array([(-0.5, 0.0), (0.5, 0.0), (0.45, 0.5), (0.1, 1.0), (-0.45, 0.8)])
        hood = profile(side * [long, tall] + [x, top - 0.01], 0.6 * width)
    else:
        hood = block((long, 0.55 * width, tall), (x, 0, top + 0.5 * tall - 0.01), 0.04)
    motor = kit.add('cover', hood)
    if draw.chance(0.6):
        slots = [
            block((0.02, 0.62 * width, 0.35 * tall), (x + shift, 0, top + 0.3 * tall))
            for shift in np.linspace(-0.3, 0.3, draw.count(3, 6)) * long
        ]
        kit.add_copies('slot', slots, motor)


def lawn_mower(rng: np.random.Generator) -> ProceduralObject:
    """Builds a lawn mower: deck, engine, four wheels, push bar, grass box; or a reel mower."""
    draw, kit = Draw(rng), Assembly('lawn_mower')
    if draw.chance(0.25):
        _reel_mower(draw, kit)
        return kit.finish()
    length, width = draw.around(0.7, 0.12), draw.around(0.48, 0.12)
    front, rear = draw.around(0.09, 0.15), draw.around(0.1, 0.25)
    low, tall = 0.07, draw.around(0.15, 0.15)
    shape = draw.pick('box', 'round', 'wedge')
    if shape == 'box':
        deck = block((length, width, tall), (0, 0, low + 0.5 * tall), 0.04)
    elif shape == 'round':
        outline = rounded_rectangle(length, width, 0.35 * width, corner_points=7)
        deck = plate(outline, tall, (0, 0, low))
    else:
        side = [(-0.5, 0.0), (0.5, 0.0), (0.5, 0.35), (0.3, 1.0), (-0.5, 1.0)]
        deck = profile(np.array(side) * [length, tall] + [0, low], width)
    track = 0.5 * width + 0.01
    for x, z in ((0.36 * length, front), (-0.36 * length, rear)):
        deck += rod((x, -track, z), (x, track, z), 0.02)
    kit.add('body', deck)
    _add_motor(draw, kit, length, width, low + tall)
    add_wheels(draw, kit, [(0.36 * length, track)], front, 0.06)
    add_wheels(draw, kit, [(-0.36 * length, track)], rear, 0.06)
    end = (-draw.around(1.0, 0.1), draw.around(0.9, 0.1))
    beside = width * (0.3 if shape == 'round' else 0.4)
    start = (-0.4 * length, beside, low + 0.8 * tall)
    collects = draw.chance(0.6)
    _push_bar(draw, kit, start, end, draw.pick('u', 'u', 'horns', 'u' if collects else 't'))
    if collects:
        deep, high = draw.around(0.42, 0.15), draw.around(0.28, 0.15)
        x = -0.47 * length
        side = np.array([(0.0, 0.0), (-0.2, -0.25), (-1.0, -0.1), (-1.0, 0.7), (-0.1, 0.75)])
        side = side * [deep, high] + [x, low + 0.5 * tall]
        box = kit.add('basket', profile(side, draw.between(1.2, 1.45) * beside))
        if draw.chance(0.5):
            loop = ring(0.07, 0.012, (x - 0.5 * deep, 0, low + 0.5 * tall + 0.72 * high), ALONG_Y)
            kit.add('handle', loop, box)
    if draw.chance(0.3):
        bumper = block((0.05, 0.9 * width, 0.05), (0.5 * length, 0, low + 0.3 * tall), 0.015)
        kit.add('bumper', bumper)
    return kit.finish()
