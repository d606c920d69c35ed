# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Instruments: guitar, violin, drum, trumpet, piano, microscope, globe, scales, hourglass."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, leg
from part_seg_ros.data.procedural.families.outlines import band, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    in_grid,
    joined,
    moved,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    closed_vessel,
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


def guitar(rng: np.random.Generator) -> ProceduralObject:
    """Builds a guitar or violin: body, neck, head, tuning pegs, bridge, sound hole, strings."""
    draw, kit = Draw(rng), Assembly('guitar')
    long, wide, deep = draw.around(0.8, 0.12), draw.around(0.55, 0.12), draw.around(0.14, 0.3)
    waist = draw.between(0.55, 0.85)
    side = np.array(
        [
            (-0.5, 0.0),
            (-0.46, 0.32),
            (-0.25, 0.5),
            (0.05, 0.5 * waist),
            (0.3, 0.4),
            (0.47, 0.2),
            (0.5, 0.0),
        ]
    )
    outline = np.vstack([side, side[-2:0:-1] * [1, -1]])
    outline = smooth_curve(np.vstack([outline, outline[:1]]), 36)[:-1] * [long, wide]
    root = kit.add('body', plate(outline, deep, (0, 0, -deep)))
    reach = draw.around(0.75, 0.12)
    neck = kit.add(
        'neck', block((reach, 0.09, 0.06), (0.45 * long + 0.5 * reach, 0, 0.01), 0.01), root
    )
    if draw.chance(0.6):
        kit.add(
            'fingerboard',
            block((reach + 0.12, 0.08, 0.025), (0.42 * long + 0.5 * reach, 0, 0.05)),
            neck,
        )
    x = 0.45 * long + reach
    head_piece = plate(
        np.array([(-0.02, -0.05), (0.22, -0.09), (0.22, 0.09), (-0.02, 0.05)]),
        0.045,
        (x, 0, -0.02),
    )
    head = kit.add('head', turned(head_piece, 'y', draw.between(0.0, 0.3), (x, 0, 0)), neck)
    pegs = [
        rod((x + s, 0.05, -0.02), (x + s, 0.14, -0.02), 0.012)
        + ball((0.022, 0.02, 0.022), (x + s, 0.145, -0.02))
        for s in np.linspace(0.04, 0.18, draw.count(2, 3))
    ]
    kit.add_copies('peg', [copy for peg in pegs for copy in both_sides(peg, 'y')], head)
    kit.add('bridge', block((0.05, 0.3 * wide, 0.05), (-0.22 * long, 0, 0.015)), root)
    if draw.chance(0.6):
        kit.add('sound_hole', ring(0.15 * wide, 0.02, (0.12 * long, 0, 0.0)), root)
    else:
        kit.add_copies(
            'pickup',
            [block((0.06, 0.32 * wide, 0.03), (s * long, 0, 0.005)) for s in (0.0, 0.18)],
            root,
        )
        kit.add_copies(
            'knob',
            [drum(0.03, 0.04, (-0.3 * long, s * wide, -0.005)) for s in (-0.22, -0.33)],
            root,
        )
    if draw.chance(0.5):
        strings = joined(
            rod((-0.22 * long, y, 0.045), (x + 0.05, 0.7 * y, 0.07), 0.006)
            for y in (-0.03, -0.01, 0.01, 0.03)
        )
        kit.add('strings', strings, root)
    return kit.finish()


