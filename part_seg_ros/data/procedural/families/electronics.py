# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Electronic devices: camera, loudspeaker, headphones, control panel."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    in_grid,
    moved,
    scaled,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    drum,
    lathed,
    profile,
    ring,
    rod,
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def camera(rng: np.random.Generator) -> ProceduralObject:
    """Builds a camera or projector: body, lens with ring and glass, grip, viewfinder, flash."""
    draw, kit = Draw(rng), Assembly('camera')
    width, height, deep = draw.around(0.8, 0.12), draw.around(0.5, 0.15), draw.around(0.26, 0.2)
    root = kit.add('body', block((width, deep, height), bevel=draw.between(0.005, 0.06)))
    y, x, z = -0.5 * deep, draw.between(-0.1, 0.1) * width, draw.between(-0.06, 0.02) * height
    radius, reach = height * draw.between(0.28, 0.44), draw.around(0.3, 0.35)
    lens = kit.add(
        'lens',
        sleeve(radius, 0.78 * radius, reach, (x, y + 0.03, z), FRONT)
        + drum(0.8 * radius, 0.8 * reach, (x, y + 0.03, z), FRONT),
        root,
    )
    if draw.chance(0.6):
        at = draw.between(0.2, 0.6) * reach
        kit.add('ring', drum(1.1 * radius, 0.25 * reach, (x, y - at, z), FRONT), lens)
    kit.add(
        'glass', ball((0.78 * radius, 0.04, 0.78 * radius), (x, y + 0.03 - 0.8 * reach, z)), lens
    )
    if draw.chance(0.6):
        grip = block((0.16 * width, 0.2, 0.95 * height), (-0.43 * width, y - 0.04, 0), 0.03)
        kit.add('grip', grip, root)
    if draw.chance(0.7):
        hump = draw.between(0.18, 0.32)
        prism = np.array([(-0.16, 0), (0.16, 0), (0.1, hump), (-0.1, hump)]) * [width, height] + [
            x,
            0.48 * height,
        ]
        finder = kit.add('viewfinder', profile(prism, 0.8 * deep), root)
        if draw.chance(0.5):
            z_top = (0.48 + hump) * height
            kit.add('flash', block((0.22, 0.16, 0.12), (x, 0, z_top + 0.05), 0.015), finder)
    kit.add('button', drum(0.045, 0.06, (-0.36 * width, -0.2 * deep, 0.48 * height)), root)
    for spot in draw.some((0.25, 0.38), draw.count(0, 2)):
        kit.add('dial', drum(0.05, 0.06, (spot * width, 0, 0.48 * height)), root)
    if draw.chance(0.3):
        kit.add('display', block((0.55 * width, 0.02, 0.6 * height), (0, 0.5 * deep, 0)), root)
    if draw.chance(0.25):
        strap = bend(
            [
                (-0.5 * width, 0, 0.4 * height),
                (-0.6 * width, 0.1, 1.3 * height),
                (0, 0.15, 1.8 * height),
                (0.6 * width, 0.1, 1.3 * height),
                (0.5 * width, 0, 0.4 * height),
            ],
            0.02,
            20,
        )
        kit.add('strap', strap, root)
    return kit.finish()


def speaker(rng: np.random.Generator) -> ProceduralObject:
    """Builds a loudspeaker or radio: cabinet, drivers with rim and dome, knobs, feet, handle."""
    draw, kit = Draw(rng), Assembly('speaker')
    width, deep, number = draw.around(0.4, 0.15), draw.around(0.35, 0.15), draw.count(1, 3)
    radii = sorted((draw.around(0.16, 0.25) for _ in range(number)), reverse=True)
    radii = [min(r, 0.46 * width) for r in radii]
    height = 2.25 * sum(radii) + 0.12
    root = kit.add(
        'cabinet', block((width, deep, height), (0, 0, 0.5 * height), draw.between(0.003, 0.03))
    )
    z = 0.06
    for radius in radii:
        z += 1.1 * radius
        at, y = (0, -0.5 * deep, z), -0.5 * deep
        cone = lathed(
            [
                [0.3 * radius, 0.0],
                [0.9 * radius, 0.06 * radius],
                [radius, 0.1 * radius],
                [radius, -0.1 * radius],
                [0.3 * radius, -0.1 * radius],
            ],
            at,
            FRONT,
        )
        driver = kit.add('driver', cone, root)
        kit.add('dome', ball((0.34 * radius, 0.2 * radius, 0.34 * radius), (0, y, z)), driver)
        if draw.chance(0.5):
            kit.add('rim', ring(radius, 0.08 * radius, (0, y - 0.02 * radius, z), FRONT), driver)
        z += 1.1 * radius
    if draw.chance(0.3):
        knobs = [knob(draw, 0.025, (x, -0.5 * deep, 0.05), FRONT) for x in (-0.1,)]
        kit.add_copies('knob', [moved(knobs[0], dx) for dx in (0, 0.1, 0.2)], root)
    if draw.chance(0.5):
        foot = drum(0.035, 0.06, (0.4 * width, 0.38 * deep, -0.05), top=0.045)
        kit.add_copies('foot', four_corners(foot), root)
    elif draw.chance(0.4):
        bow = bend(
            [
                (-0.4 * width, 0, height - 0.02),
                (-0.38 * width, 0, height + 0.1),
                (0.38 * width, 0, height + 0.1),
                (0.4 * width, 0, height - 0.02),
            ],
            0.025,
        )
        kit.add('handle', bow, root)
    return kit.finish()


