# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What hangs on walls: picture, mirror, towel rail."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    ellipse,
    regular_polygon,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    joined,
    moved,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    bend,
    block,
    drum,
    plate,
    ring,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def bars_around(width: float, tall: float, bar: float, deep: float) -> Piece:
    """Makes four bars around a rectangle of outer size `width` by `tall`, around the origin."""
    side = block((bar, deep, tall), (0.5 * (width - bar), 0, 0))
    rail = block((width, deep, bar), (0, 0, 0.5 * (tall - bar)))
    return joined(both_sides(side, 'x') + both_sides(rail, 'z'))


def _framed(
    draw: Draw, kit: Assembly, name: str, width: float, tall: float, frame_name: str = 'frame'
) -> tuple[int, float]:
    """Puts a sheet called `name` into a frame: bars, a stepped frame, an oval or arched one.

    Returns:
        Index of the frame, and y of the front of the sheet.
    """
    bar = draw.between(0.04, 0.18) * min(width, tall)
    deep = draw.around(0.035, 0.4)
    inner = (width - 1.6 * bar, tall - 1.6 * bar)
    style = draw.pick('bars', 'bars', 'stepped', 'oval', 'arched', 'polygon')
    if style in ('bars', 'stepped'):
        piece = bars_around(width, tall, bar, deep)
        if style == 'stepped':
            piece += bars_around(width - 1.4 * bar, tall - 1.4 * bar, 0.4 * bar, 1.6 * deep)
        root = kit.add(frame_name, piece)
        kit.add(name, block((inner[0], 0.3 * deep, inner[1]), (0, 0.1 * deep, 0)), root)
        return root, -0.05 * deep
    if style == 'oval':
        outline = ellipse(width, tall, 28)
    elif style == 'polygon':
        outline = regular_polygon(draw.pick(6, 8), 0.5, 0.125 * np.pi) * [width, tall]
    else:
        head = arc(0.5 * width, 0.0, np.pi, 13) * [1, draw.between(0.3, 1.0)]
        low = 0.5 * tall - head[:, 1].max()
        outline = np.vstack(
            [[(-0.5 * width, -0.5 * tall), (0.5 * width, -0.5 * tall)], head + [0, low]]
        )
    root = kit.add(frame_name, plate(outline, deep, (0, 0.5 * deep, 0), FRONT))
    sheet = outline * [inner[0] / width, inner[1] / tall]
    kit.add(name, plate(sheet, 0.3 * deep, (0, -0.4 * deep, 0), FRONT), root)
    return root, -0.7 * deep


def picture_frame(rng: np.random.Generator) -> ProceduralObject:
    """Builds a picture: frame, sheet or several, mount, prop, hanger with a cord, pins."""
    draw, kit = Draw(rng), Assembly('picture_frame')
    width, tall = draw.around(0.5, 0.35), draw.around(0.5, 0.35)
    root, face_y = _framed(draw, kit, draw.pick('sheet', 'sheet', 'pane'), width, tall)
    if draw.chance(0.4):
        share = draw.between(0.4, 0.62)
        size = (share * width, 0.02, share * tall)
        kit.add('board', block(size, (0, face_y, 0)), root)
    mount = draw.pick('none', 'prop', 'cord', 'back')
    if mount == 'prop':
        low = -0.48 * tall
        prop = beam((0, 0.02, 0.25 * tall), (0, 0.35 * tall, low), 0.25 * width, 0.015)
        kit.add('stand', prop, root)
    elif mount == 'cord':
        top, peak = 0.36 * tall, 0.5 * tall + draw.between(0.1, 0.3) * width
        cord = rod((-0.25 * width, 0.02, top), (0, 0.02, peak), 0.008)
        kit.add('cord', joined(both_sides(cord, 'x')), root)
        kit.add('pin', drum(0.025, 0.06, (0, 0.04, peak), FRONT), root)
    elif mount == 'back':
        back = block((0.7 * width, 0.02, 0.7 * tall), (0, 0.02, 0))
        panel = kit.add('back_panel', back, root)
        clip = block((0.05, 0.02, 0.03), (0.3 * width, 0.035, 0.32 * tall))
        clips = [copy for half in both_sides(clip, 'x') for copy in both_sides(half, 'z')]
        kit.add_copies('clip', clips, panel)
    return kit.finish()


