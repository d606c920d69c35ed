# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What stands or lies on a workbench: vise, chisel or file, lidded box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fitted_fronts import grip
from part_seg_ros.data.procedural.families.fittings import pull, screw_head
from part_seg_ros.data.procedural.families.outlines import arc
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    block,
    drum,
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)
FRONT = (0.0, -1.0, 0.0)


def vise(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bench vise: base, fixed jaw, slider with a jaw, screw, handle bar, anvil, bolts."""
    draw, kit = Draw(rng), Assembly('vise')
    wide, tall = draw.around(0.32, 0.25), draw.around(0.34, 0.2)
    length, gap = draw.around(0.5, 0.2), draw.between(0.02, 0.35)
    low = draw.between(0.06, 0.14)
    style = draw.pick('swivel', 'flat', 'table')
    if style == 'swivel':
        base = drum(0.75 * wide, 0.5 * low) + drum(0.5 * wide, low)
    else:
        base = block((0.9 * length, 1.1 * wide, 0.5 * low), (0.1, 0, 0.25 * low), 0.01)
        base += block((0.6 * length, 0.6 * wide, low), (0.1, 0, 0.5 * low))
    root = kit.add('base', base)
    if draw.chance(0.6) and style != 'table':
        lug = drum(0.12, 0.4 * low, (0.0, 0.75 * wide, 0))
        ears = (
            kit.add_copies('bracket', both_sides(lug, 'y'), root) if draw.chance(0.5) else [root]
        )
        bolt = screw_head(0.05, (0, (0.75 if ears[0] else 0.55) * wide, 0.4 * low))
        kit.add_copies('bolt', both_sides(bolt, 'y'), ears[0])
    beam_z, bar = low + 0.3 * tall, draw.between(0.3, 0.5)
    deep = draw.between(0.25, 0.45) * length
    fixed = block((deep, wide, 0.6 * tall), (0.5 * deep, 0, low + 0.3 * tall))
    fixed += block((0.5 * deep, wide, tall), (0.25 * deep, 0, low + 0.5 * tall))
    if draw.chance(0.4):
        fixed += block((0.6 * deep, 0.7 * wide, 0.08), (0.7 * deep, 0, low + 0.62 * tall))
    body = kit.add('body', fixed, root)
    reach = gap + draw.between(0.2, 0.35) * length
    slide = block(
        (length + reach, bar * wide, 0.3 * tall),
        (0.5 * length - 0.5 * (length + reach) + 0.1, 0, beam_z),
    )
    slider = kit.add('slider', slide, body)
    outer = block((0.5 * deep, wide, tall), (-gap - 0.25 * deep, 0, low + 0.5 * tall), 0.015)
    front_jaw = kit.add('body' if draw.chance(0.3) else 'moving_jaw', outer, slider)
    plates = block((0.025, 1.02 * wide, 0.25 * tall), (0, 0, low + 0.86 * tall))
    pair = [(moved(plates, 0.004), body), (moved(plates, -gap - 0.004), front_jaw)]
    jaws = kit.add_group('jaw', pair)
    if draw.chance(0.4):
        head = drum(0.02, 0.012, (-0.013, 0.35 * wide, low + 0.86 * tall), (-1, 0, 0))
        kit.add_copies('screw', both_sides(head, 'y'), jaws[0])
    end = -reach - draw.between(0.08, 0.2)
    z = beam_z - draw.pick(0.0, 0.08 * tall)
    screw = rod((end, 0, z), (0.2 * length, 0, z), 0.03)
    screw += drum(0.06, 0.07, (end - 0.02, 0, z), ALONG_X)
    spindle = kit.add('screw', screw, front_jaw)
    half, slid = draw.around(0.2, 0.2), draw.between(-0.6, 0.6)
    angle = draw.between(0, np.pi)
    way = np.array([0.0, np.cos(angle), np.sin(angle)])
    middle = np.array([end + 0.01, 0, z]) + slid * half * way
    handle = rod(middle - half * way, middle + half * way, 0.018)
    handle += ball(0.032, middle - half * way) + ball(0.032, middle + half * way)
    kit.add(draw.pick('handle', 'handle', 'lever'), handle, spindle)
    return kit.finish()


def chisel(rng: np.random.Generator) -> ProceduralObject:
    """Builds a chisel, file, gouge or awl: blade or tip, shaft, ferrule, handle, end cap."""
    draw, kit = Draw(rng), Assembly('chisel')
    length, radius = draw.around(0.5, 0.2), draw.around(0.075, 0.2)
    bulge = np.array(
        [0.7, draw.between(0.8, 1.1), 0.85, draw.between(0.9, 1.25), draw.between(0.5, 1.1)]
    )
    if draw.chance(0.75):
        handle = lathed(
            rounded_solid(bulge * radius, np.linspace(0, 1, 5) * length), axis=(-1, 0, 0)
        )
    else:
        size = (length, 2 * radius, 1.7 * radius)
        handle = block(size, (-0.5 * length, 0, 0), 0.35 * radius)
    root = kit.add('handle', handle)
    thin = radius * draw.between(0.3, 0.5)
    start = 0.0
    if draw.chance(0.7):
        start = draw.between(0.05, 0.1)
        collar = drum(
            0.85 * radius,
            start + 0.02,
            (-0.02, 0, 0),
            ALONG_X,
            top=draw.between(0.6, 0.85) * radius,
        )
        kit.add(draw.pick('ferrule', 'collar', 'ring'), collar, root)
    if draw.chance(0.3):
        kit.add('cap', drum(0.95 * radius, 0.05, (-length - 0.02, 0, 0), ALONG_X), root)
    neck = draw.between(0.05, 0.35)
    kind = draw.pick('chisel', 'chisel', 'file', 'gouge', 'awl')
    carrier = root
    if kind != 'file':
        shaft = rod((start - 0.01, 0, 0), (start + neck, 0, 0), thin)
        carrier = kit.add('shaft', shaft, root)
        start += neck
    reach, wide = draw.around(0.6, 0.3), draw.around(0.12, 0.4)
    if kind == 'chisel':
        side = np.array([(-0.02, -1), (reach, -1), (reach - 0.12, 1), (-0.02, 1)]) * [
            1,
            0.8 * thin,
        ]
        flat = moved(profile(side, wide), start)
        if draw.chance(0.4):
            flare = np.array(
                [
                    (-0.05, -0.6 * thin),
                    (0.06, -0.5 * wide),
                    (0.06, 0.5 * wide),
                    (-0.05, 0.6 * thin),
                ]
            )
            flat += plate(flare, 1.6 * thin, (start, 0, -0.8 * thin))
        kit.add('blade', flat, carrier)
    elif kind == 'file':
        style = draw.pick('flat', 'round', 'half')
        if style == 'round':
            shape = rod((start - 0.01, 0, 0), (start + reach, 0, 0), thin, 0.6 * thin)
        else:
            outline = np.array(
                [(0, -0.3), (0.08, -0.5), (reach, -0.35), (reach, 0.35), (0.08, 0.5), (0, 0.3)]
            )
            shape = plate(outline * [1, wide], 1.2 * thin, (start - 0.01, 0, -0.6 * thin))
        kit.add('blade', shape, carrier)
    elif kind == 'gouge':
        outer = arc(0.6 * wide, 1.15 * np.pi, 1.85 * np.pi, 9)
        inner = arc(0.42 * wide, 1.85 * np.pi, 1.15 * np.pi, 9)
        shape = plate(
            np.vstack([outer, inner]), 0.7 * reach, (start - 0.02, 0, 0.3 * wide), ALONG_X
        )
        kit.add('blade', shape, carrier)
    else:
        kit.add(
            'tip', drum(thin, 0.4 * reach, (start - 0.01, 0, 0), ALONG_X, top=0.1 * thin), carrier
        )
    return kit.finish()


def lidded_box(rng: np.random.Generator) -> ProceduralObject:
    """Builds a box with a hinged lid: walls or chest, lid, hinges, latch, handles, feet, tray."""
    draw, kit = Draw(rng), Assembly('lidded_box')
    width, depth, tall = draw.around(0.6, 0.25), draw.around(0.4, 0.2), draw.around(0.28, 0.35)
    wall, swing = draw.between(0.015, 0.04), draw.between(0.3, 2.0) if draw.chance(0.6) else 0.0
    if swing:
        side = block((wall, depth, tall), (0.5 * (width - wall), 0, 0.5 * tall))
        end = block((width, wall, tall), (0, 0.5 * (depth - wall), 0.5 * tall))
        hull = joined(both_sides(side, 'x') + both_sides(end, 'y'))
        hull += block((width, depth, wall), (0, 0, 0.5 * wall))
    else:
        hull = block((width, depth, tall), (0, 0, 0.5 * tall), draw.pick(0.0, 0.015))
    root = kit.add(draw.pick('body', 'body', 'box'), hull)
    high, axis = draw.between(0.03, 0.12), (0.0, 0.5 * depth, tall)
    over = draw.pick(1.0, draw.between(1.01, 1.06))
    style = draw.pick('flat', 'flat', 'arched', 'deep')
    if style == 'arched':
        head = arc(0.5 * depth, 0.0, np.pi, 13) * [1, draw.between(0.3, 0.9)]
        lid = moved(turned(profile(head, over * width), 'z', 0.5 * np.pi), z=tall)
        high = float(head[:, 1].max())
    else:
        high *= 2.0 if style == 'deep' else 0.6
        lid = block(
            (over * width, over * depth, high), (0, 0, tall + 0.5 * high), draw.pick(0.0, 0.01)
        )

    def hung(piece: Piece) -> Piece:
        return turned(piece, 'x', -swing, axis)

    lid_part = kit.add('lid', hung(lid), root)
    radius = draw.around(0.018, 0.25)
    half = draw.between(0.03, 0.08)
    barrel = rod(
        (-half, 0.5 * depth + 0.6 * radius, tall), (half, 0.5 * depth + 0.6 * radius, tall), radius
    )
    barrel += block(
        (2 * half, 0.5 * radius, 5 * radius), (0, 0.5 * depth + 0.2 * radius, tall - 2 * radius)
    )
    spots = np.linspace(-0.33, 0.33, draw.count(2, 3)) * width
    kit.add_copies('hinge', [moved(barrel, s) for s in spots], root)
    _add_box_latch(draw, kit, (depth, tall, width), hung, root, lid_part)
    if draw.chance(0.4):
        shape = pull(draw, 0.45 * depth, (0.5 * width, 0, 0.6 * tall), ALONG_X)
        kit.add_copies('handle', both_sides(shape, 'x'), root)
    if draw.chance(0.3):
        name, shape = grip(draw, 0.3 * width)
        top = moved(turned(shape, 'x', -0.5 * np.pi), 0, 0, tall + high - 0.003)
        kit.add(name, hung(top), lid_part)
    if draw.chance(0.3):
        edge = block((0.03, 0.03, tall), (0.5 * width, 0.5 * depth, 0.5 * tall))
        kit.add_copies('bracket', four_corners(edge), root)
    if draw.chance(0.35):
        foot = drum(0.035, 0.05, (0.4 * width, 0.38 * depth, -0.045))
        kit.add_copies('foot', four_corners(foot), root)
    if swing and draw.chance(0.35):
        kit.add(
            'divider', block((wall, depth - wall, 0.75 * tall), (0.1 * width, 0, 0.4 * tall)), root
        )
    return kit.finish()


def _add_box_latch(
    draw: Draw,
    kit: Assembly,
    size: tuple[float, float, float],
    hung: Callable[[Piece], Piece],
    root: int,
    lid: int,
) -> None:
    """Adds latches on the front of a box of (depth, height, width), some hanging on its lid."""
    depth, tall, width = size
    y = -0.5 * depth
    style = draw.pick('hasp', 'clip', 'ring', 'none')
    spots = (0.0,) if width < 0.5 or draw.chance(0.5) else (-0.28 * width, 0.28 * width)
    scale = draw.between(0.8, 1.5)
    if style == 'hasp':
        tab = block((0.05 * scale, 0.015, 0.1 * scale), (0, y - 0.006, tall - 0.01))
        tab += drum(0.025 * scale, 0.02, (0, y, tall - 0.05 * scale), FRONT)
        kit.add_copies('latch', [hung(moved(tab, s)) for s in spots], lid)
        eye = ring(0.02, 0.006, (0, y - 0.01, tall - 0.06 * scale), ALONG_X)
        kit.add_copies('ring', [moved(eye, s) for s in spots], root)
    elif style == 'clip':
        base = block((0.06 * scale, 0.02, 0.06 * scale), (0, y - 0.008, tall - 0.06 * scale))
        arm = block((0.045 * scale, 0.02, 0.12 * scale), (0, y - 0.02, tall - 0.01 * scale), 0.004)
        kit.add_copies('latch', [moved(base + arm, s) for s in spots], root)
    elif style == 'ring':
        sheet = drum(0.035 * scale, 0.012, (0, y + 0.004, tall - 0.07), FRONT)
        sheet += block((0.012, 0.014, 0.03), (0, y - 0.008, tall - 0.07))
        kit.add_copies('latch', [moved(sheet, s) for s in spots], root)
