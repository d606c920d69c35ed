# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things to sit and lie on: chair, office chair, stool, bench, sofa, bed."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, leg
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    ellipse,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    joined,
    moved,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    front,
    plate,
    ring,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

LEG_STYLES = ('square', 'round', 'tapered', 'turned')


def _add_stretchers(
    draw: Draw, kit: Assembly, half_width: float, half_depth: float, height: float, parent: int
) -> None:
    thin = draw.between(0.01, 0.02)
    z = height * draw.between(0.2, 0.45)
    style = draw.pick('sides', 'round', 'h')
    side = rod((half_width, -half_depth, z), (half_width, half_depth, z), thin)
    kit.add_copies('stretcher', both_sides(side, 'x'), parent)
    if style == 'round':
        cross = rod((-half_width, half_depth, z), (half_width, half_depth, z), thin)
        kit.add_copies('stretcher', both_sides(cross, 'y'), parent)
    elif style == 'h':
        kit.add('stretcher', rod((-half_width, 0, z), (half_width, 0, z), thin), parent)


def _add_backrest(
    draw: Draw, kit: Assembly, width: float, y: float, z: float, tall: float
) -> float:
    """Adds a backrest that stands on the rear edge of a seat; returns its lean along y."""
    lean = tall * draw.between(0.05, 0.25)
    thick = draw.around(0.04, 0.25)
    style = draw.pick('panel', 'slats', 'spindles', 'cross', 'hoop')
    half = 0.5 * width - thick
    if style == 'panel':
        sheet = rounded_rectangle(width, tall, draw.between(0.02, 0.15))
        low = draw.pick(0.0, draw.between(0.15, 0.4)) * tall
        panel = plate(sheet * [1, (tall - low) / tall], thick, (0, 0, 0), (0, -1, 0))
        panel = moved(
            turned(panel, 'x', -lean / tall), 0, y + lean * 0.5, z + 0.5 * (tall + low) - 0.01
        )
        kit.add('backrest', panel)
        if low > 0:
            post = beam(
                (0.6 * half, y, z - 0.02), (0.6 * half, y + 0.7 * lean, z + low + 0.05), 0.03, 0.02
            )
            kit.add_copies('post', both_sides(post, 'x'))
        return lean
    if style == 'hoop':
        path = arc(1.0, 0.0, np.pi, 17) * [half, tall]
        hoop = front(band(path, 0.8 * thick), thick)
        hoop = moved(turned(hoop, 'x', -lean / tall), 0, y, z - 0.02)
        rail = kit.add('backrest', hoop)
    else:
        post = beam((half, y, z - 0.02), (half, y + lean, z + tall), thick, thick)
        top = block(
            (width, thick, 0.14 * tall), (0, y + 0.95 * lean, z + 0.93 * tall), 0.2 * thick
        )
        rail = kit.add('backrest', top)
        kit.add_copies('post', both_sides(post, 'x'), rail)
    if style == 'slats':
        for level in np.linspace(0.25, 0.7, draw.count(1, 3)):
            slat = block(
                (2 * half, 0.5 * thick, 0.11 * tall), (0, y + level * lean, z + level * tall)
            )
            kit.add('slat', slat, rail)
    elif style == 'cross':
        bar = beam(
            (-half, y, z + 0.02), (half, y + 0.9 * lean, z + 0.88 * tall), 0.5 * thick, 0.03
        )
        kit.add_copies('slat', both_sides(bar, 'x'), rail)
    else:
        number = draw.count(3, 6)
        spots = np.linspace(-0.62, 0.62, number) * half
        tops = [tall * (np.sqrt(1 - (x / half) ** 2) if style == 'hoop' else 0.9) for x in spots]
        rods = [
            rod((x, y, z - 0.01), (x, y + lean * t / tall, z + t), 0.22 * thick)
            for x, t in zip(spots, tops, strict=True)
        ]
        kit.add_copies('spindle', rods, rail)
    return lean


