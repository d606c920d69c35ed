# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Machines: robot arm, gears, sewing machine, heater."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, screw_head
from part_seg_ros.data.procedural.families.outlines import (
    gear,
    rounded_rectangle,
)
from part_seg_ros.data.procedural.families.placement import (
    aimed,
    both_sides,
    in_grid,
    joined,
    moved,
    spun,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    bend,
    block,
    drum,
    front,
    lathed,
    plate,
    profile,
    rod,
    rounded_solid,
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def manipulator(rng: np.random.Generator) -> ProceduralObject:
    """Builds a robot arm: base, links, joints, wrist, gripper fingers, cable, carried cube."""
    draw, kit = Draw(rng), Assembly('manipulator')
    radius = draw.around(0.16, 0.12)
    parent = kit.add(
        'base', drum(1.3 * radius, 0.1, top=1.15 * radius) + drum(radius, 0.2, (0, 0, 0.08))
    )
    at, angle = np.array([0.0, 0.0, 0.32]), draw.between(-0.7, 0.4)
    thick = 0.55 * radius
    style = draw.pick('round', 'box')
    for i in range(draw.count(2, 3)):
        joint = drum(1.35 * thick, 2.8 * thick, at - [0, 1.4 * thick, 0], (0, 1, 0))
        joint_part = kit.add('joint', joint, parent)
        length = draw.around(0.42 - 0.07 * i, 0.12)
        end = at + length * np.array([np.sin(angle), 0.0, np.cos(angle)])
        link = (
            rod(at, end, thick, 0.85 * thick)
            if style == 'round'
            else beam(at, end, 1.7 * thick, 1.7 * thick, 0.3 * thick)
        )
        parent = kit.add('link', link, joint_part)
        at, angle, thick = end, angle + draw.between(0.4, 1.2), 0.85 * thick
    way = np.array([np.sin(angle), 0.0, np.cos(angle)])
    wrist = kit.add('wrist', rod(at - 0.03 * way, at + 0.12 * way, 1.1 * thick), parent)
    tip = at + 0.12 * way
    if draw.chance(0.75):
        palm = aimed(block((0.24, 0.1, 0.06), (0, 0, 0.02), 0.01), tip, way)
        palm_part = kit.add('gripper', palm, wrist)
        gap = draw.between(0.03, 0.1)
        if draw.chance(0.5):
            jaw = block((0.03, 0.07, 0.17), (gap, 0, 0.12))
            jaws = both_sides(jaw, 'x')
        else:
            hook = profile(
                np.array(
                    [
                        (gap, 0.03),
                        (gap + 0.08, 0.08),
                        (gap + 0.05, 0.17),
                        (gap - 0.02, 0.22),
                        (gap + 0.01, 0.16),
                        (gap + 0.03, 0.1),
                    ]
                ),
                0.05,
            )
            jaws = both_sides(hook, 'x') if draw.chance(0.5) else spun(hook, 3)
        kit.add_copies('finger', [aimed(j, tip, way) for j in jaws], palm_part)
        if draw.chance(0.25):
            kit.add(
                'cube',
                aimed(block((2 * gap - 0.028, 0.12, 0.12), (0, 0, 0.17)), tip, way),
                palm_part,
            )
    else:
        kit.add(
            'tool',
            aimed(sleeve(0.07, 0.05, 0.08) + drum(0.03, 0.22, top=0.01), tip - 0.01 * way, way),
            wrist,
        )
    if draw.chance(0.35):
        cable = bend(
            [
                (-radius, 0, 0.12),
                (-2.0 * radius, 0.02, 0.3),
                (-1.6 * radius, 0.05, 0.6),
                (0.0, 0.6 * radius, 0.5),
            ],
            0.018,
        )
        kit.add('cable', cable, 0)
    if draw.chance(0.35):
        kit.add('pedestal', block((0.5, 0.5, 0.3), (0, 0, -0.14), 0.02), 0)
    return kit.finish()


def gearbox(rng: np.random.Generator) -> ProceduralObject:
    """Builds meshing gears or pulleys on a plate: plate, shafts, gears, hubs, crank."""
    draw, kit = Draw(rng), Assembly('gearbox')
    first, second = draw.around(0.35, 0.2), draw.around(0.22, 0.25)
    thick = draw.around(0.1, 0.25)
    width = 2 * (first + second) + 0.2
    base = plate(
        rounded_rectangle(width, 2 * first + 0.15, 0.1),
        0.07,
        (0.5 * (first + second) + 0.5 * (second - first), 0, -0.2),
    )
    root = kit.add('base', base)
    tooth = 0.12 * min(first, second)
    for x, radius in ((0.0, first), (first + second - tooth, second)):
        shaft = kit.add(
            'shaft', rod((x, 0, -0.15), (x, 0, thick + 0.1), 0.12 * radius + 0.02), root
        )
        wheel = plate(gear(radius, tooth * 1.2, max(8, round(radius * 40))), thick, (x, 0, 0))
        wheel_part = kit.add('gear', wheel, shaft)
        kit.add('hub', drum(0.4 * radius, 0.5 * thick, (x, 0, 0.7 * thick)), wheel_part)
    if draw.chance(0.5):
        z = thick + 0.08
        crank = kit.add('crank', beam((0, 0, z), (0.5, 0.2, z), 0.06, 0.03, 0.01), root)
        kit.add('handle', rod((0.47, 0.19, z), (0.47, 0.19, z + 0.2), 0.035), crank)
    if draw.chance(0.5):
        hole = [(x * 0.42 * width, 0.4 * 2 * first) for x in (-1, 1)]
        centre = 0.5 * (first + second) + 0.5 * (second - first)
        bolts = [screw_head(0.04, (centre + x, y, -0.13)) for x, y in hole]
        kit.add_copies('bolt', bolts + [moved(b, 0, -1.6 * first) for b in bolts], root)
    return kit.finish()


def sewing_machine(rng: np.random.Generator) -> ProceduralObject:
    """Builds a sewing machine or microscope-like stand: base, pillar, arm, head, needle, wheel."""
    draw, kit = Draw(rng), Assembly('sewing_machine')
    length, depth, tall = draw.around(0.9, 0.1), draw.around(0.4, 0.15), draw.around(0.55, 0.12)
    root = kit.add('base', block((length, depth, 0.1), (0, 0, 0.05), 0.02))
    pillar = block((0.2 * length, 0.7 * depth, tall), (0.36 * length, 0, 0.08 + 0.5 * tall), 0.03)
    pillar_part = kit.add('column', pillar, root)
    arm = block((0.75 * length, 0.55 * depth, 0.3 * tall), (0, 0, 0.92 * tall), 0.04)
    arm_part = kit.add('arm', arm, pillar_part)
    x = -0.32 * length
    head = kit.add(
        'head',
        block((0.22 * length, 0.6 * depth, 0.55 * tall), (x, 0, 0.78 * tall), 0.03),
        arm_part,
    )
    kit.add(
        'needle',
        rod((x, 0, 0.6 * tall), (x, 0, 0.12), 0.014) + block((0.07, 0.1, 0.02), (x, 0, 0.125)),
        head,
    )
    wheel = drum(0.13, 0.06, (0.46 * length - 0.01, 0, 0.88 * tall), (1, 0, 0))
    kit.add('wheel', wheel, pillar_part)
    if draw.chance(0.7):
        spool = (
            drum(0.05, 0.12, (0.1, 0, 1.05 * tall))
            + drum(0.07, 0.015, (0.1, 0, 1.05 * tall))
            + drum(0.07, 0.015, (0.1, 0, 1.05 * tall + 0.11))
        )
        kit.add('spool', spool, arm_part)
    dials = in_grid(drum(0.05, 0.04, (0, -0.34 * depth, 0), FRONT), [0.3 * length])
    spots = np.linspace(0.3, 0.75, draw.count(1, 3)) * tall
    kit.add_copies('dial', [moved(dials[0], z=z) for z in spots], pillar_part)
    return kit.finish()


def heater(rng: np.random.Generator) -> ProceduralObject:
    """Builds a radiator or ribbed motor: columns, pipes, valve knob, feet, control box."""
    draw, kit = Draw(rng), Assembly('heater')
    number, gap = draw.count(5, 9), draw.around(0.12, 0.15)
    tall, deep = draw.around(0.6, 0.2), draw.around(0.16, 0.2)
    xs = (np.arange(number) - 0.5 * (number - 1)) * gap
    rib = front(rounded_rectangle(deep, tall, 0.45 * deep), 0.55 * gap)
    ribs = in_grid(rib, xs)
    root = kit.add('ribs', joined(ribs)) if draw.chance(0.4) else kit.add_copies('rib', ribs)[0]
    for z in (-0.38 * tall, 0.38 * tall):
        kit.add('pipe', rod((xs[0] - 0.08, 0, z), (xs[-1] + 0.08, 0, z), 0.035), root)
    kit.add('knob', knob(draw, 0.06, (xs[-1] + 0.08, 0, 0.38 * tall), (1, 0, 0)), root)
    if draw.chance(0.5):
        foot = block((0.05, 1.6 * deep, 0.06), (0.42 * number * gap, 0, -0.5 * tall - 0.01))
        kit.add_copies('foot', both_sides(foot, 'x'), root)
    if draw.chance(0.5):
        x = xs[0] - 0.1
        case = kit.add('case', block((0.14, 1.1 * deep, 0.9 * tall), (x, 0, 0), 0.02), root)
        dial = lathed(
            rounded_solid([0.05, 0.05, 0.03], [0, 0.03, 0.05]),
            (x - 0.07, 0, 0.2 * tall),
            (-1, 0, 0),
        )
        kit.add_copies('dial', [dial, moved(dial, z=-0.3 * tall)], case)
    if draw.chance(0.3):
        kit.add_copies(
            'wheel',
            spun(drum(0.05, 0.04, (0.4 * number * gap, -0.02, -0.5 * tall), (0, 1, 0)), 2),
            root,
        )
    return kit.finish()
