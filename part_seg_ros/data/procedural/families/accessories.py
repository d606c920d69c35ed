# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things people carry: sword, pistol, book, pen, hair dryer, dumbbell."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    regular_polygon,
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
    rounded_solid,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)
FRONT = (0.0, -1.0, 0.0)


def sword(rng: np.random.Generator) -> ProceduralObject:
    """Builds a sword, spear, mace or club: blade, guard, grip, pommel, gem, bands."""
    draw, kit = Draw(rng), Assembly('sword')
    grip, radius = draw.around(0.28, 0.2), draw.around(0.035, 0.2)
    style = draw.pick('sword', 'sword', 'sabre', 'spear', 'mace', 'club')
    if style in ('spear', 'mace', 'club'):
        grip = {'spear': 1.3, 'mace': 0.7, 'club': 1.0}[style] * draw.around(1.0, 0.15)
    root = kit.add('handle', rod((0, 0, 0), (0, 0, grip), 0.95 * radius, radius))
    if style == 'spear':
        blade = profile(
            np.array([(-0.07, 0), (0.07, 0), (0.09, 0.1), (0, 0.4), (-0.09, 0.1)]), 0.03
        )
        kit.add('blade', moved(blade, z=grip - 0.02), root)
        kit.add('collar', drum(1.6 * radius, 0.08, (0, 0, grip - 0.06)), root)
    elif style == 'mace':
        size = draw.around(0.13, 0.15)
        head = kit.add('head', ball(size, (0, 0, grip + 0.6 * size)), root)
        spike = drum(0.3 * size, 0.7 * size, (0.85 * size, 0, 0), ALONG_X, top=0.01)
        spikes = [moved(copy, z=grip + 0.6 * size) for copy in spun(spike, draw.count(5, 8))]
        kit.add_copies('spike', spikes, head)
    elif style == 'club':
        tilt = draw.between(-0.4, 0.2)
        head = (
            ball((0.17, 0.08, 0.08)) if draw.chance(0.5) else block((0.28, 0.06, 0.12), bevel=0.02)
        )
        kit.add('head', moved(turned(head, 'y', tilt), 0.1, 0, grip), root)
    else:
        long, wide = draw.around(1.0, 0.2), draw.around(0.1, 0.25)
        if style == 'sabre':
            line = smooth_curve([(0, 0), (0.02, 0.5 * long), (0.2, long)], 14)
            outline = band(line, wide * np.linspace(1.0, 0.35, 14))
        else:
            outline = np.array([(-0.5, 0), (0.5, 0), (0.42, 0.85), (0, 1.0), (-0.42, 0.85)]) * [
                wide,
                long,
            ]
        blade = kit.add('blade', moved(profile(outline, draw.between(0.02, 0.035)), z=grip), root)
        if style != 'sabre' and draw.chance(0.25):
            groove = block((0.3 * wide, 0.045, 0.55 * long), (0, 0, grip + 0.32 * long))
            kit.add('fuller', groove, blade)
        span = draw.around(0.2, 0.3)
        if draw.chance(0.6):
            guard = block((2 * span, 0.06, 0.06), (0, 0, grip), 0.02)
        elif draw.chance(0.5):
            guard = drum(0.6 * span, 0.03, (0, 0, grip - 0.01))
        else:
            guard = bend(
                [
                    (-span, 0, grip + 0.1),
                    (-0.4 * span, 0, grip),
                    (0.4 * span, 0, grip),
                    (span, 0, grip + 0.1),
                ],
                0.03,
            )
        kit.add('guard', guard, root)
    if draw.chance(0.75):
        kit.add('pommel', ball(radius * draw.between(1.3, 2.2), (0, 0, -0.5 * radius)), root)
    if draw.chance(0.35):
        z = np.linspace(0.2, 0.8, draw.count(2, 4)) * grip
        kit.add_copies(
            'band', [drum(1.25 * radius, 0.04, (0, 0, float(h) - 0.02)) for h in z], root
        )
    return kit.finish()