def wall_mirror(rng: np.random.Generator) -> ProceduralObject:
    """Builds a mirror for a wall, floor or table: frame, mirror, shelf, brackets, stand, feet."""
    draw, kit = Draw(rng), Assembly('wall_mirror')
    width = draw.around(0.6, 0.3)
    tall = width * draw.between(1.0, 2.6)
    root, _ = _framed(draw, kit, 'mirror', width, tall, draw.pick('frame', 'frame', 'rim'))
    mount = draw.pick('none', 'shelf', 'stand', 'feet', 'lights', 'hooks')
    low = -0.48 * tall
    if mount == 'shelf':
        deep = draw.between(0.1, 0.25)
        board = block((draw.between(0.8, 1.2) * width, deep, 0.025), (0, -0.5 * deep, low))
        shelf = kit.add('shelf', board, root)
        post = beam((0.3 * width, 0.0, low - 0.1), (0.3 * width, -0.8 * deep, low), 0.02, 0.02)
        kit.add_copies('bracket', both_sides(post, 'x'), shelf)
    elif mount == 'stand':
        post = beam((0.55 * width, 0.02, low - 0.1), (0.55 * width, 0.02, 0.1 * tall), 0.03, 0.03)
        posts = kit.add_copies('post', both_sides(post, 'x'), root)
        foot = block((0.035, 0.5 * width, 0.03), (0.55 * width, 0.02, low - 0.1))
        kit.add_copies('foot', both_sides(foot, 'x'), posts[0])
        knob = drum(0.025, 0.14 * width, (0.5 * width, 0.02, 0), (1, 0, 0))
        kit.add_copies('knob', both_sides(knob, 'x'), posts[0])
        kit.add(
            'bar',
            rod((-0.55 * width, 0.02, low - 0.05), (0.55 * width, 0.02, low - 0.05), 0.013),
            posts[0],
        )
    elif mount == 'feet':
        leg = beam((0.35 * width, 0.01, 0.3 * tall), (0.35 * width, 0.35 * tall, low), 0.03, 0.02)
        kit.add_copies('leg', both_sides(leg, 'x'), root)
    elif mount == 'lights':
        number = draw.count(2, 5)
        spots = np.linspace(-0.38, 0.38, number) * width
        bar = kit.add('bar', block((0.9 * width, 0.04, 0.05), (0, -0.02, 0.5 * tall)), root)
        bulb = ball(0.03, (0, -0.06, 0.5 * tall))
        kit.add_copies('light', [moved(bulb, s) for s in spots], bar)
    elif mount == 'hooks':
        hook = bend(
            [(0, 0, low), (0, -0.05, low - 0.04), (0, -0.09, low), (0, -0.09, low + 0.03)], 0.009
        )
        spots = np.linspace(-0.18, 0.18, draw.count(2, 3)) * width
        kit.add_copies('hook', [moved(hook, s) for s in spots], root)
    return kit.finish()


