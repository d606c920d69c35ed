# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Buildings: house, tower, well, windmill."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import band, regular_polygon, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
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
    closed_vessel,
    drum,
    plate,
    profile,
    ring,
    rod,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def _gable_roof(
    draw: Draw, width: float, depth: float, low: float, rise: float, *, is_solid: bool
) -> Piece:
    """Makes a roof whose ridge runs along y, with eaves; its underside starts at `low`."""
    over = draw.between(1.08, 1.3)
    half = 0.5 * width * over
    if is_solid:
        return profile(np.array([(-half, low), (half, low), (0, low + rise)]), depth * over)
    line = np.array([(-half, low - 0.04), (0, low + rise), (half, low - 0.04)])
    return profile(band(line, draw.between(0.04, 0.08)), depth * over)


def _window(draw: Draw, width: float, height: float, *, framed: bool) -> tuple[Piece, Piece]:
    """Makes a pane and its frame around the origin of the plane z = 0."""
    pane = block((width, height, 0.03))
    if not framed:
        return pane, ()
    bar = 0.13 * width
    frame = joined(both_sides(block((bar, height + bar, 0.06), (0.5 * width, 0, 0)), 'x'))
    frame += joined(both_sides(block((width + bar, bar, 0.06), (0, 0.5 * height, 0)), 'y'))
    if draw.chance(0.5):
        frame += block((0.6 * bar, height, 0.05)) + block((width, 0.6 * bar, 0.05))
    return pane, frame


def _add_windows(
    draw: Draw,
    kit: Assembly,
    places: list[tuple[tuple[float, ...], tuple[float, ...]]],
    width: float,
    height: float,
    parent: int,
) -> None:
    """Adds equal windows at (point, outward direction) pairs."""
    pane, frame = _window(draw, width, height, framed=draw.chance(0.6))
    apart = draw.chance(0.4)
    shape = pane if apart or not frame else pane + frame
    windows = kit.add_copies('window', [aimed(shape, at, axis) for at, axis in places], parent)
    if apart and frame:
        frames = [aimed(frame, at, axis) for at, axis in places]
        kit.add_group('frame', list(zip(frames, windows, strict=True)))