def chair(rng: np.random.Generator) -> ProceduralObject:
    """Builds a chair: seat, legs, backrest with posts, armrests, stretchers, cushion."""
    draw, kit = Draw(rng), Assembly('chair')
    width, depth = draw.around(0.46, 0.12), draw.around(0.44, 0.12)
    height, thick = draw.around(0.45, 0.1), draw.around(0.04, 0.35)
    outline = rounded_rectangle(width, depth, draw.between(0.01, 0.2) * depth)
    if draw.chance(0.25):
        outline = ellipse(width, depth)
    kit.add('seat', plate(outline, thick, (0, 0, height - thick)))
    inset = draw.between(0.02, 0.05)
    x, y = 0.42 * width - inset, 0.42 * depth - inset
    splay = draw.pick(0.0, draw.between(0.0, 0.07))
    style, half = draw.pick(*LEG_STYLES), draw.around(0.018, 0.2)
    shape = leg(draw, (x + splay, y + splay, 0), (x, y, height - 0.7 * thick), half, style)
    legs = kit.add_copies('leg', four_corners(shape))
    if draw.chance(0.5):
        _add_stretchers(draw, kit, x + 0.5 * splay, y + 0.5 * splay, height, legs[0])
    tall = draw.around(0.45, 0.2)
    lean = _add_backrest(draw, kit, 0.95 * width, 0.45 * depth, height - 0.5 * thick, tall)
    if draw.chance(0.35):
        z = height + draw.around(0.2, 0.12)
        front_y = -0.3 * depth
        arm = beam(
            (0.52 * width, front_y - 0.04, z),
            (0.52 * width, 0.46 * depth + 0.4 * lean, z),
            0.05,
            0.025,
        )
        arms = kit.add_copies('armrest', both_sides(arm, 'x'))
        post = rod((0.48 * width, front_y, height - thick), (0.52 * width, front_y, z), 0.015)
        kit.add_copies('post', both_sides(post, 'x'), arms[0])
    if draw.chance(0.2):
        cushion = block(
            (0.8 * width, 0.75 * depth, 0.06), (0, -0.05 * depth, height + 0.02), 0.025
        )
        kit.add('cushion', cushion)
    return kit.finish()


def office_chair(rng: np.random.Generator) -> ProceduralObject:
    """Builds a swivel chair: seat, backrest, armrests, column, star base, casters."""
    draw, kit = Draw(rng), Assembly('office_chair')
    width, height, thick = draw.around(0.5, 0.1), draw.around(0.48, 0.1), draw.around(0.08, 0.25)
    root = kit.add('seat', block((width, 0.95 * width, thick), (0, 0, height), 0.45 * thick))
    tall = draw.around(0.55, 0.2)
    bow = smooth_curve([(0.5, 0.2), (0.54, 0.5), (0.6, 1.0)], 8) * [width, tall] + [0, height]
    back = front(band(bow, draw.between(0.04, 0.1)), draw.between(0.75, 0.95) * width)
    kit.add('backrest', back, root)
    hook = [
        (0.3 * width, height - 0.02),
        (0.5 * width, height),
        (0.57 * width, height + 0.35 * tall),
    ]
    kit.add('bracket', front(band(np.array(hook), 0.03), 0.1 * width), root)
    if draw.chance(0.65):
        z = height + draw.around(0.2, 0.1)
        post = beam((0.48 * width, 0, height - 0.02), (0.55 * width, 0, z), 0.03, 0.05)
        posts = kit.add_copies('post', both_sides(post, 'x'), root)
        pad = block((0.08, 0.28, 0.035), (0.55 * width, 0, z), 0.012)
        kit.add_copies('armrest', both_sides(pad, 'x'), posts[0])
    if draw.chance(0.35):
        pillow = block((0.5 * width, 0.08, 0.16), (0, 0.62 * width, height + 1.1 * tall), 0.035)
        kit.add('headrest', pillow, root)
    radius, low = draw.around(0.3, 0.1), 0.09
    column = kit.add('column', rod((0, 0, low), (0, 0, height), draw.between(0.025, 0.04)), root)
    spoke = beam((0, 0, low + 0.02), (0, radius, low - 0.015), 0.05, 0.035)
    number = draw.count(4, 6)
    spokes = spun(spoke, number)
    star = joined(spokes) + drum(0.06, 0.07, (0, 0, low - 0.01))
    base = kit.add('base', star, column)
    kit.add_copies('caster', spun(caster(0.035, (0, 0.95 * radius, 0.035)), number), base)
    if draw.chance(0.3):
        lever = rod((0.05, 0, height - 0.06), (0.4 * width, -0.05, height - 0.08), 0.01)
        kit.add('lever', lever, column)
    return kit.finish()


