# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hand tools: hammer, screwdriver, pliers, scissors, wrench, saw, drill, axe, brush, clamp."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import screw_head
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    gear,
    regular_polygon,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    mirrored,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    lathed,
    plate,
    profile,
    ring,
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


def pliers(rng: np.random.Generator) -> ProceduralObject:
    """Builds pliers: two jaws, two handles with grips, pivot."""
    draw, kit = Draw(rng), Assembly('pliers')
    thick, opening = draw.around(0.09, 0.2), draw.between(0.02, 0.28)
    jaw_length, reach = draw.around(0.32, 0.25), draw.around(0.75, 0.15)
    blunt = draw.between(0.1, 0.7)
    jaw = np.array(
        [
            (-0.12, 0.1),
            (0.0, 0.14),
            (jaw_length, 0.1 * blunt + 0.02),
            (jaw_length, 0.004),
            (0.1, 0.004),
            (-0.1, -0.08),
        ]
    )
    spread = draw.between(0.16, 0.3)
    line = smooth_curve(
        [(0.02, 0.02), (-0.16, -0.09), (-0.4, -spread), (-reach, -0.75 * spread)], 14
    )
    arm = band(line, draw.between(0.05, 0.08))
    cover = band(line[6:], draw.between(0.09, 0.12))
    root = kit.add('pivot', drum(draw.between(0.06, 0.1), 1.2 * thick, (0, 0, -0.6 * thick)))
    half = plate(jaw, 0.9 * thick, (0, 0, -0.45 * thick))
    handle = plate(arm, 0.8 * thick, (0, 0, -0.4 * thick))
    covered = draw.chance(0.65)
    if not covered:
        handle += plate(cover, 0.5 * thick, (0, 0, -0.25 * thick))
    swing = [turned(half, 'z', opening), mirrored(turned(half, 'z', opening), 'y')]
    kit.add_copies('jaw', swing, root)
    arms = [turned(handle, 'z', opening), mirrored(turned(handle, 'z', opening), 'y')]
    handles = kit.add_copies('handle', arms, root)
    if covered:
        soft = turned(plate(cover, 1.2 * thick, (0, 0, -0.6 * thick)), 'z', opening)
        kit.add_copies('grip', [soft, mirrored(soft, 'y')], handles[0])
    return kit.finish()


def scissors(rng: np.random.Generator) -> ProceduralObject:
    """Builds scissors or shears: two blades, two finger loops, pivot screw."""
    draw, kit = Draw(rng), Assembly('scissors')
    thick, opening = draw.around(0.03, 0.3), draw.between(0.05, 0.5)
    length, reach = draw.around(0.65, 0.2), draw.around(0.35, 0.2)
    root = kit.add('screw', drum(0.05, 3 * thick, (0, 0, -1.5 * thick)))
    blade = np.array(
        [
            (-0.1, -0.06),
            (0.0, 0.0),
            (length, -0.005),
            (0.7 * length, 0.05),
            (0.0, 0.075),
            (-0.12, 0.04),
        ]
    )
    loop = draw.around(0.12, 0.15)
    y = loop * draw.between(1.0, 1.3)
    stretch = draw.between(1.0, 1.6)
    handle_z = draw.between(1.2, 2.0) * thick
    blades, handles = [], []
    for side in (1, -1):
        flat = plate(blade, thick, (0, 0, 0.02 * thick if side > 0 else -1.02 * thick))
        centre = (-reach - stretch * loop, -y, 0.0)
        hoop = plate(
            _loop(loop * stretch, loop, 0.28 * loop), 2 * handle_z, (*centre[:2], -handle_z)
        )
        arm = beam(
            (-0.06, -0.02, 0), (-reach - 0.2 * loop, -0.85 * y, 0), 0.08, 1.6 * handle_z, 0.005
        )
        flat, hoop = turned(flat, 'z', 0.5 * opening), turned(hoop + arm, 'z', 0.5 * opening)
        blades.append(flat if side > 0 else turned(flat, 'x', np.pi))
        handles.append(hoop if side > 0 else mirrored(hoop, 'y'))
    blades[1] = mirrored(turned(plate(blade, thick, (0, 0, -thick)), 'z', 0.5 * opening), 'y')
    kit.add_copies('blade', blades, root)
    kit.add_copies('handle', handles, root)
    return kit.finish()


def _loop(half_width: float, half_height: float, wall: float) -> np.ndarray:
    """Draws an oval ring cut open by a hair, so that it is one outline."""
    line = arc(1.0, -np.pi + 0.01, np.pi - 0.01, 25) * [half_width, half_height]
    return band(line, wall)


