# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Electronic devices: camera, clock, gauge, keyboard, laptop, phone, gamepad, speaker, panel."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    ellipse,
    gear,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
    both_sides,
    four_corners,
    in_grid,
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
    front,
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
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


def clock(rng: np.random.Generator) -> ProceduralObject:
    """Builds a wall, alarm or mantel clock: case, face, rim, hands, markers, bells, feet."""
    draw, kit = Draw(rng), Assembly('clock')
    radius, deep = draw.around(0.45, 0.1), draw.around(0.18, 0.35)
    if draw.chance(0.25):
        body = block((2.3 * radius, deep, 2.3 * radius), (0, 0.5 * deep, 0), 0.02)
    else:
        body = drum(1.05 * radius, deep, (0, deep, 0), FRONT)
    root = kit.add('case', body)
    kit.add('face', drum(0.95 * radius, 0.02, (0, 0.005, 0), FRONT), root)
    if draw.chance(0.7):
        kit.add('rim', ring(radius, 0.06 * radius, (0, -0.01, 0), FRONT), root)
    hub = kit.add('hub', drum(0.06 * radius, 0.07, (0, 0, 0), FRONT), root)
    hands = []
    for length, width in ((0.5, 0.13), (0.78, 0.09)):
        hand = block((width * radius, 0.02, length * radius), (0, -0.035, 0.4 * length * radius))
        hands.append(turned(hand, 'y', draw.between(0, 2 * np.pi)))
    kit.add_copies('hand', hands, hub)
    marks = draw.pick(0, 4, 12)
    if marks:
        mark = block((0.08 * radius, 0.05, 0.17 * radius), (0, -0.015, 0.76 * radius))
        kit.add_copies(
            'marker', [turned(mark, 'y', i * 2 * np.pi / marks) for i in range(marks)], root
        )
    style = draw.pick('wall', 'alarm', 'pendulum')
    if style == 'alarm':
        bell = aimed(
            ball((0.3 * radius, 0.3 * radius, 0.18 * radius), (0, 0, 1.25 * radius)),
            (0, 0.5 * deep, 0),
            (0, 0, 1),
        )
        kit.add_copies('bell', both_sides(turned(bell, 'y', 0.55, (0, 0, 0)), 'x'), root)
        foot = rod((0, 0.5 * deep, -radius), (0, 0.5 * deep, -1.35 * radius), 0.05)
        kit.add_copies('foot', both_sides(turned(foot, 'y', 0.6), 'x'), root)
        if draw.chance(0.6):
            handle = bend(
                [
                    (-0.3 * radius, 0.5 * deep, 1.35 * radius),
                    (0, 0.5 * deep, 1.8 * radius),
                    (0.3 * radius, 0.5 * deep, 1.35 * radius),
                ],
                0.03,
            )
            kit.add(
                'handle',
                handle + rod((0, 0.5 * deep, radius), (0, 0.5 * deep, 1.75 * radius), 0.025),
                root,
            )
    elif style == 'pendulum':
        box = block((0.8 * radius, deep, 1.6 * radius), (0, 0.5 * deep, -1.6 * radius), 0.01)
        kit.add('body', box, root)
        bob = rod((0, -0.03, -0.9 * radius), (0, -0.03, -1.9 * radius), 0.02) + drum(
            0.2 * radius, 0.04, (0, -0.01, -1.95 * radius), FRONT
        )
        kit.add('pendulum', bob, root)
    return kit.finish()


