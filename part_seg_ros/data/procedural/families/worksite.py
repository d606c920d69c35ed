# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is set up where work is done: ladder, work lamp."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    spun,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    bend,
    block,
    drum,
    ring,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def ladder(rng: np.random.Generator) -> ProceduralObject:
    """Builds a ladder or step stool: rails, rungs or steps, rear legs, top, hinges, feet."""
    draw, kit = Draw(rng), Assembly('ladder')
    number = draw.count(2, 9)
    height, width = number * draw.around(0.28, 0.12) + 0.2, draw.around(0.45, 0.15)
    taper, thin = draw.between(0.75, 1.0), draw.around(0.022, 0.2)
    folding = draw.chance(0.65 if number < 7 else 0.3)
    lean = height * (draw.between(0.2, 0.35) if folding else 0.0)
    x0, x1 = 0.5 * width, 0.5 * width * taper
    foot, head = np.array([x0, -lean, 0.0]), np.array([x1, 0.0, height])
    rail = beam(foot, head, 2 * thin, draw.between(2.0, 4.0) * thin)
    if draw.chance(0.25):
        rail = rod(foot, head, thin)
    rails = kit.add_copies(draw.pick('post', 'rail', 'frame'), both_sides(rail, 'x'))
    flat = folding if draw.chance(0.8) else not folding
    deep = draw.between(0.08, 0.25)
    steps = []
    for f in np.linspace(0, 1, number + 2)[1:-1]:
        (x, y, z) = foot + f * (head - foot)
        size = (2 * x + 0.5 * thin, deep, draw.between(0.02, 0.03))
        steps.append(block(size, (0, y, z)) if flat else rod((-x, y, z), (x, y, z), 0.8 * thin))
    kit.add_copies(draw.pick('plank', 'slat') if flat else 'rung', steps, rails[0])
    if folding:
        _add_ladder_rear(draw, kit, (x0, x1, lean, height, thin), rails[0])
    if draw.chance(0.5):
        shoe = block((3 * thin, 5 * thin, 0.04), foot)
        kit.add_copies('foot', both_sides(shoe, 'x'), rails[0])
    if not folding and draw.chance(0.3):
        hook = bend(
            [
                (x1, 0, height - 0.05),
                (x1, 0.02, height + 0.1),
                (x1, 0.15, height + 0.13),
                (x1, 0.18, height),
            ],
            0.8 * thin,
        )
        kit.add_copies('hook', both_sides(hook, 'x'), rails[0])
    return kit.finish()


def _add_ladder_rear(
    draw: Draw, kit: Assembly, size: tuple[float, float, float, float, float], parent: int
) -> None:
    """Adds what a step ladder stands on behind: legs, braces, top board, hinges, bow.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        size: Half widths below and above, lean, height and half thickness of the rails.
        parent: Index of a rail.
    """
    x0, x1, lean, height, thin = size
    back = lean * draw.between(0.6, 1.0)
    leg = beam((0.95 * x0, back, 0), (0.95 * x1, 0.02, 0.97 * height), 1.6 * thin, 1.6 * thin)
    legs = kit.add_copies('leg', both_sides(leg, 'x'), parent)
    levels = draw.pick((0.2,), (0.15, 0.5), (0.3, 0.6))
    bars = []
    for f in levels:
        x, y = 0.95 * (x0 + f * (x1 - x0)), back * (1 - f)
        bars.append(rod((-x, y, f * height), (x, y, f * height), 0.6 * thin))
    kit.add_copies('brace', bars, legs[0])
    if draw.chance(0.7):
        slab = (2.3 * x1, draw.between(0.15, 0.3), draw.between(0.02, 0.06))
        kit.add(draw.pick('top', 'shelf'), block(slab, (0, 0.02, height), 0.008), parent)
    if draw.chance(0.5):
        joint = drum(1.5 * thin, 0.03, (x1 + 0.8 * thin, 0.01, 0.95 * height), (1, 0, 0))
        kit.add_copies('hinge', both_sides(joint, 'x'), parent)
    if draw.chance(0.3):
        rise = draw.between(0.2, 0.5)
        path = [
            (-x1, 0, height - 0.05),
            (-x1, 0, height + rise),
            (x1, 0, height + rise),
            (x1, 0, height - 0.05),
        ]
        kit.add('handle', bend(path, 0.8 * thin, 18), parent)
    if draw.chance(0.4):
        f = draw.between(0.3, 0.5)
        stay = beam(
            (x0, -lean * (1 - f), f * height), (x0, back * (1 - f), f * height), 0.02, 0.03
        )
        kit.add_copies('stay', both_sides(moved(stay, (x1 - x0) * f), 'x'), parent)


