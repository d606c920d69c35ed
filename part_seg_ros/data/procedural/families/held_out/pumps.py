# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bicycle pumps: floor pump, hand pump, foot pump."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import Piece, both_sides, spun
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    lathed,
    pill,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def _add_gauge(
    draw: Draw, kit: Assembly, at: tuple[float, float, float], radius: float, parent: int
) -> None:
    """Adds a round pressure gauge whose back is `at` a point and which faces -y and up."""
    axis = np.array([0.0, -1.0, draw.between(0.0, 1.2)])
    axis /= np.linalg.norm(axis)
    deep = radius * draw.between(0.5, 1.0)
    gauge = kit.add('gauge', drum(radius, deep, at, axis), parent)
    middle = np.array(at) + 1.02 * deep * axis
    if draw.chance(0.5):
        kit.add('rim', ring(0.95 * radius, 0.12 * radius, middle, axis), gauge)
    if draw.chance(0.5):
        turn = draw.between(0.0, np.pi)
        across = np.array([1.0, 0.0, 0.0])
        up = np.cross(axis, across)
        tip = middle + 0.75 * radius * (np.cos(turn) * across + np.sin(turn) * up)
        kit.add('pointer', rod(middle, tip, 0.08 * radius), gauge)


def _hose_end(draw: Draw, kit: Assembly, end: np.ndarray, along: np.ndarray, hose: int) -> None:
    """Adds the valve head at the `end` (3,) of a hose that runs `along` (3,) there."""
    along = along / np.linalg.norm(along)
    size = draw.around(0.028, 0.15)
    tip = end + 4 * size * along
    nozzle = kit.add('nozzle', rod(end - 0.5 * size * along, tip, size, 1.15 * size), hose)
    if draw.chance(0.5):
        start = end + 2.5 * size * along
        side = np.cross(along, [0.0, 0.0, 1.0])
        side = side / np.linalg.norm(side) if np.linalg.norm(side) > 0.1 else np.array([1.0, 0, 0])
        lever = beam(start, start + 3.5 * size * (side - 0.3 * along), 0.7 * size, 0.9 * size)
        kit.add('lever', lever, nozzle)


def _add_grips(draw: Draw, kit: Assembly, half: float, z: float, parent: int) -> None:
    """Adds the cross handle of a floor pump at height `z`, with one grip or two."""
    thick = draw.around(0.032, 0.2)
    style = draw.pick('bar', 'grips', 'wood', 'wing')
    if style == 'wood':
        radii = np.array([0.8, 1.3, 0.9, 1.3, 0.9, 1.3, 0.8]) * thick
        shape = rounded_solid(radii, np.linspace(-half, half, 7), 24)
        kit.add('handle', lathed(shape, (0, 0, z), (1, 0, 0)), parent)
    elif style == 'wing':
        upper = smooth_curve(
            [(-half, 0.03), (-0.5 * half, -0.01), (0, 0.0), (0.5 * half, -0.01), (half, 0.03)], 13
        )
        lower = (
            upper
            - [0, 2 * thick]
            - np.column_stack(
                [np.zeros(13), 0.03 * np.cos(np.linspace(-np.pi / 2, np.pi / 2, 13))]
            )
        )
        shape = profile(np.vstack([lower, upper[::-1]]) + [0, z + thick], 2 * thick)
        kit.add('handle', shape, parent)
    else:
        bar = pill((-half, 0, z), (half, 0, z), thick)
        handle = kit.add('handle', bar, parent)
        if style == 'grips':
            grip = pill((0.6 * half, 0, z), (1.1 * half, 0, z), 1.35 * thick)
            kit.add_copies('grip', both_sides(grip, 'x'), handle)


