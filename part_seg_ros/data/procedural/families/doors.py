# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Doors and windows with their handles."""

from __future__ import annotations

from functools import partial

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, pull
from part_seg_ros.data.procedural.families.outlines import (
    rounded_rectangle,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    drum,
    profile,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def _hung(piece: Piece, shift: float, angle_rad: float, hinge: tuple[float, ...]) -> Piece:
    return turned(moved(piece, shift), 'z', angle_rad, hinge)


def _leaf(width: float, height: float, thick: float, glazed: bool) -> Piece:
    """Makes a door leaf around the origin: a slab with raised panels, or an open sash."""
    if not glazed:
        panel = block((0.65 * width, 1.5 * thick, 0.34 * height), (0, 0, 0.22 * height), 0.012)
        return block((width, thick, height)) + joined(both_sides(panel, 'z'))
    bar = 0.08
    side = block((bar, thick, height), (0.5 * (width - bar), 0, 0))
    rail = block((width, thick, bar), (0, 0, 0.5 * (height - bar)))
    return joined(both_sides(side, 'x') + both_sides(rail, 'z'))


def door(rng: np.random.Generator) -> ProceduralObject:
    """Builds a door or window: frame, one or two leaves, panels or panes, handles, sill."""
    draw, kit = Draw(rng), Assembly('door')
    width, height = draw.around(0.95, 0.2), draw.around(1.5, 0.25)
    bar, deep = draw.around(0.08, 0.2), draw.around(0.12, 0.2)
    x, z = 0.5 * width, 0.5 * height
    frame = block((bar, deep, height + 2 * bar), (x + 0.5 * bar, 0, z)) + block(
        (bar, deep, height + 2 * bar), (-x - 0.5 * bar, 0, z)
    )
    frame += block((width + 0.01, deep, bar), (0, 0, height + 0.5 * bar))
    if draw.chance(0.5):
        frame += block((width + 0.01, deep, bar), (0, 0, -0.5 * bar))
    root = kit.add('frame', frame)
    number, glazed = draw.count(1, 2), draw.chance(0.45)
    wide = width / number
    swing = draw.pick(0.0, draw.between(-1.4, 1.4))
    for i in range(number):
        side = 1 if i == 0 else -1
        hinge = (-side * 0.5 * wide * number if number > 1 else -x, 0, 0)
        centre = 0.0 if number == 1 else -side * 0.25 * width
        turn = side * (swing if draw.chance(0.7) else 0.0)
        leaf = _leaf(wide - 0.01, height - 0.01, 0.05, glazed)
        place = partial(_hung, shift=centre, angle_rad=turn, hinge=hinge)
        leaf_part = kit.add('sash' if glazed else 'door', place(moved(leaf, z=z)), root)
        if glazed:
            pane = block((wide - 0.1, 0.02, height - 0.1), (0, 0, z))
            kit.add('pane', place(pane), leaf_part)
            if draw.chance(0.5):
                cross = block((wide - 0.06, 0.035, 0.035), (0, 0, z)) + block(
                    (0.035, 0.035, height - 0.06), (0, 0, z)
                )
                kit.add('muntin', place(cross), leaf_part)
        fitting = pull(draw, 0.22, (side * 0.4 * wide, -0.024, z), FRONT, upright=True)
        if draw.chance(0.4):
            fitting = knob(draw, 0.05, (side * 0.4 * wide, -0.024, z), FRONT)
        kit.add('handle', place(fitting), leaf_part)
    if draw.chance(0.3):
        kit.add('sill', block((width + 4 * bar, 2.2 * deep, 0.05), (0, -0.4 * deep, -bar)), root)
    return kit.finish()


def door_handle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a door handle on its plate: plate, lever or knob, neck, keyhole, screws."""
    draw, kit = Draw(rng), Assembly('door_handle')
    tall, wide = draw.around(0.8, 0.25), draw.around(0.2, 0.2)
    if draw.chance(0.3):
        root, tall = kit.add('plate', drum(0.8 * wide, 0.05, (0, 0.025, 0), FRONT)), wide
    else:
        root = kit.add('plate', profile(rounded_rectangle(wide, tall, 0.3 * wide), 0.05))
    z, reach = 0.2 * tall if tall > wide else 0.0, draw.around(0.2, 0.2)
    neck = kit.add('neck', rod((0, 0, z), (0, -reach, z), draw.between(0.035, 0.06)), root)
    style = draw.pick('lever', 'curved', 'knob')
    if style == 'lever':
        kit.add('handle', beam((-0.04, -reach, z), (0.45, -reach, z), 0.06, 0.07, 0.015), neck)
    elif style == 'curved':
        path = [
            (-0.03, -reach, z),
            (0.15, -reach - 0.04, z + 0.02),
            (0.35, -reach, z - 0.01),
            (0.5, -reach + 0.07, z),
        ]
        kit.add('handle', bend(path, 0.04), neck)
    else:
        kit.add('knob', ball((0.16, 0.11, 0.16), (0, -reach - 0.04, z)), neck)
    if tall > wide:
        kit.add('keyhole', drum(0.05, 0.03, (0, -0.02, -0.22 * tall), FRONT), root)
        if draw.chance(0.5):
            screw = drum(0.028, 0.02, (0, -0.02, 0.42 * tall), FRONT)
            kit.add_copies('screw', both_sides(screw, 'z'), root)
    return kit.finish()
