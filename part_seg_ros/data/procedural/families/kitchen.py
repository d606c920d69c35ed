# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Vessels of the kitchen: mug, kettle, teapot, pan, pot, bowl, jug."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, screw_head, side_handle
from part_seg_ros.data.procedural.families.outlines import band, smooth_curve
from part_seg_ros.data.procedural.families.placement import Piece, both_sides, moved, spun, turned
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    closed_vessel,
    drum,
    lathed,
    pill,
    profile,
    ring,
    rod,
    rounded_solid,
    sweep,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _wall(draw: Draw, radius: float, height: float) -> NDArray[np.float64]:
    """Draws the outer side of a cup: (P, 2) radius and rising height."""
    style = draw.pick('straight', 'tapered', 'barrel', 'flared', 'tulip')
    heights = np.array([0.0, 0.04, 0.35, 0.7, 1.0]) * height
    radii = {
        'straight': [0.95, 1.0, 1.0, 1.0, 1.0],
        'tapered': [0.7, 0.75, 0.84, 0.92, 1.0],
        'barrel': [0.8, 0.86, 1.08, 1.08, 0.92],
        'flared': [0.7, 0.74, 0.8, 0.92, 1.12],
        'tulip': [0.6, 0.72, 1.04, 0.98, 1.02],
    }[style]
    if style in ('straight', 'tapered'):
        return np.column_stack([np.array(radii) * radius, heights])
    return smooth_curve(np.column_stack([np.array(radii) * radius, heights]), 14)


def _radius_at(outer: NDArray[np.float64], height: float) -> float:
    return float(np.interp(height, outer[:, 1], outer[:, 0]))


def _spout(draw: Draw, foot: tuple[float, float], tip: tuple[float, float], thick: float) -> Piece:
    """Makes a spout in the plane y = 0 that leaves the body at `foot` (x, z)."""
    (x0, z0), (x1, z1) = foot, tip
    if draw.chance(0.4):
        return rod((x0, 0, z0), (x1, 0, z1), thick * 1.4, thick * 0.7)
    rise = z1 - z0
    knots = [(x0, 0, z0), (0.45 * x0 + 0.55 * x1, 0, z0 + 0.3 * rise), (x1, 0, z1)]
    return bend(knots, thick) + rod(knots[0], knots[1], 1.6 * thick, thick)


def mug(rng: np.random.Generator) -> ProceduralObject:
    """Builds a mug or cup: body and handles; sometimes saucer, lid with knob, or spoon."""
    draw, kit = Draw(rng), Assembly('mug')
    radius, height = draw.around(0.4, 0.12), draw.around(0.9, 0.25)
    outer = _wall(draw, radius, height)
    wall = radius * draw.between(0.05, 0.13)
    covered = draw.chance(0.15)
    body = closed_vessel(outer) if covered else vessel(outer, wall)
    if draw.chance(0.3):
        body += ring(_radius_at(outer, height) - 0.4 * wall, 0.7 * wall, (0, 0, height))
    kit.add('body', body)
    low, high = draw.between(0.12, 0.35) * height, draw.between(0.65, 0.92) * height
    sunk = 0.5 * wall
    handle = side_handle(
        draw,
        (_radius_at(outer, low) - sunk, low),
        (_radius_at(outer, high) - sunk, high),
        radius * draw.between(0.4, 0.8),
        radius * draw.between(0.07, 0.14),
    )
    if draw.chance(0.12):
        kit.add_copies('handle', both_sides(handle, 'x'))
    else:
        kit.add('handle', handle)
    if draw.chance(0.2):
        saucer = smooth_curve([(0.6, -0.1), (1.0, -0.08), (1.5, 0.03), (1.9, 0.16)], 8)
        saucer *= [radius, radius]
        kit.add('saucer', vessel(saucer, 0.08 * radius))
    if covered:
        rim = outer[-1, 0]
        lid = kit.add(
            'lid',
            lathed(
                rounded_solid(
                    [1.08 * rim, 1.08 * rim, 0.3 * rim],
                    [height - 0.01, height + 0.06, height + 0.14],
                )
            ),
        )
        kit.add('knob', knob(draw, 0.16 * rim, (0, 0, height + 0.12)), lid)
    elif draw.chance(0.12):
        foot = np.array([0.3 * radius, 0.0, wall])
        rim = np.array([-(outer[-1, 0] - wall), 0.1 * radius, height])
        top = foot + draw.between(1.2, 1.5) * (rim - foot)
        kit.add('spoon', rod(foot, top, 0.05 * radius))
    return kit.finish()