def pistol(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pistol, rifle or glue gun: receiver, barrel, grip, trigger, guard, stock, scope."""
    draw, kit = Draw(rng), Assembly('pistol')
    long, tall, wide = draw.around(0.5, 0.2), draw.around(0.13, 0.15), draw.around(0.09, 0.15)
    root = kit.add('body', block((long, wide, tall), (0, 0, 0), draw.between(0.005, 0.03)))
    reach, bore = draw.around(0.4, 0.4), tall * draw.between(0.18, 0.36)
    z = draw.between(0.0, 0.25) * tall
    tube = rod((0.5 * long - 0.02, 0, z), (0.5 * long + reach, 0, z), bore)
    barrel = kit.add('barrel', tube, root)
    if draw.chance(0.5):
        x = 0.5 * long + reach
        kit.add('muzzle', sleeve(1.5 * bore, 0.8 * bore, 0.1, (x - 0.06, 0, z), ALONG_X), barrel)
    lean, down = draw.between(0.05, 0.3), draw.around(0.34, 0.15)
    x = -0.36 * long
    grip = np.array(
        [
            (x - 0.08, -0.3 * tall),
            (x + 0.1, -0.3 * tall),
            (x + 0.08 - lean, -down - 0.5 * tall),
            (x - 0.1 - lean, -down - 0.5 * tall),
        ]
    )
    kit.add('grip', profile(grip, 0.9 * wide), root)
    guard = arc(0.1, np.pi, 2 * np.pi, 10) * [1.0, 0.9] + [x + 0.2, -0.48 * tall]
    kit.add('trigger_guard', profile(band(guard, 0.025), 0.5 * wide), root)
    kit.add(
        'trigger',
        bend(
            [
                (x + 0.21, 0, -0.45 * tall),
                (x + 0.19, 0, -0.5 * tall - 0.04),
                (x + 0.21, 0, -0.5 * tall - 0.07),
            ],
            0.02,
            8,
        ),
        root,
    )
    if draw.chance(0.5):
        stock = np.array(
            [
                (-0.45 * long, 0.3 * tall),
                (-0.45 * long, -0.35 * tall),
                (-0.5 * long - 0.5, -0.24),
                (-0.5 * long - 0.5, 0.05),
            ]
        )
        stock_part = kit.add('stock', profile(stock, 0.8 * wide), root)
        if draw.chance(0.5):
            kit.add(
                'butt', block((0.06, wide, 0.32), (-0.5 * long - 0.51, 0, -0.1), 0.015), stock_part
            )
    if draw.chance(0.4):
        top = 0.5 * tall + 0.09
        scope = rod((-0.25 * long, 0, top), (0.3 * long, 0, top), 0.045) + drum(
            0.06, 0.1, (0.26 * long, 0, top), ALONG_X
        )
        scope += block((0.05, 0.03, 0.1), (-0.1 * long, 0, top - 0.06)) + block(
            (0.05, 0.03, 0.1), (0.15 * long, 0, top - 0.06)
        )
        kit.add('scope', scope, root)
    else:
        kit.add('sight', block((0.03, 0.02, 0.06), (0.45 * long, 0, 0.5 * tall + 0.02)), root)
    if draw.chance(0.5):
        mag = block(
            (0.12, 0.75 * wide, draw.around(0.25, 0.25)),
            (0.12 * long, 0, -0.5 * tall - 0.09),
            0.01,
        )
        kit.add('magazine', turned(mag, 'y', draw.between(-0.2, 0.1)), root)
    if draw.chance(0.35):
        kit.add(
            'fore_grip', drum(1.7 * bore, 0.55 * reach, (0.5 * long + 0.02, 0, z), ALONG_X), barrel
        )
    return kit.finish()


def book(rng: np.random.Generator) -> ProceduralObject:
    """Builds a book, clipboard or box of cards: covers, pages, spine, clasp, bookmark, clip."""
    draw, kit = Draw(rng), Assembly('book')
    wide, tall, thick = draw.around(0.65, 0.12), draw.around(0.9, 0.1), draw.around(0.16, 0.4)
    cover, opening = 0.03, draw.pick(0.0, draw.between(0.2, 2.6))
    root = kit.add('pages', block((0.94 * wide, 0.94 * tall, thick), (0.47 * wide, 0, 0)))
    half = block((wide, tall, cover), (0.5 * wide, 0, 0.5 * (thick + cover) - 0.002))
    kit.add('cover', moved(half, z=-thick - cover + 0.004), root)
    kit.add('cover', turned(half, 'y', -opening, (0, 0, 0.5 * thick)), root)
    spine = (
        drum(0.5 * thick + cover, tall, (0, -0.5 * tall, 0), (0, 1, 0))
        if draw.chance(0.5)
        else block((0.05, tall, thick + 2 * cover), (-0.02, 0, 0))
    )
    spine_part = kit.add('spine', spine, root)
    if draw.chance(0.4):
        kit.add_copies(
            'band',
            both_sides(
                block((0.09 + thick * 0.4, 0.05, thick + 2.8 * cover), (-0.02, 0.35 * tall, 0)),
                'y',
            ),
            spine_part,
        )
    if draw.chance(0.4):
        kit.add(
            'bookmark', block((0.05, 0.3, 0.012), (0.4 * wide, -0.55 * tall, 0.1 * thick)), root
        )
    if draw.chance(0.35) and not opening:
        clasp = block((0.12, 0.1, thick + 3 * cover), (0.97 * wide, 0, 0), 0.01)
        kit.add('clasp', clasp, root)
    if draw.chance(0.35):
        emblem = plate(
            regular_polygon(draw.pick(4, 6, 12), 0.17),
            0.03,
            (0.5 * wide, 0, -0.5 * thick - cover),
            (0, 0, -1),
        )
        kit.add('emblem', emblem, root)
    return kit.finish()


def pen(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pen, pencil, lipstick, syringe or toothbrush: barrel, tip, cap, clip, plunger."""
    draw, kit = Draw(rng), Assembly('pen')
    long, radius = draw.around(0.9, 0.12), draw.around(0.055, 0.25)
    style = draw.pick('pen', 'pencil', 'syringe', 'toothbrush', 'lipstick')
    if style == 'pencil':
        root = kit.add('body', plate(regular_polygon(6, radius), long, (0, 0, 0), ALONG_X))
        tip = kit.add(
            'tip', drum(0.95 * radius, 0.18, (long - 0.005, 0, 0), ALONG_X, top=0.3 * radius), root
        )
        kit.add('lead', drum(0.3 * radius, 0.05, (long + 0.17, 0, 0), ALONG_X, top=0.005), tip)
        ferrule = kit.add('ferrule', drum(1.02 * radius, 0.09, (-0.08, 0, 0), ALONG_X), root)
        kit.add('eraser', drum(0.95 * radius, 0.1, (-0.17, 0, 0), ALONG_X), ferrule)
    elif style == 'syringe':
        root = kit.add('body', drum(1.5 * radius, 0.7 * long, (0, 0, 0), ALONG_X))
        nozzle = kit.add(
            'nozzle', drum(0.7 * radius, 0.1, (0.69 * long, 0, 0), ALONG_X, top=0.4 * radius), root
        )
        kit.add('needle', rod((0.7 * long + 0.07, 0, 0), (1.05 * long, 0, 0), 0.016), nozzle)
        kit.add('flange', block((0.04, 5.5 * radius, 2.4 * radius), (0.02, 0, 0), 0.01), root)
        plunger = rod((-0.45 * long, 0, 0), (0.01, 0, 0), 0.8 * radius) + drum(
            1.6 * radius, 0.04, (-0.47 * long, 0, 0), ALONG_X
        )
        kit.add('plunger', plunger, root)
    elif style == 'toothbrush':
        handle = lathed(
            rounded_solid(
                np.array([0.7, 1.0, 0.6, 0.8, 0.4]) * radius,
                np.array([0, 0.3, 0.6, 0.75, 1.0]) * long,
            ),
            (0, 0, 0),
            ALONG_X,
        )
        root = kit.add('handle', scaled(handle, y=1.3))
        head = kit.add('head', block((0.25, 0.11, 0.04), (long + 0.08, 0, 0), 0.015), root)
        tufts = (
            block((0.22, 0.09, 0.11), (long + 0.08, 0, 0.06))
            if draw.chance(0.5)
            else joined(
                drum(0.02, 0.12, (long + x, y, 0.01))
                for x in (0.0, 0.05, 0.1, 0.15)
                for y in (-0.03, 0.03)
            )
        )
        kit.add('bristles', tufts, head)
    elif style == 'lipstick':
        root = kit.add('base', drum(2.0 * radius, 0.35, (0, 0, 0), ALONG_X))
        tube = kit.add('tube', drum(1.7 * radius, 0.2, (0.34, 0, 0), ALONG_X), root)
        kit.add('lipstick', drum(1.4 * radius, 0.22, (0.5, 0, 0), ALONG_X, top=0.9 * radius), tube)
        if draw.chance(0.5):
            kit.add(
                'cap', sleeve(2.1 * radius, 1.8 * radius, 0.45, (0.1, 0.3, -1.2 * radius), ALONG_X)
            )
    else:
        root = kit.add('body', drum(radius, long, (0, 0, 0), ALONG_X, top=0.9 * radius))
        kit.add(
            'tip', drum(0.9 * radius, 0.17, (long - 0.005, 0, 0), ALONG_X, top=0.12 * radius), root
        )
        cap = kit.add(
            'cap', drum(1.15 * radius, draw.between(0.15, 0.4), (-0.05, 0, 0), ALONG_X), root
        )
        clip = block((0.35, 0.04, 0.02), (0.12, 0, 1.5 * radius)) + block(
            (0.03, 0.04, 0.7 * radius), (-0.03, 0, 1.25 * radius)
        )
        kit.add('clip', clip, cap)
        if draw.chance(0.5):
            kit.add('button', drum(0.5 * radius, 0.08, (-0.12, 0, 0), ALONG_X), cap)
        if draw.chance(0.5):
            kit.add('grip', drum(1.1 * radius, 0.25 * long, (0.7 * long, 0, 0), ALONG_X), root)
    return kit.finish()


def hair_dryer(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hair dryer or megaphone: body, nozzle, rear grille, handle, switch, cord, loop."""
    draw, kit = Draw(rng), Assembly('hair_dryer')
    long, radius = draw.around(0.5, 0.15), draw.around(0.16, 0.15)
    radii = np.array([0.85, 1.0, 0.9, 0.75]) * radius
    root = kit.add(
        'body',
        lathed(
            rounded_solid(radii, np.array([0.0, 0.25, 0.65, 1.0]) * long),
            (-0.4 * long, 0, 0),
            ALONG_X,
        ),
    )
    if draw.chance(0.4):
        bell = vessel(
            [[0.6 * radius, 0.0], [draw.between(1.4, 2.4) * radius, 0.45]],
            0.025,
            (0.55 * long, 0, 0),
            ALONG_X,
        )
        kit.add('diffuser', bell, root)
    else:
        nozzle = drum(
            0.72 * radius, 0.2, (0.58 * long, 0, 0), ALONG_X, top=draw.between(0.4, 0.9) * radius
        )
        kit.add('nozzle', scaled(nozzle, y=draw.pick(1.0, 1.4)), root)
    kit.add('grille', drum(0.8 * radius, 0.06, (-0.4 * long - 0.05, 0, 0), ALONG_X), root)
    lean, down = draw.between(0.0, 0.3), draw.around(0.5, 0.12)
    handle = kit.add(
        'handle',
        beam(
            (-0.15 * long, 0, -0.6 * radius),
            (-0.15 * long - lean * down, 0, -down),
            0.11,
            0.14,
            0.04,
        ),
        root,
    )
    at = (-0.15 * long + 0.08 - 0.5 * lean * down, 0, -0.5 * radius - 0.3 * down)
    kit.add('switch', block((0.06, 0.06, 0.1), at, 0.015), handle)
    foot = np.array([-0.15 * long - lean * down, 0, -down])
    if draw.chance(0.6):
        kit.add(
            'cord',
            bend([foot + [0, 0, 0.05], foot + [0, 0, -0.15], foot + [-0.15, 0.05, -0.3]], 0.022),
            handle,
        )
    else:
        kit.add('loop', ring(0.06, 0.015, foot - [0, 0, 0.06], FRONT), handle)
    return kit.finish()


def dumbbell(rng: np.random.Generator) -> ProceduralObject:
    """Builds a dumbbell, barbell or spool: bar, grip, discs, collars."""
    draw, kit = Draw(rng), Assembly('dumbbell')
    half, thick = draw.around(0.5, 0.3), draw.around(0.05, 0.2)
    root = kit.add('bar', rod((-half, 0, 0), (half, 0, 0), thick))
    if draw.chance(0.5):
        kit.add('grip', drum(1.3 * thick, 0.9 * half, (-0.45 * half, 0, 0), ALONG_X), root)
    style, x = draw.pick('disc', 'hex', 'ball'), 0.6 * half
    for i in range(1 if style == 'ball' else draw.count(1, 3)):
        radius, wide = draw.around(0.28, 0.2) * (1 - 0.2 * i), draw.around(0.09, 0.25)
        if style == 'disc':
            disc = drum(radius, wide, (x, 0, 0), ALONG_X)
        elif style == 'hex':
            disc = plate(regular_polygon(6, radius), wide, (x, 0, 0), ALONG_X)
        else:
            disc, wide = ball(0.8 * radius, (x + 0.4 * radius, 0, 0)), 1.2 * radius
        kit.add_copies('weight', both_sides(disc, 'x'), root)
        x += wide * 0.99 + draw.pick(0.0, 0.02)
    if x < half and draw.chance(0.8):
        collar = drum(1.8 * thick, 0.05, (x, 0, 0), ALONG_X)
        kit.add_copies('collar', both_sides(collar, 'x'), root)
    return kit.finish()