def headphones(rng: np.random.Generator) -> ProceduralObject:
    """Builds headphones: band, padding, two cups, two cushions, yokes, microphone."""
    draw, kit = Draw(rng), Assembly('headphones')
    half, rise = draw.around(0.42, 0.1), draw.around(0.5, 0.1)
    wide = draw.around(0.12, 0.25)
    line = arc(1.0, 0.0, np.pi, 18) * [half, rise]
    root = kit.add('headband', profile(band(line, draw.between(0.03, 0.06)), wide))
    if draw.chance(0.6):
        pad = profile(band(line[5:13] * 0.97 - [0, 0.01], 0.06), 1.15 * wide)
        kit.add('padding', pad, root)
    radius, deep = draw.around(0.2, 0.12), draw.around(0.12, 0.2)
    stretch = draw.between(1.0, 1.35)
    low = -0.12
    yoke = block((0.035, 0.09, 0.22), (half, 0, low + 0.14), 0.01)
    yokes = kit.add_copies('yoke', both_sides(yoke, 'x'), root)
    shell = scaled(drum(0.9 * radius, deep, (0, 0, 0), (1, 0, 0), top=0.75 * radius), z=stretch)
    cups = kit.add_copies(
        'cup', both_sides(moved(shell, half - 0.03, 0, low - 0.04), 'x'), yokes[0]
    )
    soft = scaled(ring(0.68 * radius, 0.27 * radius, (0, 0, 0), (1, 0, 0)), z=stretch)
    kit.add_copies('cushion', both_sides(moved(soft, half - 0.06, 0, low - 0.04), 'x'), cups[0])
    if draw.chance(0.35):
        boom = bend(
            [
                (half + 0.03, -0.05, low - 0.1),
                (half + 0.02, -0.35, low - 0.2),
                (0.5 * half, -0.5, low - 0.25),
            ],
            0.014,
        )
        arm = kit.add('boom', boom, cups[0])
        kit.add('microphone', ball((0.06, 0.04, 0.04), (0.5 * half, -0.5, low - 0.25)), arm)
    if draw.chance(0.3):
        kit.add(
            'cable',
            bend([(half, 0, low - 0.2), (half, 0.05, low - 0.45), (0.3, 0.1, low - 0.65)], 0.016),
            cups[0],
        )
    return kit.finish()


def _control(draw: Draw, size: float) -> tuple[str, Piece]:
    """Makes one control of a panel on the plane z = 0: its name and shape."""
    kind = draw.pick('button', 'knob', 'switch', 'slider', 'light', 'lever')
    if kind == 'button':
        return kind, drum(0.8 * size, 0.7 * size, (0, 0, -0.1 * size), top=0.7 * size)
    if kind == 'knob':
        return kind, knob(draw, 0.75 * size, (0, 0, 0))
    if kind == 'switch':
        rocker = block((0.9 * size, 1.5 * size, 0.4 * size), (0, 0, 0.1 * size))
        return kind, rocker + turned(
            block((0.7 * size, 1.2 * size, 0.3 * size), (0, 0, 0.3 * size)), 'x', 0.2
        )
    if kind == 'slider':
        return kind, block((0.25 * size, 1.8 * size, 0.15 * size), (0, 0, 0.05 * size)) + block(
            (0.8 * size, 0.45 * size, 0.6 * size),
            (0, draw.between(-0.6, 0.6) * size, 0.3 * size),
            0.05 * size,
        )
    if kind == 'light':
        return kind, ball(0.55 * size)
    lean = draw.between(-0.5, 0.5) * size
    return kind, drum(0.5 * size, 0.25 * size, (0, 0, -0.05 * size)) + rod(
        (0, 0, 0), (0, lean, 1.4 * size), 0.14 * size
    ) + ball(0.28 * size, (0, lean, 1.4 * size))


def panel(rng: np.random.Generator) -> ProceduralObject:
    """Builds a control box: case, grid of buttons, knobs, switches, sliders, display, feet."""
    draw, kit = Draw(rng), Assembly('panel')
    columns, rows, pitch = draw.count(2, 4), draw.count(1, 3), 0.26
    width, depth, thick = (columns + 0.4) * pitch, (rows + 0.4) * pitch, draw.around(0.15, 0.4)
    extra = draw.pick(0.0, 0.3)
    tilt = draw.pick(0.0, draw.between(0.2, 0.6))
    root = kit.add(
        'case',
        turned(
            block((width, depth + extra, thick), (0, 0.5 * extra, -0.5 * thick), 0.02), 'x', tilt
        ),
    )
    xs = (np.arange(columns) - 0.5 * (columns - 1)) * pitch
    ys = (np.arange(rows) - 0.5 * (rows - 1)) * pitch
    for y in ys:
        if draw.chance(0.5):
            name, shape = _control(draw, draw.between(0.06, 0.085))
            kit.add_copies(
                name, [turned(copy, 'x', tilt) for copy in in_grid(shape, xs, (y,))], root
            )
        else:
            for x in xs:
                name, shape = _control(draw, draw.between(0.055, 0.085))
                kit.add(name, turned(moved(shape, float(x), float(y)), 'x', tilt), root)
    if extra:
        screen = block((0.8 * width, 0.22, 0.04), (0, 0.5 * depth + 0.13, 0))
        kit.add('display', turned(screen, 'x', tilt), root)
    if draw.chance(0.3):
        leg = block((0.06, 0.06, 0.3), (0.4 * width, 0, -thick - 0.1))
        kit.add_copies('foot', both_sides(leg, 'x'), root)
    return kit.finish()
