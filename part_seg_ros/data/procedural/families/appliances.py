# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Household machines: oven, washing machine, stove, coffee machine, toaster, blender, iron."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob, pull
from part_seg_ros.data.procedural.families.fronts import carcass
from part_seg_ros.data.procedural.families.outlines import rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    joined,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    closed_vessel,
    drum,
    front,
    plate,
    profile,
    ring,
    rod,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def _add_feet(draw: Draw, kit: Assembly, width: float, depth: float) -> None:
    if draw.chance(0.6):
        foot = drum(0.035, 0.06, (0.42 * width, 0.4 * depth, -0.05))
        kit.add_copies('foot', four_corners(foot))


def _add_controls(
    draw: Draw, kit: Assembly, box: tuple[float, float, float, float], y: float, parent: int = 0
) -> None:
    """Fills a rectangle (x0, x1, z0, z1) of a front at `y` with knobs, buttons and a display."""
    x0, x1, z0, z1 = box
    wide, tall = x1 - x0, z1 - z0
    upright = tall > wide
    across, along = (wide, tall) if upright else (tall, wide)
    spots = (
        np.linspace(0.15, 0.85, draw.count(2, 4))
        if along > 2.5 * across
        else np.array([0.25, 0.75])
    )
    size = 0.4 * min(across, along / len(spots))
    start = 1 if draw.chance(0.6) else 0
    places = [
        (x0 + 0.5 * wide, z1 - s * tall) if upright else (x0 + s * wide, z0 + 0.5 * tall)
        for s in spots
    ]
    if start:
        x, z = places[0]
        kit.add(
            'display',
            block((1.6 * size if not upright else 0.7 * across, 0.03, 1.3 * size), (x, y, z)),
            parent,
        )
    rest = places[start:]
    if draw.chance(0.6):
        shape = knob(draw, 0.8 * size, (0, y, 0), FRONT)
        if draw.chance(0.5):
            shape = drum(size, 0.07, (0, y + 0.01, 0), FRONT) + block(
                (0.3 * size, 0.05, 1.7 * size), (0, y - 0.06, 0)
            )
        kit.add_copies('knob', [moved(shape, x, 0, z) for x, z in rest], parent)
    else:
        button = block((1.5 * size, 0.07, 1.1 * size), (0, y, 0), 0.008)
        kit.add_copies('button', [moved(button, x, 0, z) for x, z in rest], parent)


def oven(rng: np.random.Generator) -> ProceduralObject:
    """Builds a microwave or oven: body, door with window and handle, panel, knobs, feet."""
    draw, kit = Draw(rng), Assembly('oven')
    width, depth, height = draw.around(1.0, 0.15), draw.around(0.65, 0.15), draw.around(0.6, 0.2)
    ajar = draw.chance(0.35)
    kit.add('body', carcass(width, depth, height, 0.0, is_hollow=ajar, thick=0.05))
    y, side_panel = -0.5 * depth, draw.chance(0.6)
    if side_panel:
        split = 0.5 * width - draw.between(0.2, 0.3) * width
        door_box, panel_box = (-0.5 * width, split, 0.0, height), (split, 0.5 * width, 0.0, height)
    else:
        split = height * draw.between(0.72, 0.85)
        door_box, panel_box = (
            (-0.5 * width, 0.5 * width, 0.0, split),
            (-0.5 * width, 0.5 * width, split, height),
        )
    x0, x1, z0, z1 = panel_box
    panel = block((x1 - x0, 0.06, z1 - z0), (0.5 * (x0 + x1), y, 0.5 * (z0 + z1)))
    _add_controls(draw, kit, panel_box, y - 0.03, kit.add('panel', panel))
    x0, x1, z0, z1 = door_box
    middle = (0.5 * (x0 + x1), y - 0.01, 0.5 * (z0 + z1))
    leaf = block((x1 - x0 - 0.02, 0.07, z1 - z0 - 0.02), middle, 0.008)
    pane = block((0.68 * (x1 - x0), 0.02, 0.6 * (z1 - z0)), (middle[0], y - 0.045, middle[2]))
    if side_panel:
        handle = pull(
            draw, 0.6 * (z1 - z0), (x1 - 0.08, y - 0.045, middle[2]), FRONT, upright=True
        )
        swing = {
            'axis': 'z',
            'angle_rad': -draw.between(0.3, 1.7) if ajar else 0.0,
            'about': (x0, y, 0),
        }
    else:
        handle = pull(draw, 0.6 * (x1 - x0), (middle[0], y - 0.045, z1 - 0.07), FRONT)
        swing = {
            'axis': 'x',
            'angle_rad': draw.between(0.3, 1.5) if ajar else 0.0,
            'about': (0, y, z0),
        }
    door = kit.add('door', turned(leaf, **swing))
    kit.add('window', turned(pane, **swing), door)
    kit.add('handle', turned(handle, **swing), door)
    _add_feet(draw, kit, width, depth)
    return kit.finish()


