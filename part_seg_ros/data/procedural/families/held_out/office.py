# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things of an office: stapler, printer."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster, pull
from part_seg_ros.data.procedural.families.outlines import band, rounded_rectangle, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    in_grid,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    beam,
    bend,
    block,
    drum,
    plate,
    profile,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)
PANEL_THICK = 0.05


def _desk_stapler(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a stapler that stands on a desk, its back at x = 0, its head at +x."""
    length, width = draw.around(0.9, 0.15), draw.around(0.17, 0.2)
    thick, high = draw.around(0.05, 0.25), draw.around(0.13, 0.15)
    if draw.chance(0.5):
        outline = rounded_rectangle(1.04 * length, 1.15 * width, 0.4 * width)
        foot = plate(outline + [0.49 * length, 0.0], thick)
    else:
        side = [(-0.05, 0), (1.02, 0), (1.02, 0.5), (0.4, 0.8), (0.1, 1.6), (-0.05, 1.6)]
        foot = profile(np.array(side) * [length, thick], width)
    root = kit.add('base', foot)
    if draw.chance(0.7):
        anvil = block((0.14 * length, 0.6 * width, thick), (0.9 * length, 0, 0.62 * thick), 0.005)
        kit.add('plate', anvil, root)
    if draw.chance(0.35):
        pad = block((1.0 * length, 1.1 * width, 0.4 * thick), (0.49 * length, 0, -0.1 * thick))
        kit.add('foot', pad, root)
    pivot = (0.08 * length, 0.0, high)
    cheek = profile(
        [(0.0, 0.5 * thick), (0.2 * length, 0.5 * thick), (0.14 * length, 1.35 * high)]
        + [(0.02 * length, 1.35 * high)],
        1.08 * width,
    )
    hinge = kit.add('bracket', cheek, root)
    if draw.chance(0.6):
        pin = rod((pivot[0], -0.62 * width, high), (pivot[0], 0.62 * width, high), 0.035)
        kit.add('pin', pin, hinge)
    lift = draw.between(0.0, 0.12)
    rail_tall = draw.between(0.05, 0.08)
    rail = block((0.94 * length, 0.55 * width, rail_tall), (0.51 * length, 0, high))
    rail += block((0.06, 0.62 * width, 1.2 * rail_tall), (0.955 * length, 0, high))
    magazine = kit.add('magazine', turned(rail, 'y', -lift, pivot), hinge)
    gape = lift + draw.pick(0.0, draw.between(0.03, 0.12), draw.between(0.3, 1.0))
    top, wide = draw.around(0.09, 0.25), width * draw.between(0.85, 1.05)
    style = draw.pick('wedge', 'arched', 'flat')
    if style == 'wedge':
        line = [(0.02, 0.0), (1.0, 0.0), (1.02, 0.5), (0.9, 1.0), (0.5, 0.95), (0.05, 0.6)]
    elif style == 'arched':
        upper = smooth_curve([(1.0, 0.0), (1.0, 0.55), (0.6, 1.4), (0.2, 1.1), (0.0, 0.0)], 14)
        line = [tuple(point) for point in upper]
    else:
        line = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.7), (0.97, 0.8), (0.02, 0.8)]
    z = high + 0.45 * rail_tall
    shell = turned(profile(np.array(line) * [length, top] + [0, z], wide), 'y', -gape, pivot)
    arm = kit.add('handle', shell, hinge)
    if draw.chance(0.4):
        cap = block((0.2 * length, 0.8 * wide, 0.35 * top), (0.85 * length, 0, z + top), 0.01)
        cap = moved(cap, z=-0.15 * top)
        kit.add('grip', turned(cap, 'y', -gape, pivot), arm)
    if draw.chance(0.3):
        start = (0.06 * length, 0, high)
        button = drum(0.03, 0.06 * length + 0.06, start, (-1, 0, 0))
        kit.add('button', turned(button, 'y', -lift, pivot), magazine)


def _staple_gun(draw: Draw, kit: Assembly) -> None:
    """Adds the parts of a hand tacker: its nose points down at +x, its grip lies to -x."""
    length, tall = draw.around(0.9, 0.12), draw.around(0.5, 0.12)
    width, bar = draw.around(0.16, 0.2), draw.around(0.1, 0.15)
    head = profile(
        np.array([(0.62, 0.0), (1.0, 0.0), (1.0, 0.85), (0.9, 1.0), (0.6, 1.0)]) * [length, tall],
        width,
    )
    root = kit.add('body', head)
    lower = [(0.65, 0.14), (0.3, 0.12), (0.0, 0.16)]
    rail = profile(band(np.array(lower) * [length, tall], 0.8 * bar), 0.7 * width)
    kit.add('magazine', rail, root)
    upper = smooth_curve(
        np.array([(0.64, 0.78), (0.4, 0.72), (0.15, 0.7), (-0.02, 0.62)]) * [length, tall], 10
    )
    grip = kit.add('handle', profile(band(upper, bar), 0.8 * width), root)
    if draw.chance(0.7):
        post = [(0.02, 0.14), (-0.02, 0.4), (0.02, 0.64)]
        back = smooth_curve(np.array(post) * [length, tall], 8)
        kit.add('frame', profile(band(back, 0.7 * bar), 0.7 * width), grip)
    if draw.chance(0.4):
        cover = profile(band(upper[3:8], 1.25 * bar), 0.95 * width)
        kit.add('grip', cover, grip)
    tip = tall * draw.between(1.0, 1.35)
    lever = [(0.9, 0.9 * tall), (0.5, 0.5 * (0.9 * tall + tip) + 0.04), (0.05, tip)]
    line = smooth_curve(np.array(lever) * [length, 1.0], 10)
    arm = profile(band(line, np.linspace(1.1, 0.6, 10) * bar), 0.6 * width)
    part = kit.add('lever', arm, root)
    at = (0.88 * length, 0.0, 0.9 * tall)
    pin = rod((at[0], -0.58 * width, at[2]), (at[0], 0.58 * width, at[2]), 0.035)
    kit.add('pivot', pin, part)
    nose = block((0.12 * length, 0.8 * width, 0.12), (0.94 * length, 0, -0.03))
    kit.add('nose', nose, root)
    if draw.chance(0.5):
        screw = drum(0.05, 0.09, (0.78 * length, 0, 0.97 * tall))
        kit.add('knob', screw, root)


def stapler(rng: np.random.Generator) -> ProceduralObject:
    """Builds a stapler or staple gun: base, magazine, handle or lever, hinge, plate, grip."""
    draw, kit = Draw(rng), Assembly('stapler')
    if draw.chance(0.7):
        _desk_stapler(draw, kit)
    else:
        _staple_gun(draw, kit)
    return kit.finish()


def _add_panel(
    draw: Draw,
    kit: Assembly,
    at: tuple[float, float, float],
    size: tuple[float, float],
    lean: float,
) -> None:
    """Adds a control panel with a display and buttons.

    Args:
        draw: Source of details.
        kit: Object under construction.
        at: (3,) its centre.
        size: Width, and height along its slope.
        lean: Turn about x from lying flat [rad].
    """
    width, deep = size
    face = 0.5 * PANEL_THICK + 0.004

    def placed(piece: Piece) -> Piece:
        return moved(turned(piece, 'x', lean), *at)

    panel = kit.add('panel', placed(block((width, deep, PANEL_THICK))))
    wide = 0.35 * width
    screen = block((wide, 0.65 * deep, 0.02), (-0.5 * width + 0.65 * wide, 0, face - 0.005))
    kit.add('display', placed(screen), panel)
    columns = draw.count(2, 4)
    xs = np.linspace(0.05, 0.42, columns) * width
    ys = np.array([0.0]) if draw.chance(0.5) else np.array([-0.22, 0.22]) * deep
    key = drum(min(0.19 * width / columns, 0.19 * deep), 0.025, (0, 0, face - 0.01))
    kit.add_copies('button', [placed(copy) for copy in in_grid(key, list(xs), list(ys))], panel)


def _add_scanner(
    draw: Draw, kit: Assembly, width: float, lip: float, back: float, z: float
) -> None:
    """Adds the lid of a scanner, shut or swung open over the glass, and often a sheet feeder.

    Args:
        draw: Source of details.
        kit: Object under construction.
        width: Width of the body.
        lip: y of the front edge of the body's top.
        back: y of its rear edge.
        z: Its height.
    """
    thick, deep, middle = draw.around(0.06, 0.3), 0.96 * (back - lip), 0.5 * (lip + back)
    hinge = (0.0, back - 0.03, z)
    swing = draw.pick(0.0, 0.0, -draw.between(0.3, 1.2))
    if swing:
        glass = block((0.8 * width, 0.8 * deep, 0.02), (0, middle, z - 0.004))
        kit.add('glass', glass)
        barrel = rod((0.25 * width, *hinge[1:]), (0.4 * width, *hinge[1:]), 0.035)
        kit.add_copies('hinge', both_sides(barrel, 'x'))

    def placed(piece: Piece) -> Piece:
        return turned(piece, 'x', swing, hinge)

    cover = block((0.98 * width, deep, thick), (0, middle, z + 0.5 * thick - 0.004))
    lid = kit.add('lid', placed(cover))
    if draw.chance(0.4):
        top = z + thick
        at = (-0.24 * width, middle, top + 0.06)
        feed = kit.add('cover', placed(block((0.45 * width, 0.8 * deep, 0.13), at, 0.03)), lid)
        a, b = (-0.05 * width, middle, top + 0.05), (0.4 * width, middle, top + 0.16)
        kit.add('tray', placed(beam(a, b, 0.65 * deep, 0.02)), feed)


def _add_paper_rest(draw: Draw, kit: Assembly, width: float, depth: float, height: float) -> None:
    """Adds the upright rest from which a printer draws its sheets, and a flap before it."""
    rise, lean = draw.between(0.2, 0.45), draw.between(0.1, 0.4)
    a = np.array([0.0, 0.36 * depth, height - 0.02])
    b = a + rise * np.array([0.0, np.sin(lean), np.cos(lean)])
    rest = kit.add('tray', beam(a, b, 0.65 * width, 0.025))
    if draw.chance(0.6):
        c = a + draw.between(0.8, 1.25) * (b - a)
        shift = np.array([0.0, -0.02, 0.0])
        kit.add('sheet', beam(a + shift, c + shift, 0.52 * width, 0.02), rest)
    if draw.chance(0.6):
        hatch = block((0.85 * width, 0.5 * depth, 0.03), (0, 0.03 * depth, height + 0.005))
        kit.add('lid', hatch)


def _add_output(draw: Draw, kit: Assembly, width: float, front: float, height: float) -> None:
    """Adds the slot at height `height` of a front at y = `front`, its tray and sheets in it."""
    slot = kit.add('slot', block((0.72 * width, 0.03, 0.05), (0, front, height)))
    reach, rise = draw.between(0.2, 0.45), draw.between(-0.02, 0.1)
    a = np.array([0.0, front + 0.03, height - 0.02])
    b = np.array([0.0, front - reach, height - 0.02 + rise])
    tray = kit.add('tray', beam(a, b, 0.62 * width, 0.02), slot)
    if draw.chance(0.5):
        c = a + draw.between(0.5, 0.95) * (b - a)
        lift = np.array([0.0, 0.0, 0.018])
        kit.add('sheet', beam(a + lift, c + lift, 0.5 * width, 0.02), tray)


def _add_paper_drawers(
    draw: Draw, kit: Assembly, width: float, front: float, height: float, rows: int
) -> None:
    """Stacks drawers for paper in the lower part of a front, up to `height`."""
    low = 0.05
    tall = (height - low) / max(rows, 1)
    for row in range(rows):
        z = low + (row + 0.5) * tall
        out = draw.pick(0.0, 0.0, draw.between(0.05, 0.2))
        face = block((0.92 * width, 0.05 + out, 0.9 * tall), (0, front - 0.5 * out, z), 0.008)
        drawer = kit.add('drawer', face)
        at = (0, front - out - 0.024, z)
        kit.add('handle', pull(draw, min(0.3 * width, 1.6 * tall), at, FRONT), drawer)


def _add_printer_details(
    draw: Draw, kit: Assembly, size: tuple[float, float, float], copier: bool
) -> None:
    """Adds what a printer stands on, its cable, a side shelf or vents."""
    width, depth, height = size
    if copier and draw.chance(0.6):
        kit.add_copies('caster', four_corners(caster(0.045, (0.42 * width, 0.4 * depth, -0.03))))
    elif draw.chance(0.5):
        foot = drum(0.04, 0.06, (0.42 * width, 0.4 * depth, -0.045))
        kit.add_copies('foot', four_corners(foot))
    if draw.chance(0.3):
        x, y = draw.between(-0.35, 0.35) * width, 0.48 * depth
        path = [(x, y, 0.1), (x, y + 0.15, 0.1), (x + 0.1, y + 0.25, 0.02), (x + 0.3, y + 0.3, 0)]
        kit.add('cable', bend(path, 0.018))
    if copier and draw.chance(0.4):
        kit.add('shelf', block((0.35, 0.7 * depth, 0.03), (0.5 * width + 0.15, 0, 0.78 * height)))
    elif draw.chance(0.3):
        vents = [
            block((0.02, 0.3 * depth, 0.015), (0.5 * width, 0, z * height))
            for z in np.linspace(0.2, 0.4, 4)
        ]
        kit.add_copies('slot', [copy for vent in vents for copy in both_sides(vent, 'x')])


def printer(rng: np.random.Generator) -> ProceduralObject:
    """Builds a printer or copier: body, lid, paper trays, sheets, drawers, panel, feet, cable."""
    draw, kit = Draw(rng), Assembly('printer')
    width, depth = draw.around(0.85, 0.15), draw.around(0.65, 0.15)
    height = draw.pick(draw.around(0.32, 0.15), draw.around(0.6, 0.15), draw.around(1.1, 0.1))
    copier, sloped, front = height > 0.8, draw.chance(0.4), -0.5 * depth
    slope = min(0.2 * height, 0.12)
    lip = front + (0.2 * depth if sloped else 0.0)
    if sloped:
        side = [(front, 0.0), (-front, 0.0), (-front, height), (lip, height)]
        body = profile([*side, (front, height - slope)], width)
        kit.add('body', turned(body, 'z', 0.5 * np.pi))
    else:
        bevel = draw.between(0.0, 0.04)
        kit.add('body', block((width, depth, height), (0, 0, 0.5 * height), bevel))
    rows = draw.count(2, 4) if copier else draw.count(0, 1)
    _add_paper_drawers(draw, kit, width, front, (0.6 if copier else 0.35) * height, rows)
    level = draw.between(0.66, 0.72) if copier else draw.between(0.42, 0.5)
    _add_output(draw, kit, width, front, level * height)
    if copier or draw.chance(0.5):
        _add_scanner(draw, kit, width, lip, 0.5 * depth, height)
    else:
        _add_paper_rest(draw, kit, width, depth, height)
    if draw.chance(0.75):
        wide = width * draw.between(0.4, 0.7)
        x = draw.pick(0.0, 0.5 * (width - wide))
        deep, lean = min(draw.around(0.17, 0.2), 0.3 * height), draw.between(0.3, 0.7)
        if sloped:
            lean = float(np.arctan2(slope, 0.2 * depth))
            deep = 0.85 * float(np.hypot(slope, 0.2 * depth))
            at = (x, 0.5 * (front + lip), height - 0.5 * slope)
        else:
            at = (
                x,
                front + 0.06 - 0.5 * deep * np.cos(lean),
                height - 0.02 - 0.5 * (deep * np.sin(lean) + PANEL_THICK * np.cos(lean)),
            )
        _add_panel(draw, kit, at, (wide, deep), lean)
    _add_printer_details(draw, kit, (width, depth, height), copier)
    return kit.finish()
