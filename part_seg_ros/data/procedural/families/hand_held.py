# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small things to hold: ladle or peeler, hand mirror."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    ellipse,
    regular_polygon,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
    scaled,
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
    ring,
    rod,
    rounded_solid,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)


def _handle(draw: Draw, length: float, radius: float) -> Piece:
    """Makes a handle from x = 0 towards -x: turned, boxy, flat, looped or plain."""
    style = draw.pick('turned', 'boxy', 'flat', 'loop', 'plain')
    if style == 'turned':
        bulge = np.array([0.6, draw.between(0.8, 1.1), 0.8, draw.between(0.8, 1.3), 0.6]) * radius
        return lathed(rounded_solid(bulge, np.linspace(0, 1, 5) * length), axis=(-1, 0, 0))
    if style == 'boxy':
        size = (length, 2 * radius, 1.3 * radius)
        return block(size, (-0.5 * length, 0, 0), 0.3 * radius)
    if style == 'flat':
        outline = np.array([(0, -0.5), (0, 0.5), (-1, 1.0), (-1.06, 0), (-1, -1.0)])
        return plate(outline * [length, radius], 0.7 * radius, (0, 0, -0.35 * radius))
    if style == 'loop':
        path = [(0, 0), (-0.3, 0.8), (-0.9, 0.9), (-1.0, 0), (-0.9, -0.9), (-0.3, -0.8), (0, 0)]
        line = smooth_curve(np.array(path) * [length, radius], 18)
        return bend(np.column_stack([line, np.zeros(len(line))]), 0.35 * radius, 18)
    return rod((0, 0, 0), (-length, 0, 0), radius)


def ladle(rng: np.random.Generator) -> ProceduralObject:
    """Builds a ladle, skimmer, masher, slotted turner or peeler: handle, shaft, bowl or blade."""
    draw, kit = Draw(rng), Assembly('ladle')
    length, radius = draw.around(0.4, 0.2), draw.around(0.035, 0.2)
    root = kit.add('handle', _handle(draw, length, radius))
    if draw.chance(0.4):
        kit.add('ring', ring(0.8 * radius, 0.2 * radius, (-length - 0.5 * radius, 0, 0)), root)
    kind = draw.pick('ladle', 'ladle', 'skimmer', 'masher', 'y_peeler', 'peeler', 'scoop')
    if kind in ('peeler', 'y_peeler'):
        _add_peeler(draw, kit, radius, kind == 'y_peeler', root)
        return kit.finish()
    if draw.chance(0.5):
        collar = drum(1.15 * radius, 0.05, (-0.03, 0, 0), ALONG_X)
        kit.add(draw.pick('ferrule', 'collar'), collar, root)
    reach, thin = draw.around(0.4, 0.3), radius * draw.between(0.25, 0.5)
    drop = draw.between(0.0, 0.2) * reach
    stem = bend([(-0.02, 0, 0), (0.5 * reach, 0, 0.0), (reach, 0, -drop)], thin, 7)
    if draw.chance(0.4):
        stem = beam((-0.02, 0, 0), (reach, 0, -drop), 2.5 * thin, thin)
    shaft = kit.add('shaft', stem, root)
    size = draw.around(0.13, 0.2)
    tilt = draw.between(-0.6, 0.6)
    if kind in ('ladle', 'scoop'):
        deep = size * draw.between(0.5, 1.0)
        shape = np.array([0.25, 0.7, 0.93, 1.0]) * size
        bowl = vessel(np.column_stack([shape, np.array([-1, -0.8, -0.4, 0]) * deep]), 0.1 * size)
        stretch = draw.between(0.9, 1.5)
        bowl = turned(scaled(bowl, stretch, 1.0, 1.0), 'y', tilt)
        near = 0.95 * size * stretch
        head = moved(bowl, reach + near * np.cos(tilt), 0, -drop - near * np.sin(tilt))
        kit.add('bowl', head, shaft)
    elif kind == 'skimmer':
        flat = plate(ellipse(2.2 * size, 1.9 * size), 0.012)
        if draw.chance(0.6):
            rim = ring(1.0 * size, 0.1 * size)
            mesh = [block((0.02, 1.9 * size, 0.012), (x * size, 0, 0)) for x in (-0.6, 0, 0.6)]
            bars = joined(mesh) + joined(turned(bar, 'z', 0.5 * np.pi) for bar in mesh)
            at = (reach + 0.95 * size, 0, -drop)
            rim_part = kit.add('rim', moved(rim, *at), shaft)
            kit.add('net', moved(bars, *at), rim_part)
        else:
            kit.add('plate', moved(turned(flat, 'y', 0.3 * tilt), reach + size, 0, -drop), shaft)
    else:
        knots = [
            (0, 0.9),
            (0.3, 0.9),
            (0.5, -0.9),
            (0.8, -0.9),
            (1.0, 0.9),
            (1.3, 0.9),
            (1.5, -0.9),
        ]
        line = np.array(knots) * size + [reach, 0]
        wire = bend(np.column_stack([line, np.full(len(line), -drop)]), 1.1 * thin, 20)
        kit.add(
            'wire',
            wire + rod((reach - 0.02, 0, -drop), (reach + 1.5 * size, 0, -drop), thin),
            shaft,
        )
    return kit.finish()