def washing_machine(rng: np.random.Generator) -> ProceduralObject:
    """Builds a front loader or tumble dryer: body, round door, glass, drawer, dial, buttons."""
    draw, kit = Draw(rng), Assembly('washing_machine')
    width, depth, height = draw.around(0.6, 0.08), draw.around(0.58, 0.1), draw.around(0.85, 0.1)
    kit.add('body', block((width, depth, height), (0, 0, 0.5 * height), 0.02))
    y, strip = -0.5 * depth, 0.16 * height
    panel = kit.add('panel', block((0.98 * width, 0.03, strip), (0, y, height - 0.52 * strip)))
    box = (-0.1 * width, 0.47 * width, height - strip, height - 0.03)
    _add_controls(draw, kit, box, y - 0.015, panel)
    drawer = block(
        (0.3 * width, 0.05, 0.6 * strip), (-0.31 * width, y - 0.01, height - 0.52 * strip), 0.008
    )
    kit.add('drawer', drawer, panel)
    radius, z = width * draw.between(0.28, 0.36), 0.45 * height
    door = sleeve(radius, 0.7 * radius, 0.05, (0, y + 0.01, z), FRONT)
    door_part = kit.add('door', door)
    kit.add('glass', ball((0.72 * radius, 0.09, 0.72 * radius), (0, y, z)), door_part)
    kit.add(
        'handle',
        block((0.12 * radius, 0.05, 0.4 * radius), (0.85 * radius, y - 0.06, z), 0.01),
        door_part,
    )
    if draw.chance(0.4):
        kit.add('flap', block((0.18, 0.02, 0.09), (0.3 * width, y - 0.005, 0.08)))
    _add_feet(draw, kit, width, depth)
    return kit.finish()


def stove(rng: np.random.Generator) -> ProceduralObject:
    """Builds a cooker: body, burners, grates, oven door with window, handle, knobs, back panel."""
    draw, kit = Draw(rng), Assembly('stove')
    width, depth, height = draw.around(0.7, 0.12), draw.around(0.62, 0.1), draw.around(0.85, 0.08)
    kit.add('body', block((width, depth, height), (0, 0, 0.5 * height), 0.01))
    top = kit.add('top', block((1.03 * width, 1.03 * depth, 0.03), (0, 0, height)))
    radius = 0.17 * min(width, depth)
    burner = drum(radius, 0.03, (0.24 * width, 0.23 * depth, height + 0.005), top=0.8 * radius)
    burners = kit.add_copies('burner', four_corners(burner), top)
    if draw.chance(0.5):
        bars = [rod((-1.2 * radius, 0, 0), (1.2 * radius, 0, 0), 0.012)]
        grate = joined(turned(bars[0], 'z', a) for a in (0, np.pi / 2))
        grate = moved(grate, 0.24 * width, 0.23 * depth, height + 0.045)
        kit.add_copies('grate', four_corners(grate), burners[0])
    y = -0.5 * depth
    leaf = kit.add('door', block((0.94 * width, 0.05, 0.58 * height), (0, y, 0.42 * height), 0.01))
    kit.add(
        'window', block((0.62 * width, 0.02, 0.3 * height), (0, y - 0.025, 0.4 * height)), leaf
    )
    kit.add('handle', pull(draw, 0.7 * width, (0, y - 0.02, 0.66 * height), FRONT), leaf)
    box = (-0.48 * width, 0.48 * width, 0.78 * height, 0.94 * height)
    _add_controls(draw, kit, box, y)
    if draw.chance(0.4):
        kit.add('backsplash', block((width, 0.05, 0.2), (0, 0.48 * depth, height + 0.1)), top)
    if draw.chance(0.3):
        x, yy = 0.24 * width, 0.23 * depth
        pot = kit.add(
            'pot',
            closed_vessel([[0.9 * radius, 0], [radius, radius]], (x, yy, height + 0.05)),
            top,
        )
        kit.add(
            'handle',
            rod(
                (x + 0.9 * radius, yy, height + 0.14), (x + 2.2 * radius, yy, height + 0.16), 0.02
            ),
            pot,
        )
    return kit.finish()


