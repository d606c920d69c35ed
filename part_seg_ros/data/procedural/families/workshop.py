# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Workshop tools: pliers, scissors, wrench, clamp, caliper, plane."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import screw_head
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
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


def _loop(half_width: float, half_height: float, wall: float) -> np.ndarray:
    """Draws an oval ring cut open by a hair, so that it is one outline."""
    line = arc(1.0, -np.pi + 0.01, np.pi - 0.01, 25) * [half_width, half_height]
    return band(line, wall)


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
