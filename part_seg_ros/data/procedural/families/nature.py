# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Plants and fruit: potted plant, flowers in a vase, tree, palm, mushroom, cactus, fruit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
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
    closed_vessel,
    drum,
    lathed,
    plate,
    ring,
    rod,
    rounded_solid,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def leaf(draw: Draw, length: float, width: float) -> Piece:
    """Makes a leaf along +x from the origin, drooping a little."""
    if draw.chance(0.5):
        droop = draw.between(-0.3, 0.35)
        halves = ball((0.53 * length, 0.5 * width, 0.05 * width), (0.5 * length, 0, 0))
        return turned(halves, 'y', droop)
    outline = smooth_curve(
        [(0, 0.04), (0.4, 0.5), (0.75, 0.35), (1.0, 0.0), (0.75, -0.35), (0.4, -0.5), (0, -0.04)],
        14,
    )
    return turned(plate(outline * [length, width], 0.07 * width), 'y', draw.between(-0.3, 0.35))


def _pot(draw: Draw, kit: Assembly, radius: float, tall: float) -> int:
    """Adds a plant pot with soil, a rim and a saucer; returns its index."""
    foot = radius * draw.between(0.55, 0.95)
    style = draw.pick('cone', 'round', 'box')
    if style == 'box':
        wall = block((2 * radius, 0.12 * radius, tall), (0, 0.94 * radius, 0.5 * tall))
        pot = joined(spun(wall, 4)) + block(
            (1.9 * radius, 1.9 * radius, 0.1 * tall), (0, 0, 0.05 * tall)
        )
        soil = block((1.85 * radius, 1.85 * radius, 0.05), (0, 0, 0.85 * tall))
    else:
        line = [(foot, 0.0), (radius, tall)]
        if style == 'round':
            line = smooth_curve([(foot, 0), (1.1 * radius, 0.5 * tall), (0.9 * radius, tall)], 10)
        pot = vessel(line, 0.1 * radius)
        soil = drum(0.93 * (line[-1][0] - 0.04 * radius), 0.05, (0, 0, 0.84 * tall))
    root = kit.add('pot', pot)
    kit.add('soil', soil, root)
    if style == 'cone' and draw.chance(0.5):
        kit.add('rim', ring(1.02 * radius, 0.07 * radius, (0, 0, tall)), root)
    if draw.chance(0.3):
        kit.add('saucer', vessel([[0.9 * radius, -0.06], [1.35 * radius, 0.05]], 0.03), root)
    return root


def _curved_stem(
    draw: Draw, start: NDArray, height: float, lean: float, azimuth: float
) -> NDArray:
    """Returns knots (4, 3) of a stem that leans more towards its top."""
    share = np.array([0.0, 0.35, 0.7, 1.0])
    out = lean * share**2
    side = np.column_stack([out * np.cos(azimuth), out * np.sin(azimuth), share * height])
    return start + side