def _pot_body(draw: Draw, radius: float, height: float) -> NDArray[np.float64]:
    """Draws the outer side of a kettle: (P, 2), closed towards the lid opening."""
    opening = draw.between(0.35, 0.65)
    style = draw.pick('round', 'cone', 'onion', 'squat')
    radii, heights = {
        'round': ([0.6, 0.92, 1.0, 0.85, opening], [0.0, 0.15, 0.45, 0.8, 1.0]),
        'cone': ([1.0, 1.0, 0.85, 0.7, opening], [0.0, 0.08, 0.45, 0.8, 1.0]),
        'onion': ([0.5, 0.85, 1.05, 0.8, opening], [0.0, 0.12, 0.38, 0.75, 1.0]),
        'squat': ([0.9, 1.0, 1.0, 0.9, opening], [0.0, 0.1, 0.6, 0.9, 1.0]),
    }[style]
    return smooth_curve(
        np.column_stack([np.array(radii) * radius, np.array(heights) * height]), 16
    )


def kettle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a kettle or teapot: body, lid, knob, spout, handle on the side or overhead."""
    draw, kit = Draw(rng), Assembly('kettle')
    radius, height = draw.around(0.5, 0.1), draw.around(0.75, 0.22)
    outer = _pot_body(draw, radius, height)
    body = closed_vessel(outer)
    if draw.chance(0.4):
        body += ring(outer[0, 0] * 0.95, 0.05 * radius, (0, 0, 0))
    kit.add('body', body)
    mouth = float(outer[-1, 0])
    dome = draw.between(0.12, 0.5) * mouth
    lid = kit.add(
        'lid',
        lathed(
            rounded_solid(
                np.array([1.04, 1.06, 0.75, 0.15]) * mouth,
                height + np.array([-0.02, 0.02, 0.75 * dome, dome + 0.02]),
            )
        ),
    )
    kit.add('knob', knob(draw, mouth * draw.between(0.14, 0.3), (0, 0, height + dome)), lid)
    low = draw.between(0.2, 0.55) * height
    start = (-0.93 * _radius_at(outer, low), low)
    reach = radius * draw.between(0.35, 0.75)
    tip = (-_radius_at(outer, low) - reach, height * draw.between(0.8, 1.1))
    kit.add('spout', _spout(draw, start, tip, radius * draw.between(0.08, 0.13)))
    thick = radius * draw.between(0.06, 0.11)
    if draw.chance(0.4):
        z0 = 0.8 * height
        x0 = _radius_at(outer, z0) * 0.98
        top = height + dome + radius * draw.between(0.5, 0.9)
        arch = [
            (-x0, 0, z0),
            (-0.95 * x0, 0, 0.5 * (z0 + top)),
            (-0.4 * x0, 0, top),
            (0.4 * x0, 0, top),
            (0.95 * x0, 0, 0.5 * (z0 + top)),
            (x0, 0, z0),
        ]
        frame = kit.add('handle', bend(arch, 0.7 * thick, 20))
        if draw.chance(0.5):
            grip = pill((-0.35 * x0, 0, top), (0.35 * x0, 0, top), 1.4 * thick)
            kit.add('grip', grip, frame)
    else:
        low, high = 0.22 * height, draw.between(0.7, 0.88) * height
        ends = [(_radius_at(outer, z) * 0.96, z) for z in (low, high)]
        kit.add('handle', side_handle(draw, *ends, radius * draw.between(0.35, 0.65), thick))
    return kit.finish()


def _long_handle(
    draw: Draw, kit: Assembly, start: tuple[float, float], length: float, thick: float
) -> None:
    """Attaches a pan handle that leaves along +x from `start` (x, z)."""
    x, z = start
    end = (x + length, 0.0, z + length * draw.between(0.0, 0.25))
    width, depth = thick * draw.between(1.6, 2.6), thick * draw.between(0.9, 1.4)
    style = draw.pick('flat', 'round', 'two_piece')
    if style == 'two_piece':
        joint = tuple(np.array((x, 0, z)) * 0.7 + np.array(end) * 0.3)
        neck = kit.add('bracket', rod((x, 0, z), joint, 0.6 * thick))
        kit.add('handle', pill(joint, end, thick), neck)
    elif style == 'round':
        kit.add('handle', rod((x, 0, z), end, 0.8 * thick, 1.1 * thick) + ball(1.1 * thick, end))
    else:
        kit.add('handle', beam((x, 0, z), end, width, depth, 0.25 * depth))
    if draw.chance(0.3):
        kit.add('hanger', ring(0.9 * thick, 0.25 * thick, (end[0] + 1.3 * thick, 0, end[2])))


def _pot_lid(draw: Draw, kit: Assembly, radius: float, height: float) -> None:
    dome = radius * draw.between(0.05, 0.35)
    profile_points = rounded_solid(
        np.array([1.03, 1.03, 0.7, 0.1]) * radius,
        height + np.array([-0.01, 0.02, 0.02 + 0.7 * dome, 0.02 + dome]),
    )
    lid = kit.add('lid', lathed(profile_points))
    top = (0.0, 0.0, height + dome)
    if draw.chance(0.6):
        kit.add('knob', knob(draw, radius * draw.between(0.1, 0.18), top), lid)
    else:
        half, rise = radius * draw.between(0.2, 0.35), radius * draw.between(0.12, 0.22)
        bow = [
            (-half, 0, top[2] - 0.3 * dome),
            (-0.8 * half, 0, top[2] + rise),
            (0.8 * half, 0, top[2] + rise),
            (half, 0, top[2] - 0.3 * dome),
        ]
        kit.add('handle', bend(bow, 0.05 * radius), lid)


def pan(rng: np.random.Generator) -> ProceduralObject:
    """Builds a frying pan or saucepan with a long handle, rivets and sometimes a lid."""
    draw, kit = Draw(rng), Assembly('pan')
    radius = draw.around(0.5, 0.1)
    height = radius * draw.pick(draw.between(0.2, 0.4), draw.between(0.6, 1.1))
    foot = radius * draw.between(0.75, 1.0)
    wall = 0.05 * radius
    outer, covered = [[foot, 0.0], [radius, height]], draw.chance(0.35)
    kit.add('body', closed_vessel(outer) if covered else vessel(outer, wall))
    z = draw.between(0.6, 0.9) * height
    x = foot + (radius - foot) * z / height - 0.6 * wall
    _long_handle(
        draw, kit, (x, z), radius * draw.around(1.6, 0.2), radius * draw.between(0.07, 0.13)
    )
    if covered:
        _pot_lid(draw, kit, radius, height)
    if draw.chance(0.3):
        back = profile(
            [(-x - 0.18, z - 0.02), (-x, z - 0.03), (-x, z + 0.03), (-x - 0.18, z + 0.02)],
            0.35 * radius,
        )
        kit.add('handle', back)
    return kit.finish()


def pot(rng: np.random.Generator) -> ProceduralObject:
    """Builds a cooking pot with two loop handles, usually a lid with a knob or a bow."""
    draw, kit = Draw(rng), Assembly('pot')
    radius, height = draw.around(0.5, 0.1), draw.around(0.55, 0.3)
    belly = radius * draw.between(0.98, 1.12)
    outer = smooth_curve([(0.9 * radius, 0), (belly, 0.3 * height), (radius, height)], 10)
    covered = draw.chance(0.7)
    kit.add('body', closed_vessel(outer) if covered else vessel(outer, 0.05 * radius))
    z, thick = draw.between(0.6, 0.88) * height, radius * draw.between(0.05, 0.09)
    x, half = _radius_at(outer, z) * 0.97, radius * draw.between(0.2, 0.32)
    reach = radius * draw.between(0.2, 0.35)
    path = np.array(
        [
            (x - 0.06 * radius, -half, z),
            (x + reach, -0.85 * half, z),
            (x + reach, 0.85 * half, z),
            (x - 0.06 * radius, half, z),
        ]
    )
    if draw.chance(0.3):
        loop = block((reach, 2 * half, 2 * thick), (x + 0.4 * reach, 0, z), 0.5 * thick)
    else:
        loop = sweep(path, thick) if draw.chance(0.4) else bend(path, thick)
    kit.add_copies('handle', both_sides(loop, 'x'))
    if covered:
        _pot_lid(draw, kit, radius, height)
    if draw.chance(0.3):
        foot = ball(0.1 * radius, (0.65 * radius, 0, 0))
        kit.add_copies('foot', spun(foot, draw.count(3, 4)))
    return kit.finish()


def bowl(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bowl, goblet or cake stand on a foot, sometimes with handles or filled."""
    draw, kit = Draw(rng), Assembly('bowl')
    radius, height = draw.around(0.5, 0.15), draw.around(0.35, 0.35)
    outer = smooth_curve(
        [(0.25 * radius, 0), (draw.between(0.55, 0.85) * radius, 0.35 * height), (radius, height)],
        12,
    )
    wall = 0.06 * radius
    covered = draw.chance(0.2)
    bowl_part = kit.add('bowl', closed_vessel(outer) if covered else vessel(outer, wall))
    stem = draw.around(0.3, 0.6) * radius
    spread = radius * draw.between(0.4, 0.75)
    foot = smooth_curve(
        [
            (spread, -stem - 0.04),
            (0.9 * spread, -stem),
            (0.16 * radius, -0.7 * stem),
            (0.14 * radius, -0.2 * stem),
            (0.25 * radius, 0.02),
        ],
        14,
    )
    foot = np.vstack([[0.0, foot[0, 1]], foot, [0.0, foot[-1, 1]]])
    kit.add('foot', lathed(foot), bowl_part)
    if draw.chance(0.3):
        z = 0.75 * height
        x = _radius_at(outer, z)
        loop = ring(0.25 * radius, 0.05 * radius, (x + 0.12 * radius, 0, z), (0, 1, 0))
        kit.add_copies('handle', both_sides(loop, 'x'))
    if covered:
        _pot_lid(draw, kit, radius, height)
    elif draw.chance(0.4):
        size = radius * draw.between(0.22, 0.32)
        spots = [(0.42 * radius * np.cos(a), 0.42 * radius * np.sin(a)) for a in (0.3, 2.4, 4.5)]
        fruit = [ball(size, (x, y, 0.3 * height + 0.8 * size)) for x, y in spots]
        kit.add_copies('fruit', fruit)
    return kit.finish()