def coffee_machine(rng: np.random.Generator) -> ProceduralObject:
    """Builds a coffee machine: body, head, tray, carafe or cup, spout, tank, lever, buttons."""
    draw, kit = Draw(rng), Assembly('coffee_machine')
    width, depth, height = draw.around(0.45, 0.15), draw.around(0.6, 0.1), draw.around(0.75, 0.12)
    foot, head_tall = 0.09 * height, height * draw.between(0.25, 0.35)
    back = 0.4 * depth
    bevel = draw.between(0.005, 0.03)
    root = kit.add(
        'body', block((width, back, height), (0, 0.5 * (depth - back), 0.5 * height), bevel)
    )
    kit.add('base', block((width, depth, foot), (0, 0, 0.5 * foot), 0.01), root)
    z = height - 0.5 * head_tall
    head = kit.add('head', block((width, depth, head_tall), (0, -0.005, z), bevel), root)
    y = -0.18 * depth
    spout = kit.add(
        'spout',
        drum(0.12 * width, 0.1, (0, y, height - head_tall + 0.01), (0, 0, -1), top=0.07 * width),
        head,
    )
    gap = height - head_tall - foot
    kit.add('tray', drum(0.3 * width, 0.02, (0, y, foot - 0.005)), root)
    size = 0.24 * width
    if draw.chance(0.5):
        tall = 0.62 * gap
        outer = smooth_curve(np.array([(0.8, 0), (1.1, 0.4), (0.7, 1.0)]) * [size, tall], 10)
        pot = kit.add('carafe', closed_vessel(outer, (0, y, foot + 0.01)), root)
        grip = bend(
            [
                (0, -0.9 * size, 0.8 * tall),
                (0, -1.8 * size, 0.7 * tall),
                (0, -1.0 * size, 0.25 * tall),
            ],
            0.025,
        )
        kit.add('handle', moved(grip, 0, y, foot + 0.01), pot)
    elif draw.chance(0.7):
        cup = vessel([(0.6 * size, 0), (0.8 * size, 0.4 * gap)], 0.02, (0, y, foot + 0.01))
        cup_part = kit.add('cup', cup, root)
        kit.add(
            'handle', ring(0.1 * gap, 0.015, (0.9 * size, y, foot + 0.2 * gap), FRONT), cup_part
        )
    if draw.chance(0.4):
        grip = rod(
            (0, y - 0.05, height - head_tall - 0.03),
            (0.08, y - 0.35, height - head_tall - 0.05),
            0.03,
        )
        kit.add('lever', grip, spout)
    _add_controls(
        draw,
        kit,
        (-0.4 * width, 0.4 * width, z - 0.25 * head_tall, z + 0.3 * head_tall),
        -0.5 * depth,
        head,
    )
    if draw.chance(0.4):
        kit.add(
            'tank',
            block((0.8 * width, 0.13, 0.7 * height), (0, 0.5 * depth + 0.05, 0.45 * height), 0.02),
            root,
        )
    if draw.chance(0.3):
        kit.add(
            'lid',
            block((0.8 * width, 0.5 * depth, 0.05), (0, 0.1 * depth, height + 0.01), 0.015),
            head,
        )
    return kit.finish()