def drum_kit(rng: np.random.Generator) -> ProceduralObject:
    """Builds a drum or drum kit: shells, skins, hoops, lugs, legs, cymbal on a stand, sticks."""
    draw, kit = Draw(rng), Assembly('drum_kit')
    radius, tall = draw.around(0.4, 0.15), draw.around(0.4, 0.35)
    root = kit.add('drum', drum(radius, tall))
    kit.add('skin', drum(0.97 * radius, 0.03, (0, 0, tall - 0.015)), root)
    hoop = ring(1.01 * radius, 0.03, (0, 0, tall))
    kit.add_copies('hoop', [hoop, moved(hoop, z=-tall)], root)
    lug = rod((1.04 * radius, 0, 0.02), (1.04 * radius, 0, tall - 0.02), 0.018)
    if draw.chance(0.6):
        kit.add_copies('lug', spun(lug, draw.count(5, 8)), root)
    if draw.chance(0.6):
        foot = rod((0.95 * radius, 0, 0.3 * tall), (1.15 * radius, 0, -0.4), 0.025)
        kit.add_copies('leg', spun(foot, 3), root)
    if draw.chance(0.5):
        x = 1.9 * radius
        stand = rod((x, 0, -0.4), (x, 0, tall + 0.4), 0.02)
        stand += joined(
            moved(copy, x, 0, 0) for copy in spun(rod((0, 0, -0.1), (0.3, 0, -0.4), 0.018), 3)
        )
        stand_part = kit.add(
            'stand', stand + rod((x, 0, 0.5 * tall), (0.9 * radius, 0, 0.5 * tall), 0.018), root
        )
        plate_piece = lathed(
            [[0.0, 0.06], [0.06, 0.05], [0.33, 0.0], [0.33, 0.012], [0.06, 0.065], [0.0, 0.075]]
        )
        kit.add(
            'cymbal',
            moved(turned(plate_piece, 'x', draw.between(-0.3, 0.3)), x, 0, tall + 0.33),
            stand_part,
        )
    if draw.chance(0.5):
        stick = rod(
            (-0.7 * radius, -0.3, tall + 0.03), (0.6 * radius, 0.1, tall + 0.05), 0.02
        ) + ball(0.032, (0.6 * radius, 0.1, tall + 0.05))
        kit.add_copies('stick', [stick, turned(stick, 'z', 0.9)], root)
    return kit.finish()


def trumpet(rng: np.random.Generator) -> ProceduralObject:
    """Builds a horn: bell, looped tube, mouthpiece, valves with buttons, slide, strap ring."""
    draw, kit = Draw(rng), Assembly('trumpet')
    long, bore = draw.around(0.9, 0.12), draw.around(0.028, 0.15)
    flare, tall = draw.around(0.2, 0.2), draw.around(0.2, 0.15)
    path = [
        (0.6 * long, 0, tall),
        (-0.4 * long, 0, tall),
        (-0.52 * long, 0, 0.5 * tall),
        (-0.4 * long, 0, 0),
        (0.4 * long, 0, 0),
        (0.5 * long, 0, 0.25 * tall),
        (0.4 * long, 0, 0.5 * tall),
        (-0.75 * long, 0, 0.5 * tall),
    ]
    root = kit.add('tube', bend(path, bore, 44))
    bell = vessel(
        smooth_curve([(bore, 0), (1.5 * bore, 0.5), (0.5 * flare, 0.85), (flare, 1.0)], 12)
        * [1, 0.45],
        0.012,
        (0.58 * long, 0, tall),
        ALONG_X,
    )
    kit.add('flare', bell, root)
    mouth = drum(1.1 * bore, 0.1, (-0.74 * long, 0, 0.5 * tall), (-1, 0, 0), top=1.9 * bore)
    kit.add('mouthpiece', mouth, root)
    for i in range(3):
        x = (-0.12 + 0.12 * i) * long
        case = kit.add('valve', drum(0.048, 1.5 * tall, (x, 0, -0.2 * tall)), root)
        stem = rod((x, 0, 1.25 * tall), (x, 0, 1.55 * tall), 0.014) + drum(
            0.035, 0.02, (x, 0, 1.55 * tall)
        )
        kit.add('button', stem, case)
    if draw.chance(0.5):
        kit.add('ring', ring(0.05, 0.013, (0.25 * long, 0, -0.06), (0, 1, 0)), root)
    return kit.finish()