def gauge(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pressure gauge, compass or scale dial: case, face, pointer, rim, stem, knob."""
    draw, kit = Draw(rng), Assembly('gauge')
    radius, deep = draw.around(0.35, 0.12), draw.around(0.16, 0.25)
    root = kit.add(
        'case',
        sleeve(radius, 0.88 * radius, deep, (0, deep, 0), FRONT)
        + drum(0.9 * radius, 0.6 * deep, (0, deep, 0), FRONT),
    )
    y = 0.4 * deep
    kit.add('face', drum(0.87 * radius, 0.02, (0, y + 0.01, 0), FRONT), root)
    pointer = profile(
        np.array([(-0.15, -0.05), (0.7, -0.015), (0.7, 0.015), (-0.15, 0.05)]) * radius,
        0.02,
        y - 0.03,
    )
    angle = draw.between(0, 2 * np.pi)
    kit.add(
        'pointer', turned(pointer, 'y', angle) + drum(0.09 * radius, 0.05, (0, y, 0), FRONT), root
    )
    marks = draw.count(5, 9)
    mark = block((0.12 * radius, 0.02, 0.04 * radius), (0.74 * radius, y - 0.012, 0))
    kit.add('scale', joined(turned(mark, 'y', a) for a in np.linspace(-3.7, 0.6, marks)), root)
    if draw.chance(0.5):
        kit.add('rim', ring(0.97 * radius, 0.06 * radius, (0, 0, 0), FRONT), root)
    style = draw.pick('stem', 'strap', 'foot')
    if style == 'stem':
        stem = kit.add(
            'stem',
            rod((0, 0.5 * deep, -0.95 * radius), (0, 0.5 * deep, -1.6 * radius), 0.1 * radius),
            root,
        )
        nut = plate(gear(0.24 * radius, 0.02, 6), 0.2 * radius, (0, 0.5 * deep, -1.45 * radius))
        kit.add('nut', nut, stem)
        if draw.chance(0.4):
            kit.add(
                'pipe',
                rod(
                    (-0.7 * radius, 0.5 * deep, -1.6 * radius),
                    (0.7 * radius, 0.5 * deep, -1.6 * radius),
                    0.14 * radius,
                ),
                stem,
            )
    elif style == 'strap':
        wide = draw.between(0.7, 1.1) * radius
        line = smooth_curve(
            [
                (0.5 * deep, 0.9 * radius),
                (deep + 0.15, 1.7 * radius),
                (deep + 1.3 * radius, 1.5 * radius),
            ],
            10,
        )
        strap = front(band(line, 0.05), wide)
        kit.add_copies('strap', both_sides(strap, 'z'), root)
        kit.add('crown', drum(0.09 * radius, 0.1, (0.97 * radius, 0.5 * deep, 0), (1, 0, 0)), root)
    else:
        kit.add(
            'base',
            block((1.4 * radius, 2 * deep, 0.4 * radius), (0, 0.7 * deep, -1.05 * radius), 0.03),
            root,
        )
        kit.add('knob', knob(draw, 0.12 * radius, (0, 0.5 * deep, 0.97 * radius)), root)
    return kit.finish()


def keyboard(rng: np.random.Generator) -> ProceduralObject:
    """Builds a keyboard, calculator or piano: body, rows of keys, display, feet."""
    draw, kit = Draw(rng), Assembly('keyboard')
    columns, rows = draw.count(4, 9), draw.count(2, 4)
    pitch, key_tall = draw.around(0.12, 0.15), draw.around(0.05, 0.25)
    width, depth, thick = (columns + 0.8) * pitch, (rows + 0.8) * pitch, draw.around(0.07, 0.25)
    screen = depth * draw.pick(0.0, draw.between(0.25, 0.5))
    body = block((width, depth + screen, thick), (0, 0.5 * screen, 0), 0.015)
    root = kit.add('body', body)
    cap = block((0.8 * pitch, 0.8 * pitch, key_tall), (0, 0, 0.5 * thick + 0.3 * key_tall), 0.012)
    xs = (np.arange(columns) - 0.5 * (columns - 1)) * pitch
    ys = (np.arange(rows) - 0.5 * (rows - 1)) * pitch
    if draw.chance(0.4):
        space = block(
            (0.55 * width, 0.75 * pitch, key_tall), (0, ys[0], 0.5 * thick + 0.3 * key_tall), 0.012
        )
        kit.add('space_bar', space, root)
        cap_ys = ys[1:]
    else:
        cap_ys = ys
    kit.add_copies('key', in_grid(cap, xs, cap_ys), root)
    if screen:
        display = block(
            (0.8 * width, 0.65 * screen, 0.03), (0, 0.5 * depth + 0.45 * screen, 0.5 * thick)
        )
        kit.add('display', display, root)
    if draw.chance(0.4):
        foot = block((0.1, 0.05, 0.08), (0.4 * width, 0.4 * depth, -0.5 * thick - 0.03))
        kit.add_copies('foot', both_sides(foot, 'x'), root)
    return kit.finish()


def laptop(rng: np.random.Generator) -> ProceduralObject:
    """Builds a laptop or hinged case: base, keys or tray, touch pad, lid, screen, hinges."""
    draw, kit = Draw(rng), Assembly('laptop')
    width, depth, thick = draw.around(1.0, 0.12), draw.around(0.68, 0.12), draw.around(0.045, 0.3)
    root = kit.add('base', plate(rounded_rectangle(width, depth, 0.05), thick))
    columns, rows = draw.count(6, 9), draw.count(2, 3)
    pitch = 0.88 * width / columns
    cap = block((0.82 * pitch, 0.8 * 0.4 * depth / rows, 0.025), (0, 0, thick + 0.005))
    xs = (np.arange(columns) - 0.5 * (columns - 1)) * pitch
    ys = 0.22 * depth + (np.arange(rows) - 0.5 * (rows - 1)) * 0.4 * depth / rows
    if draw.chance(0.6):
        kit.add_copies('key', in_grid(cap, xs, ys), root)
    else:
        kit.add(
            'keyboard',
            block((0.9 * width, 0.42 * depth, 0.02), (0, 0.22 * depth, thick + 0.003)),
            root,
        )
    kit.add(
        'touchpad',
        block((0.32 * width, 0.26 * depth, 0.015), (0, -0.28 * depth, thick + 0.003)),
        root,
    )
    tilt, hinge_y = -draw.between(-0.2, 0.7), 0.5 * depth
    lid = profile(
        rounded_rectangle(width, depth, 0.05) + [0, 0.5 * depth + thick], 0.6 * thick, hinge_y
    )
    screen = block(
        (0.9 * width, 0.02, 0.82 * depth), (0, hinge_y - 0.3 * thick, 0.52 * depth + thick)
    )
    about = (0, hinge_y, thick)
    lid_part = kit.add('lid', turned(lid, 'x', tilt, about), root)
    kit.add('screen', turned(screen, 'x', tilt, about), lid_part)
    if draw.chance(0.6):
        hinge = rod((0.25 * width, hinge_y, thick), (0.4 * width, hinge_y, thick), 0.8 * thick)
        kit.add_copies('hinge', both_sides(hinge, 'x'), root)
    return kit.finish()


def monitor(rng: np.random.Generator) -> ProceduralObject:
    """Builds a monitor or television: frame, screen, neck, base, buttons, antenna."""
    draw, kit = Draw(rng), Assembly('monitor')
    width, height, deep = draw.around(1.1, 0.15), draw.around(0.65, 0.12), draw.around(0.07, 0.4)
    z = draw.around(0.35, 0.3) + 0.5 * height
    root = kit.add('frame', block((width, deep, height), (0, 0, z), 0.01))
    kit.add(
        'screen', block((0.92 * width, 0.025, 0.88 * height), (0, -0.5 * deep, z + 0.02)), root
    )
    if draw.chance(0.25):
        kit.add(
            'back',
            block((0.7 * width, 0.5 * width, 0.75 * height), (0, 0.25 * width, z), 0.05),
            root,
        )
    if draw.chance(0.6):
        neck = kit.add(
            'neck',
            beam((0, 0.04, 0.02), (0, 0.06, z - 0.3 * height), draw.between(0.1, 0.2), 0.05),
            root,
        )
        outline = draw.pick(ellipse(0.5 * width, 0.3), rounded_rectangle(0.45 * width, 0.28, 0.03))
        kit.add('base', plate(outline, 0.03), neck)
    else:
        foot = beam((0.35 * width, -0.12, 0.0), (0.33 * width, 0.0, z - 0.45 * height), 0.04, 0.03)
        foot += beam((0.35 * width, 0.14, 0.0), (0.33 * width, 0.0, z - 0.45 * height), 0.04, 0.03)
        kit.add_copies('foot', both_sides(foot, 'x'), root)
    if draw.chance(0.5):
        low = z - 0.46 * height
        buttons = [
            block((0.04, 0.03, 0.025), (0.25 * width + 0.06 * i, -0.5 * deep, low))
            for i in range(draw.count(2, 4))
        ]
        kit.add_copies('button', buttons, root)
    if draw.chance(0.25):
        top = (0.05, 0.05, z + 0.48 * height)
        mast = rod(top, (0.3, 0.1, z + 1.1 * height), 0.012) + ball(
            0.025, (0.3, 0.1, z + 1.1 * height)
        )
        kit.add_copies('antenna', both_sides(mast, 'x'), root)
    if draw.chance(0.3):
        kit.add(
            'speaker', block((0.8 * width, 0.08, 0.08), (0, -0.02, z - 0.55 * height), 0.02), root
        )
    return kit.finish()


def phone(rng: np.random.Generator) -> ProceduralObject:
    """Builds a mobile phone, tablet or radio set: body, screen, buttons, lens bump, antenna."""
    draw, kit = Draw(rng), Assembly('phone')
    width, height, thick = draw.around(0.45, 0.2), draw.around(0.9, 0.12), draw.around(0.08, 0.35)
    root = kit.add(
        'body', profile(rounded_rectangle(width, height, draw.between(0.02, 0.25) * width), thick)
    )
    y = -0.5 * thick
    touch = draw.chance(0.5)
    tall = height * (draw.between(0.75, 0.9) if touch else draw.between(0.25, 0.4))
    z = 0.0 if touch else 0.46 * height - 0.5 * tall
    kit.add('screen', block((0.86 * width, 0.025, tall), (0, y, z)), root)
    if touch:
        if draw.chance(0.5):
            kit.add('button', drum(0.05, 0.02, (0, y + 0.005, -0.46 * height), FRONT), root)
    else:
        columns, rows = 3, draw.count(3, 4)
        space = 0.86 * width / columns
        low, high = -0.44 * height, z - 0.5 * tall - 0.06
        cap = block((0.75 * space, 0.04, 0.6 * (high - low) / rows), (0, y, 0), 0.01)
        caps = [
            moved(cap, (i - 1) * space, 0, float(h))
            for i in range(columns)
            for h in np.linspace(low + 0.05, high - 0.03, rows)
        ]
        kit.add_copies('key', caps, root)
    if draw.chance(0.5):
        bump = block((0.35 * width, 0.04, 0.3 * width), (-0.22 * width, -y, 0.38 * height), 0.012)
        bump_part = kit.add('camera', bump, root)
        lens = drum(0.06 * width, 0.03, (-0.3 * width, -y + 0.01, 0.38 * height), (0, 1, 0))
        kit.add_copies('lens', [lens, moved(lens, 0.16 * width)], bump_part)
    side = block((0.03, 0.5 * thick, 0.14 * height), (0.5 * width, 0, 0.2 * height))
    kit.add_copies('button', [side, moved(side, 0, 0, -0.2 * height)][: draw.count(1, 2)], root)
    if draw.chance(0.3):
        mast = rod((0.35 * width, 0, 0.48 * height), (0.35 * width, 0, 0.8 * height), 0.04, 0.025)
        kit.add('antenna', mast, root)
    return kit.finish()


def gamepad(rng: np.random.Generator) -> ProceduralObject:
    """Builds a game controller: body, two grips, sticks, cross pad, buttons, triggers."""
    draw, kit = Draw(rng), Assembly('gamepad')
    half, depth, thick = draw.around(0.36, 0.1), draw.around(0.34, 0.1), draw.around(0.13, 0.15)
    root = kit.add('body', scaled(block((2 * half, depth, thick), bevel=0.06), 1.0))
    drop = draw.between(0.2, 0.4)
    grip_shape = bend(
        [
            (half, 0.05, 0),
            (1.25 * half, -0.5 * drop, -0.01),
            (1.3 * half, -0.5 * drop - 0.15, -0.03),
        ],
        0.6 * thick,
    )
    grip_shape += ball(0.62 * thick, (1.3 * half, -0.5 * drop - 0.15, -0.03)) + ball(
        (0.3 * half, 0.5 * depth, 0.5 * thick), (half, 0, 0)
    )
    kit.add_copies('grip', both_sides(grip_shape, 'x'), root)
    top = 0.5 * thick
    stick = rod(
        (0.35 * half, -0.2 * depth, top - 0.02), (0.35 * half, -0.2 * depth, top + 0.06), 0.03
    )
    stick += drum(0.065, 0.03, (0.35 * half, -0.2 * depth, top + 0.05), top=0.055)
    kit.add_copies('stick', both_sides(stick, 'x'), root)
    bar = block((0.17, 0.055, 0.05), (0, 0, top))
    kit.add('cross_pad', moved(bar + turned(bar, 'z', np.pi / 2), -0.72 * half, 0.2 * depth), root)
    button = drum(0.033, 0.05, (0.07, 0, top - 0.02))
    cluster = [
        moved(turned(button, 'z', i * np.pi / 2), 0.72 * half, 0.2 * depth) for i in range(4)
    ]
    kit.add_copies('button', cluster, root)
    trigger = block((0.4 * half, 0.1, 0.7 * thick), (0.7 * half, 0.52 * depth, 0), 0.03)
    kit.add_copies('trigger', both_sides(trigger, 'x'), root)
    if draw.chance(0.5):
        kit.add('touchpad', block((0.5 * half, 0.4 * depth, 0.03), (0, 0.22 * depth, top)), root)
    if draw.chance(0.3):
        kit.add(
            'cable',
            bend([(0, 0.48 * depth, 0), (0.05, 0.8 * depth, 0), (0.2, 1.3 * depth, 0.02)], 0.02),
            root,
        )
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
    root = kit.add('band', profile(band(line, draw.between(0.03, 0.06)), wide))
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


def remote(rng: np.random.Generator) -> ProceduralObject:
    """Builds a remote control, microphone or mouse: body, buttons, wheel, pad, cable."""
    draw, kit = Draw(rng), Assembly('remote')
    style = draw.pick('remote', 'microphone', 'mouse')
    if style == 'remote':
        length, width, thick = (
            draw.around(1.0, 0.15),
            draw.around(0.28, 0.15),
            draw.around(0.12, 0.25),
        )
        root = kit.add('body', block((width, length, thick), bevel=0.45 * thick))
        top = 0.5 * thick
        button = drum(0.04, 0.05, (0, 0, top - 0.02))
        grid = in_grid(
            button, [-0.08, 0, 0.08], np.linspace(-0.35, 0.05, draw.count(2, 5)) * length
        )
        kit.add_copies('button', grid, root)
        kit.add('ring', ring(0.08, 0.02, (0, 0.2 * length, top)), root)
        kit.add('button', drum(0.05, 0.03, (0, 0.38 * length, top - 0.01)), root)
    elif style == 'microphone':
        length, radius = draw.around(0.7, 0.15), draw.around(0.08, 0.15)
        root = kit.add('body', rod((0, 0, 0), (0, 0, length), 0.7 * radius, radius))
        kit.add(
            'head', ball((1.6 * radius, 1.6 * radius, 1.8 * radius), (0, 0, length + radius)), root
        )
        kit.add('ring', drum(1.65 * radius, 0.04, (0, 0, length + radius)), root)
        kit.add('switch', block((0.06, 0.04, 0.12), (0, -0.9 * radius, 0.7 * length), 0.01), root)
        if draw.chance(0.5):
            kit.add(
                'cable',
                bend([(0, 0, 0.02), (0, 0, -0.15), (0.15, 0, -0.35), (0.4, 0.1, -0.4)], 0.025),
                root,
            )
    else:
        size = draw.around(0.5, 0.1)
        outer = rounded_solid([0.98, 1.0, 0.85, 0.4], np.array([0.0, 0.15, 0.4, 0.55]))
        root = kit.add('body', scaled(lathed(outer), 0.55 * size, size, 0.9 * size))
        click = moved(
            scaled(ball(1.0), 0.24 * size, 0.45 * size, 0.2 * size),
            0.27 * size,
            0.42 * size,
            0.28 * size,
        )
        kit.add_copies('button', both_sides(click, 'x'), root)
        kit.add(
            'wheel',
            drum(0.09 * size, 0.1 * size, (-0.05 * size, 0.45 * size, 0.45 * size), (1, 0, 0)),
            root,
        )
        if draw.chance(0.6):
            kit.add(
                'cable',
                bend(
                    [(0, 0.9 * size, 0.1), (0.05, 1.3 * size, 0.05), (-0.1, 1.8 * size, 0.05)],
                    0.02,
                ),
                root,
            )
    return kit.finish()
