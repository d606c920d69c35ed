# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things to wear: glasses, umbrella, hat, shoe."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
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
    sleeve,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)
FRONT = (0.0, -1.0, 0.0)


def glasses(rng: np.random.Generator) -> ProceduralObject:
    """Builds glasses or goggles: rims, lenses, bridge, temples, tips, hinges."""
    draw, kit = Draw(rng), Assembly('glasses')
    half, wide, tall = draw.around(0.3, 0.1), draw.around(0.24, 0.12), draw.around(0.18, 0.2)
    thick = draw.around(0.022, 0.3)
    loop = rounded_rectangle(2 * wide, 2 * tall, draw.between(0.3, 1.0) * tall, corner_points=6)
    path = np.vstack([loop, loop[:1], loop[1:2]]) * [1.0, 0.98]
    path = np.column_stack([path[:, 0], np.zeros(len(path)), path[:, 1]])
    rim = moved(sweep(path, thick), half)
    root = kit.add(
        'bridge',
        bend(
            [(-half + 0.95 * wide, 0, 0.03), (0, -0.03, 0.07), (half - 0.95 * wide, 0, 0.03)],
            0.9 * thick,
            8,
        ),
    )
    rims = kit.add_copies('rim', both_sides(rim, 'x'), root)
    if draw.chance(0.75):
        lens = moved(profile(loop * 0.98, 0.025), half)
        kit.add_group('lens', list(zip(both_sides(lens, 'x'), rims, strict=True)))
    x, back = half + wide, draw.around(0.85, 0.1)
    splay = draw.pick(0.0, 0.08)
    temple = beam((x, 0.0, 0.03), (x + splay, 0.75 * back, 0.03), 0.03, 0.045)
    tip = bend(
        [(x + splay, 0.73 * back, 0.03), (x + splay, 0.9 * back, 0.0), (x + splay, back, -0.16)],
        0.026,
        8,
    )
    if draw.chance(0.5):
        temples = kit.add_copies('temple', both_sides(temple, 'x'), root)
        kit.add_group('tip', list(zip(both_sides(tip, 'x'), temples, strict=True)))
    else:
        kit.add_copies('temple', both_sides(temple + tip, 'x'), root)
    if draw.chance(0.5):
        hinge = block((0.06, 0.05, 0.07), (x, 0.0, 0.03), 0.008)
        kit.add_copies('hinge', both_sides(hinge, 'x'), root)
    if draw.chance(0.4):
        pad = ball((0.015, 0.03, 0.045), (half - 0.92 * wide, 0.05, -0.05))
        kit.add_copies('nose_pad', both_sides(pad, 'x'), root)
    return kit.finish()


def umbrella(rng: np.random.Generator) -> ProceduralObject:
    """Builds an umbrella or parasol: canopy, shaft, handle, tip, ribs, base."""
    draw, kit = Draw(rng), Assembly('umbrella')
    radius, dome = draw.around(0.7, 0.15), draw.around(0.28, 0.25)
    long, top = draw.around(1.1, 0.12), 1.2
    outer = smooth_curve(
        [(radius, top - dome), (0.6 * radius, top - 0.25 * dome), (0.02, top)], 10
    )
    inner = (outer - [0.0, 0.035])[::-1]
    root = kit.add('canopy', lathed(np.vstack([outer, [0.0, top], [0.0, top - 0.035], inner])))
    shaft = kit.add(
        'shaft', rod((0, 0, top - long), (0, 0, top + 0.02), draw.between(0.014, 0.03)), root
    )
    kit.add('tip', drum(0.03, 0.12, (0, 0, top - 0.01), top=0.012), root)
    low = top - long
    style = draw.pick('hook', 'knob', 'base', 'grip')
    if style == 'hook':
        line = arc(0.09, np.pi, 2.1 * np.pi, 12)
        path = np.vstack(
            [
                [(0, 0, low + 0.12)],
                np.column_stack([line[:, 0] + 0.09, np.zeros(12), line[:, 1] + low]),
            ]
        )
        kit.add('handle', sweep(path, 0.032), shaft)
    elif style == 'knob':
        kit.add('handle', ball((0.07, 0.07, 0.09), (0, 0, low)), shaft)
    elif style == 'grip':
        kit.add('handle', drum(0.045, 0.25, (0, 0, low - 0.05)), shaft)
    else:
        kit.add('base', drum(0.25, 0.1, (0, 0, low - 0.05), top=0.18), shaft)
    if draw.chance(0.5):
        rib = rod(
            (0.02, 0, top - 0.55 * dome - 0.12), (0.6 * radius, 0, top - 0.25 * dome - 0.03), 0.012
        )
        kit.add_copies('stay', spun(rib, draw.pick(6, 8)), root)
    return kit.finish()


