# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Things to press, turn and shift: control panel, light switch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import knob
from part_seg_ros.data.procedural.families.outlines import rounded_rectangle
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    both_sides,
    four_corners,
    joined,
    moved,
    spun,
    turned,
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
    sleeve,
)
from part_seg_ros.data.procedural.object import ProceduralObject


def _button(draw: Draw, size: float) -> Piece:
    style = draw.pick('round', 'square', 'mushroom', 'collared')
    if style == 'square':
        return block((1.3 * size, 1.3 * size, 0.7 * size), (0, 0, 0.2 * size))
    if style == 'mushroom':
        return drum(0.4 * size, 0.5 * size) + ball(
            (0.9 * size, 0.9 * size, 0.35 * size), (0, 0, 0.6 * size)
        )
    piece = drum(0.65 * size, draw.between(0.3, 0.8) * size, (0, 0, -0.05 * size))
    return piece + (ring(0.8 * size, 0.15 * size) if style == 'collared' else ())


def _knob(draw: Draw, size: float) -> Piece:
    style = draw.pick('plain', 'skirted', 'pointer', 'winged')
    if style == 'plain':
        return knob(draw, 0.75 * size, (0, 0, 0))
    turn = draw.between(-2.0, 2.0)
    if style == 'winged':
        piece = drum(0.85 * size, 0.3 * size, (0, 0, -0.05 * size))
        piece += block((0.35 * size, 1.6 * size, 0.7 * size), (0, 0, 0.4 * size))
        return turned(piece, 'z', turn)
    piece = drum(0.75 * size, 0.9 * size, (0, 0, -0.05 * size))
    if style == 'skirted':
        piece += drum(size, 0.2 * size, (0, 0, -0.05 * size))
    return turned(
        piece + block((0.15 * size, 0.7 * size, 0.2 * size), (0, 0.35 * size, 0.85 * size)),
        'z',
        turn,
    )


def _switch(draw: Draw, size: float) -> Piece:
    style = draw.pick('rocker', 'rocker', 'toggle', 'paddle')
    sign = draw.pick(-1, 1)
    if style == 'rocker':
        frame = block((0.9 * size, 1.5 * size, 0.25 * size), (0, 0, 0.05 * size))
        rocker = block((0.7 * size, 1.25 * size, 0.3 * size), (0, 0, 0.22 * size))
        return frame + turned(rocker, 'x', 0.2 * sign)
    if style == 'toggle':
        nut = drum(0.45 * size, 0.25 * size, (0, 0, -0.05 * size))
        return nut + rod(
            (0, 0, 0.1 * size), (0, 0.5 * sign * size, 1.2 * size), 0.13 * size, 0.2 * size
        )
    base = block((0.6 * size, 1.3 * size, 0.2 * size), (0, 0, 0.02 * size))
    return base + beam((0, 0, 0), (0, 0.4 * sign * size, 0.8 * size), 0.4 * size, 0.2 * size)


def _slider(draw: Draw, size: float) -> Piece:
    at = draw.between(-0.8, 0.8) * size
    cap = block((0.9 * size, 0.45 * size, 0.6 * size), (0, at, 0.35 * size))
    if draw.chance(0.5):
        return cap + block((0.22 * size, 2.4 * size, 0.12 * size), (0, 0, 0.02 * size))
    side = block((0.12 * size, 2.4 * size, 0.2 * size), (0.28 * size, 0, 0.05 * size))
    return cap + joined(both_sides(side, 'x'))


def _lever(draw: Draw, size: float) -> Piece:
    lean = draw.between(-0.8, 0.8) * size
    tall = draw.between(1.3, 2.2) * size
    foot = drum(0.6 * size, 0.3 * size, (0, 0, -0.05 * size))
    if draw.chance(0.3):
        foot = block((0.8 * size, 1.8 * size, 0.2 * size), (0, 0, 0.03 * size))
    arm = rod((0, 0, 0), (0, lean, tall), 0.15 * size)
    end = ball(0.32 * size, (0, lean, tall))
    if draw.chance(0.3):
        end = rod((-0.5 * size, lean, tall), (0.5 * size, lean, tall), 0.2 * size)
    return foot + arm + end