def wrench(rng: np.random.Generator) -> ProceduralObject:
    """Builds a spanner: handle, open jaw, ring, or an adjustable jaw with its screw."""
    draw, kit = Draw(rng), Assembly('wrench')
    length, width, thick = draw.around(1.0, 0.15), draw.around(0.1, 0.2), draw.around(0.055, 0.25)
    root = kit.add('handle', block((length, width, thick), (0.5 * length, 0, 0), 0.2 * thick))
    head = width * draw.between(1.0, 1.5)
    if draw.chance(0.45):
        _adjustable_jaw(draw, kit, length, head, thick)
    else:
        gap = draw.between(0.5, 0.8)
        mouth = arc(head, 0.35 * np.pi * gap, (2 - 0.35 * gap) * np.pi, 18)
        notch = [
            (0.6 * head, -gap * 0.55 * head),
            (-0.15 * head, -gap * 0.5 * head),
            (-0.15 * head, gap * 0.5 * head),
            (0.6 * head, gap * 0.55 * head),
        ]
        jaw = plate(np.vstack([mouth, notch]), 1.4 * thick, (0, 0, -0.7 * thick))
        kit.add('jaw', moved(turned(jaw, 'z', draw.pick(0.0, 0.26)), length + 0.7 * head), root)
    if draw.chance(0.5):
        hole = sleeve(0.85 * head, 0.5 * head, 1.3 * thick, (-0.6 * head, 0, -0.65 * thick))
        kit.add('ring', hole, root)
    elif draw.chance(0.5):
        cover = block(
            (0.6 * length, 1.25 * width, 1.5 * thick), (0.28 * length, 0, 0), 0.4 * thick
        )
        kit.add('grip', cover, root)
    return kit.finish()


def _adjustable_jaw(draw: Draw, kit: Assembly, x: float, head: float, thick: float) -> None:
    fixed = np.array(
        [
            (-0.3, -0.5),
            (0.6, -1.1),
            (1.5, -1.1),
            (2.1, -0.9),
            (2.1, -0.6),
            (0.9, -0.4),
            (0.9, 0.5),
            (0.2, 0.7),
            (-0.3, 0.4),
        ]
    ) * head + [x, 0.1 * head]
    fixed_part = kit.add('jaw', plate(fixed, 1.6 * thick, (0, 0, -0.8 * thick)))
    slide = draw.between(0.0, 0.6) * head
    moving = np.array([(0.95, -0.2), (2.05, -0.2), (1.9, 0.25), (1.3, 0.45), (0.85, 0.3)]) * head
    moving = moving + [x, slide]
    kit.add('moving_jaw', plate(moving, 1.3 * thick, (0, 0, -0.65 * thick)), fixed_part)
    screw = drum(0.2 * head, 0.6 * head, (x + 0.45 * head, -0.2 * head, 0), (0, 1, 0))
    kit.add('screw', moved(screw, z=0.6 * thick), fixed_part)


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
            kit.add('back', back, blade)
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


def clamp(rng: np.random.Generator) -> ProceduralObject:
    """Builds a screw clamp: C-frame, spindle, pad, toggle bar."""
    draw, kit = Draw(rng), Assembly('clamp')
    reach, height = draw.around(0.5, 0.25), draw.around(0.8, 0.25)
    thick, width = draw.around(0.1, 0.2), draw.around(0.09, 0.2)
    line = [(reach, 0), (0.1, 0), (0, 0.1), (0, height - 0.1), (0.1, height), (reach, height)]
    root = kit.add(
        'frame',
        profile(band(np.array(line), thick), width)
        + drum(0.8 * thick, 1.4 * thick, (reach, 0, -0.7 * thick)),
    )
    kit.add('pad', drum(0.9 * thick, 0.06, (reach, 0, height - 0.5 * thick - 0.05)), root)
    high, low = height * draw.between(0.4, 0.85), -height * draw.between(0.25, 0.6)
    spindle = kit.add('screw', rod((reach, 0, low), (reach, 0, high), 0.4 * thick), root)
    kit.add('pad', drum(0.9 * thick, 0.06, (reach, 0, high - 0.01)), spindle)
    half = draw.between(0.15, 0.3)
    bar = rod((reach, -half, low + 0.03), (reach, half, low + 0.03), 0.2 * thick)
    for side in (-1, 1):
        bar += ball(0.3 * thick, (reach, side * half, low + 0.03))
    kit.add('handle', bar, spindle)
    if draw.chance(0.3):
        kit.add_copies(
            'bolt',
            both_sides(screw_head(0.4 * thick, (0, 0.5 * width, 0.5 * height), (0, 1, 0)), 'y'),
            root,
        )
    return kit.finish()