def house(rng: np.random.Generator) -> ProceduralObject:
    """Builds a house: walls, roof, door with knob, windows, chimney, porch, steps, ground."""
    draw, kit = Draw(rng), Assembly('house')
    width, depth, tall = draw.around(1.0, 0.2), draw.around(0.9, 0.2), draw.around(0.6, 0.25)
    rise = draw.around(0.5, 0.25)
    style = draw.pick('gable', 'gable', 'hip', 'flat')
    walls = block((width, depth, tall), (0, 0, 0.5 * tall))
    if style == 'gable':
        gable = np.array(
            [(-0.5 * width, tall - 0.01), (0.5 * width, tall - 0.01), (0, tall + rise)]
        )
        walls += profile(gable, depth)
        roof = _gable_roof(draw, width, depth, tall, rise * 1.08, is_solid=False)
    elif style == 'hip':
        roof = drum(0.78, rise, (0, 0, 0), top=draw.between(0.02, 0.3))
        roof = moved(
            turned(
                plate(
                    regular_polygon(4, 0.5 * np.sqrt(2), np.pi / 4) * [1.15 * width, 1.15 * depth],
                    0.06,
                ),
                'z',
                0.0,
            ),
            z=tall,
        )
        roof += drum(0.55 * min(width, depth), rise, (0, 0, tall + 0.04), top=0.04)
    else:
        roof = block((1.1 * width, 1.1 * depth, 0.08), (0, 0, tall + 0.03), 0.01)
    root = kit.add('walls', walls)
    roof_part = kit.add('roof', roof, root)
    y, door_tall = -0.5 * depth, min(0.42, 0.75 * tall)
    x = draw.between(-0.25, 0.25) * width
    door_wide = 0.5 * door_tall
    door = kit.add('door', block((door_wide, 0.05, door_tall), (x, y, 0.5 * door_tall)), root)
    if draw.chance(0.5):
        kit.add(
            'knob',
            knob(draw, 0.025, (x + 0.3 * door_wide, y - 0.025, 0.45 * door_tall), FRONT),
            door,
        )
    size = draw.between(0.14, 0.22)
    z = min(0.62 * tall, tall - 0.6 * size)
    places = [
        ((sx * 0.5 * width, py * depth, z), (sx, 0.0, 0.0))
        for sx in (-1.0, 1.0)
        for py in draw.pick((0.0,), (-0.25, 0.25))
    ]
    if abs(x) > 0.1 * width:
        places.append(((-np.sign(x) * 0.25 * width, y, z), FRONT))
    _add_windows(draw, kit, places, size, size * draw.between(1.0, 1.4), root)
    if draw.chance(0.65):
        cx = draw.pick(-1, 1) * 0.27 * width
        low = tall - 0.02 if style == 'flat' else tall + 0.1
        stack = block((0.14, 0.14, rise + 0.1), (cx, 0.2 * depth, low + 0.5 * rise))
        stack_part = kit.add('chimney', stack, roof_part)
        kit.add('cap', block((0.19, 0.19, 0.05), (cx, 0.2 * depth, low + rise + 0.06)), stack_part)
    if draw.chance(0.35):
        steps = joined(
            block(
                (1.5 * door_wide, 0.3 - 0.1 * i, 0.05), (x, y - 0.15 + 0.05 * i, 0.025 + 0.05 * i)
            )
            for i in range(2)
        )
        kit.add('steps', steps, root)
    if draw.chance(0.3):
        cover = block((2.2 * door_wide, 0.4, 0.04), (x, y - 0.18, door_tall + 0.08))
        porch = kit.add('porch', cover, root)
        post = rod(
            (x + door_wide, y - 0.34, 0), (x + door_wide, y - 0.34, door_tall + 0.08), 0.022
        )
        kit.add_copies('post', [post, moved(post, -2 * door_wide)], porch)
    if draw.chance(0.4):
        kit.add('ground', block((1.7 * width, 1.8 * depth, 0.05), (0, -0.1 * depth, -0.02)), root)
    return kit.finish()