def toaster(rng: np.random.Generator) -> ProceduralObject:
    """Builds a toaster: body, bread slices, lever, dial, base, crumb tray."""
    draw, kit = Draw(rng), Assembly('toaster')
    length, width, height = draw.around(0.7, 0.12), draw.around(0.4, 0.15), draw.around(0.45, 0.1)
    outline = smooth_curve(
        [(-0.5, 0), (-0.5, 0.7), (-0.36, 0.98), (0.36, 0.98), (0.5, 0.7), (0.5, 0)], 18
    )
    root = kit.add('body', front(outline * [width, height], length))
    number = draw.count(1, 2)
    ys = [0.0] if number == 1 else [-0.17 * width, 0.17 * width]
    for y in ys:
        frame = block((0.8 * length, 0.15 * width, 0.03), (0, y, 0.985 * height))
        slot = kit.add('slot', frame, root)
        if draw.chance(0.6):
            size = 0.6 * length
            bread = profile(
                rounded_rectangle(size, 0.3, 0.08) + [0, height + 0.06], 0.1 * width, y
            )
            kit.add('bread', bread, slot)
    z = height * draw.between(0.45, 0.75)
    kit.add('lever', block((0.1, 0.3 * width, 0.06), (0.5 * length + 0.03, 0, z), 0.015), root)
    kit.add('dial', knob(draw, 0.05, (0.5 * length, 0, 0.22 * height), (1, 0, 0)), root)
    if draw.chance(0.6):
        kit.add('base', block((1.03 * length, 1.05 * width, 0.06), (0, 0, 0.0), 0.015), root)
    if draw.chance(0.4):
        button = drum(0.028, 0.04, (0.5 * length - 0.01, 0.3 * width, 0.25 * height), (1, 0, 0))
        kit.add_copies('button', both_sides(button, 'y'), root)
    return kit.finish()


def blender(rng: np.random.Generator) -> ProceduralObject:
    """Builds a stand blender or mixer: base, jar, lid, cap, handle, blades, dial."""
    draw, kit = Draw(rng), Assembly('blender')
    radius, low, tall = draw.around(0.24, 0.12), draw.around(0.3, 0.15), draw.around(0.55, 0.15)
    base = closed_vessel([[radius, 0.0], [0.97 * radius, 0.3 * low], [0.68 * radius, low]])
    root = kit.add('base', base)
    wide = radius * draw.between(0.75, 1.0)
    covered = draw.chance(0.6)
    outer = [[0.55 * radius, 0.0], [wide, tall]]
    jar = closed_vessel(outer, (0, 0, low)) if covered else vessel(outer, 0.02, (0, 0, low))
    jar_part = kit.add('jar', jar, root)
    if covered:
        lid = kit.add(
            'lid', drum(1.05 * wide, 0.08, (0, 0, low + tall - 0.02), top=0.95 * wide), jar_part
        )
        kit.add('cap', drum(0.3 * wide, 0.07, (0, 0, low + tall + 0.05)), lid)
    else:
        blade = block((0.6 * radius, 0.06, 0.02), (0, 0, low + 0.06))
        hub = drum(0.04, 0.07, (0, 0, low))
        kit.add('blade', blade + turned(blade, 'z', np.pi / 2) + hub, jar_part)
    z = low + np.array([0.2, 0.85]) * tall
    x = 0.55 * radius + (wide - 0.55 * radius) * np.array([0.2, 0.85]) - 0.015
    grip = bend(
        [
            (x[0], 0, z[0]),
            (x[1] + 0.16, 0, z[0] + 0.1),
            (x[1] + 0.17, 0, z[1] - 0.05),
            (x[1], 0, z[1]),
        ],
        0.03,
    )
    kit.add('handle', grip, jar_part)
    kit.add('dial', knob(draw, 0.07, (0, -0.9 * radius, 0.4 * low), (0, -1, 0.2)), root)
    if draw.chance(0.5):
        button = ball((0.03, 0.03, 0.03), (0.12, -0.85 * radius, 0.35 * low))
        kit.add_copies('button', both_sides(button, 'x'), root)
    return kit.finish()


