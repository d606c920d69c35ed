# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What case goods and tops stand on: legs, feet, runners, plinths, a cross, casters."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, leg
from part_seg_ros.data.procedural.families.outlines import band
from part_seg_ros.data.procedural.families.placement import both_sides, four_corners, spun
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    front,
    lathed,
    plate,
    rounded_solid,
)

LOW_STYLES = ('plinth', 'bun', 'block', 'bracket', 'runner', 'caster')
HIGH_STYLES = ('leg', 'leg', 'splayed', 'hoop', 'runner', 'slab')


def add_supports(
    draw: Draw, kit: Assembly, width: float, depth: float, low: float, parent: int = 0
) -> None:
    """Stands a case of `width` by `depth`, whose underside lies at `low`, on something.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        width: Extent of the case along x.
        depth: Extent along y.
        low: Height of its underside.
        parent: Part that the supports are attached to.
    """
    if low < 0.03:
        return
    style = draw.pick(*(LOW_STYLES if low < 0.12 else HIGH_STYLES))
    inset = draw.between(0.4, 0.47)
    x, y, top = inset * width, inset * depth, low + 0.004
    thick = draw.around(0.02, 0.25)
    if style == 'plinth':
        size = (draw.between(0.86, 1.02) * width, draw.between(0.85, 0.98) * depth, top)
        kit.add('base', block(size, (0, 0.02 * depth, 0.5 * top)), parent)
    elif style == 'caster':
        kit.add_copies('caster', four_corners(caster(0.45 * low, (x, y, 0.45 * low))), parent)
    elif style == 'bun':
        foot = ball((0.6 * low, 0.6 * low, 0.55 * low), (x, y, 0.5 * low))
        kit.add_copies('foot', four_corners(foot), parent)
    elif style == 'bracket':
        foot = block((draw.between(0.1, 0.2) * width, 0.03, top), (x, y, 0.5 * top))
        foot += block((0.03, draw.between(0.15, 0.25) * depth, top), (1.05 * x, y, 0.5 * top))
        kit.add_copies('foot', four_corners(foot), parent)
    elif style == 'block':
        foot = block((3.5 * thick, 3.5 * thick, top), (x, y, 0.5 * top), draw.pick(0.0, 0.008))
        kit.add_copies('foot', four_corners(foot), parent)
    elif style == 'runner':
        bar = block((2.2 * thick, draw.between(0.9, 1.0) * depth, 0.35 * low), (x, 0, 0.175 * low))
        post = block((1.5 * thick, 1.5 * thick, top), (x, 0.8 * y, 0.5 * top))
        post += block((1.5 * thick, 1.5 * thick, top), (x, -0.8 * y, 0.5 * top))
        kit.add_copies('leg', both_sides(bar + post, 'x'), parent)
    elif style == 'hoop':
        line = np.array([(-y, top), (-y, 0.5 * thick), (y, 0.5 * thick), (y, top)])
        kit.add_copies('leg', both_sides(front(band(line, thick), 1.5 * thick, x), 'x'), parent)
    elif style == 'slab':
        slab = block((thick, draw.between(0.8, 0.98) * depth, top), (x, 0, 0.5 * top))
        kit.add_copies('leg', both_sides(slab, 'x'), parent)
    else:
        lean = draw.between(0.05, 0.25) * low if style == 'splayed' else 0.0
        shape = leg(draw, (x + lean, y + lean, 0), (x, y, top), thick)
        legs = kit.add_copies('leg', four_corners(shape), parent)
        if draw.chance(0.15):
            kit.add_copies(
                'foot', four_corners(drum(1.3 * thick, 0.02, (x + lean, y + lean, -0.01))), legs[0]
            )
        elif low > 0.2 and draw.chance(0.3):
            z = draw.between(0.25, 0.6) * low
            at = lean * (1 - z / low)
            bar = block((thick, 2 * (y + at), thick), (x + at, 0, z))
            kit.add_copies('stretcher', both_sides(bar, 'x'), legs[0])


def add_centre_support(draw: Draw, kit: Assembly, size: float, under: float) -> None:
    """Stands a top of `size`, whose underside lies at `under`, on a column in its middle.

    Args:
        draw: Source of the style.
        kit: Object under construction, whose root is the top.
        size: Shorter extent of the top.
        under: Height of its underside.
    """
    thick = draw.around(0.035, 0.3)
    low = draw.between(0.02, 0.1) * under
    column = kit.add('column', leg(draw, (0, 0, low), (0, 0, under + 0.005), thick))
    if draw.chance(0.3):
        holder = drum(thick, 0.05, (0, 0, under - 0.045), top=draw.between(0.2, 0.35) * size)
        kit.add('bracket', holder, column)
    reach = draw.between(0.28, 0.48) * size
    style = draw.pick('disc', 'bell', 'square', 'cross', 'claws', 'wedges')
    if style == 'disc':
        kit.add(
            'base', drum(reach, draw.between(0.02, 0.06), top=draw.between(0.7, 1) * reach), column
        )
    elif style == 'bell':
        radii = np.array([1.0, 0.95, 0.5, 0.2]) * reach
        bell = rounded_solid(radii, np.array([0.0, 0.15, 0.5, 1.0]) * (low + 0.06))
        kit.add('base', lathed(bell), column)
    elif style == 'square':
        tall = draw.between(0.02, 0.06)
        kit.add('base', block((2 * reach, 2 * reach, tall), (0, 0, 0.5 * tall), 0.01), column)
    elif style == 'cross':
        bar = block((2 * reach, 1.6 * thick, 0.05), (0, 0, 0.025))
        bar += block((1.6 * thick, 2 * reach, 0.05), (0, 0, 0.025))
        base = kit.add('base', bar, column)
        if draw.chance(0.5):
            pad = drum(0.6 * thick, 0.02, (0.93 * reach, 0, -0.018))
            kit.add_copies('foot', spun(pad, 4), base)
    elif style == 'claws':
        claw = beam((0, 0, low + draw.between(0.05, 0.25) * under), (reach, 0, 0.02), thick, thick)
        kit.add_copies('foot', spun(claw, draw.count(3, 5), draw.between(0, 1)), column)
    else:
        wedge = np.array([(0, 0), (reach, 0), (reach, 0.025), (0, draw.between(0.1, 0.4) * under)])
        wing = plate(wedge, thick, (0, 0.5 * thick, 0), (0, -1, 0))
        kit.add_copies('foot', spun(wing, draw.count(3, 4), draw.between(0, 1)), column)