def piano(rng: np.random.Generator) -> ProceduralObject:
    """Builds a piano: case, lid, white and black keys, legs, pedals, music stand, stool."""
    draw, kit = Draw(rng), Assembly('piano')
    wide, deep, z = draw.around(1.3, 0.1), draw.around(0.45, 0.15), draw.around(0.62, 0.06)
    upright = draw.chance(0.6)
    if upright:
        tall = draw.around(1.05, 0.08)
        case = block((wide, deep, tall), (0, 0.2, 0.5 * tall), 0.01)
    else:
        outline = np.array(
            [
                (-0.5, 0),
                (0.5, 0),
                (0.5, 0.35),
                (0.25, 0.55),
                (0.15, 0.9),
                (-0.15, 1.1),
                (-0.5, 1.0),
            ]
        )
        case = plate(
            smooth_curve(np.vstack([outline, outline[:1]]), 36)[:-1] * [wide, wide],
            0.22,
            (0, 0, z - 0.05),
        )
    root = kit.add('body', case)
    y = -0.05 if upright else 0.0
    shelf = kit.add('keybed', block((wide, 0.26, 0.09), (0, y - 0.08, z), 0.01), root)
    count = draw.count(8, 14)
    pitch = 0.94 * wide / count
    xs = (np.arange(count) - 0.5 * (count - 1)) * pitch
    white = block((0.9 * pitch, 0.18, 0.03), (0, y - 0.1, z + 0.055))
    if draw.chance(0.6):
        kit.add_copies('white_key', in_grid(white, xs), shelf)
    else:
        kit.add('white_keys', joined(in_grid(white, xs)), shelf)
    black = block((0.5 * pitch, 0.11, 0.03), (0, y - 0.065, z + 0.08))
    spots = [x + 0.5 * pitch for i, x in enumerate(xs[:-1]) if i % 7 not in (2, 6)]
    kit.add('black_keys', joined(in_grid(black, spots)), shelf)
    if upright:
        foot = leg(draw, (0.45 * wide, y - 0.15, 0), (0.45 * wide, y - 0.15, z), 0.03)
        kit.add_copies('leg', both_sides(foot, 'x'), root)
        kit.add('lid', block((1.04 * wide, deep + 0.04, 0.04), (0, 0.2, tall + 0.01)), root)
    else:
        feet = [
            leg(draw, (x, yy, 0), (x, yy, z), 0.04, 'tapered')
            for x, yy in ((0.42 * wide, 0.1), (-0.42 * wide, 0.1), (-0.1 * wide, 0.85 * wide))
        ]
        kit.add_copies('leg', feet, root)
        lid = plate(
            np.array([(-0.5, 0.1), (0.4, 0.1), (0.1, 0.9), (-0.5, 0.95)]) * wide,
            0.03,
            (0, 0, z + 0.18),
        )
        kit.add('lid', turned(lid, 'y', -draw.between(0.3, 0.9), (-0.5 * wide, 0, z + 0.18)), root)
    kit.add(
        'music_stand',
        turned(
            block((0.5, 0.025, 0.2), (0, y + 0.06, z + 0.2)), 'x', -0.2, (0, y + 0.06, z + 0.1)
        ),
        root,
    )
    if draw.chance(0.5):
        seat = block((0.4, 0.25, 0.06), (0, y - 0.55, 0.42), 0.02)
        seat_part = kit.add('stool', seat, root)
        feet = four_corners(rod((0.16, 0.09, 0), (0.16, 0.09, 0.42), 0.02))
        kit.add_copies('leg', [moved(f, 0, y - 0.55) for f in feet], seat_part)
    return kit.finish()


def microscope(rng: np.random.Generator) -> ProceduralObject:
    """Builds a microscope: base, arm, stage, tube, eyepiece, objectives, knobs, mirror."""
    draw, kit = Draw(rng), Assembly('microscope')
    tall, lean = draw.around(0.9, 0.1), draw.between(0.0, 0.4)
    root = kit.add('base', block((0.5, 0.4, 0.08), (0.05, 0, 0.04), 0.02))
    arm_line = smooth_curve(
        [(-0.12, 0.06), (-0.25, 0.3 * tall), (-0.2, 0.65 * tall), (0.0, 0.82 * tall)], 12
    )
    arm = kit.add(
        'arm', profile(band(arm_line, draw.between(0.08, 0.12)), draw.between(0.08, 0.13)), root
    )
    kit.add(
        'stage',
        block((0.32, 0.34, 0.035), (0.06, 0, 0.32 * tall), 0.008)
        + block((0.2, 0.1, 0.05), (-0.1, 0, 0.32 * tall)),
        arm,
    )
    axis = np.array([-np.sin(lean), 0, np.cos(lean)])
    start = np.array([0.08, 0, 0.62 * tall])
    tube = kit.add('tube', drum(0.065, 0.42 * tall, start, axis), arm)
    end = start + 0.42 * tall * axis
    kit.add('eyepiece', drum(0.075, 0.12, end - 0.02 * axis, axis, top=0.06), tube)
    turret = kit.add('turret', ball((0.09, 0.09, 0.05), start), tube)
    for angle in draw.some((-0.6, 0.0, 0.6), draw.count(2, 3)):
        way = np.array([np.sin(angle), 0.3 * np.sin(2 * angle), -np.cos(angle)])
        kit.add('objective', drum(0.04, 0.16, start + 0.02 * way, way, top=0.028), turret)
    wheel = drum(0.07, 0.05, (-0.2, 0.05, 0.45 * tall), (0, 1, 0))
    kit.add_copies('knob', both_sides(wheel, 'y'), arm)
    if draw.chance(0.5):
        kit.add_copies(
            'knob', both_sides(drum(0.04, 0.04, (-0.2, 0.05, 0.26 * tall), (0, 1, 0)), 'y'), arm
        )
    kit.add('lamp', drum(0.07, 0.1, (0.08, 0, 0.07), top=0.05), root)
    return kit.finish()