def caliper(rng: np.random.Generator) -> ProceduralObject:
    """Builds a sliding caliper: beam, fixed jaw, slider with display, jaw, lock screw."""
    draw, kit = Draw(rng), Assembly('caliper')
    length, deep, thin = draw.around(1.4, 0.15), draw.around(0.1, 0.15), draw.around(0.03, 0.2)
    root = kit.add('beam', block((length, deep, thin), (0.5 * length, 0, 0)))
    jaw = np.array([(0.0, -0.4), (0.6, -0.4), (0.55, -2.0), (0.1, -3.6), (0.0, -3.6)]) * deep
    tooth = np.array([(0.0, 0.4), (0.5, 0.4), (0.1, 1.8), (0.0, 1.8)]) * deep
    fixed = plate(jaw * [-1, 1], 1.2 * thin, (0.02, 0, -0.6 * thin))
    fixed += plate(tooth * [-1, 1], 0.8 * thin, (0.02, 0, -0.4 * thin))
    fixed += block((0.7 * deep, deep, thin), (-0.25 * deep, 0, 0))
    kit.add('jaw', fixed, root)
    at = draw.between(0.08, 0.45) * length
    size = draw.around(0.32, 0.2)
    slide = block((size, 1.6 * deep, 2.5 * thin), (at + 0.5 * size, 0, 0.3 * thin), 0.1 * thin)
    slider = kit.add('slider', slide, root)
    moving = plate(jaw, 1.2 * thin, (at, 0, -0.6 * thin)) + plate(
        tooth, 0.8 * thin, (at, 0, -0.4 * thin)
    )
    kit.add('moving_jaw', moving, slider)
    top = 1.5 * thin
    if draw.chance(0.6):
        kit.add(
            'display',
            block((0.5 * size, 0.8 * deep, 0.6 * thin), (at + 0.4 * size, 0, top)),
            slider,
        )
        spots = [at + f * size for f in (0.75, 0.88)]
        buttons = [drum(0.12 * deep, 0.8 * thin, (x, 0.1 * deep, top - 0.1 * thin)) for x in spots]
        kit.add_copies('button', buttons, slider)
    kit.add(
        'screw', drum(0.3 * deep, 0.6 * deep, (at + 0.5 * size, 0.6 * deep, 0), (0, 1, 0)), slider
    )
    if draw.chance(0.5):
        kit.add(
            'wheel',
            drum(0.28 * deep, 2.2 * thin, (at + 0.9 * size, -0.8 * deep, -0.8 * thin)),
            slider,
        )
    if draw.chance(0.3):
        kit.add('rod', ring(0.3 * deep, 0.05 * deep, (length + 0.25 * deep, 0, 0)), root)
    return kit.finish()


def bench_plane(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wood plane or flat iron: sole, body, rear handle, front knob, iron, wheel."""
    draw, kit = Draw(rng), Assembly('bench_plane')
    length, width, thick = draw.around(1.2, 0.2), draw.around(0.3, 0.15), draw.around(0.05, 0.25)
    sole = plate(rounded_rectangle(length, width, 0.3 * width), thick)
    root = kit.add('base', sole)
    if draw.chance(0.7):
        cheek = np.array([(-0.35, 0.0), (-0.15, 0.16), (0.15, 0.16), (0.35, 0.0)]) * [length, 1.0]
        walls = profile(cheek + [0, 0.5 * thick], 0.08 * width, 0.46 * width)
        kit.add('body', walls + mirrored(walls, 'y'), root)
    tall = draw.around(0.35, 0.15)
    line = smooth_curve(
        np.array([(-0.32, 0.0), (-0.34, 0.5), (-0.4, 0.9), (-0.46, 1.1)]) * [length, tall], 10
    )
    kit.add('handle', profile(band(line, draw.between(0.08, 0.12)), 0.3 * width), root)
    kit.add(
        'knob',
        lathed(
            rounded_solid(
                np.array([0.5, 0.3, 0.6, 0.5, 0.2]) * 0.32 * width,
                np.array([0, 0.3, 0.65, 0.9, 1.0]) * 0.65 * tall,
            ),
            (0.36 * length, 0, 0.8 * thick),
        ),
        root,
    )
    iron = beam((0.04 * length, 0, 0.0), (-0.16 * length, 0, 0.3), 0.75 * width, 0.04)
    blade = kit.add('blade', iron, root)
    if draw.chance(0.6):
        kit.add('screw', drum(0.09, 0.06, (-0.1 * length, 0, 0.12), (0.8, 0, 0.6)), blade)
    return kit.finish()