def stool(rng: np.random.Generator) -> ProceduralObject:
    """Builds a stool: round or square seat, three to five legs or a column, foot ring."""
    draw, kit = Draw(rng), Assembly('stool')
    radius, height, thick = (
        draw.around(0.19, 0.15),
        draw.around(0.55, 0.25),
        draw.around(0.04, 0.3),
    )
    if draw.chance(0.65):
        kit.add('seat', drum(radius, thick, (0, 0, height - thick)))
    else:
        kit.add(
            'seat',
            block((2 * radius, 2 * radius, thick), (0, 0, height - 0.5 * thick), 0.3 * thick),
        )
    if draw.chance(0.3):
        kit.add('cushion', drum(0.95 * radius, 0.05, (0, 0, height - 0.01), top=0.85 * radius))
    low = height * draw.between(0.2, 0.45)
    if draw.chance(0.25):
        column = kit.add('column', rod((0, 0, 0.01), (0, 0, height - 0.5 * thick), 0.12 * radius))
        kit.add(
            'base', drum(1.05 * radius, 0.03, top=0.3 * radius) + drum(0.25 * radius, 0.06), column
        )
        if draw.chance(0.6):
            foot = ring(0.7 * radius, 0.05 * radius, (0, 0, low))
            foot += rod((-0.7 * radius, 0, low), (0.7 * radius, 0, low), 0.04 * radius)
            kit.add('footrest', foot, column)
        return kit.finish()
    number, splay = draw.count(3, 4), draw.between(0.0, 0.5) * radius
    head = 0.7 * radius
    shape = leg(
        draw, (head + splay, 0, 0), (head, 0, height - 0.6 * thick), draw.around(0.018, 0.25)
    )
    legs = kit.add_copies('leg', spun(shape, number, 0.25 * np.pi))
    at = head + splay * (1 - low / height)
    if draw.chance(0.4):
        kit.add('footrest', ring(at, 0.012, (0, 0, low)), legs[0])
    elif draw.chance(0.5):
        step = 2 * np.pi / number
        bar = rod((at, 0, low), (at * np.cos(step), at * np.sin(step), low), 0.011)
        kit.add_copies('stretcher', spun(bar, number, 0.25 * np.pi), legs[0])
    return kit.finish()


