# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hand-held kitchen things: spoon, fork, knife, spatula, whisk, corkscrew, grinder, tongs."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import band, rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    scaled,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    drum,
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)


def _flat_handle(draw: Draw, length: float, width: float, thick: float) -> Piece:
    """Makes a cutlery handle along -x that ends at the origin."""
    flare, waist = draw.between(0.9, 1.6), draw.between(0.4, 0.9)
    half = 0.5 * width * np.array([0.5 * flare, flare, 1.0, waist, waist])
    x = np.array([-1.0, -0.93, -0.5, -0.15, 0.04]) * length
    outline = np.vstack([np.column_stack([x, half]), np.column_stack([x, -half])[::-1]])
    return plate(outline, thick, (0, 0, -0.5 * thick))


def _add_handle(draw: Draw, kit: Assembly, length: float, width: float) -> int:
    """Adds a handle along -x that ends at the origin, with sleeve or hole ring at times."""
    thick = width * draw.between(0.25, 0.5)
    style = draw.pick('flat', 'round', 'two_part')
    if style == 'flat':
        root = kit.add('handle', _flat_handle(draw, length, width, thick))
    elif style == 'round':
        root = kit.add('handle', rod((-length, 0, 0), (0.03, 0, 0), 0.5 * width, 0.25 * width))
    else:
        split = -draw.between(0.35, 0.6) * length
        radii = np.array([0.6, 1.0, 0.9, 0.6]) * 0.6 * width
        solid = rounded_solid(radii, np.array([0.0, 0.3, 0.7, 1.0]) * (length + split))
        root = kit.add('handle', lathed(solid, (-length, 0, 0), ALONG_X))
        return kit.add('neck', rod((split - 0.02, 0, 0), (0.03, 0, 0), 0.2 * width), root)
    if draw.chance(0.25):
        loop = ring(0.45 * width, 0.12 * width, (-length - 0.4 * width, 0, 0))
        kit.add('hanger', loop, root)
    return root


def spoon(rng: np.random.Generator) -> ProceduralObject:
    """Builds a spoon, ladle or scoop: handle, neck, bowl."""
    draw, kit = Draw(rng), Assembly('spoon')
    length, width = draw.around(0.8, 0.25), draw.around(0.09, 0.25)
    root = _add_handle(draw, kit, length, width)
    radius = draw.around(0.14, 0.25)
    deep = radius * draw.between(0.35, 1.1)
    outer = smooth_curve([(0.2 * radius, -deep), (0.75 * radius, -0.65 * deep), (radius, 0)], 8)
    stretch = draw.between(1.0, 1.6)
    bowl = scaled(vessel(outer, 0.1 * radius), x=stretch)
    tilt = draw.pick(0.0, draw.between(-1.3, -0.3))
    bowl = turned(moved(bowl, 0.93 * stretch * radius, 0, 0.02), 'y', tilt)
    kit.add('bowl', bowl, root)
    return kit.finish()