def tower(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tower or lighthouse: base, shaft, gallery, battlement or roof, door, windows."""
    draw, kit = Draw(rng), Assembly('tower')
    radius, height = draw.around(0.35, 0.15), draw.around(1.2, 0.2)
    top = radius * draw.between(0.65, 1.0)
    square = draw.chance(0.25)
    if square:
        top = radius
        body = block((2 * radius, 2 * radius, height), (0, 0, 0.5 * height))
    else:
        body = drum(radius, height, top=top)
    root = kit.add('body', body)
    if draw.chance(0.5):
        kit.add('base', drum(1.45 * radius, 0.1, (0, 0, -0.02), top=1.3 * radius), root)
    style = draw.pick('castle', 'roof', 'lighthouse')
    if style == 'castle':
        crown = kit.add(
            'gallery',
            sleeve(1.25 * top, 0.9 * top, 0.16, (0, 0, height - 0.02))
            + drum(1.2 * top, 0.05, (0, 0, height - 0.02)),
            root,
        )
        tooth = block((0.25 * top, 0.3 * top, 0.14), (1.07 * top, 0, height + 0.2))
        kit.add_copies('battlement', spun(tooth, draw.pick(6, 8)), crown)
        peak = height + 0.1
    elif style == 'roof':
        rise = draw.around(0.5, 0.2)
        kit.add(
            'roof',
            drum(1.3 * top * (1.3 if square else 1.0), rise, (0, 0, height - 0.01), top=0.02),
            root,
        )
        peak = height + rise - 0.03
    else:
        deck = kit.add('gallery', drum(1.35 * top, 0.05, (0, 0, height - 0.02)), root)
        posts = joined(
            spun(rod((1.25 * top, 0, height), (1.25 * top, 0, height + 0.17), 0.014), 10)
        )
        kit.add('railing', posts + ring(1.25 * top, 0.018, (0, 0, height + 0.17)), deck)
        lamp = kit.add('lamp', drum(0.65 * top, 0.3, (0, 0, height)), deck)
        kit.add('roof', drum(0.85 * top, 0.22, (0, 0, height + 0.29), top=0.03), lamp)
        peak = height + 0.5
    if draw.chance(0.45):
        pole = kit.add('pole', rod((0, 0, peak - 0.1), (0, 0, peak + 0.4), 0.016), root)
        kit.add('flag', block((0.26, 0.02, 0.15), (0.13, 0, peak + 0.31)), pole)
    door = block((0.34 * radius + 0.08, 0.12, 0.34), (0, -0.96 * radius, 0.17))
    door += drum(0.17 * radius + 0.04, 0.12, (0, -0.96 * radius + 0.06, 0.34), FRONT)
    kit.add('door', door, root)
    places = []
    for i in range(draw.count(2, 4)):
        share, azimuth = 0.45 + 0.14 * i, -np.pi / 2 + (np.pi / 2 if square else 0.9) * (i - 1)
        at = radius + (top - radius) * share
        way = (float(np.cos(azimuth)), float(np.sin(azimuth)), 0.0)
        places.append(((0.99 * at * way[0], 0.99 * at * way[1], share * height), way))
    _add_windows(draw, kit, places, 0.13, 0.2, root)
    if not square and draw.chance(0.3):
        z = draw.between(0.2, 0.4) * height
        at = radius + (top - radius) * z / height
        kit.add('band', drum(1.02 * at, 0.12, (0, 0, z)), root)
    return kit.finish()


def well(rng: np.random.Generator) -> ProceduralObject:
    """Builds a well or bird table: wall, posts, roof, axle with crank, rope, bucket, ground."""
    draw, kit = Draw(rng), Assembly('well')
    radius, tall = draw.around(0.45, 0.12), draw.around(0.4, 0.15)
    if draw.chance(0.7):
        wall = sleeve(radius, 0.78 * radius, tall)
        wall_part = kit.add('wall', wall + drum(0.8 * radius, 0.1))
        if draw.chance(0.5):
            kit.add(
                'rim', sleeve(1.08 * radius, 0.74 * radius, 0.07, (0, 0, tall - 0.01)), wall_part
            )
    else:
        panel = block((2 * radius, 0.1, tall), (0, radius - 0.05, 0.5 * tall))
        wall_part = kit.add('wall', joined(spun(panel, 4)))
    top = tall + draw.around(0.6, 0.15)
    x = 0.95 * radius
    rise, depth = draw.around(0.3, 0.2), draw.around(0.75, 0.15)
    peak = top + rise - 0.11
    post = block((0.08, 0.1, peak), (x, 0, 0.5 * peak))
    posts = kit.add_copies('post', both_sides(post, 'x'), wall_part)
    roof = turned(
        _gable_roof(draw, depth, 2.3 * radius, top - 0.1, rise, is_solid=draw.chance(0.4)),
        'z',
        np.pi / 2,
    )
    kit.add('roof', roof, posts[0])
    z = tall + 0.5 * (top - tall)
    axle = kit.add('axle', rod((-1.05 * x, 0, z), (1.25 * x, 0, z), 0.04), posts[0])
    if draw.chance(0.7):
        crank = beam((1.2 * x, 0, z), (1.2 * x, 0.18, z - 0.1), 0.035, 0.03) + rod(
            (1.18 * x, 0.18, z - 0.1), (1.42 * x, 0.18, z - 0.1), 0.025
        )
        kit.add('crank', crank, axle)
    if draw.chance(0.4):
        kit.add('coil', drum(0.075, 0.4 * radius, (-0.2 * radius, 0, z), (1, 0, 0)), axle)
    low = tall + draw.between(-0.1, 0.12)
    rope = kit.add('rope', rod((0, 0, low + 0.18), (0, 0, z), 0.016), axle)
    bucket = vessel([[0.1, -0.1], [0.13, 0.1]], 0.02, (0, 0, low)) + bend(
        [(0.125, 0, low + 0.08), (0, 0, low + 0.2), (-0.125, 0, low + 0.08)], 0.012, 8
    )
    kit.add('bucket', bucket, rope)
    if draw.chance(0.4):
        kit.add('ground', drum(1.6 * radius, 0.06, (0, 0, -0.04)), wall_part)
    return kit.finish()


def windmill(rng: np.random.Generator) -> ProceduralObject:
    """Builds a windmill or wind turbine: tower, cap or nacelle, hub, sails, door, windows."""
    draw, kit = Draw(rng), Assembly('windmill')
    height, modern = draw.around(1.2, 0.15), draw.chance(0.35)
    radius = 0.09 if modern else draw.around(0.34, 0.12)
    top = 0.05 if modern else 0.65 * radius
    root = kit.add('tower', drum(radius, height, top=top))
    if modern:
        head = kit.add('nacelle', block((0.13, 0.4, 0.14), (0, 0.06, height + 0.04), 0.03), root)
        y = -0.16
    else:
        cap = closed_vessel(
            smooth_curve([(1.1 * top, 0.0), (top, 0.12), (0.05, 0.3)], 10), (0, 0, height - 0.01)
        )
        head = kit.add('roof', cap, root)
        y = -1.15 * top
    hub_z = height + (0.04 if modern else 0.08)
    hub = kit.add(
        'hub',
        drum(
            0.07, 0.12 + (0 if modern else 0.2), (0, y + (0.02 if modern else 0.2), hub_z), FRONT
        ),
        head,
    )
    reach = draw.around(0.7, 0.12)
    if modern:
        sail = plate(
            np.array(
                [(0.03, -0.03), (0.2 * reach, -0.06), (reach, -0.01), (reach, 0.01), (0.03, 0.03)]
            ),
            0.025,
        )
    else:
        sail = beam((0.0, 0, 0.02), (reach, 0, 0.02), 0.04, 0.03)
        if draw.chance(0.5):
            sail += plate(
                np.array([(0.2 * reach, 0.0), (reach, 0.0), (reach, 0.2), (0.2 * reach, 0.16)]),
                0.02,
                (0, 0, 0.02),
            )
        else:
            for x in np.linspace(0.25, 0.98, 5) * reach:
                sail += block((0.025, 0.18, 0.02), (x, 0.08, 0.02))
            sail += block((0.75 * reach, 0.025, 0.02), (0.62 * reach, 0.17, 0.02))
    sails = [
        aimed(copy, (0, y - 0.07, hub_z), FRONT)
        for copy in spun(sail, 3 if modern else 4, draw.between(0, 1.5))
    ]
    kit.add_copies('vane', sails, hub)
    if not modern:
        kit.add('door', block((0.18, 0.14, 0.32), (0, -0.95 * radius, 0.16)), root)
        places = [
            (
                (
                    0.98 * (radius + (top - radius) * s) * np.cos(a),
                    0.98 * (radius + (top - radius) * s) * np.sin(a),
                    s * height,
                ),
                (np.cos(a), np.sin(a), 0.0),
            )
            for s, a in ((0.5, -1.0), (0.7, -2.1), (0.5, 0.6))
        ]
        _add_windows(draw, kit, places, 0.12, 0.15, root)
        if draw.chance(0.4):
            z = 0.35 * height
            at = radius + (top - radius) * 0.35
            kit.add(
                'gallery',
                drum(1.5 * at, 0.04, (0, 0, z))
                + ring(1.45 * at, 0.015, (0, 0, z + 0.12))
                + joined(spun(rod((1.45 * at, 0, z), (1.45 * at, 0, z + 0.12), 0.012), 8)),
                root,
            )
    if draw.chance(0.4):
        kit.add('ground', drum(0.7, 0.06, (0, 0, -0.05)), root)
    return kit.finish()
