# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""End of a robot arm: gripper with sliding or jointed fingers."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    joined,
    spun,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)
FRONT = (0.0, -1.0, 0.0)


def robot_gripper(rng: np.random.Generator) -> ProceduralObject:
    """Builds a robot gripper: wrist, hand, two to four fingers with joints, tips, pads, camera."""
    draw, kit = Draw(rng), Assembly('robot_gripper')
    wide, thick, tall = draw.around(0.5, 0.2), draw.around(0.26, 0.2), draw.around(0.28, 0.25)
    if draw.chance(0.35):
        palm, thick = drum(0.5 * wide, tall), wide
    else:
        palm = block((wide, thick, tall), (0, 0, 0.5 * tall), draw.between(0.0, 0.04))
    root = kit.add(draw.pick('hand', 'hand', 'palm', 'body'), palm)
    radius = draw.between(0.12, 0.2)
    wrist = kit.add(
        draw.pick('wrist', 'flange', 'coupling'), drum(radius, 0.12, (0, 0, -0.11)), root
    )
    if draw.chance(0.6):
        size = radius * draw.between(0.8, 1.0)
        link = drum(size, draw.around(0.35, 0.3), (0, 0, -0.1), (0, 0, -1))
        kit.add('arm', link, wrist)
    if draw.chance(0.4):
        spots = spun(drum(0.025, 0.05, (radius - 0.025, 0, -0.05), ALONG_X), 4, 0.4)
        kit.add('bolt', joined(spots), wrist)
    style = draw.pick('parallel', 'parallel', 'angular', 'angular', 'three')
    if style == 'parallel':
        _add_sliding_fingers(draw, kit, (wide, thick, tall), root)
    else:
        number = 2 if style == 'angular' else draw.count(3, 4)
        _add_jointed_fingers(draw, kit, (wide, thick, tall), number, root)
    if draw.chance(0.25):
        lens = block((0.2, 0.1, 0.08), (0, -0.5 * thick - 0.04, 0.4 * tall))
        camera = kit.add('bracket', lens, root)
        kit.add('camera', drum(0.035, 0.05, (0, -0.5 * thick - 0.05, 0.4 * tall + 0.03)), camera)
    if draw.chance(0.2):
        kit.add('light', ball(0.03, (0.3 * wide, -0.5 * thick, 0.5 * tall)), root)
    return kit.finish()


def _add_sliding_fingers(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], root: int
) -> None:
    """Adds two fingers on carriages that slide in a rail across the palm."""
    wide, thick, tall = size
    if draw.chance(0.6):
        rail = block((0.96 * wide, 0.4 * thick, 0.05), (0, 0, tall + 0.02))
        kit.add('rail', rail, root)
    x = draw.between(0.12, 0.42) * wide
    shoe = block((0.12, 0.8 * thick, 0.1), (x, 0, tall + 0.06), 0.01)
    carriages = [root, root]
    carried = draw.chance(0.7)
    if carried:
        carriages = kit.add_copies('slider', both_sides(shoe, 'x'), root)
    long, fine = draw.around(0.4, 0.25), draw.between(0.05, 0.1)
    deep = draw.between(0.4, 0.9) * thick
    finger = block((fine, deep, long), (x, 0, tall + 0.5 * long - 0.01))
    crook = draw.pick(0.0, draw.between(0.03, 0.1))
    if crook:
        finger += block((fine + crook, deep, 0.12 * long), (x - 0.5 * crook, 0, tall + 0.9 * long))
    pairs = list(zip(both_sides(finger, 'x'), carriages, strict=True))
    fingers = kit.add_group('finger', pairs)
    if draw.chance(0.65):
        pad = block((0.03, 0.9 * deep, 0.4 * long), (x - crook - 0.5 * fine, 0, tall + 0.7 * long))
        name = draw.pick('pad', 'tip')
        kit.add_group(name, list(zip(both_sides(pad, 'x'), fingers, strict=True)))


def _add_jointed_fingers(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], number: int, root: int
) -> None:
    """Adds fingers of two or three links around the palm, with joints and tips."""
    wide, _, tall = size
    spread, reach = draw.between(0.6, 0.95) * 0.5 * wide, draw.around(0.28, 0.2)
    fine, bend_rad = draw.around(0.06, 0.2), draw.between(-0.1, 0.9)
    turn = draw.between(0.2, 0.9)
    at, angle = np.array([spread, 0.0, tall]), turn
    hinge_half = draw.between(0.7, 1.1) * fine
    parents = [root] * number
    links = draw.count(1, 3)
    for i in range(links + 1):
        way = np.array([np.sin(angle), 0.0, np.cos(angle)])
        end = at + way * reach * (0.85**i)
        if i == links:
            tip = ball((0.7 * fine, 0.7 * fine, 0.7 * fine), at)
            if draw.chance(0.6):
                tip += rod(at, at + 0.35 * (end - at), 0.6 * fine, 0.25 * fine)
            kit.add_group('tip', list(zip(spun(tip, number), parents, strict=True)))
            break
        knuckle = drum(0.75 * fine, 2 * hinge_half, (at[0], -hinge_half, at[2]), (0, 1, 0))
        joints = kit.add_group('joint', list(zip(spun(knuckle, number), parents, strict=True)))
        if draw.chance(0.5):
            link = beam(at, end, 1.5 * fine, 0.9 * fine)
        else:
            link = rod(at, end, 0.6 * fine, 0.5 * fine)
        name = 'finger' if i or draw.chance(0.7) else 'finger_segment'
        parents = kit.add_group(name, list(zip(spun(link, number), joints, strict=True)))
        at, angle = end, angle - bend_rad - 0.35