def jug(rng: np.random.Generator) -> ProceduralObject:
    """Builds a jug or pitcher: body with neck, lip, side handle, sometimes lid and base."""
    draw, kit = Draw(rng), Assembly('jug')
    radius, height = draw.around(0.35, 0.12), draw.around(1.0, 0.2)
    neck = draw.between(0.5, 0.9)
    outer = smooth_curve(
        np.array([(0.7, 0), (1.0, 0.3), (neck, 0.75), (neck * draw.between(1.0, 1.3), 1.0)])
        * [radius, height],
        16,
    )
    kit.add('body', vessel(outer, 0.07 * radius))
    mouth = float(outer[-1, 0])
    lip = vessel([[0.12 * mouth, -0.4 * mouth], [0.5 * mouth, 0.12 * mouth]], 0.06 * mouth)
    lip = moved(turned(lip, 'y', -0.5), -0.85 * mouth, 0, height - 0.03 * radius)
    kit.add('spout', lip)
    low, high = draw.between(0.25, 0.4) * height, draw.between(0.8, 0.95) * height
    ends = [(_radius_at(outer, z) * 0.97, z) for z in (low, high)]
    handle = kit.add(
        'handle', side_handle(draw, *ends, radius * draw.between(0.4, 0.7), 0.11 * radius)
    )
    if draw.chance(0.3):
        lid = drum(1.05 * mouth, 0.07 * radius, (0, 0, height), top=0.9 * mouth)
        lid_part = kit.add('lid', lid)
        kit.add(
            'lever',
            block((0.3, 0.12, 0.3) * np.array(radius), (mouth, 0, height + 0.1 * radius)),
            lid_part,
        )
    if draw.chance(0.3):
        kit.add(
            'base', drum(0.95 * radius, 0.12 * radius, (0, 0, -0.1 * radius), top=0.75 * radius)
        )
    if draw.chance(0.15):
        z = 0.5 * (low + high)
        x = max(e[0] for e in ends) + radius * 0.4
        kit.add('rivet', screw_head(0.06 * radius, (x, 0, z), (1, 0, 0)), handle)
    return kit.finish()


