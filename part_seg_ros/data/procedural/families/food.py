# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prepared food: burger, cake, ice cream, sandwich, sushi, candy, bento box, meal on a plate."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    gear,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    joined,
    moved,
    scaled,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    drum,
    lathed,
    plate,
    ring,
    rod,
    rounded_solid,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def burger(rng: np.random.Generator) -> ProceduralObject:
    """Builds a burger or stacked sandwich: buns, patty, cheese, salad, tomato, stick, plate."""
    draw, kit = Draw(rng), Assembly('burger')
    radius, long = draw.around(0.5, 0.1), draw.pick(1.0, 1.0, draw.between(1.5, 2.2))

    def layer(shape: Piece) -> Piece:
        return scaled(shape, y=long)

    z = draw.around(0.16, 0.15)
    bun = rounded_solid(
        np.array([0.85, 1.0, 1.0, 0.9]) * radius, np.array([0.0, 0.3, 0.8, 1.0]) * z
    )
    root = kit.add('bottom_bun', layer(lathed(bun)))
    for kind in draw.some(
        ('salad', 'patty', 'cheese', 'tomato', 'patty', 'onion'), draw.count(2, 5)
    ):
        thick = {'patty': draw.around(0.14, 0.15), 'cheese': 0.04}.get(
            kind, draw.around(0.06, 0.2)
        )
        at = (0, 0, z - 0.01)
        if kind == 'patty':
            shape = lathed(
                rounded_solid(
                    np.array([0.9, 1.03, 1.03, 0.9]) * radius,
                    np.array([0, 0.25, 0.75, 1]) * (thick + 0.01),
                ),
                at,
            )
        elif kind == 'cheese':
            shape = turned(
                block((1.75 * radius, 1.75 * radius, thick), (0, 0, z + 0.4 * thick)),
                'z',
                draw.between(0, 1.5),
            )
        elif kind == 'salad':
            shape = plate(gear(1.14 * radius, 0.14 * radius, draw.count(7, 11)), thick, at)
        elif kind == 'tomato':
            slices = [
                drum(
                    0.5 * radius,
                    thick,
                    (0.45 * radius * np.cos(a), 0.45 * radius * np.sin(a), z - 0.01),
                )
                for a in (0.4, 2.5, 4.6)
            ]
            kit.add_copies(kind, [layer(s) for s in slices], root)
            z += thick - 0.015
            continue
        else:
            shape = ring(0.75 * radius, 0.5 * thick, (0, 0, z + 0.4 * thick))
        kit.add(kind, layer(shape), root)
        z += thick - 0.015
    dome = draw.around(0.32, 0.15)
    top = rounded_solid(
        np.array([0.9, 1.04, 0.8, 0.1]) * radius,
        z - 0.01 + np.array([0.0, 0.25, 0.75, 1.0]) * dome,
    )
    top_part = kit.add('top_bun', layer(lathed(top)), root)
    if draw.chance(0.3):
        stick = kit.add('stick', rod((0, 0, z), (0, 0, z + dome + 0.3), 0.025), top_part)
        kit.add('olive', ball(0.08, (0, 0, z + dome + 0.2)), stick)
    if draw.chance(0.35):
        kit.add('plate', layer(vessel([[0.9 * radius, -0.07], [1.5 * radius, 0.04]], 0.04)), root)
    return kit.finish()