def vacuum(rng: np.random.Generator) -> ProceduralObject:
    """Builds a canister vacuum: body, wheels, hose, tube, nozzle, handle, button."""
    draw, kit = Draw(rng), Assembly('vacuum')
    length, radius = draw.around(0.55, 0.12), draw.around(0.2, 0.12)
    body = ball((0.5 * length + 0.05, radius, 0.85 * radius), (0, 0, radius))
    root = kit.add('body', body)
    wheel = drum(0.75 * radius, 0.07, (-0.3 * length, 0.85 * radius, 0.75 * radius), (0, 1, 0))
    wheels = kit.add_copies('wheel', both_sides(wheel, 'y'), root)
    if draw.chance(0.6):
        hub = drum(
            0.3 * radius, 0.03, (-0.3 * length, 0.85 * radius + 0.06, 0.75 * radius), (0, 1, 0)
        )
        kit.add_copies('hub', both_sides(hub, 'y'), wheels[0])
    kit.add(
        'handle',
        bend(
            [
                (-0.2 * length, 0, 1.7 * radius),
                (-0.15 * length, 0, 2.2 * radius),
                (0.15 * length, 0, 2.2 * radius),
                (0.2 * length, 0, 1.7 * radius),
            ],
            0.025,
        ),
        root,
    )
    x, top = 0.5 * length, draw.around(0.75, 0.15)
    hose = kit.add(
        'hose',
        bend(
            [
                (x - 0.02, 0, radius),
                (x + 0.25, 0, radius + 0.1),
                (x + 0.15, 0, top),
                (x + 0.4, 0, top + 0.1),
            ],
            0.04,
            18,
        ),
        root,
    )
    tip = (x + 0.95, 0, 0.06)
    tube = kit.add('tube', rod((x + 0.37, 0, top + 0.11), tip, 0.032), hose)
    kit.add('nozzle', block((0.14, 0.36, 0.06), tip, 0.02), tube)
    if draw.chance(0.5):
        kit.add('grip', rod((x + 0.3, 0, top + 0.2), (x + 0.46, 0, top - 0.02), 0.05), tube)
    if draw.chance(0.6):
        kit.add('button', drum(0.05, 0.04, (0.27 * length, 0, 1.68 * radius)), root)
    return kit.finish()


def iron(rng: np.random.Generator) -> ProceduralObject:
    """Builds a clothes iron: sole plate, body, handle, dial, button, cord, spray nozzle."""
    draw, kit = Draw(rng), Assembly('iron')
    length, width = draw.around(0.9, 0.1), draw.around(0.42, 0.1)
    sole = smooth_curve(
        [
            (-0.5, -0.5),
            (-0.5, 0.5),
            (0.0, 0.46),
            (0.35, 0.2),
            (0.5, 0.0),
            (0.35, -0.2),
            (0.0, -0.46),
            (-0.5, -0.5),
        ],
        26,
    )[:-1]
    root = kit.add('plate', plate(sole * [length, width], 0.04))
    tall = draw.around(0.2, 0.15)
    body = plate(sole * [0.92 * length, 0.9 * width], 0.5 * tall, (0, 0, 0.03))
    body += plate(sole * [0.8 * length, 0.7 * width], 0.5 * tall, (-0.02, 0, 0.03 + 0.45 * tall))
    body_part = kit.add('body', body, root)
    top, rise = 0.02 + 0.9 * tall, draw.around(0.22, 0.15)
    closed = draw.chance(0.6)
    path = [
        (-0.36 * length, 0, top),
        (-0.34 * length, 0, top + 0.8 * rise),
        (0, 0, top + rise),
        (0.2 * length, 0, top + 0.8 * rise),
    ]
    path += [(0.3 * length, 0, top - 0.02)] if closed else [(0.26 * length, 0, top + 0.7 * rise)]
    kit.add('handle', bend(path, 0.05, 18), body_part)
    kit.add('dial', drum(0.1, 0.05, (-0.02, 0, top - 0.01)), body_part)
    if draw.chance(0.5):
        kit.add('button', drum(0.03, 0.06, (0.1 * length, 0, top + 0.92 * rise)), body_part)
    if draw.chance(0.5):
        kit.add(
            'nozzle',
            rod((0.3 * length, 0, 0.7 * tall), (0.42 * length, 0, 0.75 * tall), 0.035),
            body_part,
        )
    kit.add(
        'cord',
        bend(
            [
                (-0.35 * length, 0, top + 0.7 * rise),
                (-0.55 * length, 0, top + 0.8 * rise),
                (-0.7 * length, 0.05, 0.1),
            ],
            0.02,
        ),
        body_part,
    )
    return kit.finish()