def hat(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hat, cap or helmet: crown, brim, band, visor, button, feather, strap."""
    draw, kit = Draw(rng), Assembly('hat')
    radius, tall = draw.around(0.4, 0.1), draw.around(0.35, 0.25)
    style = draw.pick('top', 'cap', 'cone', 'helmet')
    if style == 'top':
        outer = np.array([(radius, 0.0), (radius * draw.between(0.8, 1.1), tall)])
    elif style == 'cone':
        outer = np.array([(radius, 0.0), (0.06, 2.2 * tall)])
    else:
        outer = smooth_curve(
            np.array([(1.0, 0), (0.96, 0.4), (0.65, 0.85), (0.1, 1.0)]) * [radius, 1.1 * tall], 12
        )
    top = float(outer[-1, 1])
    inner = (outer - [0.045, 0.045])[::-1]
    inner = inner[inner[:, 0] > 0.02]
    inner[-1, 1] = 0.0
    shell = np.vstack([outer, [0.0, top], [0.0, inner[0, 1]], inner])
    root = kit.add('crown', lathed(shell))
    if style in ('top', 'cone'):
        brim = radius * draw.between(1.4, 2.1)
        rim = smooth_curve(
            [
                (radius - 0.03, 0.0),
                (0.6 * brim + 0.4 * radius, -0.02),
                (brim, draw.between(-0.05, 0.12)),
            ],
            8,
        )
        kit.add('brim', lathed(np.vstack([rim, (rim + [0, 0.035])[::-1]])), root)
        if draw.chance(0.7):
            ratio = (outer[-1, 0] - outer[0, 0]) / (outer[-1, 1] - outer[0, 1])
            kit.add(
                'band',
                drum(radius + 0.015, 0.11, (0, 0, 0.02), top=radius + 0.015 + 0.13 * ratio),
                root,
            )
        if draw.chance(0.35):
            kit.add(
                'feather',
                moved(turned(ball((0.03, 0.09, 0.3)), 'x', -0.4), radius, 0.05, 0.3),
                root,
            )
    elif style == 'cap':
        visor = (
            np.array([(-0.8, -0.55), (-0.5, -1.4), (0, -1.6), (0.5, -1.4), (0.8, -0.55)]) * radius
        )
        kit.add(
            'visor',
            moved(turned(plate(smooth_curve(visor, 14), 0.03), 'x', 0.15), 0, 0, 0.01),
            root,
        )
        kit.add('button', ball((0.05, 0.05, 0.03), (0, 0, top)), root)
    else:
        if draw.chance(0.6):
            kit.add(
                'crest',
                profile(
                    np.vstack(
                        [
                            arc(1.0, 0.3, 2.8, 12) * [1.02 * radius, 1.2 * tall],
                            arc(1.0, 2.8, 0.3, 12) * [0.9 * radius, 1.0 * tall],
                        ]
                    ),
                    0.08,
                ),
                root,
            )
        if draw.chance(0.5):
            kit.add('visor', sleeve(1.06 * radius, 0.99 * radius, 0.14, (0, 0, -0.05)), root)
        strap = bend(
            [
                (-0.97 * radius, 0, 0.02),
                (-0.7 * radius, 0, -0.35),
                (0, 0, -0.5),
                (0.7 * radius, 0, -0.35),
                (0.97 * radius, 0, 0.02),
            ],
            0.02,
        )
        kit.add('strap', strap, root)
        horn = bend(
            [
                (0.9 * radius, 0, 0.5 * tall),
                (1.35 * radius, 0, 0.6 * tall),
                (1.45 * radius, 0, 1.1 * tall),
            ],
            0.06,
            8,
        )
        if draw.chance(0.4):
            kit.add_copies('horn', both_sides(horn, 'x'), root)
    return kit.finish()


def shoe(rng: np.random.Generator) -> ProceduralObject:
    """Builds a shoe, boot or high heel: sole, upper, shaft, heel, laces, tongue, buckle."""
    draw, kit = Draw(rng), Assembly('shoe')
    long, wide, lift = (
        draw.around(0.9, 0.08),
        draw.around(0.32, 0.1),
        draw.pick(0.0, draw.between(0.05, 0.35)),
    )
    line = smooth_curve(
        [(-0.5 * long, lift), (-0.25 * long, lift), (0.15 * long, 0.0), (0.5 * long, 0.03)], 12
    )
    thick = draw.between(0.04, 0.1)
    root = kit.add('sole', profile(band(line, thick), 1.05 * wide))
    high = draw.around(0.28, 0.15)
    upper = np.array(
        [
            (-0.47 * long, lift),
            (-0.46 * long, lift + high),
            (-0.1 * long, 0.6 * lift + high),
            (0.2 * long, 0.2),
            (0.42 * long, 0.16),
            (0.49 * long, 0.06),
            (0.3 * long, 0.02),
            (0.0, 0.25 * lift),
            (-0.2 * long, 0.9 * lift),
        ]
    )
    upper_part = kit.add('upper', profile(upper, 0.92 * wide), root)
    if lift:
        kit.add(
            'heel',
            drum(
                0.06 + 0.1 * draw.between(0, 1),
                lift + 0.02,
                (-0.38 * long, 0, lift),
                (0, 0, -1),
                top=draw.between(0.03, 0.1),
            ),
            root,
        )
    if draw.chance(0.4):
        tall = draw.around(0.4, 0.3)
        shaft = sleeve(0.46 * wide + 0.02, 0.4 * wide, tall, (-0.27 * long, 0, lift + high - 0.08))
        shaft_part = kit.add('ankle', shaft, upper_part)
        if draw.chance(0.5):
            kit.add(
                'cuff',
                sleeve(
                    0.46 * wide + 0.05,
                    0.42 * wide,
                    0.09,
                    (-0.27 * long, 0, lift + high + tall - 0.12),
                ),
                shaft_part,
            )
    else:
        kit.add(
            'collar',
            moved(scaled(ring(0.36 * wide, 0.045), x=1.5), -0.27 * long, 0, lift + high - 0.01),
            upper_part,
        )
    if draw.chance(0.6):
        spots = np.linspace(0.0, 0.18, 4) * long
        heights = np.interp(spots, [-0.1 * long, 0.2 * long], [0.6 * lift + high, 0.2])
        laces = [
            rod((x, -0.3 * wide, z + 0.01), (x, 0.3 * wide, z + 0.01), 0.022)
            for x, z in zip(spots, heights, strict=True)
        ]
        kit.add('laces', joined(laces), upper_part)
    if draw.chance(0.4):
        kit.add('toe_cap', ball((0.12, 0.48 * wide, 0.12), (0.41 * long, 0, 0.07)), upper_part)
    return kit.finish()