def potted_plant(rng: np.random.Generator) -> ProceduralObject:
    """Builds a plant in a pot: pot, soil, stem, leaves, flowers or fruits."""
    draw, kit = Draw(rng), Assembly('potted_plant')
    radius, tall = draw.around(0.25, 0.15), draw.around(0.35, 0.2)
    root = _pot(draw, kit, radius, tall)
    base = np.array([0.0, 0.0, 0.8 * tall])
    style = draw.pick('rosette', 'stem', 'bush', 'ball')
    if style == 'rosette':
        number, length = draw.count(5, 9), draw.around(0.55, 0.2)
        blade = turned(leaf(draw, length, draw.around(0.14, 0.3)), 'y', -draw.between(0.5, 1.1))
        leaves = [
            moved(turned(copy, 'z', draw.between(-0.15, 0.15)), z=base[2])
            for copy in spun(blade, number)
        ]
        kit.add_copies('leaf', leaves, root)
        if draw.chance(0.4):
            top = base + [0, 0, draw.around(0.7, 0.2)]
            stalk = kit.add('stem', rod(base, top, 0.018), root)
            kit.add('flower', ball((0.09, 0.09, 0.12), top), stalk)
        return kit.finish()
    height = draw.around(0.6, 0.2)
    knots = _curved_stem(draw, base, height, draw.between(0.0, 0.2), draw.between(0, 6))
    stem = kit.add('stem', bend(knots, draw.between(0.018, 0.04)), root)
    if style == 'ball':
        crown = ball(
            (draw.around(0.3, 0.15),) * 2 + (draw.around(0.28, 0.2),), knots[-1] + [0, 0, 0.15]
        )
        crown_part = kit.add('foliage', crown, stem)
        spots = [(0.25, 0.1, 0.12), (-0.2, 0.15, 0.28), (0.05, -0.26, 0.2)]
        fruit = [ball(0.06, knots[-1] + spot) for spot in draw.some(spots, draw.count(0, 3))]
        if fruit:
            kit.add_copies('fruit', fruit, crown_part)
        return kit.finish()
    number = draw.count(4, 8)
    leaves = []
    for i in range(number):
        share = 0.3 + 0.65 * i / max(number - 1, 1)
        at = smooth_curve(knots, 20)[int(share * 19)]
        blade = turned(
            leaf(draw, draw.around(0.3, 0.2), draw.around(0.15, 0.2)),
            'y',
            -draw.between(-0.1, 0.7),
        )
        leaves.append(moved(turned(blade, 'z', 2.4 * i), *at))
    kit.add_copies('leaf', leaves, stem)
    if draw.chance(0.5):
        kit.add('flower', joined([_blossom(draw, 0.12, knots[-1], (0.1, -0.2, 1.0))]), stem)
    elif draw.chance(0.6):
        fruits = [
            ball((0.055, 0.055, 0.07), knots[-1] + [0.09 * np.cos(a), 0.09 * np.sin(a), -0.08])
            for a in (0, 2.1, 4.2)
        ]
        kit.add_copies('fruit', fruits, stem)
    return kit.finish()


def _blossom(draw: Draw, radius: float, at: NDArray, axis: tuple[float, float, float]) -> Piece:
    """Makes a whole blossom of petals around a centre."""
    petal = turned(
        ball((0.5 * radius, 0.3 * radius, 0.08 * radius), (0.6 * radius, 0, 0)), 'y', -0.35
    )
    return aimed(joined(spun(petal, draw.count(5, 8))) + ball(0.28 * radius), at, axis)


def flowers(rng: np.random.Generator) -> ProceduralObject:
    """Builds flowers in a vase: vase, stems, leaves, petals, centres."""
    draw, kit = Draw(rng), Assembly('flowers')
    radius, tall = draw.around(0.16, 0.15), draw.around(0.5, 0.2)
    waist, lip = draw.between(0.4, 1.0), draw.between(0.5, 1.1)
    line = smooth_curve(
        np.array([(0.65, 0), (1.0, 0.3), (waist, 0.75), (lip, 1.0)]) * [radius, tall], 14
    )
    root = kit.add('vase', vessel(line, 0.1 * radius))
    number = draw.count(1, 5)
    apart = draw.chance(0.5)
    for i in range(number):
        azimuth, height = i * 2 * np.pi / number + draw.between(-0.3, 0.3), draw.around(0.8, 0.15)
        start = np.array([0, 0, 0.02])
        lean = draw.between(0.1, 0.4) if number > 1 else draw.between(0.0, 0.15)
        knots = _curved_stem(draw, start, height, lean, azimuth)
        stem = kit.add('stem', bend(knots, 0.014), root)
        tip = knots[-1]
        axis = (0.5 * np.cos(azimuth), 0.5 * np.sin(azimuth), 1.0)
        size = draw.around(0.13, 0.2)
        kind = draw.pick('daisy', 'tulip', 'ball')
        if kind == 'daisy':
            petal = turned(
                ball((0.45 * size, 0.26 * size, 0.07 * size), (0.65 * size, 0, 0)), 'y', -0.3
            )
            petals = [aimed(copy, tip, axis) for copy in spun(petal, draw.count(5, 9))]
            centre = aimed(ball((0.35 * size, 0.35 * size, 0.22 * size)), tip, axis)
        elif kind == 'tulip':
            petal = turned(
                ball((0.12 * size, 0.4 * size, 0.7 * size), (0.38 * size, 0, 0.5 * size)),
                'y',
                0.12,
            )
            petals = [aimed(copy, tip, axis) for copy in spun(petal, draw.count(3, 5))]
            centre = aimed(ball(0.25 * size), tip, axis)
        else:
            petals, centre = [ball((0.7 * size, 0.7 * size, 0.6 * size), tip)], ()
        if centre:
            head = kit.add('flower', centre, stem)
            if apart:
                kit.add_copies('petal', petals, head)
            else:
                kit.add('petals', joined(petals), head)
        else:
            kit.add('flower', petals[0], stem)
        if draw.chance(0.5):
            at = smooth_curve(knots, 20)[draw.count(9, 14)]
            blade = turned(turned(leaf(draw, 0.24, 0.1), 'y', -0.5), 'z', azimuth)
            kit.add('leaf', moved(blade, *at), stem)
    return kit.finish()