def globe(rng: np.random.Generator) -> ProceduralObject:
    """Builds a globe, bell or gyroscope: ball, meridian ring, axis, pole, base, feet, moon."""
    draw, kit = Draw(rng), Assembly('globe')
    radius, tilt = draw.around(0.4, 0.1), draw.between(0.0, 0.5)
    root = kit.add('ball', ball(radius))
    angle = 2 * np.pi if draw.chance(0.3) else np.pi * draw.between(1.0, 1.25)
    hoop = ring(1.12 * radius, 0.03, (0, 0, 0), (0, 1, 0), angle_rad=angle, start_rad=-np.pi / 2)
    axis = (
        rod((0, 0, -1.13 * radius), (0, 0, 1.13 * radius), 0.02)
        + ball(0.035, (0, 0, 1.13 * radius))
        + ball(0.035, (0, 0, -1.13 * radius))
    )
    ring_part = kit.add('meridian', turned(hoop, 'y', tilt), root)
    kit.add('axis', turned(axis, 'y', tilt), root)
    if draw.chance(0.3):
        kit.add('horizon', ring(1.2 * radius, 0.035), ring_part)
    low = -1.13 * radius - draw.around(0.2, 0.4)
    pole = kit.add('pole', rod((0, 0, low), (0, 0, -1.08 * radius), 0.035), ring_part)
    if draw.chance(0.6):
        kit.add(
            'base',
            closed_vessel(
                smooth_curve(
                    [(0.75 * radius, low - 0.08), (0.7 * radius, low - 0.03), (0.1, low + 0.06)], 8
                )
            ),
            pole,
        )
    else:
        foot = bend([(0, 0, low + 0.05), (0.25, 0, low), (0.35, 0, low - 0.15)], 0.03, 8)
        kit.add_copies('foot', spun(foot, draw.count(3, 4)), pole)
    return kit.finish()


def scales(rng: np.random.Generator) -> ProceduralObject:
    """Builds a balance or kitchen scales: base, column, beam, pans on chains, dial, weights."""
    draw, kit = Draw(rng), Assembly('scales')
    if draw.chance(0.4):
        wide, tall = draw.around(0.5, 0.12), draw.around(0.4, 0.15)
        body = profile(
            np.array(
                [(-0.5 * wide, 0), (0.5 * wide, 0), (0.32 * wide, tall), (-0.32 * wide, tall)]
            ),
            0.35,
        )
        root = kit.add('body', body)
        dial = kit.add('dial', drum(0.3 * wide, 0.05, (0, -0.16, 0.5 * tall), (0, -1, 0)), root)
        kit.add(
            'pointer',
            turned(
                block((0.03, 0.03, 0.4 * wide), (0, -0.21, 0.5 * tall)),
                'y',
                draw.between(0, 3),
                (0, 0, 0.5 * tall),
            ),
            dial,
        )
        post = kit.add('post', drum(0.05, 0.1, (0, 0, tall - 0.01)), root)
        bowl = kit.add(
            'pan',
            vessel(
                smooth_curve([(0.15, 0), (0.35, 0.06), (0.45, 0.15)], 8),
                0.025,
                (0, 0, tall + 0.07),
            ),
            post,
        )
        if draw.chance(0.5):
            kit.add('fruit', ball(0.13, (0.05, 0, tall + 0.22)), bowl)
        return kit.finish()
    tall, half = draw.around(0.9, 0.12), draw.around(0.5, 0.12)
    root = kit.add('base', drum(0.28, 0.07, top=0.22))
    column = kit.add(
        'column', rod((0, 0, 0.05), (0, 0, tall), 0.035) + ball(0.06, (0, 0, tall)), root
    )
    tilt = draw.between(-0.2, 0.2)
    bar = turned(
        rod((-half, 0, tall - 0.06), (half, 0, tall - 0.06), 0.025), 'y', tilt, (0, 0, tall - 0.06)
    )
    bar_part = kit.add('beam', bar, column)
    for side in (1, -1):
        end = np.array([side * half * np.cos(tilt), 0, tall - 0.06 - side * half * np.sin(tilt)])
        low = end[2] - draw.around(0.42, 0.05)
        chains = joined(
            rod(end, (end[0] + 0.19 * np.cos(a), 0.19 * np.sin(a), low + 0.06), 0.008)
            for a in (0.5, 2.6, 4.7)
        )
        chain = kit.add('chain', chains, bar_part)
        pan = kit.add(
            'pan',
            vessel(
                smooth_curve([(0.08, 0), (0.17, 0.03), (0.21, 0.07)], 8), 0.015, (end[0], 0, low)
            ),
            chain,
        )
        if draw.chance(0.5):
            kit.add(
                'weight',
                drum(0.07, 0.12, (end[0], 0, low + 0.01))
                + drum(0.03, 0.06, (end[0], 0, low + 0.12)),
                pan,
            )
    return kit.finish()


