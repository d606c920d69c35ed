# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Vehicles of a warehouse: forklift, pallet truck."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import add_wheels
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import both_sides, joined, moved
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    pill,
    profile,
    ring,
    rod,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _add_load(draw: Draw, kit: Assembly, at: tuple[float, float, float], parent: int) -> None:
    """Adds a pallet of planks that lies on forks, its middle `at` a point, and its load."""
    x, y, z = at
    long, wide = draw.around(0.6, 0.1), draw.around(0.7, 0.04)
    boards = joined(
        block((0.17 * long, wide, 0.02), (x + shift * long, y, z + 0.01))
        for shift in np.linspace(-0.41, 0.41, 4)
    )
    blocks = joined(
        block((long, 0.07, 0.062), (x, y + shift * wide, z - 0.03)) for shift in (-0.45, 0, 0.45)
    )
    pallet = kit.add('plank', boards + blocks, parent)
    if draw.chance(0.7):
        tall = draw.between(0.2, 0.5)
        side = [-0.25, 0.25] if draw.chance(0.4) else [0.0]
        size = (0.9 * long, wide * (0.46 if len(side) > 1 else 0.9), tall)
        boxes = [block(size, (x, y + s * wide, z + 0.015 + 0.5 * tall), 0.01) for s in side]
        kit.add_copies('box', boxes, pallet)