def work_lamp(rng: np.random.Generator) -> ProceduralObject:
    """Builds a work lamp: base, tripod or hook, yoke with knobs, head, lens, guard, switch."""
    draw, kit = Draw(rng), Assembly('work_lamp')
    wide, tall, deep = draw.around(0.4, 0.25), draw.around(0.3, 0.2), draw.around(0.14, 0.3)
    mount = draw.pick('stand', 'stand', 'tripod', 'hook', 'magnet')
    height = draw.around(1.2, 0.2) if mount == 'tripod' else draw.around(0.32, 0.15)
    tilt = draw.between(-0.6, 0.5)
    thin = draw.around(0.018, 0.2)

    def tilted(piece: Piece) -> Piece:
        return moved(turned(piece, 'x', tilt), z=height)

    is_round = draw.chance(0.4)
    radius = 0.5 * tall
    hull = block((wide, deep, tall))
    if is_round:
        wide = tall
        hull = drum(0.7 * radius, deep, (0, 0.5 * deep, 0), (0, -1, 0), top=radius)
    root = kit.add('body', tilted(hull))
    y = -0.5 * deep
    if is_round:
        face = drum(0.88 * radius, 0.015, (0, y + 0.005, 0), (0, -1, 0))
        rim = ring(radius, 0.02, (0, y, 0), (0, -1, 0))
        kit.add('rim', tilted(rim), root)
    else:
        face = block((0.86 * wide, 0.02, 0.84 * tall), (0, y, 0))
    lamp = kit.add(draw.pick('light', 'light', 'lens', 'glass'), tilted(face), root)
    if draw.chance(0.45):
        bars = [
            rod((-0.5 * wide, y - 0.03, z * tall), (0.5 * wide, y - 0.03, z * tall), 0.008)
            for z in np.linspace(-0.35, 0.35, draw.count(2, 4))
        ]
        side = rod((0.5 * wide, y + 0.02, 0), (0.5 * wide, y - 0.035, 0), 0.01)
        bars += both_sides(side, 'x') + [
            rod((0, y - 0.03, -0.5 * tall), (0, y - 0.03, 0.5 * tall), 0.008)
        ]
        kit.add('guard', tilted(joined(bars)), lamp)
    if not is_round and draw.chance(0.4):
        fins = [
            block((0.02, 0.06, 0.8 * tall), (x * wide, 0.5 * deep + 0.02, 0))
            for x in np.linspace(-0.4, 0.4, 4)
        ]
        kit.add_copies('fin', [tilted(f) for f in fins], root)
    x = 0.5 * wide + 0.035
    knobs = drum(0.035, 0.05, (x - 0.045, 0, height), (1, 0, 0))
    yoke = rod((x, 0, height), (x, 0, height - 0.62 * tall), thin)
    cross = rod((-x, 0, height - 0.62 * tall), (x, 0, height - 0.62 * tall), thin)
    bow = kit.add(draw.pick('bracket', 'yoke'), joined(both_sides(yoke, 'x')) + cross, root)
    kit.add_copies(draw.pick('knob', 'joint'), both_sides(knobs, 'x'), bow)
    low = height - 0.62 * tall
    if mount == 'tripod':
        post = kit.add('pole', rod((0, 0, 0.3), (0, 0, low + 0.01), 1.3 * thin), bow)
        collar = kit.add('collar', drum(2.5 * thin, 0.06, (0, 0, 0.5 * low)), post)
        leg = rod((0, 0, 0.5 * low + 0.02), (draw.between(0.3, 0.5), 0, 0), 0.9 * thin)
        kit.add_copies('leg', spun(leg, 3, draw.between(0, 1)), collar)
    elif mount == 'stand':
        foot = rod((x, -0.35 * wide, low - 0.02), (x, 0.35 * wide, low - 0.02), thin)
        base = joined(both_sides(foot, 'x')) + rod((-x, 0, low - 0.01), (x, 0, low - 0.01), thin)
        kit.add('base', base, bow)
    elif mount == 'magnet':
        kit.add('base', drum(0.1, 0.06, (0, 0, low - 0.05)), bow)
    if mount in ('hook', 'stand') and draw.chance(0.7):
        top = height + 0.5 * tall
        if mount == 'hook':
            path = [(0, top - 0.02), (0, top + 0.08), (0.07, top + 0.14), (0.12, top + 0.06)]
            kit.add('hook', bend([(0, *point) for point in path], 0.013, 8), root)
        else:
            end, lift = 0.3 * wide, top + 0.09
            path = [(-end, top - 0.03), (-0.8 * end, lift), (0.8 * end, lift), (end, top - 0.03)]
            kit.add('handle', bend([(u, 0, v) for u, v in path], 0.02, 9), root)
    if draw.chance(0.5):
        key = block((0.07, 0.03, 0.05), (0.2 * wide, 0.5 * deep + 0.005, 0.2 * tall))
        kit.add(draw.pick('switch', 'button'), tilted(key), root)
    if draw.chance(0.3):
        cord = bend(
            [(0, 0.4 * deep, height - 0.1), (0.05, 0.3, height - 0.2), (0.1, 0.4, low)], 0.014
        )
        kit.add('cable', cord, root)
    return kit.finish()