def hourglass(rng: np.random.Generator) -> ProceduralObject:
    """Builds an hourglass, candlestick or chess piece: plates, glass bulbs, sand, posts."""
    draw, kit = Draw(rng), Assembly('hourglass')
    if draw.chance(0.45):
        radius, tall = draw.around(0.3, 0.1), draw.around(0.9, 0.12)
        root = kit.add('base', drum(1.25 * radius, 0.07, (0, 0, -0.06)))
        top = kit.add('top', drum(1.25 * radius, 0.07, (0, 0, tall - 0.01)), root)
        bulb = rounded_solid(
            np.array([0.8, 1.0, 0.7, 0.15]) * radius, np.array([0.0, 0.15, 0.32, 0.5]) * tall
        )
        kit.add('chamber', lathed(bulb), root)
        upper = rounded_solid(
            np.array([0.15, 0.7, 1.0, 0.8]) * radius, np.array([0.5, 0.68, 0.85, 1.0]) * tall
        )
        kit.add('chamber', lathed(upper), top)
        post = rod((1.1 * radius, 0, 0), (1.1 * radius, 0, tall), 0.035)
        kit.add_copies('post', spun(post, draw.count(3, 4)), root)
        kit.add('ring', ring(0.2 * radius, 0.04, (0, 0, 0.5 * tall)), root)
        return kit.finish()
    radius, tall = draw.around(0.24, 0.12), draw.around(0.8, 0.2)
    foot = rounded_solid(
        np.array([1.0, 1.05, 0.7, 0.5]) * radius, np.array([0.0, 0.06, 0.14, 0.2])
    )
    root = kit.add('base', lathed(foot))
    stem = rounded_solid(
        np.array([0.5, 0.3, 0.4, 0.28, 0.5]) * radius,
        0.17 + np.array([0.0, 0.25, 0.5, 0.75, 1.0]) * (tall - 0.17),
    )
    body = kit.add('body', lathed(stem), root)
    kit.add('collar', drum(0.75 * radius, 0.05, (0, 0, tall - 0.03)), body)
    kind = draw.pick('ball', 'crown', 'tower', 'candle')
    if kind == 'ball':
        head = kit.add('head', ball(0.6 * radius, (0, 0, tall + 0.5 * radius)), body)
        kit.add('knob', knob(draw, 0.12 * radius, (0, 0, tall + 1.05 * radius)), head)
    elif kind == 'candle':
        cup = kit.add(
            'cup',
            vessel([[0.4 * radius, 0], [0.55 * radius, 0.1]], 0.02, (0, 0, tall + 0.01)),
            body,
        )
        rise = draw.around(0.4, 0.25)
        candle = kit.add('candle', drum(0.38 * radius, rise, (0, 0, tall + 0.02)), cup)
        if draw.chance(0.5):
            kit.add('flame', ball((0.04, 0.04, 0.08), (0, 0, tall + rise + 0.08)), candle)
    else:
        head = kit.add(
            'head', drum(0.5 * radius, 0.25, (0, 0, tall + 0.01), top=0.75 * radius), body
        )
        tooth = block((0.22 * radius, 0.2 * radius, 0.1), (0.6 * radius, 0, tall + 0.28))
        kit.add_copies('battlement', spun(tooth, draw.count(4, 6)), head)
        if kind == 'crown':
            cross = beam((0, 0, tall + 0.2), (0, 0, tall + 0.5), 0.06, 0.06) + block(
                (0.18, 0.06, 0.06), (0, 0, tall + 0.42)
            )
            kit.add('cross', cross, head)
    return kit.finish()