def cake(rng: np.random.Generator) -> ProceduralObject:
    """Builds a cake: tiers, icing, filling, candles with flames, cherries, plate or stand."""
    draw, kit = Draw(rng), Assembly('cake')
    radius, tiers = draw.around(0.5, 0.1), draw.count(1, 3)
    stand = draw.chance(0.4)
    root = kit.add('plate', drum(1.3 * radius, 0.05, (0, 0, -0.045)))
    if stand:
        kit.add('foot', drum(0.6 * radius, 0.3, (0, 0, -0.33), top=0.12), root)
    z, size = 0.0, radius
    for _ in range(tiers):
        tall = draw.around(0.24, 0.2)
        tier = kit.add('layer', drum(size, tall, (0, 0, z)), root)
        style = draw.pick('icing', 'filling', 'pearls', 'none')
        if style == 'icing':
            icing = drum(1.04 * size, 0.35 * tall, (0, 0, z + 0.68 * tall))
            for copy in spun(
                ball((0.13 * size, 0.13 * size, 0.25 * tall), (0.96 * size, 0, z + 0.68 * tall)),
                draw.count(7, 11),
            ):
                icing += copy
            kit.add('icing', icing, tier)
        elif style == 'filling':
            kit.add('filling', drum(1.015 * size, 0.2 * tall, (0, 0, z + 0.4 * tall)), tier)
        elif style == 'pearls':
            pearl = ball(0.09 * size, (0.97 * size, 0, z + 0.05))
            kit.add('border', joined(spun(pearl, 14)), tier)
        z += tall
        size *= draw.between(0.6, 0.78)
    size /= 0.7
    number = draw.count(1, 6)
    if draw.chance(0.6):
        tall = draw.around(0.2, 0.15)
        out = 0.55 * size if number > 1 else 0.0
        candles = kit.add_copies(
            'candle', spun(drum(0.028, tall, (out, 0, z - 0.02)), number), root
        )
        flames = spun(ball((0.024, 0.024, 0.05), (out, 0, z + tall + 0.02)), number)
        kit.add_group('flame', list(zip(flames, candles, strict=True)))
    else:
        kit.add_copies('cherry', spun(ball(0.075, (0.55 * size, 0, z + 0.05)), number), root)
    return kit.finish()


def ice_cream(rng: np.random.Generator) -> ProceduralObject:
    """Builds ice cream: cone, cup or stick, scoops, topping, wafer, cherry, spoon."""
    draw, kit = Draw(rng), Assembly('ice_cream')
    style = draw.pick('cone', 'cup', 'stick')
    if style == 'stick':
        wide, tall, deep = draw.around(0.4, 0.12), draw.around(0.75, 0.12), draw.around(0.16, 0.15)
        outline = np.vstack(
            [
                arc(0.5 * wide, 0, np.pi, 12) + [0, tall - 0.5 * wide],
                [[-0.5 * wide, 0], [0.5 * wide, 0]],
            ]
        )
        body = turned(plate(outline, deep, (0, 0, -0.5 * deep)), 'x', np.pi / 2)
        root = kit.add('body', body)
        kit.add('stick', block((0.12, 0.05, 0.4), (0, 0, -0.17), 0.015), root)
        if draw.chance(0.5):
            low = np.vstack(
                [
                    arc(0.52 * wide, 0, np.pi, 12) + [0, tall - 0.5 * wide],
                    [[-0.52 * wide, 0.55 * tall], [0.52 * wide, 0.55 * tall]],
                ]
            )
            kit.add(
                'glaze',
                turned(plate(low, 1.12 * deep, (0, 0, -0.56 * deep)), 'x', np.pi / 2),
                root,
            )
        return kit.finish()
    radius = draw.around(0.24, 0.1)
    if style == 'cone':
        tall = draw.around(0.7, 0.12)
        root = kit.add('cone', drum(0.02, tall, (0, 0, -tall), top=radius))
        if draw.chance(0.5):
            kit.add(
                'wrapper',
                drum(0.02 + 0.55 * radius, 0.4 * tall, (0, 0, -0.5 * tall), top=1.03 * radius),
                root,
            )
        z = 0.55 * radius
    else:
        root = kit.add('cup', vessel([[0.6 * radius, -0.4], [1.25 * radius, 0.05]], 0.03))
        if draw.chance(0.5):
            kit.add('foot', drum(0.9 * radius, 0.3, (0, 0, -0.68), top=0.1), root)
        z = 0.3 * radius
    scoops = draw.count(1, 3)
    for i in range(scoops):
        size = radius * (1.12 - 0.1 * i)
        last = kit.add('scoop', ball((size, size, 0.95 * size), (0, 0, z)), root)
        z += 1.25 * size
    top = z - 0.35 * radius
    if draw.chance(0.5):
        kit.add(
            'cherry',
            ball(0.3 * radius, (0, 0, top))
            + bend([(0, 0, top), (0.02, 0, top + 0.12), (0.08, 0, top + 0.2)], 0.014, 8),
            last,
        )
    if draw.chance(0.5):
        wafer = turned(drum(0.05, 0.5), 'x', 0.5)
        kit.add('wafer', moved(wafer, 0.4 * radius, 0.05, top - 0.35), last)
    if draw.chance(0.4):
        kit.add(
            'topping',
            lathed(
                rounded_solid(
                    [0.9 * radius, 0.8 * radius, 0.1 * radius],
                    [top - 0.55 * radius, top - 0.3 * radius, top + 0.02],
                )
            ),
            last,
        )
    return kit.finish()