def fork(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fork, rake or comb: handle, neck, shoulder, tines."""
    draw, kit = Draw(rng), Assembly('fork')
    length, width = draw.around(0.7, 0.2), draw.around(0.08, 0.2)
    root = _add_handle(draw, kit, length, width)
    number, spread = draw.count(2, 6), draw.around(0.22, 0.3)
    thick = draw.between(0.02, 0.035)
    shoulder = beam((0.0, -0.5 * spread, 0), (0.0, 0.5 * spread, 0), 0.07, thick, 0.01)
    head = kit.add('head', moved(shoulder, 0.02), root)
    reach, sag = draw.around(0.28, 0.25), draw.between(-0.1, 0.1)
    tines = []
    for y in np.linspace(-0.44, 0.44, number) * spread:
        path = [(0.03, y, 0), (0.03 + 0.5 * reach, y, sag), (0.03 + reach, y, 0.3 * sag)]
        tines.append(bend(path, 0.5 * thick, 8))
    kit.add_copies('tine', tines, head)
    return kit.finish()


def knife(rng: np.random.Generator) -> ProceduralObject:
    """Builds a knife, cleaver or dagger: handle, bolster or guard, blade, pommel, rivets."""
    draw, kit = Draw(rng), Assembly('knife')
    length, tall = draw.around(0.42, 0.15), draw.around(0.09, 0.2)
    thick = tall * draw.between(0.35, 0.8)
    if draw.chance(0.5):
        line = smooth_curve([(-length, -0.02), (-0.6 * length, 0.015), (0.02, 0.0)], 9)
        taper = tall * np.linspace(1.1, 0.85, 9)
        shape = profile(band(line, taper), thick)
    else:
        shape = block((length, thick, tall), (-0.5 * length, 0, 0), 0.35 * thick)
    root = kit.add('handle', shape)
    if draw.chance(0.5):
        size = tall * draw.between(0.55, 1.1)
        kit.add('guard', block((0.05, 1.3 * thick, 2 * size), (0.01, 0, 0), 0.015), root)
    reach, deep = draw.around(0.85, 0.3), draw.around(0.14, 0.35)
    style = draw.pick('chef', 'cleaver', 'dagger', 'bread')
    back, edge = 0.45 * tall, 0.45 * tall - deep
    outline = {
        'chef': [
            (-0.02, back),
            (0.55 * reach, back),
            (reach, 0.3 * back + 0.7 * edge),
            (0.8 * reach, edge + 0.15 * deep),
            (0.35 * reach, edge),
            (0.0, edge),
        ],
        'cleaver': [
            (-0.02, back),
            (0.7 * reach, 1.1 * back),
            (0.7 * reach, edge - 0.4 * deep),
            (0.02, edge - 0.4 * deep),
        ],
        'dagger': [
            (-0.02, 0.5 * deep),
            (0.75 * reach, 0.4 * deep),
            (reach, 0),
            (0.75 * reach, -0.4 * deep),
            (-0.02, -0.5 * deep),
        ],
        'bread': [(-0.02, back), (reach, back), (0.97 * reach, edge), (0.0, edge)],
    }[style]
    kit.add('blade', profile(np.array(outline), draw.between(0.02, 0.035)), root)
    if draw.chance(0.3):
        pin = drum(0.018, 1.12 * thick, (0, -0.56 * thick, 0), (0, 1, 0))
        kit.add_copies('rivet', [moved(pin, x * length) for x in (-0.8, -0.5, -0.2)], root)
    if draw.chance(0.25):
        kit.add('pommel', ball((0.6 * tall, 0.5 * tall, 0.65 * tall), (-length, 0, 0)), root)
    return kit.finish()


def spatula(rng: np.random.Generator) -> ProceduralObject:
    """Builds a spatula, masher, cake server or trowel: handle, neck, bent blade."""
    draw, kit = Draw(rng), Assembly('spatula')
    length, width = draw.around(0.7, 0.2), draw.around(0.08, 0.2)
    root = _add_handle(draw, kit, length, width)
    drop = draw.between(0.0, 0.2)
    path = [(-0.02, 0, 0), (0.1, 0, -0.3 * drop), (0.16, 0, -drop)]
    neck = kit.add('bracket', bend(path, draw.between(0.02, 0.035), 8), root)
    wide, reach = draw.around(0.26, 0.25), draw.around(0.34, 0.25)
    style = draw.pick('square', 'point', 'round')
    if style == 'square':
        outline = rounded_rectangle(reach, wide, 0.2 * wide)
    elif style == 'point':
        outline = np.array([(-0.5, -0.3), (0.5, 0.0), (-0.5, 0.3), (-0.55, 0.0)]) * [
            reach,
            2 * wide,
        ]
    else:
        outline = np.array(
            [(-0.5, -0.25), (0.3, -0.5), (0.5, -0.3), (0.5, 0.3), (0.3, 0.5), (-0.5, 0.25)]
        )
        outline = outline * [reach, wide]
    blade = plate(outline, draw.between(0.015, 0.03))
    blade = turned(moved(blade, 0.5 * reach), 'y', draw.between(-0.1, 0.4))
    kit.add('blade', moved(blade, 0.13, 0, -drop), neck)
    return kit.finish()


def whisk(rng: np.random.Generator) -> ProceduralObject:
    """Builds a whisk or masher with wire loops: handle, collar, wires."""
    draw, kit = Draw(rng), Assembly('whisk')
    length, radius = draw.around(0.45, 0.2), draw.around(0.05, 0.2)
    radii = np.array([0.7, 1.0, 0.8, 0.9]) * radius
    solid = rounded_solid(radii, np.array([0.0, 0.3, 0.7, 1.0]) * length)
    root = kit.add('handle', lathed(solid, (0, 0, -length)))
    collar = kit.add('collar', drum(1.1 * radius, 0.08, (0, 0, -0.05), top=0.8 * radius), root)
    reach, wide = draw.around(0.5, 0.2), draw.around(0.16, 0.25)
    half = [
        (0.3 * radius, 0, 0.0),
        (0.7 * wide, 0, 0.4 * reach),
        (wide, 0, 0.75 * reach),
        (0, 0, reach),
    ]
    path = half + [(-x, y, z) for x, y, z in half[-2::-1]]
    loop = bend(path, 0.012, 20)
    number = draw.count(2, 4)
    wires = [turned(loop, 'z', i * np.pi / number) for i in range(number)]
    if draw.chance(0.5):
        kit.add('head', joined(wires), collar)
    else:
        kit.add_copies('wire', wires, collar)
    return kit.finish()


def corkscrew(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wing corkscrew or tap wrench: frame, screw, handle, two levers, ring."""
    draw, kit = Draw(rng), Assembly('corkscrew')
    length = draw.around(0.5, 0.15)
    frame = vessel([(0.1, 0.0), (0.12, 0.1), (0.1, 0.3)], 0.015, (0, 0, -0.3), floor=0.05)
    root = kit.add('frame', frame + drum(0.05, 0.3, (0, 0, -0.02)))
    shaft = kit.add('shaft', rod((0, 0, -0.25), (0, 0, length), 0.02), root)
    turns = np.linspace(0, 6 * np.pi, 40)
    helix = np.column_stack([0.035 * np.cos(turns), 0.035 * np.sin(turns), -0.25 - 0.014 * turns])
    kit.add('screw', bend(helix, 0.012, 40), shaft)
    if draw.chance(0.5):
        kit.add('handle', rod((-0.22, 0, length), (0.22, 0, length), 0.045), shaft)
    else:
        kit.add('handle', ring(0.1, 0.025, (0, 0, length + 0.1), (0, 1, 0)), shaft)
    lift = draw.between(-1.0, 0.7)
    arm = beam((0.03, 0, 0.22), (0.4, 0, 0.22), 0.05, 0.035, 0.01) + ball(0.05, (0.4, 0, 0.22))
    kit.add_copies('lever', both_sides(turned(arm, 'y', -lift, (0.03, 0, 0.22)), 'x'), root)
    return kit.finish()


def grinder(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pepper mill, shaker or coffee grinder: body, head, knob, crank, drawer."""
    draw, kit = Draw(rng), Assembly('grinder')
    radius, height = draw.around(0.2, 0.2), draw.around(0.6, 0.25)
    waist = draw.between(0.5, 0.9)
    if draw.chance(0.3):
        body = block((2 * radius, 2 * radius, 0.7 * height), (0, 0, 0.35 * height), 0.02)
        root, top = kit.add('body', body), 0.7 * height
        drawer = kit.add(
            'drawer', block((1.4 * radius, 0.1, 0.25 * height), (0, -radius, 0.2 * height)), root
        )
        kit.add('knob', knob(draw, 0.035, (0, -radius - 0.05, 0.2 * height), (0, -1, 0)), drawer)
    else:
        radii = np.array([1.0, 0.9, waist, 0.85, 0.8]) * radius
        solid = rounded_solid(radii, np.array([0.0, 0.15, 0.5, 0.85, 1.0]) * height)
        root, top = kit.add('body', lathed(solid)), height
    dome = rounded_solid(
        np.array([0.85, 0.95, 0.6, 0.15]) * radius, top + np.array([-0.01, 0.4, 0.9, 1.1]) * radius
    )
    head = kit.add('head', lathed(dome), root)
    peak = top + 1.05 * radius
    if draw.chance(0.5):
        kit.add('knob', knob(draw, 0.25 * radius, (0, 0, peak)), head)
    else:
        reach = draw.around(0.35, 0.2)
        crank = rod((0, 0, peak - 0.05), (0, 0, peak + 0.07), 0.03) + beam(
            (0, 0, peak + 0.06), (reach, 0, peak + 0.1), 0.045, 0.025
        )
        arm = kit.add('crank', crank, head)
        kit.add('knob', knob(draw, 0.05, (0.97 * reach, 0, peak + 0.1)), arm)
    return kit.finish()


def tongs(rng: np.random.Generator) -> ProceduralObject:
    """Builds tongs or tweezers: hinge, two arms, two pads, locking ring."""
    draw, kit = Draw(rng), Assembly('tongs')
    length, wide = draw.around(0.9, 0.15), draw.around(0.07, 0.2)
    opening, thick = draw.between(0.1, 0.35), draw.between(0.02, 0.04)
    root = kit.add('hinge', drum(1.4 * thick, 1.2 * wide, (0, -0.6 * wide, 0), (0, 1, 0)))
    line = smooth_curve([(0.0, 0.01), (0.4 * length, 0.7 * opening), (length, 0.6 * opening)], 10)
    arm = profile(band(line, thick), wide)
    arms = kit.add_copies('arm', both_sides(arm, 'z'), root)
    if draw.chance(0.7):
        pad = ball((0.13, wide, 0.03), (length, 0, 0.58 * opening))
        kit.add_copies('pad', both_sides(pad, 'z'), arms[0])
    if draw.chance(0.4):
        grip = profile(band(line[2:6], 1.8 * thick), 1.15 * wide)
        kit.add_copies('grip', both_sides(grip, 'z'), arms[0])
    if draw.chance(0.4):
        kit.add('ring', ring(0.06, 0.012, (-0.06, 0, 0), (0, 1, 0)), root)
    return kit.finish()


def cutting_board(rng: np.random.Generator) -> ProceduralObject:
    """Builds a board or tray: slab with handle or rim, feet, and goods on top."""
    draw, kit = Draw(rng), Assembly('cutting_board')
    width, depth, thick = draw.around(0.9, 0.2), draw.around(0.6, 0.2), draw.around(0.06, 0.3)
    outline = rounded_rectangle(width, depth, 0.2 * depth * draw.between(0.1, 1.0))
    root = kit.add('board', plate(outline, thick))
    style = draw.pick('grip', 'ears', 'rim')
    if style == 'grip':
        grip = rounded_rectangle(0.35, 0.14, 0.06)
        kit.add('handle', moved(plate(grip, thick), 0.5 * width + 0.14), root)
    elif style == 'ears':
        ear = bend(
            [
                (0.48 * width, -0.15, 0.5 * thick),
                (0.5 * width + 0.04, -0.12, 0.16),
                (0.5 * width + 0.04, 0.12, 0.16),
                (0.48 * width, 0.15, 0.5 * thick),
            ],
            0.022,
        )
        kit.add_copies('handle', both_sides(ear, 'x'), root)
    else:
        wall = band(np.vstack([outline, outline[:1] * 0.999]), 0.03)
        kit.add('rim', plate(wall, 0.12), root)
    spots = [(-0.25, 0.15), (0.22, 0.18), (-0.05, -0.2), (0.3, -0.15)]
    for x, y in draw.some(spots, draw.count(1, 4)):
        size = draw.around(0.1, 0.25)
        at = (x * width, y * depth, thick)
        kind = draw.pick('fruit', 'cup', 'loaf')
        if kind == 'fruit':
            kit.add(
                'fruit', ball((size, size, 0.95 * size), (at[0], at[1], thick + 0.92 * size)), root
            )
        elif kind == 'cup':
            kit.add('cup', vessel([(0.7 * size, 0), (size, 1.8 * size)], 0.1 * size, at), root)
        else:
            kit.add(
                'bread',
                ball((1.6 * size, 0.8 * size, 0.7 * size), (at[0], at[1], thick + 0.5 * size)),
                root,
            )
    if draw.chance(0.3):
        legs = spun(drum(0.04, 0.08, (0.35 * width, 0, -0.07)), 2)
        kit.add_copies(
            'foot', [moved(leg, 0, y) for leg in legs for y in (-0.3 * depth, 0.3 * depth)], root
        )
    return kit.finish()