def bench(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bench: seat of planks, two frames or four legs, back planks, armrests."""
    draw, kit = Draw(rng), Assembly('bench')
    length, depth, height = draw.around(1.3, 0.2), draw.around(0.4, 0.15), draw.around(0.44, 0.1)
    thick, planks = draw.around(0.04, 0.2), draw.count(1, 4)
    wide = depth / planks
    seat = []
    for i in range(planks):
        y = (i + 0.5) * wide - 0.5 * depth
        seat.append(block((length, 0.9 * wide, thick), (0, y, height - 0.5 * thick)))
    if planks > 1 and draw.chance(0.5):
        kit.add(
            'seat',
            block((length, 0.3 * depth, 0.5 * thick), (0, 0, height - thick)) + joined(seat),
        )
    else:
        kit.add_copies('seat' if planks == 1 else 'plank', seat)
    x = draw.between(0.32, 0.45) * length
    style = draw.pick('legs', 'slab', 'frame')
    under = height - 0.8 * thick
    if style == 'legs':
        shape = leg(draw, (x, 0.4 * depth, 0), (x, 0.4 * depth, under), draw.around(0.03, 0.2))
        kit.add_copies('leg', four_corners(shape))
    elif style == 'slab':
        slab = block((0.05, 0.9 * depth, under), (x, 0, 0.5 * under))
        kit.add_copies('leg', both_sides(slab, 'x'))
    else:
        frame = front(
            band(
                np.array([(-0.5, 0), (-0.4, 1), (0.4, 1), (0.5, 0)]) * [depth, under - 0.02], 0.05
            ),
            0.06,
            x,
        )
        kit.add_copies('leg', both_sides(frame, 'x'))
    if draw.chance(0.5):
        y, tall = 0.5 * depth, draw.around(0.42, 0.15)
        post = beam((x, y - 0.02, height - thick), (x, y + 0.08, height + tall), 0.05, 0.04)
        posts = kit.add_copies('post', both_sides(post, 'x'))
        levels = np.linspace(0.4, 0.9, draw.count(1, 3))
        backs = [
            block(
                (length, 0.025, 0.28 * tall / len(levels) ** 0.5),
                (0, y + 0.08 * f - 0.03, height + f * tall),
            )
            for f in levels
        ]
        kit.add_copies('backrest', backs, posts[0])
        if draw.chance(0.4):
            z = height + 0.22
            arm = beam((x, 0.5 * depth + 0.03, z), (x, -0.45 * depth, z), 0.06, 0.03)
            arm += rod((x, -0.4 * depth, height - thick), (x, -0.4 * depth, z), 0.02)
            kit.add_copies('armrest', both_sides(arm, 'x'))
    elif draw.chance(0.4):
        z = 0.35 * height
        kit.add('stretcher', block((2 * x, 0.05, 0.05), (0, 0, z)))
        if style != 'slab':
            cross = block((0.05, 0.85 * depth, 0.05), (x, 0, z))
            kit.add_copies('stretcher', both_sides(cross, 'x'))
    return kit.finish()


def sofa(rng: np.random.Generator) -> ProceduralObject:
    """Builds a sofa or armchair: base, seat and back cushions, armrests, feet, pillows."""
    draw, kit = Draw(rng), Assembly('sofa')
    seats = draw.count(1, 3)
    each, depth, height = draw.around(0.65, 0.12), draw.around(0.8, 0.1), draw.around(0.3, 0.15)
    width, arm = each * seats, draw.around(0.17, 0.25)
    bevel = draw.between(0.01, 0.05)
    full = width + 2 * arm
    kit.add('base', block((full, depth, height), (0, 0, 0.5 * height), 0.5 * bevel))
    soft = draw.around(0.14, 0.2)
    place = [(i - 0.5 * (seats - 1)) * each for i in range(seats)]
    cushions = [
        block((0.98 * each, 0.82 * depth, soft), (x, -0.1 * depth, height + 0.48 * soft), bevel)
        for x in place
    ]
    kit.add_copies('cushion', cushions)
    tall = draw.around(0.45, 0.15)
    back = block(
        (full, 0.2 * depth, height + tall), (0, 0.42 * depth, 0.5 * (height + tall)), bevel
    )
    rear = kit.add('backrest', back)
    if draw.chance(0.7):
        pads = [
            turned(block((0.97 * each, 0.17 * depth, 0.85 * tall), bevel=0.06), 'x', -0.2)
            for _ in place
        ]
        pads = [
            moved(pad, x, 0.24 * depth, height + soft + 0.38 * tall)
            for pad, x in zip(pads, place, strict=True)
        ]
        kit.add_copies('back_cushion', pads, rear)
    side = block(
        (arm, 0.96 * depth, 0.75 * tall + height),
        (0.5 * (width + arm), -0.02, 0.5 * (0.75 * tall + height)),
        bevel,
    )
    if draw.chance(0.35):
        side += rod(
            (0.5 * (width + arm), -0.48 * depth, 0.75 * tall + height - 0.04),
            (0.5 * (width + arm), 0.45 * depth, 0.75 * tall + height - 0.04),
            0.6 * arm,
        )
    kit.add_copies('armrest', both_sides(side, 'x'))
    if draw.chance(0.75):
        foot = drum(0.03, 0.12, (0.45 * full, 0.42 * depth, -0.1), top=0.045)
        kit.add_copies('foot', four_corners(foot))
    if draw.chance(0.4):
        pillow = turned(block((0.4, 0.14, 0.4), bevel=0.065), 'x', -0.35)
        pillow = moved(turned(pillow, 'z', 0.3), place[0], 0.02, height + soft + 0.17)
        kit.add('pillow', pillow)
    return kit.finish()


def bed(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bed: frame, mattress, head- and footboard, legs, pillows, blanket, posts."""
    draw, kit = Draw(rng), Assembly('bed')
    width, length, height = draw.around(1.3, 0.25), draw.around(2.0, 0.08), draw.around(0.3, 0.2)
    kit.add('frame', block((width, length, 0.16), (0, 0, height), 0.01))
    soft = draw.around(0.22, 0.2)
    top = height + 0.06 + soft
    mattress = kit.add(
        'mattress',
        block((0.94 * width, 0.96 * length, soft), (0, 0, top - 0.5 * soft), 0.25 * soft),
    )
    tall = draw.around(0.7, 0.25)
    head_y = 0.5 * length
    if draw.chance(0.65):
        arch = [(-0.5 * width, 0), (0.5 * width, 0), (0.5 * width, tall)]
        arch += [
            (x * width, tall + draw.between(0, 0.01) + 0.3 * (0.25 - x * x))
            for x in (0.3, 0.0, -0.3)
        ]
        arch += [(-0.5 * width, tall)]
        if draw.chance(0.5):
            arch = [(-0.5 * width, 0), (0.5 * width, 0), (0.5 * width, tall), (-0.5 * width, tall)]
        board = plate(np.array(arch), 0.07, (0, head_y + 0.07, 0.1), (0, -1, 0))
        kit.add('headboard', board)
    else:
        rail = rod((-0.5 * width, head_y, tall + 0.1), (0.5 * width, head_y, tall + 0.1), 0.03)
        back = kit.add('headboard', rail)
        bars = [
            rod((x * width, head_y, height), (x * width, head_y, tall + 0.1), 0.018)
            for x in np.linspace(-0.5, 0.5, draw.count(5, 8))
        ]
        kit.add_copies('spindle', bars, back)
    if draw.chance(0.5):
        low = draw.between(0.5, 0.9) * tall
        kit.add(
            'footboard',
            block((width, 0.06, low), (0, -0.5 * length - 0.02, 0.1 + 0.5 * low), 0.01),
        )
    post = leg(draw, (0.46 * width, 0.47 * length, 0), (0.46 * width, 0.47 * length, height), 0.04)
    kit.add_copies('leg', four_corners(post))
    number = 2 if width > 1.2 else 1
    pillow = (0.8 * width / number, 0.38, 0.14)
    pillows = [
        block(pillow, ((i - 0.5 * (number - 1)) * 0.45 * width, 0.36 * length, top + 0.05), 0.06)
        for i in range(number)
    ]
    kit.add_copies('pillow', pillows, mattress)
    if draw.chance(0.6):
        part = draw.between(0.45, 0.68) * length
        cover = block(
            (1.02 * width, part, 0.6 * soft),
            (0, 0.5 * (part - length) - 0.0, top - 0.25 * soft),
            0.04,
        )
        kit.add('blanket', cover, mattress)
    if draw.chance(0.2):
        ball_post = rod(
            (0.48 * width, 0.49 * length, 0.1), (0.48 * width, 0.49 * length, tall + 0.3), 0.04
        )
        ball_post += ball(0.055, (0.48 * width, 0.49 * length, tall + 0.32))
        kit.add_copies('post', both_sides(ball_post, 'x'))
    return kit.finish()