def _light(draw: Draw, size: float) -> Piece:
    dome = ball(draw.between(0.4, 0.7) * size)
    return dome + (drum(0.75 * size, 0.15 * size) if draw.chance(0.5) else ())


CONTROLS: dict[str, Callable[[Draw, float], Piece]] = {
    'button': _button,
    'knob': _knob,
    'switch': _switch,
    'slider': _slider,
    'lever': _lever,
    'light': _light,
}


def _screen(draw: Draw, wide: float, tall: float) -> tuple[str, Piece]:
    """Makes what reads out on the plane z = 0: its name and shape, `wide` by `tall` at most."""
    style = draw.pick('screen', 'screen', 'gauge', 'grille')
    if style == 'screen':
        return 'screen', block((wide, tall, 0.04), (0, 0, 0.0))
    size = 0.45 * min(wide, tall)
    if style == 'gauge':
        rim = sleeve(size, 0.85 * size, 0.05, (0, 0, -0.01))
        return 'gauge', rim + drum(0.9 * size, 0.02)
    bars = [block((wide, 0.12 * tall, 0.03), (0, f * tall, 0)) for f in np.linspace(-0.4, 0.4, 4)]
    return 'grille', joined(bars)


def control_panel(rng: np.random.Generator) -> ProceduralObject:
    """Builds a control panel: box or desk, rows of buttons, switches, sliders, levers, lights."""
    draw, kit = Draw(rng), Assembly('control_panel')
    columns, rows, pitch = draw.count(2, 5), draw.count(1, 3), draw.around(0.24, 0.15)
    head = draw.pick(0.0, 0.0, draw.between(0.2, 0.45))
    width, deep = (columns + 0.5) * pitch, (rows + 0.5) * pitch + head
    style = draw.pick('box', 'box', 'desk', 'wall', 'handheld')
    thick = draw.around(0.18, 0.4)
    tilt = {'desk': draw.between(0.15, 0.7), 'wall': 0.5 * np.pi}.get(style, 0.0)
    shape = rounded_rectangle(width, deep, draw.between(0.0, 0.15) * min(width, deep) + 0.004)

    def put(piece: Piece) -> Piece:
        return turned(piece, 'x', tilt)

    hull = put(plate(shape, thick, (0, 0, -thick)))
    if style == 'desk':
        low = 0.5 * deep * np.sin(tilt) + thick
        hull += block((0.96 * width, 0.7 * deep, low), (0, 0.1 * deep, -0.5 * low - 0.3 * thick))
    root = kit.add('body', hull)
    face = root
    if draw.chance(0.35):
        sheet = plate(shape * draw.between(0.9, 0.96), 0.02, (0, 0, -0.005))
        face = kit.add('panel', put(sheet), root)
    top = 0.014 if face else 0.0
    xs = (np.arange(columns) - 0.5 * (columns - 1)) * pitch
    ys = (np.arange(rows) - 0.5 * (rows - 1)) * pitch - 0.5 * head
    names = tuple(CONTROLS)
    for y in ys:
        uniform = draw.chance(0.7)
        if uniform:
            name = draw.pick(*names)
            piece = moved(CONTROLS[name](draw, draw.between(0.26, 0.36) * pitch), y=y, z=top)
            kit.add_copies(name, [put(moved(piece, float(x))) for x in xs], face)
            continue
        for x in xs:
            if draw.chance(0.15):
                continue
            name = draw.pick(*names)
            piece = CONTROLS[name](draw, draw.between(0.24, 0.38) * pitch)
            kit.add(name, put(moved(piece, float(x), float(y), top)), face)
    if head:
        _add_screens(draw, kit, (width, deep, head), top, put, face)
    if style == 'box' and draw.chance(0.5):
        foot = drum(0.06, 0.06, (0.42 * width, 0.4 * deep, -thick - 0.05))
        kit.add_copies('foot', four_corners(foot), root)
    elif style == 'handheld':
        line = [
            (0, 0.5 * deep - 0.02, -0.5 * thick),
            (0, 0.7 * deep, -0.5 * thick),
            (0.1, deep, -0.7 * thick),
        ]
        kit.add('cable', bend(line, 0.04), root)
    elif style == 'wall' and draw.chance(0.5):
        lug = block((0.12, 0.1, 0.03), (0.5 * width + 0.03, 0.35 * deep, -thick + 0.02))
        kit.add_copies('bracket', [put(p) for p in four_corners(lug)], root)
    elif style == 'desk' and draw.chance(0.4):
        key = rod(
            (0.5 * width - 0.02, -0.4 * deep, 0.02), (0.5 * width - 0.02, 0.4 * deep, 0.1), 0.025
        )
        kit.add_copies('handle', [put(p) for p in both_sides(key, 'x')], root)
    return kit.finish()