def tree(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tree: trunk, branches, crown of one or more masses, fruits, ground, nest box."""
    draw, kit = Draw(rng), Assembly('tree')
    height, thick = draw.around(0.7, 0.2), draw.around(0.07, 0.25)
    style = draw.pick('round', 'conifer', 'palm', 'cloud')
    lean = draw.between(0.0, 0.25 if style == 'palm' else 0.1)
    knots = _curved_stem(draw, np.zeros(3), height, lean, draw.between(0, 6))
    root = kit.add('trunk', bend(knots, thick) + drum(1.7 * thick, 0.12, top=thick))
    tip = knots[-1]
    if style == 'conifer':
        size, z = draw.around(0.4, 0.15), 0.45 * height
        tiers = draw.count(2, 4)
        for i in range(tiers):
            deep = draw.around(0.36, 0.1)
            kit.add(
                'foliage',
                drum(
                    size * (1 - 0.24 * i),
                    deep,
                    (knots[-1, 0] * 0.6, knots[-1, 1] * 0.6, z),
                    top=0.04,
                ),
                root,
            )
            z += 0.6 * deep
        if draw.chance(0.3):
            kit.add('star', ball(0.06, (knots[-1, 0] * 0.6, knots[-1, 1] * 0.6, z + 0.18)), root)
    elif style == 'palm':
        frond = [(0, 0, 0), (0.25, 0, 0.12), (0.5, 0, 0.05), (0.68, 0, -0.15)]
        blade = scaled(bend(frond, 0.035, 10), y=2.6)
        fronds = [
            moved(turned(copy, 'z', draw.between(-0.2, 0.2)), *tip)
            for copy in spun(blade, draw.count(5, 9))
        ]
        kit.add_copies('leaf', fronds, root)
        nut = ball(0.06, (0.09, 0, -0.04))
        if draw.chance(0.6):
            kit.add_copies('fruit', [moved(copy, *tip) for copy in spun(nut, 3)], root)
    else:
        size = draw.around(0.33, 0.15)
        lumps = 1 if style == 'round' else draw.count(3, 5)
        if lumps == 1:
            crowns = [ball((size, size, size * draw.between(0.8, 1.4)), tip + [0, 0, 0.6 * size])]
        else:
            crowns = [
                ball(
                    (0.7 * size, 0.7 * size, 0.55 * size),
                    tip
                    + [
                        0.6 * size * np.cos(a),
                        0.6 * size * np.sin(a),
                        draw.between(0.0, 0.7) * size,
                    ],
                )
                for a in np.arange(lumps) * 2 * np.pi / lumps
            ]
            ends = [
                c + 0.6 * size * np.array([np.cos(a), np.sin(a), 0.1])
                for c, a in zip([tip] * lumps, np.arange(lumps) * 2 * np.pi / lumps, strict=True)
            ]
            kit.add_copies(
                'branch', [rod(tip * 0.75, end, 0.5 * thick, 0.3 * thick) for end in ends], root
            )
        crown = kit.add_copies('foliage', crowns, root)[0]
        if draw.chance(0.45):
            spots = np.array(
                [(0.9, 0.0, 0.5), (-0.5, 0.75, 0.6), (-0.4, -0.8, 0.4), (0.3, -0.5, 1.2)]
            )
            fruits = [
                ball(0.07, tip + 0.85 * size * spot)
                for spot in draw.some(list(spots), draw.count(2, 4))
            ]
            kit.add_copies('fruit', fruits, crown)
    if draw.chance(0.35):
        kit.add('ground', drum(draw.around(0.4, 0.15), 0.06, (0, 0, -0.05)), root)
    return kit.finish()


def mushroom(rng: np.random.Generator) -> ProceduralObject:
    """Builds one or more mushrooms: stem, cap, spots, ring, ground."""
    draw, kit = Draw(rng), Assembly('mushroom')
    number = draw.pick(1, 1, 2, 3)
    places = [(0.0, 0.0, 1.0), (0.42, 0.1, 0.6), (-0.2, -0.4, 0.5)][:number]
    if number > 1 or draw.chance(0.4):
        kit.add('ground', ball((0.6, 0.55, 0.12), (0.1, -0.1, -0.04)))
    for x, y, scale in places:
        tall, radius = scale * draw.around(0.5, 0.2), scale * draw.around(0.13, 0.2)
        radii = np.array([1.2, 0.9, 0.8, 0.85]) * radius
        stem = lathed(rounded_solid(radii, np.array([0.0, 0.3, 0.7, 1.05]) * tall), (x, y, 0))
        root = kit.add('stem', stem)
        wide, dome = scale * draw.around(0.36, 0.15), scale * draw.around(0.26, 0.25)
        cap = rounded_solid(
            np.array([0.85, 1.0, 0.75, 0.15]) * wide,
            tall + np.array([-0.1, 0.1, 0.75, 1.0]) * dome,
        )
        cap_part = kit.add('cap', lathed(cap, (x, y, 0)), root)
        if draw.chance(0.6):
            upper = cap[cap[:, 1] > tall + 0.15 * dome][::-1]
            dots = []
            for azimuth, share in ((0.3, 0.7), (1.7, 0.5), (2.9, 0.75), (4.1, 0.45), (5.2, 0.7)):
                out = share * wide
                rise = float(np.interp(out, upper[:, 0], upper[:, 1]))
                at = (x + out * np.cos(azimuth), y + out * np.sin(azimuth), rise)
                dots.append(ball(0.15 * wide, at))
            kit.add_copies('spot', dots, cap_part)
        if draw.chance(0.35):
            kit.add(
                'ring',
                drum(1.5 * radius, 0.05 * scale, (x, y, 0.7 * tall), top=0.9 * radius),
                root,
            )
    return kit.finish()


def cactus(rng: np.random.Generator) -> ProceduralObject:
    """Builds a cactus: column or ball, arms, flower, spines, pot or ground."""
    draw, kit = Draw(rng), Assembly('cactus')
    radius, tall = draw.around(0.22, 0.12), draw.around(0.28, 0.15)
    if draw.chance(0.7):
        root, z = _pot(draw, kit, radius, tall), 0.75 * tall
    else:
        root, z = kit.add('ground', ball((0.5, 0.5, 0.08))), 0.0
    if draw.chance(0.35):
        size = 0.75 * radius
        body = kit.add('body', ball((size, size, 1.1 * size), (0, 0, z + size)), root)
        top = z + 2.05 * size
    else:
        height, size = draw.around(0.7, 0.2), draw.around(0.1, 0.15)
        body = kit.add(
            'body', rod((0, 0, z), (0, 0, z + height), size) + ball(size, (0, 0, z + height)), root
        )
        top = z + height + size
        for i in range(draw.count(0, 3)):
            low, reach, up = z + draw.between(0.25, 0.6) * height, 0.26, draw.around(0.28, 0.2)
            arm = bend(
                [
                    (0.5 * size, 0, low),
                    (0.8 * reach, 0, low + 0.02),
                    (reach, 0, low + 0.12),
                    (reach, 0, low + up),
                ],
                0.65 * size,
            )
            arm += ball(0.65 * size, (reach, 0, low + up))
            kit.add('arm', turned(arm, 'z', 2.2 * i + draw.between(0, 0.5)), body)
    if draw.chance(0.6):
        kit.add('flower', _blossom(draw, 0.11, np.array([0, 0, top - 0.02]), (0, 0, 1)), body)
    return kit.finish()


def fruit(rng: np.random.Generator) -> ProceduralObject:
    """Builds fruits with stems and leaves, alone or on a plate: apple, pear, cherry, pumpkin."""
    draw, kit = Draw(rng), Assembly('fruit')
    number = draw.pick(1, 1, 2, 3)
    if number > 1 or draw.chance(0.3):
        wide = 0.55 if number > 1 else 0.4
        kit.add(
            'tray',
            vessel(smooth_curve([(0.6 * wide, -0.04), (wide, 0.0), (1.35 * wide, 0.08)], 8), 0.03),
        )
    for i in range(number):
        size = draw.around(0.25, 0.12)
        angle = i * 2 * np.pi / number
        at = (
            np.array([0.32 * np.cos(angle), 0.32 * np.sin(angle), 0.0])
            if number > 1
            else np.zeros(3)
        )
        kind = draw.pick('apple', 'pear', 'pumpkin', 'citrus', 'pineapple')
        shapes = {
            'apple': ([0.35, 0.85, 1.0, 0.8, 0.15], [0.0, 0.25, 1.0, 1.65, 1.6]),
            'pear': ([0.4, 1.0, 0.75, 0.5, 0.2], [0.0, 0.7, 1.5, 2.1, 2.5]),
            'citrus': ([0.2, 0.9, 1.0, 0.85, 0.1], [0.0, 0.4, 0.95, 1.5, 1.9]),
            'pineapple': ([0.6, 1.0, 1.0, 0.9, 0.4], [0.0, 0.5, 1.2, 2.0, 2.4]),
        }
        if kind == 'pumpkin':
            lobe = ball((0.6 * size, 0.42 * size, 0.8 * size), (0.55 * size, 0, 0.8 * size))
            root, top = kit.add('fruit', moved(joined(spun(lobe, 8)), *at)), 1.5 * size
        else:
            radii, heights = (np.array(v) * size for v in shapes[kind])
            root = kit.add('fruit', lathed(rounded_solid(radii, np.sort(heights), 18), at))
            top = float(heights.max()) - 0.03
        tip = at + [0.05, 0.03, top + 0.55 * size]
        if kind == 'pineapple':
            blade = turned(leaf(draw, 1.2 * size, 0.4 * size), 'y', -1.1)
            kit.add(
                'leaves',
                joined(moved(copy, *(at + [0, 0, top - 0.02])) for copy in spun(blade, 7)),
                root,
            )
            continue
        stem = kit.add(
            'stem',
            bend(
                [at + [0, 0, top - 0.08], at + [0.01, 0, top + 0.25 * size], tip], 0.09 * size, 8
            ),
            root,
        )
        for k in range(draw.count(0, 2)):
            blade = turned(leaf(draw, 0.7 * size, 0.35 * size), 'z', draw.between(0, 1) + 3 * k)
            kit.add('leaf', moved(blade, *(at + [0.01, 0, top + 0.25 * size])), stem)
    return kit.finish()


def branch(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bunch on a branch: branch, stems, berries or cones, leaves."""
    draw, kit = Draw(rng), Assembly('branch')
    length, thick = draw.around(1.0, 0.15), draw.around(0.03, 0.2)
    knots = (
        np.array([(0, 0, 0), (0.35, 0.03, 0.08), (0.7, -0.02, 0.06), (1.0, 0.05, 0.15)]) * length
    )
    root = kit.add('branch', bend(knots, thick))
    line = smooth_curve(knots, 24)
    size = draw.around(0.11, 0.25)
    for i in draw.some((5, 9, 13, 17, 21), draw.count(2, 4)):
        at = line[i]
        drop = draw.around(0.2, 0.25)
        end = at + [draw.between(-0.05, 0.05), draw.between(-0.1, 0.1), -drop]
        stem = kit.add('stem', rod(at, end, 0.4 * thick), root)
        kit.add(
            'fruit',
            ball((size, size, size * draw.between(0.9, 1.4)), end - [0, 0, 0.9 * size]),
            stem,
        )
    leaves = []
    for i in draw.some((3, 7, 11, 15, 19, 23), draw.count(2, 5)):
        blade = turned(leaf(draw, draw.around(0.3, 0.2), 0.15), 'y', -draw.between(0.0, 0.7))
        leaves.append(moved(turned(blade, 'z', draw.between(-1.8, 1.8)), *line[i]))
    kit.add_copies('leaf', leaves, root)
    if draw.chance(0.2):
        kit.add(
            'nest', closed_vessel([(0.1, 0.0), (0.2, 0.12)], (*line[12][:2], line[12][2])), root
        )
    return kit.finish()
