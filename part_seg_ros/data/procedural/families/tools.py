# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hand tools: hammer, screwdriver, saw, drill, axe, brush."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    band,
    gear,
    regular_polygon,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    joined,
    mirrored,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    block,
    drum,
    lathed,
    plate,
    profile,
    rod,
    rounded_solid,
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)


def grip(draw: Draw, length: float, radius: float) -> Piece:
    """Makes a tool handle along +x from the origin."""
    style = draw.pick('oval', 'turned', 'hex', 'flat')
    if style == 'oval':
        return drum(radius, length, (0, 0, 0), ALONG_X, elliptic=draw.between(0.6, 0.9))
    if style == 'turned':
        radii = np.array([0.75, 0.95, 0.8, 1.05, 1.0, 0.55]) * radius
        heights = np.array([0.0, 0.15, 0.35, 0.65, 0.9, 1.0]) * length
        return lathed(rounded_solid(radii, heights, 18), (0, 0, 0), ALONG_X)
    if style == 'hex':
        return plate(regular_polygon(draw.count(6, 8), radius), length, (0, 0, 0), ALONG_X)
    return block((length, 1.4 * radius, 2 * radius), (0.5 * length, 0, 0), 0.4 * radius)


def hammer(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hammer, mallet or sledge: handle, head, grip, claw or peen."""
    draw, kit = Draw(rng), Assembly('hammer')
    length, thick = draw.around(1.0, 0.15), draw.around(0.045, 0.2)
    root = kit.add('handle', grip(draw, length, thick))
    if draw.chance(0.4):
        cover = drum(1.2 * thick, length * draw.between(0.3, 0.5), (0, 0, 0), ALONG_X)
        kit.add('grip', cover, root)
    half = draw.around(0.16, 0.2)
    size = draw.around(0.075, 0.25)
    style = draw.pick('claw', 'ball', 'mallet', 'sledge', 'wedge')
    x = length - 0.6 * size
    if style == 'mallet':
        head = drum(1.4 * size, 2.2 * half, (x, 0, -1.1 * half), top=1.4 * size)
    elif style == 'sledge':
        head = block((1.6 * size, 1.6 * size, 2 * half), (x, 0, 0), 0.3 * size)
    else:
        head = block((1.3 * size, 1.2 * size, half), (x, 0, 0), 0.2 * size)
        head += drum(0.6 * size, half, (x, 0, 0.3 * half), top=0.7 * size)
        head += drum(0.8 * size, 0.3 * half, (x, 0, 1.2 * half))
    if style == 'ball':
        head += ball(0.65 * size, (x, 0, -0.9 * half)) + rod((x, 0, 0), (x, 0, -half), 0.45 * size)
    elif style == 'wedge':
        wedge = [
            (x - 0.6 * size, 0),
            (x - 0.1 * size, -1.4 * half),
            (x + 0.1 * size, -1.4 * half),
            (x + 0.6 * size, 0),
        ]
        head += profile(wedge, 1.1 * size)
    kit.add('head', head, root)
    if style == 'claw':
        line = smooth_curve(
            [(x, -0.4 * half), (x - 0.1 * size, -0.9 * half), (x - size, -1.5 * half)], 9
        )
        prong = profile(band(line, np.linspace(1.2, 0.25, 9) * size), 0.45 * size, 0.32 * size)
        kit.add('claw', prong + mirrored(prong, 'y'), root)
    return kit.finish()


def screwdriver(rng: np.random.Generator) -> ProceduralObject:
    """Builds a screwdriver, awl or file: handle, collar, shaft, tip."""
    draw, kit = Draw(rng), Assembly('screwdriver')
    length, radius = draw.around(0.4, 0.15), draw.around(0.075, 0.2)
    shape = grip(draw, length, radius)
    if draw.chance(0.4):
        shape = plate(gear(radius, 0.2 * radius, draw.count(6, 10)), length, (0, 0, 0), ALONG_X)
    if draw.chance(0.4):
        shape += ball((0.6 * radius, 0.9 * radius, 0.9 * radius))
    root = kit.add('handle', shape)
    if draw.chance(0.6):
        collar = drum(
            0.85 * radius, 0.12 * length, (0.98 * length, 0, 0), ALONG_X, top=0.4 * radius
        )
        kit.add('collar', collar, root)
    shaft, thin = draw.around(0.55, 0.3), radius * draw.between(0.22, 0.45)
    end = length + shaft
    style = draw.pick('flat', 'cross', 'socket', 'file')
    if style == 'file':
        blade = block(
            (shaft + 0.04, 2.2 * thin, 4 * thin), (length + 0.5 * shaft, 0, 0), 0.1 * thin
        )
        kit.add('blade', blade, root)
        return kit.finish()
    shaft_part = kit.add('shaft', rod((length - 0.05, 0, 0), (end, 0, 0), thin), root)
    tip = 0.18 * shaft
    if style == 'flat':
        wedge = [
            (end - 0.1 * tip, -thin),
            (end + 0.5 * tip, -1.4 * thin),
            (end + tip, -1.4 * thin),
            (end + tip, 1.4 * thin),
            (end + 0.5 * tip, 1.4 * thin),
            (end - 0.1 * tip, thin),
        ]
        kit.add('tip', profile(wedge, 0.7 * thin), shaft_part)
    elif style == 'cross':
        kit.add(
            'tip',
            rod((end - 0.3 * tip, 0, 0), (end + 0.6 * tip, 0, 0), 1.15 * thin, 0.2 * thin),
            shaft_part,
        )
    else:
        kit.add(
            'tip',
            sleeve(1.9 * thin, 1.2 * thin, tip, (end - 0.4 * tip, 0, 0), ALONG_X),
            shaft_part,
        )
    return kit.finish()


def saw(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hand saw or hack saw: blade, handle, back or frame, wing nut."""
    draw, kit = Draw(rng), Assembly('saw')
    length, thin = draw.around(1.0, 0.15), draw.around(0.02, 0.3)
    grip_thick = draw.around(0.07, 0.2)
    loop = np.array(
        [
            (-0.05, -0.12),
            (0.02, 0.14),
            (-0.06, 0.18),
            (-0.26, 0.16),
            (-0.36, 0.02),
            (-0.3, -0.16),
            (-0.14, -0.2),
        ]
    )
    ring_line = smooth_curve(np.vstack([loop, loop[:1] + 0.002]), 26)
    outline = band(ring_line, draw.between(0.05, 0.08))
    root = kit.add('handle', profile(outline, grip_thick))
    if draw.chance(0.5):
        deep, tip = draw.around(0.26, 0.2), draw.around(0.1, 0.3)
        sheet = [
            (-0.06, -0.5 * deep),
            (length, -0.5 * deep),
            (length, -0.5 * deep + tip),
            (-0.06, 0.5 * deep),
        ]
        blade = kit.add('blade', profile(sheet, thin), root)
        if draw.chance(0.4):
            back = profile(
                band([(0.0, 0.5 * deep), (length, -0.5 * deep + tip)], 0.05), 2.5 * thin
            )
            kit.add('backing', back, blade)
        return kit.finish()
    high, low = draw.around(0.32, 0.2), -0.12
    bow = [
        (0.0, 0.06),
        (0.02, high),
        (0.9 * length, high),
        (length, high - 0.08),
        (length, low - 0.04),
    ]
    frame = kit.add(
        'frame', profile(band(bow, draw.between(0.035, 0.06)), draw.between(0.03, 0.06)), root
    )
    blade = block((length + 0.08, thin, 0.06), (0.5 * length - 0.02, 0, low), 0.0)
    kit.add('blade', blade, frame)
    nut = rod((length - 0.03, 0, low), (length + 0.07, 0, low), 0.025)
    nut += block((0.02, 0.12, 0.03), (length + 0.05, 0, low))
    kit.add('screw', nut, frame)
    return kit.finish()


def drill(rng: np.random.Generator) -> ProceduralObject:
    """Builds a drill or similar power tool: body, grip, trigger, chuck, bit, battery, vents."""
    draw, kit = Draw(rng), Assembly('drill')
    length, radius = draw.around(0.6, 0.15), draw.around(0.14, 0.15)
    if draw.chance(0.5):
        body = drum(
            radius, length, (-0.5 * length, 0, 0), ALONG_X, top=radius * draw.between(0.7, 1.0)
        )
    else:
        body = block((length, 1.7 * radius, 2 * radius), (0, 0, 0), 0.4 * radius)
    root = kit.add('body', body)
    chuck = draw.around(0.18, 0.25)
    x = 0.5 * length
    nose = rod((x - 0.02, 0, 0), (x + chuck, 0, 0), 0.75 * radius, radius * draw.between(0.3, 0.5))
    chuck_part = kit.add('chuck', nose, root)
    if draw.chance(0.7):
        bit = draw.around(0.35, 0.3)
        kit.add(
            'bit',
            rod((x + chuck - 0.02, 0, 0), (x + chuck + bit, 0, 0), 0.14 * radius),
            chuck_part,
        )
    down, lean = draw.around(0.5, 0.15), draw.between(-0.2, 0.05)
    grip_x = -length * draw.between(0.05, 0.38)
    side = np.array(
        [
            (-0.09, 0.0),
            (0.1, 0.0),
            (0.07, -0.3),
            (0.09, -0.55),
            (0.06, -1.0),
            (-0.1, -1.0),
            (-0.1, -0.5),
        ]
    )
    side = smooth_curve(np.vstack([side, side[:1]]), 24)[:-1] * [1.0, down]
    side[:, 0] += grip_x - lean * side[:, 1]
    low = -0.6 * radius
    grip_part = kit.add('grip', profile(side + [0, low], 1.15 * radius), root)
    trigger = block((0.09, 0.06, 0.12), (grip_x + 0.1, 0, -radius - 0.08), 0.015)
    kit.add('trigger', trigger, grip_part)
    foot_x, foot_z = grip_x + lean * down, low - down
    if draw.chance(0.75):
        pack = block(
            (draw.around(0.3, 0.15), 1.7 * radius, 0.13), (foot_x + 0.05, 0, foot_z - 0.03), 0.02
        )
        kit.add('battery', pack, grip_part)
    else:
        kit.add(
            'cord',
            rod((foot_x, 0, foot_z + 0.02), (foot_x - 0.06, 0, foot_z - 0.35), 0.025),
            grip_part,
        )
    if draw.chance(0.4):
        kit.add('dial', drum(1.05 * radius, 0.06, (0.5 * length - 0.1, 0, 0), ALONG_X), root)
    if draw.chance(0.3):
        arm = rod((0.42 * length, 0, 0), (0.42 * length, -3.5 * radius, 0), 0.3 * radius)
        kit.add('handle', arm, root)
    return kit.finish()


def axe(rng: np.random.Generator) -> ProceduralObject:
    """Builds an axe, pickaxe, hoe or shovel: shaft, head, grip, cross handle."""
    draw, kit = Draw(rng), Assembly('axe')
    length, thick = draw.around(1.2, 0.2), draw.around(0.035, 0.2)
    root = kit.add('handle', rod((0, 0, 0), (length, 0, 0), thick))
    style = draw.pick('axe', 'double', 'pick', 'shovel', 'hoe')
    size = draw.around(0.2, 0.2)
    x = length - 0.12
    if style in ('axe', 'double'):
        blade = np.array(
            [
                (-0.35, -0.3),
                (-0.3, 0.3),
                (-0.8, 1.0),
                (0.0, 1.2),
                (0.8, 1.0),
                (0.4, 0.3),
                (0.4, -0.3),
            ]
        )
        head = profile(blade * size + [x, 0], 1.8 * thick)
        heads = [head, mirrored(head, 'z')] if style == 'double' else [head]
        kit.add('head', joined(heads), root)
    elif style == 'pick':
        line = (
            smooth_curve([(-0.35, -1.8), (0.1, -0.7), (0.2, 0.0), (0.1, 0.7), (-0.35, 1.8)], 15)
            * size
        )
        thickness = (0.55 - 0.45 * np.abs(np.linspace(-1, 1, 15))) * size
        kit.add('head', profile(band(line + [x, 0], thickness), 1.6 * thick), root)
    elif style == 'shovel':
        blade = np.array(
            [(-0.2, -0.2), (0, -0.6), (1.2, -0.65), (1.9, 0.0), (1.2, 0.65), (0, 0.6), (-0.2, 0.2)]
        )
        kit.add(
            'blade', plate(blade * size + [length, 0], 0.12 * size, (0, 0, -0.06 * size)), root
        )
    else:
        blade = block((0.1 * size, 1.2 * size, 1.4 * size), (length - 0.02, 0, -0.6 * size))
        kit.add('blade', blade, root)
    if draw.chance(0.4):
        bar = rod((0, -0.7 * size, 0), (0, 0.7 * size, 0), 1.1 * thick)
        kit.add('grip', bar, root)
    elif draw.chance(0.5):
        kit.add('grip', rod((-0.02, 0, 0), (0.3 * length, 0, 0), 1.4 * thick), root)
    return kit.finish()


def brush(rng: np.random.Generator) -> ProceduralObject:
    """Builds a brush, broom or roller: handle, ferrule or head, bristles."""
    draw, kit = Draw(rng), Assembly('brush')
    length, radius = draw.around(0.8, 0.3), draw.around(0.04, 0.2)
    root = kit.add('handle', grip(draw, length, radius))
    style = draw.pick('paint', 'broom', 'roller')
    width = draw.around(0.3, 0.3)
    if style == 'paint':
        ferrule = block((0.16, 0.35 * width, width), (length + 0.05, 0, 0), 0.01)
        holder = kit.add('ferrule', ferrule, root)
        tuft = block((draw.around(0.22, 0.2), 0.3 * width, 0.94 * width), (length + 0.2, 0, 0))
        kit.add('bristles', tuft, holder)
    elif style == 'broom':
        wide = 1.4 * width
        holder = kit.add('head', block((0.1, 0.45 * width, wide), (length, 0, 0), 0.02), root)
        fan = np.array([(0.0, -0.46), (0.0, 0.46), (1.0, 0.56), (1.0, -0.56)])
        fan = fan * [draw.around(0.25, 0.2), wide] + [length + 0.04, 0]
        kit.add('bristles', profile(fan, 0.36 * width), holder)
    else:
        wide = 0.6 * width
        frame = [
            (length - 0.02, 0),
            (length + 0.1, 0),
            (length + 0.12, 1.2 * wide),
            (length + 0.3, 1.2 * wide),
            (length + 0.3, 0.9 * wide),
        ]
        holder = kit.add('bracket', profile(band(frame, 0.025), 0.03), root)
        kit.add('roller', drum(0.09, 2 * wide, (length + 0.3, 0, -wide)), holder)
    return kit.finish()
