# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things with keys: keyboard, laptop, monitor, phone, gamepad, remote control."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    ellipse,
    rounded_rectangle,
)
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    in_grid,
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
    profile,
    ring,
    rod,
    rounded_solid,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


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
            'back_cover',
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
    kit.add_copies('joystick', both_sides(stick, 'x'), root)
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
