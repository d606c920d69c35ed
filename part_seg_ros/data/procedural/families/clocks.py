# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Dials: clock and gauge."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import (
    band,
    gear,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    aimed,
    both_sides,
    joined,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    drum,
    front,
    plate,
    profile,
    ring,
    rod,
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def clock(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wall, alarm or mantel clock: case, face, rim, hands, markers, bells, feet."""
    draw, kit = Draw(rng), Assembly('clock')
    radius, deep = draw.around(0.45, 0.1), draw.around(0.18, 0.35)
    if draw.chance(0.25):
        body = block((2.3 * radius, deep, 2.3 * radius), (0, 0.5 * deep, 0), 0.02)
    else:
        body = drum(1.05 * radius, deep, (0, deep, 0), FRONT)
    root = kit.add('case', body)
    kit.add('face', drum(0.95 * radius, 0.02, (0, 0.005, 0), FRONT), root)
    if draw.chance(0.7):
        kit.add('rim', ring(radius, 0.06 * radius, (0, -0.01, 0), FRONT), root)
    hub = kit.add('hub', drum(0.06 * radius, 0.07, (0, 0, 0), FRONT), root)
    hands = []
    for length, width in ((0.5, 0.13), (0.78, 0.09)):
        hand = block((width * radius, 0.02, length * radius), (0, -0.035, 0.4 * length * radius))
        hands.append(turned(hand, 'y', draw.between(0, 2 * np.pi)))
    kit.add_copies('pointer', hands, hub)
    marks = draw.pick(0, 4, 12)
    if marks:
        mark = block((0.08 * radius, 0.05, 0.17 * radius), (0, -0.015, 0.76 * radius))
        kit.add_copies(
            'marker', [turned(mark, 'y', i * 2 * np.pi / marks) for i in range(marks)], root
        )
    style = draw.pick('wall', 'alarm', 'pendulum')
    if style == 'alarm':
        bell = aimed(
            ball((0.3 * radius, 0.3 * radius, 0.18 * radius), (0, 0, 1.25 * radius)),
            (0, 0.5 * deep, 0),
            (0, 0, 1),
        )
        kit.add_copies('bell', both_sides(turned(bell, 'y', 0.55, (0, 0, 0)), 'x'), root)
        foot = rod((0, 0.5 * deep, -radius), (0, 0.5 * deep, -1.35 * radius), 0.05)
        kit.add_copies('foot', both_sides(turned(foot, 'y', 0.6), 'x'), root)
        if draw.chance(0.6):
            handle = bend(
                [
                    (-0.3 * radius, 0.5 * deep, 1.35 * radius),
                    (0, 0.5 * deep, 1.8 * radius),
                    (0.3 * radius, 0.5 * deep, 1.35 * radius),
                ],
                0.03,
            )
            kit.add(
                'handle',
                handle + rod((0, 0.5 * deep, radius), (0, 0.5 * deep, 1.75 * radius), 0.025),
                root,
            )
    elif style == 'pendulum':
        box = block((0.8 * radius, deep, 1.6 * radius), (0, 0.5 * deep, -1.6 * radius), 0.01)
        kit.add('body', box, root)
        bob = rod((0, -0.03, -0.9 * radius), (0, -0.03, -1.9 * radius), 0.02) + drum(
            0.2 * radius, 0.04, (0, -0.01, -1.95 * radius), FRONT
        )
        kit.add('pendulum', bob, root)
    return kit.finish()


def gauge(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pressure gauge, compass or scale dial: case, face, pointer, rim, stem, knob."""
    draw, kit = Draw(rng), Assembly('gauge')
    radius, deep = draw.around(0.35, 0.12), draw.around(0.16, 0.25)
    root = kit.add(
        'case',
        sleeve(radius, 0.88 * radius, deep, (0, deep, 0), FRONT)
        + drum(0.9 * radius, 0.6 * deep, (0, deep, 0), FRONT),
    )
    y = 0.4 * deep
    kit.add('face', drum(0.87 * radius, 0.02, (0, y + 0.01, 0), FRONT), root)
    pointer = profile(
        np.array([(-0.15, -0.05), (0.7, -0.015), (0.7, 0.015), (-0.15, 0.05)]) * radius,
        0.02,
        y - 0.03,
    )
    angle = draw.between(0, 2 * np.pi)
    kit.add(
        'pointer', turned(pointer, 'y', angle) + drum(0.09 * radius, 0.05, (0, y, 0), FRONT), root
    )
    marks = draw.count(5, 9)
    mark = block((0.12 * radius, 0.02, 0.04 * radius), (0.74 * radius, y - 0.012, 0))
    kit.add('scale', joined(turned(mark, 'y', a) for a in np.linspace(-3.7, 0.6, marks)), root)
    if draw.chance(0.5):
        kit.add('rim', ring(0.97 * radius, 0.06 * radius, (0, 0, 0), FRONT), root)
    style = draw.pick('stem', 'strap', 'foot')
    if style == 'stem':
        stem = kit.add(
            'shaft',
            rod((0, 0.5 * deep, -0.95 * radius), (0, 0.5 * deep, -1.6 * radius), 0.1 * radius),
            root,
        )
        nut = plate(gear(0.24 * radius, 0.02, 6), 0.2 * radius, (0, 0.5 * deep, -1.45 * radius))
        kit.add('nut', nut, stem)
        if draw.chance(0.4):
            kit.add(
                'pipe',
                rod(
                    (-0.7 * radius, 0.5 * deep, -1.6 * radius),
                    (0.7 * radius, 0.5 * deep, -1.6 * radius),
                    0.14 * radius,
                ),
                stem,
            )
    elif style == 'strap':
        wide = draw.between(0.7, 1.1) * radius
        line = smooth_curve(
            [
                (0.5 * deep, 0.9 * radius),
                (deep + 0.15, 1.7 * radius),
                (deep + 1.3 * radius, 1.5 * radius),
            ],
            10,
        )
        strap = front(band(line, 0.05), wide)
        kit.add_copies('strap', both_sides(strap, 'z'), root)
        kit.add(
            'winding_knob',
            drum(0.09 * radius, 0.1, (0.97 * radius, 0.5 * deep, 0), (1, 0, 0)),
            root,
        )
    else:
        kit.add(
            'base',
            block((1.4 * radius, 2 * deep, 0.4 * radius), (0, 0.7 * deep, -1.05 * radius), 0.03),
            root,
        )
        kit.add('knob', knob(draw, 0.12 * radius, (0, 0.5 * deep, 0.97 * radius)), root)
    return kit.finish()