def meal(rng: np.random.Generator) -> ProceduralObject:
    """Builds a meal on a plate or tray: plate, fish or steak, balls, sticks, leaf, cup, fork."""
    draw, kit = Draw(rng), Assembly('meal')
    if draw.chance(0.5):
        kit.add('plate', vessel(smooth_curve([(0.4, -0.05), (0.55, -0.02), (0.8, 0.06)], 8), 0.03))
        spots = [(-0.25, 0.1), (0.25, 0.2), (0.1, -0.3), (-0.2, -0.28)]
    else:
        wall = 0.14
        tray = plate(rounded_rectangle(1.6, 1.1, 0.1), 0.04, (0, 0, -0.04))
        for size, at in (
            ((1.6, 0.04, wall), (0, 0.54, 0.04)),
            ((1.6, 0.04, wall), (0, -0.54, 0.04)),
            ((0.04, 1.1, wall), (0.79, 0, 0.04)),
            ((0.04, 1.1, wall), (-0.79, 0, 0.04)),
        ):
            tray += block(size, at)
        root = kit.add('tray', tray)
        kit.add('divider', block((0.04, 1.06, 0.1), (0.15, 0, 0.04)), root)
        spots = [(-0.45, 0.22), (-0.4, -0.25), (0.48, 0.25), (0.48, -0.25)]
    for x, y in draw.some(spots, draw.count(2, 4)):
        kind = draw.pick('roll', 'steak', 'egg', 'sticks', 'ball', 'fish')
        if kind == 'roll':
            roll = kit.add('rice', drum(0.14, 0.16, (x, y, 0.0)))
            kit.add('filling', drum(0.06, 0.03, (x, y, 0.15)), roll)
            if draw.chance(0.5):
                kit.add('wrap', drum(0.148, 0.1, (x, y, 0.03)), roll)
        elif kind == 'steak':
            kit.add(
                'steak',
                moved(turned(ball((0.24, 0.16, 0.07)), 'z', draw.between(0, 3)), x, y, 0.04),
            )
        elif kind == 'egg':
            white = kit.add('egg_white', ball((0.2, 0.17, 0.035), (x, y, 0.02)))
            kit.add('yolk', ball((0.08, 0.08, 0.06), (x + 0.02, y, 0.04)), white)
        elif kind == 'sticks':
            fries = [
                block((0.3, 0.05, 0.05), (x, y + 0.07 * i, 0.02 + 0.04 * (i % 2)))
                for i in (-1, 0, 1)
            ]
            kit.add_copies(
                'fry', [turned(fry, 'z', draw.between(-0.3, 0.3), (x, y, 0)) for fry in fries]
            )
        elif kind == 'ball':
            size = draw.around(0.1, 0.15)
            balls = [
                ball(size, (x + size * np.cos(a), y + size * np.sin(a), 0.9 * size))
                for a in (0, 2.1, 4.2)
            ]
            kit.add_copies('meatball', balls)
        else:
            body = kit.add('fish', ball((0.25, 0.09, 0.06), (x, y, 0.05)))
            tail = np.array([(-0.2, 0), (-0.34, 0.1), (-0.34, -0.1)]) + [x, y]
            kit.add('tail', plate(tail, 0.03, (0, 0, 0.04)), body)
    if draw.chance(0.4):
        fork = rod((0.0, -0.4, 0.06), (0.0, 0.15, 0.06), 0.025) + block(
            (0.14, 0.05, 0.03), (0, 0.17, 0.06)
        )
        fork += joined(block((0.022, 0.2, 0.025), (dx, 0.28, 0.06)) for dx in (-0.055, 0.0, 0.055))
        kit.add('cutlery', fork)
    return kit.finish()