def _add_screens(
    draw: Draw,
    kit: Assembly,
    size: tuple[float, float, float],
    top: float,
    put: Callable[[Piece], Piece],
    parent: int,
) -> None:
    """Fills the head of a panel of (width, depth, head) with one to three displays."""
    width, deep, head = size
    number = draw.count(1, 3) if width > 2 * head else 1
    wide = width / number
    y = 0.5 * (deep - head)
    for i in range(number):
        name, piece = _screen(draw, 0.8 * wide, 0.75 * head)
        kit.add(name, put(moved(piece, (i + 0.5) * wide - 0.5 * width, y, top)), parent)


def light_switch(rng: np.random.Generator) -> ProceduralObject:
    """Builds a light switch: plate, frame, rockers, toggles, dimmer or slider, screws, light."""
    draw, kit = Draw(rng), Assembly('light_switch')
    gangs, pitch = draw.count(1, 4), draw.around(0.45, 0.12)
    tall, thick = draw.around(0.75, 0.2), draw.around(0.06, 0.3)
    wide = gangs * pitch + 0.15
    if draw.chance(0.2):
        wide, tall = tall, wide
        axis = 'y'
    else:
        axis = 'x'
    outline = rounded_rectangle(wide, tall, draw.between(0.01, 0.15))
    root = kit.add('plate', plate(outline, thick, (0, 0, -thick)))
    if draw.chance(0.25):
        box = block((0.94 * wide, 0.94 * tall, 0.3), (0, 0, -thick - 0.14), 0.03)
        kit.add('box', box, root)
    style = draw.pick('rocker', 'rocker', 'toggle', 'dimmer', 'slider', 'button', 'mixed')
    spots = (np.arange(gangs) - 0.5 * (gangs - 1)) * pitch
    for spot in spots:
        kind = draw.pick('rocker', 'toggle', 'dimmer') if style == 'mixed' else style
        name, piece = _gang(draw, kind, pitch, min(tall, 2 * pitch) if axis == 'x' else pitch)
        at = (float(spot), 0.0) if axis == 'x' else (0.0, float(spot))
        part = kit.add(name, moved(piece, *at), root)
        if draw.chance(0.2) and kind == 'rocker':
            kit.add('light', ball(0.03, (at[0], at[1] + 0.12, 0.06)), part)
    if draw.chance(0.5):
        screw = drum(0.035, 0.02, (0, 0, -0.006)) + block((0.05, 0.012, 0.01), (0, 0, 0.014))
        shift = (0.0, 0.43 * tall) if axis == 'x' else (0.43 * wide, 0.0)
        kit.add_copies('screw', [moved(screw, *(s * np.array(shift))) for s in (-1, 1)], root)
    return kit.finish()


def _gang(draw: Draw, kind: str, wide: float, tall: float) -> tuple[str, Piece]:
    """Makes one control of a light switch on z = 0 and its name."""
    sign = draw.pick(-1, 1)
    if kind == 'rocker':
        size = (draw.between(0.5, 0.85) * wide, draw.between(0.45, 0.75) * tall, 0.06)
        return 'switch', turned(block(size, (0, 0, 0.02)), 'x', sign * draw.between(0.04, 0.12))
    if kind == 'toggle':
        stick = beam((0, 0, -0.02), (0, 0.1 * sign, 0.2), 0.1, 0.06, 0.01)
        return 'switch', stick + block((0.18, 0.3, 0.03), (0, 0, 0.005))
    if kind == 'dimmer':
        return 'knob', _knob(draw, 0.35 * wide)
    if kind == 'slider':
        return 'slider', _slider(draw, 0.28 * tall)
    piece = drum(0.22 * wide, 0.08, (0, 0, -0.01))
    return 'button', piece + joined(spun(block((0.02, 0.02, 0.01), (0.1 * wide, 0, 0.07)), 3))