def towel_rail(rng: np.random.Generator) -> ProceduralObject:
    """Builds a towel rail, ring or warmer: plates, brackets, bars, hooks, shelf, screws, towel."""
    draw, kit = Draw(rng), Assembly('towel_rail')
    width, reach, thin = draw.around(0.55, 0.25), draw.around(0.1, 0.3), draw.around(0.012, 0.3)
    style = draw.pick('rail', 'rail', 'warmer', 'ring', 'rack')
    if style == 'warmer':
        tall = draw.around(0.8, 0.25)
        post = rod((0.5 * width, 0, -0.5 * tall), (0.5 * width, 0, 0.5 * tall), 1.5 * thin)
        root = kit.add_copies('post', both_sides(post, 'x'))[0]
        levels = np.sort(np.linspace(-0.46, 0.46, draw.count(6, 11)) * tall)
        bar = rod((-0.5 * width, -0.01, 0), (0.5 * width, -0.01, 0), thin)
        if draw.chance(0.6):
            levels = np.delete(levels, len(levels) // draw.pick(2, 3))
        kit.add_copies('bar', [moved(bar, z=z) for z in levels], root)
        arm = rod((0.45 * width, 0, 0.4 * tall), (0.45 * width, reach, 0.4 * tall), 0.8 * thin)
        corners = [c for half in both_sides(arm, 'x') for c in both_sides(half, 'z')]
        kit.add_copies('bracket', corners, root)
        if draw.chance(0.5):
            valve = drum(2 * thin, 0.07, (0.5 * width, 0, -0.5 * tall - 0.06))
            kit.add('knob', valve, root)
        return kit.finish()
    size = draw.around(0.035, 0.25)
    sheet = drum(size, 0.015, (0, 0, 0), FRONT)
    if draw.chance(0.5):
        sheet = block((1.6 * size, 0.015, draw.between(1.6, 3) * size), (0, -0.007, 0), 0.002)
    arm = rod((0, 0, 0), (0, -reach, 0), draw.between(0.8, 1.5) * thin)
    if style == 'ring':
        root = kit.add('plate', sheet)
        neck = kit.add('bracket', arm, root)
        radius = draw.around(0.09, 0.2)
        kit.add('ring', ring(radius, thin, (0, -reach, -radius), FRONT), neck)
        if draw.chance(0.3):
            kit.add_copies(
                'screw',
                both_sides(drum(0.3 * size, 0.02, (0, -0.01, 0.6 * size), FRONT), 'z'),
                root,
            )
        return kit.finish()
    plates = kit.add_copies('plate', both_sides(moved(sheet, 0.5 * width), 'x'))
    arms = kit.add_group(
        'bracket', list(zip(both_sides(moved(arm, 0.5 * width), 'x'), plates, strict=True))
    )
    over = draw.pick(0.0, draw.between(0.02, 0.08))
    depths = np.linspace(
        -reach, -0.5 * reach, draw.pick(1, 1, 2) if style == 'rail' else draw.count(3, 5)
    )
    half = 0.5 * width + over
    bars = [rod((-half, y, 0), (half, y, 0), thin) for y in depths]
    kit.add_copies(draw.pick('rail', 'bar'), bars, arms[0])
    if over and draw.chance(0.5):
        cap = ball(1.7 * thin, (half, -reach, 0))
        kit.add_copies('cap', both_sides(cap, 'x'), arms[0])
    if style == 'rack' and draw.chance(0.6):
        hook = bend(
            [
                (0, -0.6 * reach, 0),
                (0, -0.6 * reach, -0.04),
                (0, -0.9 * reach, -0.05),
                (0, -0.95 * reach, -0.02),
            ],
            0.6 * thin,
        )
        spots = np.linspace(-0.35, 0.35, draw.count(2, 4)) * width
        kit.add_copies('hook', [moved(hook, s) for s in spots], arms[0])
    elif draw.chance(0.3):
        drop, wide = draw.between(0.15, 0.4), draw.between(0.3, 0.7) * width
        cloth = block((wide, 0.012, drop), (0, -reach - 1.3 * thin, 0.4 * thin - 0.5 * drop))
        cloth += block(
            (wide, 0.012, 0.8 * drop), (0, -reach + 1.3 * thin, 0.4 * thin - 0.4 * drop)
        )
        cloth += block((wide, 3.6 * thin, 0.012), (0, -reach, 1.3 * thin))
        kit.add('blanket', cloth, arms[0])
    if draw.chance(0.3):
        screws = [
            drum(0.25 * size, 0.02, (0.5 * width, -0.01, z * size), FRONT) for z in (-0.6, 0.6)
        ]
        kit.add_copies('screw', [c for s in screws for c in both_sides(s, 'x')], plates[0])
    return kit.finish()