def _pallet_truck(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a hand pallet truck: forks, head, wheels, shaft, loop handle, lever."""
    length, apart = draw.around(1.15, 0.12), draw.around(0.19, 0.12)
    wide, thick = draw.around(0.15, 0.15), draw.around(0.06, 0.15)
    z = draw.between(0.14, 0.3)
    frame = block((0.14, 2 * apart + wide, 0.3), (0, 0, z + 0.1), 0.02)
    root = kit.add('frame', frame)
    side = np.array([(0.0, -0.5), (0.93, -0.5), (1.0, 0.0), (0.96, 0.5), (0.0, 0.5)])
    tine = moved(profile(side * [length, thick], wide), 0, apart, z)
    tines = kit.add_copies('tine', both_sides(tine, 'y'), root)
    reach = 0.86 * length
    post = beam((reach, apart, z), (reach + 0.03, apart, 0.05), 0.04, 0.06)
    legs = kit.add_group('bracket', list(zip(both_sides(post, 'y'), tines, strict=True)))
    roll = drum(0.05, 0.6 * wide, (reach + 0.03, apart - 0.3 * wide, 0.05), (0, 1, 0))
    kit.add_group('wheel', list(zip(both_sides(roll, 'y'), legs, strict=True)))
    x = -0.06
    column = kit.add('column', drum(0.06, z + 0.15, (x, 0, 0.1)), root)
    pump = drum(draw.between(0.04, 0.055), 0.25, (x - 0.04, 0, z + 0.05))
    kit.add('barrel', pump, column)
    tyre = drum(draw.around(0.09, 0.1), 0.06, (x, 0.03, 0.09), (0, 1, 0))
    kit.add_copies('wheel', both_sides(moved(tyre, y=0.015), 'y'), column)
    kit.add('axle', rod((x, -0.13, 0.09), (x, 0.13, 0.09), 0.025), column)
    lean, long = draw.between(0.1, 0.7), draw.around(0.95, 0.08)
    foot = np.array([x - 0.04, 0.0, z + 0.22])
    along = np.array([-np.sin(lean), 0.0, np.cos(lean)])
    end = foot + long * along
    shaft = kit.add('shaft', rod(foot, end, 0.028), column)
    half, tall = draw.around(0.13, 0.15), draw.around(0.2, 0.15)
    if draw.chance(0.7):
        bow = [(0.0, 0.0), (half, 0.35), (half, 0.8), (0.5 * half, 1.0)]
        bow += [(-y, s) for y, s in bow[:0:-1]] + [(0.0, 0.0)]
        curve = smooth_curve(np.array(bow), 28)
        path = end + curve[:, :1] * [0, 1, 0] + tall * curve[:, 1:] * along
        handle = kit.add('handle', sweep(path, 0.02), shaft)
    else:
        bar = rod(end - [0, half, 0], end + [0, half, 0], 0.03)
        handle = kit.add('handle', bar, shaft)
    if draw.chance(0.6):
        lever = rod(end + 0.02 * along, end + 0.7 * tall * along + [0.02, 0, 0], 0.012)
        kit.add('lever', lever + ball(0.022, end + 0.7 * tall * along + [0.02, 0, 0]), handle)
    if draw.chance(0.3):
        _add_load(draw, kit, (0.55 * length, 0, z + 0.5 * thick - 0.005), root)


def _add_mast(
    draw: Draw, kit: Assembly, x: float, low: float, tall: float, width: float
) -> tuple[int, float]:
    """Adds the lifting frame at `x`, the carriage and the forks.

    Returns:
        Index of the carriage and the height of its upper side.
    """
    deep, bar = draw.around(0.09, 0.15), draw.around(0.05, 0.15)
    beside = 0.34 * width
    rail = block((deep, bar, tall - low), (x, beside, 0.5 * (low + tall)), 0.006)
    mast = joined(both_sides(rail, 'y'))
    for z in (tall - 0.03, low + 0.25 * (tall - low)):
        mast += block((0.6 * deep, 2 * beside, 0.06), (x, 0, z))
    frame = kit.add('mast', mast)
    lift = draw.pick(0.0, draw.between(0.05, 0.75)) * (tall - low - 0.3)
    inner = 0.78 * beside
    if draw.chance(0.6):
        top = tall + draw.between(0.0, 0.25) * lift
        size = (0.8 * deep, 0.8 * bar, top - low - 0.02)
        slide = block(size, (x + 0.01, inner, 0.5 * (low + 0.02 + top)))
        bars = joined(both_sides(slide, 'y'))
        bars += block((0.4 * deep, 2 * inner, 0.04), (x + 0.01, 0, top - 0.02))
        kit.add('mast', bars, frame)
    if draw.chance(0.6):
        kit.add('rod', drum(0.028, 0.85 * (tall - low), (x - 0.01, 0, low)), frame)
    front, z = x + 0.5 * deep + 0.02, low + lift
    carriage = block((0.05, 2.1 * beside, 0.05), (front, 0, z + 0.05))
    carriage += block((0.05, 2.1 * beside, 0.05), (front, 0, z + 0.25))
    post = block((0.05, 0.05, 0.25), (front - 0.01, inner, z + 0.15))
    rack = kit.add('plate', carriage + joined(both_sides(post, 'y')), frame)
    reach, thick = draw.around(0.6, 0.15), draw.around(0.03, 0.15)
    side = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 0.4), (0.08, 1.0), (0.08, 9.0), (0.0, 9.0)])
    side = side * [reach, thick] + [front + 0.015, z]
    apart = draw.between(0.45, 0.75) * beside
    fork = profile(side, draw.around(0.08, 0.15), apart)
    kit.add_copies('tine', both_sides(fork, 'y'), rack)
    if draw.chance(0.5):
        high = draw.between(0.2, 0.4)
        grid = block((0.02, 2.1 * beside, 0.025), (front, 0, z + 0.27 + high))
        for y in np.linspace(-1.03 * beside, 1.03 * beside, draw.count(4, 8)):
            grid += block((0.02, 0.02, high + 0.03), (front, y, z + 0.26 + 0.5 * high))
        kit.add('grille', grid, rack)
    return rack, z + thick


def _add_guard(
    draw: Draw, kit: Assembly, x0: float, x1: float, half: float, low: float, top: float
) -> None:
    """Adds the four posts of a driver's guard and its roof of bars or sheet."""
    slant = draw.between(0.0, 0.18)
    posts = []
    for side in (-1, 1):
        posts.append(beam((x1, side * half, low), (x1 - slant, side * half, top), 0.035, 0.045))
        rear = (x0 + 0.4 * slant, side * half, top)
        posts.append(beam((x0, side * half, low), rear, 0.035, 0.045))
    kit.add_copies('post', posts)
    a, b = x0 + 0.4 * slant - 0.02, x1 - slant + 0.02
    if draw.chance(0.6):
        roof = joined(both_sides(block((b - a, 0.045, 0.04), (0.5 * (a + b), half, top)), 'y'))
        for x in np.linspace(a + 0.02, b - 0.02, draw.count(4, 7)):
            roof += block((0.03, 2 * half, 0.03), (x, 0, top))
    else:
        roof = block((b - a + 0.04, 2 * half + 0.06, 0.045), (0.5 * (a + b), 0, top), 0.015)
    cover = kit.add('roof', roof)
    if draw.chance(0.4):
        kit.add('light', drum(0.035, 0.08, (a + 0.05, 0, top + 0.01), top=0.025), cover)


def forklift(rng: np.random.Generator) -> ProceduralObject:
    """Builds a forklift or pallet truck: body, mast, forks, wheels, seat, guard, load."""
    draw, kit = Draw(rng), Assembly('forklift')
    if draw.chance(0.25):
        _pallet_truck(draw, kit)
        return kit.finish()
    length, width = draw.around(1.05, 0.1), draw.around(0.6, 0.1)
    big, small = draw.around(0.17, 0.1), draw.around(0.13, 0.12)
    low, floor = 0.09, draw.around(0.26, 0.1)
    deck = floor + draw.around(0.25, 0.12)
    half = 0.5 * length
    step = half * draw.between(0.1, 0.35)
    outline = [(-half, low), (half, low), (half, deck - 0.05), (half - 0.1, deck)]
    outline += [(half - 0.16, floor), (step, floor), (step - 0.05, deck), (-half, deck)]
    kit.add('body', profile(outline, width))
    heavy = draw.around(0.2, 0.2)
    rear = np.array(
        [(0.1, 0.0), (-0.7, 0.0), (-1.0, 0.4), (-0.85, 0.95), (-0.5, 1.02), (0.1, 1.02)]
    )
    mass = profile(rear * [heavy, deck - low - 0.04] + [-half, low + 0.04], 0.98 * width)
    ballast = kit.add('weight', mass)
    track = 0.5 * width - 0.02
    add_wheels(draw, kit, [(half - big - 0.02, track)], big, 0.12)
    add_wheels(draw, kit, [(-half + small, track)], small, 0.1)
    seat_x = step - 0.05 - draw.between(0.18, 0.26)
    cushion = block((0.26, 0.5 * width, 0.09), (seat_x, 0, deck + 0.035), 0.03)
    seat = kit.add('seat', cushion)
    rest = beam(
        (seat_x - 0.11, 0, deck + 0.04), (seat_x - 0.18, 0, deck + 0.4), 0.48 * width, 0.07, 0.02
    )
    kit.add('backrest', rest, seat)
    if draw.chance(0.3):
        arm = block((0.2, 0.05, 0.04), (seat_x - 0.04, 0.27 * width, deck + 0.17), 0.01)
        arm += block((0.03, 0.05, 0.17), (seat_x - 0.03, 0.26 * width, deck + 0.09))
        kit.add_copies('armrest', both_sides(arm, 'y'), seat)
    foot, top = (
        np.array([half - 0.12, 0.0, deck - 0.02]),
        np.array([half - 0.24, 0.0, deck + 0.24]),
    )
    column = kit.add('column', rod(foot, top, 0.028))
    axis = top - foot
    size = draw.around(0.11, 0.12)
    steering = ring(size, 0.016, top, axis)
    steering += beam(top - [0, size, 0], top + [0, size, 0], 0.03, 0.02) + drum(
        0.035, 0.03, top, axis
    )
    kit.add('handle', steering, column)
    if draw.chance(0.5):
        levers = []
        for y in np.linspace(0.14, 0.3, draw.count(2, 4)) * width:
            tip = (half - 0.13, y, deck + 0.13)
            levers.append(rod((half - 0.07, y, deck - 0.02), tip, 0.011) + ball(0.022, tip))
        kit.add_copies('lever', levers)
    tall = deck + draw.around(0.85, 0.1)
    if draw.chance(0.8):
        _add_guard(draw, kit, -half + 0.08, half - 0.05, 0.45 * width, deck - 0.03, tall)
    mast_x = half + 0.03
    carriage, z = _add_mast(draw, kit, mast_x, 0.06, tall * draw.between(0.95, 1.25), width)
    if draw.chance(0.3):
        _add_load(draw, kit, (mast_x + 0.45, 0, z - 0.005), carriage)
    if draw.chance(0.5):
        light = drum(0.045, 0.05, (half - 0.03, 0.4 * width, deck - 0.1), (1, 0, 0))
        kit.add_copies('headlight', both_sides(light, 'y'))
    if draw.chance(0.35):
        pipe = rod(
            (-half - 0.3 * heavy, 0.3 * width, deck - 0.03),
            (-half - 0.3 * heavy, 0.3 * width, deck + 0.3),
            0.025,
        )
        kit.add('exhaust', pipe, ballast)
    elif draw.chance(0.4):
        at = (-half - 0.3 * heavy, deck + 0.1)
        gas = pill((at[0], -0.24 * width, at[1]), (at[0], 0.24 * width, at[1]), 0.11)
        kit.add('tank', gas, ballast)
    if draw.chance(0.4):
        x = 0.5 * (step + half - 0.16)
        tread = block((0.22, 0.1, 0.04), (x - 0.06, 0.5 * width + 0.03, low + 0.04), 0.01)
        kit.add_copies('plate', both_sides(tread, 'y'))
    return kit.finish()