def dispenser(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pump or spray bottle: body, collar, pump stem, nozzle, trigger, label."""
    draw, kit = Draw(rng), Assembly('dispenser')
    radius, height = draw.around(0.3, 0.15), draw.around(0.8, 0.2)
    outer = rounded_solid(
        np.array([0.9, 1.0, 1.0, 0.85, 0.35]) * radius,
        np.array([0.0, 0.06, 0.75, 0.92, 1.05]) * height,
    )
    kit.add('body', lathed(outer))
    collar_radius = 0.42 * radius
    collar = kit.add('cap', drum(collar_radius, 0.16 * height, (0, 0, 1.0 * height)))
    top = 1.14 * height
    if draw.chance(0.5):
        stem = 0.12 * height
        kit.add('shaft', drum(0.14 * radius, stem, (0, 0, top)), collar)
        z = top + stem
        nozzle = drum(0.35 * radius, 0.14 * radius, (0, 0, z - 0.02 * radius))
        nozzle += bend(
            [
                (0, 0, z + 0.05 * radius),
                (-0.7 * radius, 0, z + 0.06 * radius),
                (-1.0 * radius, 0, z - 0.12 * radius),
            ],
            0.09 * radius,
        )
        kit.add('nozzle', nozzle, collar)
    else:
        head = profile(
            np.array(
                [
                    (-1.0, 0.3),
                    (-0.9, 0.75),
                    (0.5, 0.8),
                    (0.75, 0.35),
                    (0.4, -0.05),
                    (-0.3, -0.05),
                    (-0.35, 0.3),
                ]
            )
            * radius
            + [0, top],
            0.5 * radius,
        )
        head_part = kit.add('head', head, collar)
        lever = band(
            smooth_curve(
                np.array([(-0.55, 0.35), (-0.62, -0.1), (-0.9, -0.5)]) * radius + [0, top], 8
            ),
            0.14 * radius,
        )
        kit.add('trigger', profile(lever, 0.3 * radius), head_part)
        kit.add(
            'nozzle',
            rod(
                (-0.9 * radius, 0, top + 0.52 * radius),
                (-1.2 * radius, 0, top + 0.52 * radius),
                0.16 * radius,
            ),
            head_part,
        )
    if draw.chance(0.5):
        low, high = draw.between(0.12, 0.3) * height, draw.between(0.5, 0.72) * height
        kit.add('label', drum(1.02 * radius, high - low, (0, 0, low)))
    return kit.finish()