def _floor_pump(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a pump that stands on the floor and is held down by the feet."""
    tall, radius = draw.around(0.85, 0.15), draw.around(0.05, 0.25)
    half, thick = draw.around(0.2, 0.15), draw.around(0.035, 0.2)
    deep = draw.between(0.08, 0.14)
    style = draw.pick('plate', 'bar', 'tripod')
    if style == 'plate':
        foot = plate(rounded_rectangle(2 * half, 2.2 * deep, 0.7 * deep), thick)
    elif style == 'bar':
        foot = block((2 * half, 1.2 * deep, thick), (0, 0, 0.5 * thick), 0.01)
        foot += block((0.8 * half, 2.0 * deep, 1.3 * thick), (0, 0, 0.65 * thick), 0.01)
    else:
        arm = beam((0, 0, 1.2 * thick), (half, 0, 0.5 * thick), 0.05, thick)
        foot = drum(1.5 * radius, 1.6 * thick)
        for copy in spun(arm + drum(0.045, 0.7 * thick, (half, 0, 0)), 3, draw.between(0, 2)):
            foot += copy
    root = kit.add('base', foot)
    if style == 'plate' and draw.chance(0.5):
        pad = block((0.6 * half, 1.5 * deep, 0.02), (0.62 * half, 0, thick), 0.004)
        kit.add_copies('plate', both_sides(pad, 'x'), root)
    low = 0.8 * thick
    top_radius = radius * draw.between(0.85, 1.0)
    barrel = kit.add('barrel', drum(radius, tall - low, (0, 0, low), top=top_radius), root)
    kit.add('collar', drum(1.6 * radius, 0.06, (0, 0, low), top=1.15 * radius), barrel)
    cap = drum(1.2 * top_radius, 0.05, (0, 0, tall - 0.03), top=top_radius)
    kit.add('cap', cap, barrel)
    pulled = draw.pick(0.08, draw.between(0.08, 0.5)) * tall
    shaft = rod((0, 0, tall - 0.02), (0, 0, tall + pulled), 0.32 * radius)
    piston = kit.add('shaft', shaft, barrel)
    _add_grips(draw, kit, draw.around(0.17, 0.15), tall + pulled + 0.01, piston)
    where = draw.pick('none', 'low', 'low', 'high')
    gauge_z = {'none': 0.0, 'low': 0.14, 'high': 0.9 * tall}[where]
    if gauge_z:
        _add_gauge(draw, kit, (0, -0.8 * radius, gauge_z), draw.around(0.065, 0.2), barrel)
    thin = draw.around(0.014, 0.15)
    side = draw.pick(-1.0, 1.0)
    x, far = side * radius, side * (radius + draw.between(0.05, 0.14))
    clip_z = draw.between(0.75, 0.9) * tall
    if draw.chance(0.6):
        knots = [(0.5 * x, 0, 0.09), (1.4 * far, 0, 0.12), (1.6 * far, 0, 0.45 * tall)]
        knots += [(1.2 * far, 0, clip_z - 0.08), (x + side * 0.03, 0, clip_z)]
        clip = block((0.05, 0.05, 0.05), (x + side * 0.02, 0, clip_z - 0.02), 0.01)
        kit.add('clip', clip, barrel)
    else:
        knots = [(0.5 * x, 0, 0.09), (2 * far, 0, 0.14), (3 * far, -0.2, 0.05)]
        knots += [(4.2 * far, -0.1, 0.03)]
    path = smooth_curve(knots, 24)
    hose = kit.add('hose', sweep(path, thin), barrel)
    _hose_end(draw, kit, path[-1], path[-1] - path[-2], hose)


def _hand_pump(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a small pump, laid along x: barrel, shaft, handle, head, hose."""
    length, radius = draw.around(0.75, 0.2), draw.around(0.05, 0.25)
    axis = (1.0, 0.0, 0.0)
    root = kit.add('barrel', drum(radius, length, (0, 0, 0), axis))
    pulled = draw.between(0.08, 0.5) * length
    shaft = rod((length - 0.02, 0, 0), (length + pulled, 0, 0), 0.45 * radius)
    piston = kit.add('shaft', shaft, root)
    kit.add('cap', drum(1.12 * radius, 0.05, (length - 0.035, 0, 0), axis), root)
    x, grip = length + pulled - 0.01, draw.around(0.2, 0.25)
    style = draw.pick('knob', 'grip', 't')
    if style == 'grip':
        radii = np.array([0.9, 1.15, 1.0, 1.15, 1.0, 1.1, 0.8]) * radius
        shape = rounded_solid(radii, np.linspace(0, grip, 7), 24)
        kit.add('handle', lathed(shape, (x, 0, 0), axis), piston)
    elif style == 'knob':
        kit.add('handle', ball((0.08, 1.4 * radius, 1.4 * radius), (x + 0.05, 0, 0)), piston)
    else:
        bar = pill((x + 0.02, 0, -0.13), (x + 0.02, 0, 0.13), 0.7 * radius)
        kit.add('handle', bar, piston)
    if draw.chance(0.5):
        head = block((0.11, 1.7 * radius, 2.2 * radius), (-0.03, 0, 0.2 * radius), 0.02)
        head_part = kit.add('head', head, root)
        nozzle = rod((-0.03, 0, 0), (-0.03, 0, -radius - 0.09), 0.55 * radius, 0.7 * radius)
        kit.add('nozzle', nozzle, head_part)
        if draw.chance(0.6):
            lever = beam(
                (-0.02, 0, 1.15 * radius), (-0.2, 0, draw.between(0.9, 3.0) * radius), 0.05, 0.025
            )
            kit.add('lever', lever, head_part)
    else:
        kit.add('cap', drum(1.1 * radius, 0.06, (-0.03, 0, 0), axis, top=radius), root)
        drop = draw.between(-0.2, 0.2)
        knots = [(0, 0, 0), (-0.15, 0, 0.02), (-0.3, drop, -0.05), (-0.38, 2 * drop, -0.15)]
        path = smooth_curve(knots, 18)
        hose = kit.add('hose', sweep(path, 0.35 * radius), root)
        _hose_end(draw, kit, path[-1], path[-1] - path[-2], hose)
    if draw.chance(0.4):
        at = draw.between(0.25, 0.6) * length
        clip = block((0.09, 2.3 * radius, 0.8 * radius), (at, 0, -0.9 * radius), 0.01)
        kit.add('bracket', clip + block((0.12, 1.2 * radius, 0.03), (at, 0, -1.4 * radius)), root)
    if draw.chance(0.35):
        _add_gauge(draw, kit, (0.12 * length, -0.8 * radius, 0), 0.9 * radius, root)
    elif draw.chance(0.4):
        kit.add('band', drum(1.08 * radius, 0.12, (0.4 * length, 0, 0), axis), root)


def _foot_pump(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a pump that is trodden: frame, pedal, slanted barrel, spring, hose."""
    length, half = draw.around(0.6, 0.12), draw.around(0.13, 0.15)
    thick = draw.around(0.018, 0.2)
    path = np.array(
        [(0, half, 0.02), (length, half, 0.02), (length, -half, 0.02), (0, -half, 0.02)]
    )
    base = sweep(np.vstack([path, path[:1]]), thick)
    root = kit.add('base', base)
    rise = draw.between(0.35, 0.8)
    hinge = np.array([0.02, 0.0, 0.03])
    long = 0.9 * length
    tip = hinge + long * np.array([np.cos(rise), 0, np.sin(rise)])
    arm: Piece = ()
    for side in (-1, 1):
        shift = np.array([0, side * 0.75 * half, 0])
        arm += rod(hinge + shift, tip + shift, thick)
    arm += rod(hinge - [0, half, 0], hinge + [0, half, 0], thick)
    arm += rod(tip - [0, 0.75 * half, 0], tip + [0, 0.75 * half, 0], thick)
    lever = kit.add('frame', arm, root)
    back = draw.between(0.03, 0.16)
    tread = beam(tip - [back, 0, 0.4 * back], tip + [0.1, 0, 0.03], 2 * half, 0.03, 0.008)
    kit.add('pedal', tread, lever)
    foot, joint = np.array([length, 0.0, 0.03]), hinge + 0.7 * (tip - hinge)
    cylinders = draw.pick((0.0,), (0.0,), (-0.4 * half, 0.4 * half))
    radius = min(draw.around(0.05, 0.15), 0.36 * half if len(cylinders) > 1 else 1.0)
    kit.add('axle', rod(joint - [0, 0.78 * half, 0], joint + [0, 0.78 * half, 0], 0.02), lever)
    barrels = [
        rod(foot + [0, y, 0], foot + [0, y, 0] + 0.62 * (joint - foot), radius) for y in cylinders
    ]
    tubes = kit.add_copies('barrel', barrels, root)
    shafts = [
        rod(foot + [0, y, 0] + 0.55 * (joint - foot), joint + [0, y, 0], 0.4 * radius)
        for y in cylinders
    ]
    kit.add_group('shaft', list(zip(shafts, tubes, strict=True)))
    pin = rod(foot - [0, half, 0], foot + [0, half, 0], thick)
    kit.add('axle', pin, root)
    if draw.chance(0.7):
        middle = foot + [0, cylinders[0], 0] + 0.4 * (joint - foot)
        _add_gauge(draw, kit, tuple(middle + [0, 0, 0.8 * radius]), 0.06, tubes[0])
    if draw.chance(0.5):
        turns = draw.count(3, 5)
        angle = np.linspace(0, 2 * np.pi * turns, 12 * turns)
        spring = np.column_stack([0.035 * np.cos(angle), 0.035 * np.sin(angle), angle])
        spring[:, 2] *= 0.45 * (joint[2]) / angle[-1]
        spring += [0.5 * joint[0], -0.0, 0.02]
        plate_bar = block((0.1, 2 * half, 0.015), (0.5 * joint[0], 0, 0.02))
        coil_part = kit.add('bracket', plate_bar, root)
        top = np.array([0.5 * joint[0], 0.0, 0.5 * (joint[2] + hinge[2])])
        kit.add('coil', sweep(spring, 0.008), coil_part)
        kit.add('bar', rod(top - [0, 0.75 * half, 0], top + [0, 0.75 * half, 0], 0.02), lever)
    drift, reach = draw.between(-0.3, 0.3), draw.between(0.2, 0.4)
    knots = [foot, foot + [0.12, 0.0, 0.02], foot + [reach, drift, 0.0]]
    knots.append(foot + [reach * draw.between(0.9, 1.5), 2 * drift, 0.01])
    line = smooth_curve(np.array(knots), 20)
    hose = kit.add('hose', sweep(line, 0.014), tubes[0])
    _hose_end(draw, kit, line[-1], line[-1] - line[-2], hose)


def bike_pump(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bicycle pump: base, barrel, shaft, handle or pedal, gauge, hose, nozzle, clip."""
    draw, kit = Draw(rng), Assembly('bike_pump')
    draw.pick(_floor_pump, _floor_pump, _hand_pump, _foot_pump)(draw, kit)
    return kit.finish()