def candy(rng: np.random.Generator) -> ProceduralObject:
    """Builds a lollipop, doughnut, wrapped sweet or cupcake: body, stick, icing, cup."""
    draw, kit = Draw(rng), Assembly('candy')
    style = draw.pick('lollipop', 'doughnut', 'sweet', 'cupcake')
    if style == 'lollipop':
        size = draw.around(0.3, 0.15)
        head = ball((size, size * draw.pick(0.3, 1.0), size))
        root = kit.add('head', head)
        stick = kit.add(
            'stick', rod((0, 0, -0.8 * size), (0, 0, -size - draw.around(0.7, 0.2)), 0.035), root
        )
        if draw.chance(0.6):
            z = -size - 0.1
            bow = [ball((0.12, 0.05, 0.08), (0.11, 0, z)), ball((0.12, 0.05, 0.08), (-0.11, 0, z))]
            kit.add('ribbon', joined(bow) + ball(0.05, (0, 0, z)), stick)
    elif style == 'doughnut':
        radius, thick = draw.around(0.4, 0.1), draw.around(0.17, 0.12)
        root = kit.add('dough', ring(radius, thick))
        glaze = kit.add(
            'icing', moved(scaled(ring(radius, 1.02 * thick), z=0.62), z=0.45 * thick), root
        )
        bits = []
        for i in range(draw.count(5, 9)):
            angle, out = 2.4 * i, radius + draw.between(-0.5, 0.5) * thick
            bit = turned(block((0.09, 0.035, 0.035)), 'z', draw.between(0, 3))
            bits.append(moved(bit, out * np.cos(angle), out * np.sin(angle), 1.0 * thick))
        kit.add_copies('sprinkle', bits, glaze)
    elif style == 'sweet':
        long, size = draw.around(0.3, 0.15), draw.around(0.2, 0.15)
        root = kit.add('body', ball((long, size, size)))
        fan = drum(0.05, 0.22, (0.88 * long, 0, 0), (1, 0, 0), top=0.2)
        kit.add_copies('wrapper', [fan, turned(fan, 'z', np.pi)], root)
        if draw.chance(0.5):
            kit.add('band', drum(1.02 * size, 0.25 * long, (-0.12 * long, 0, 0), (1, 0, 0)), root)
    else:
        radius, tall = draw.around(0.28, 0.1), draw.around(0.3, 0.12)
        cup = (
            plate(gear(radius, 0.08 * radius, 16), 0.3)
            if draw.chance(0.3)
            else drum(0.72 * radius, tall, top=radius)
        )
        root = kit.add('cup', cup)
        z = tall if len(cup) == 1 else 0.3
        for i in range(draw.count(1, 3)):
            last = kit.add(
                'icing',
                ring(radius * (0.66 - 0.17 * i), radius * 0.28, (0, 0, z + 0.06 + 0.13 * i))
                + drum(0.5 * radius, 0.12, (0, 0, z - 0.02 + 0.13 * i)),
                root,
            )
        kit.add('cherry', ball(0.09, (0, 0, z + 0.17 + 0.13 * i)), last)
    return kit.finish()