def _add_peeler(draw: Draw, kit: Assembly, radius: float, is_wide: bool, root: int) -> None:
    """Adds a fork with a blade across it (wide) or a slim blade with a slot along the axis."""
    if is_wide:
        half, reach = draw.around(0.11, 0.15), draw.around(0.14, 0.2)
        arm = bend(
            [(-0.01, 0, 0), (0.3 * reach, 0.8 * half, 0), (reach, half, 0)], 0.5 * radius, 8
        )
        frame = kit.add('frame', joined(both_sides(arm, 'y')), root)
        blade = block((0.06, 2 * half, 0.012), (reach - 0.01, 0, 0))
        blade += block((0.012, 2 * half, 0.03), (reach + 0.02, 0, 0))
        part = kit.add('blade', turned(blade, 'y', draw.between(-0.5, 0.5), (reach, 0, 0)), frame)
        pin = ball(0.5 * radius, (reach, half, 0))
        kit.add_copies(draw.pick('pin', 'rivet', 'joint'), both_sides(pin, 'y'), part)
        return
    reach, wide = draw.around(0.32, 0.2), draw.around(0.05, 0.2)
    rail = beam((-0.02, wide, 0), (reach, 0.8 * wide, 0), 0.025, 0.012)
    flat = joined(both_sides(rail, 'y')) + drum(0.9 * wide, 0.014, (reach, 0, -0.007))
    if draw.chance(0.5):
        flat += block((0.05, 2 * wide, 0.03), (0.01, 0, 0))
    blade_part = kit.add('blade', flat, root)
    tip = drum(0.5 * wide, 0.05, (reach + 0.6 * wide, 0, 0), ALONG_X, top=0.1 * wide)
    kit.add('tip', tip, blade_part)


def hand_mirror(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hand mirror or magnifier: frame or rim, mirror or lens, handle, neck, ring, tip."""
    draw, kit = Draw(rng), Assembly('hand_mirror')
    wide = draw.around(0.4, 0.2)
    tall, thin = wide * draw.between(0.9, 1.5), draw.around(0.035, 0.3)
    shape = draw.pick('oval', 'oval', 'square', 'many')
    outline = ellipse(wide, tall, 28)
    if shape == 'square':
        outline = rounded_rectangle(wide, tall, draw.between(0.05, 0.4) * wide)
    elif shape == 'many':
        outline = regular_polygon(draw.pick(6, 8), 0.5, 0.5 * np.pi) * [wide, tall]
    share = draw.between(0.72, 0.9)
    is_lens = draw.chance(0.2)
    if is_lens or draw.chance(0.35):
        closed = np.vstack([outline, outline[:1] + 1e-4])
        line = np.column_stack([closed, np.zeros(len(closed))])
        root = kit.add(draw.pick('rim', 'frame'), bend(line, 0.7 * thin, 29))
        share = 0.97
    else:
        root = kit.add('frame', plate(outline, thin, (0, 0, -0.5 * thin)))
    glass = plate(outline * share, 0.4 * thin, (0, 0, (-0.2 if is_lens else 0.2) * thin))
    if is_lens:
        kit.add('lens', glass + scaled(ball(0.5 * share), wide, tall, 0.06), root)
    else:
        kit.add('mirror', glass, root)
    end = -0.5 * tall
    neck = draw.pick(0.0, draw.between(0.05, 0.15) * tall)
    carrier = root
    if neck:
        post = rod((0, end + 0.01, 0), (0, end - neck - 0.01, 0), 0.45 * thin)
        carrier = kit.add(draw.pick('neck', 'shaft'), post, root)
    length, radius = draw.around(0.45, 0.2), draw.around(0.045, 0.25)
    handle = turned(_handle(draw, length, radius), 'z', 0.5 * np.pi)
    part = kit.add('handle', moved(handle, 0, end - neck + 0.01, 0), carrier)
    foot = end - neck - length
    if draw.chance(0.25):
        kit.add('ring', ring(0.7 * radius, 0.25 * radius, (0, foot - 0.3 * radius, 0)), part)
    elif draw.chance(0.2):
        kit.add('tip', ball(radius, (0, foot, 0)), part)
    if draw.chance(0.2):
        crest = [
            ball(0.04, (x * wide, 0.5 * tall - abs(x) * 0.2 * tall, 0)) for x in (-0.12, 0, 0.12)
        ]
        kit.add('crest', joined(crest), root)
    return kit.finish()
