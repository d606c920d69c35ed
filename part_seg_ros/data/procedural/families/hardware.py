# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fixtures: faucet, valve, plug, padlock, key, fan, hoop, tripod, hook."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import screw_head
from part_seg_ros.data.procedural.families.outlines import (
    arc,
    band,
    rounded_rectangle,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import (
    aimed,
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
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
    sleeve,
    sweep,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def faucet(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tap: base, column, spout, nozzle, one lever or two handles."""
    draw, kit = Draw(rng), Assembly('faucet')
    thick, height = draw.around(0.07, 0.2), draw.around(0.4, 0.3)
    twin = draw.chance(0.45)
    wide = draw.around(0.35, 0.15)
    if twin:
        base = plate(rounded_rectangle(2.4 * wide, 3.2 * thick, 1.5 * thick), 0.07)
    else:
        base = drum(1.7 * thick, 0.06, top=1.4 * thick)
    root = kit.add('base', base)
    column = kit.add('body', drum(1.15 * thick, height, (0, 0, 0.04), top=thick), root)
    reach, top = draw.around(0.5, 0.2), height + 0.02
    style = draw.pick('arch', 'straight', 'bend')
    if style == 'arch':
        rise = draw.around(0.35, 0.25)
        path = [
            (0, 0, top - 0.05),
            (0, 0, top + 0.6 * rise),
            (0, -0.5 * reach, top + rise),
            (0, -reach, top + 0.5 * rise),
            (0, -reach, top + 0.1 * rise),
        ]
        tip, down = (0, -reach, top + 0.12 * rise), (0, 0, -1)
    elif style == 'straight':
        path = [(0, 0, top - 0.08), (0, -0.5 * reach, top + 0.01), (0, -reach, top + 0.05)]
        tip, down = (0, -0.93 * reach, top + 0.04), (0, 0, -1)
    else:
        path = [
            (0, 0, top - 0.05),
            (0, -0.3 * reach, top + 0.12),
            (0, -0.8 * reach, top + 0.1),
            (0, -reach, top - 0.1),
        ]
        tip, down = (0, -reach, top - 0.08), (0, -0.2, -1)
    spout = kit.add('spout', bend(path, 0.75 * thick, 18), column)
    kit.add('nozzle', drum(0.9 * thick, 0.1, tip, down), spout)
    if twin:
        stem = drum(0.8 * thick, 0.16, (wide, 0, 0.05))
        if draw.chance(0.5):
            bars = joined(spun(rod((0, 0, 0.24), (0.14, 0, 0.24), 0.03, 0.04), draw.count(3, 4)))
            handle = stem + moved(bars + drum(0.05, 0.06, (0, 0, 0.19)), wide)
        else:
            handle = stem + drum(1.3 * thick, 0.12, (wide, 0, 0.19), top=1.1 * thick)
        kit.add_copies('handle', both_sides(handle, 'x'), root)
    elif draw.chance(0.5):
        lever = ball((thick, thick, 0.7 * thick), (0, 0, top + 0.3 * thick))
        lever += beam((0, 0, top + 0.5 * thick), (0, 0.35, top + 0.2), 0.09, 0.035, 0.01)
        kit.add('handle', turned(lever, 'z', draw.between(-0.5, 0.5)), column)
    else:
        side = rod((0, 0, 0.5 * height), (1.8 * thick, 0, 0.5 * height), 0.5 * thick)
        side += rod((1.7 * thick, 0, 0.5 * height), (2.0 * thick, 0, 0.5 * height + 0.25), 0.03)
        kit.add('handle', side, column)
    return kit.finish()


def valve(rng: np.random.Generator) -> ProceduralObject:
    """Builds a pipe valve or hand wheel: pipe, flanges, body, bonnet, stem, wheel or lever."""
    draw, kit = Draw(rng), Assembly('valve')
    radius, half = draw.around(0.16, 0.2), draw.around(0.5, 0.2)
    along = (1.0, 0.0, 0.0)
    pipe = sleeve(radius, 0.8 * radius, 2 * half, (-half, 0, 0), along)
    root = kit.add('pipe', pipe)
    if draw.chance(0.7):
        flange = drum(1.6 * radius, 0.07, (half - 0.09, 0, 0), along)
        flanges = kit.add_copies('flange', both_sides(flange, 'x'), root)
        if draw.chance(0.5):
            bolt = screw_head(0.035, (half - 0.02, 1.3 * radius, 0), along)
            bolts = [turned(bolt, 'x', i * np.pi / 3) for i in range(6)]
            kit.add('bolt', joined(bolts), flanges[0])
    body = kit.add('body', ball((1.7 * radius, 1.4 * radius, 1.5 * radius)), root)
    top = draw.around(0.4, 0.2)
    bonnet = kit.add(
        'bonnet', drum(1.0 * radius, top, (0, 0, 0.6 * radius), top=0.6 * radius), body
    )
    peak = top + 0.6 * radius
    stem = kit.add('shaft', rod((0, 0, peak - 0.03), (0, 0, peak + 0.2), 0.04), bonnet)
    z = peak + 0.14
    if draw.chance(0.7):
        size, thin = draw.around(0.32, 0.2), draw.between(0.025, 0.05)
        hub = drum(0.09, 0.1, (0, 0, z - 0.05))
        hub += joined(spun(rod((0, 0, z), (size, 0, z), 0.7 * thin), draw.count(3, 6)))
        rim = ring(size, thin, (0, 0, z))
        if draw.chance(0.5):
            wheel = kit.add('wheel', hub + rim, stem)
        else:
            wheel = kit.add('spokes', hub, stem)
            kit.add('rim', rim, wheel)
        if draw.chance(0.35):
            kit.add('knob', rod((0.97 * size, 0, z), (0.97 * size, 0, z + 0.16), 0.04), wheel)
    else:
        lever = block((0.75, 0.11, 0.05), (0.3, 0, z), 0.02)
        kit.add('lever', turned(lever, 'z', draw.between(0, 1.6)), stem)
    if draw.chance(0.2):
        gauge = rod((0.6 * half, 0, 0.5 * radius), (0.6 * half, 0, 2 * radius), 0.03)
        gauge += drum(0.13, 0.07, (0.6 * half, 0.035, 2.4 * radius), FRONT)
        kit.add('gauge', gauge, root)
    return kit.finish()


def plug(rng: np.random.Generator) -> ProceduralObject:
    """Builds a mains plug, socket adapter or peg: body, collar, pins, cable."""
    draw, kit = Draw(rng), Assembly('plug')
    radius, length = draw.around(0.2, 0.15), draw.around(0.4, 0.2)
    if draw.chance(0.5):
        body = drum(0.7 * radius, length, (-length, 0, 0), (1, 0, 0), top=radius)
    else:
        body = block((length, 2 * radius, 1.3 * radius), (-0.5 * length, 0, 0), 0.2 * radius)
    root = kit.add('body', body)
    if draw.chance(0.6):
        kit.add('collar', drum(1.15 * radius, 0.05, (-0.02, 0, 0), (1, 0, 0), elliptic=0.8), root)
    reach, thin = draw.around(0.25, 0.2), draw.between(0.03, 0.05)
    style = draw.pick('round', 'flat', 'three')
    gap = 0.5 * radius
    if style == 'round':
        pin = rod((-0.01, gap, 0), (reach, gap, 0), thin)
        kit.add_copies('pin', both_sides(pin, 'y'), root)
    else:
        pin = block((reach, thin, 2.4 * thin), (0.5 * reach, gap, 0))
        kit.add_copies('pin', both_sides(pin, 'y'), root)
        if style == 'three':
            earth = rod((-0.01, 0, -0.4 * radius), (1.1 * reach, 0, -0.4 * radius), 1.2 * thin)
            kit.add('pin', earth, root)
    if draw.chance(0.8):
        kit.add(
            'cable',
            bend(
                [
                    (-length + 0.03, 0, 0),
                    (-length - 0.2, 0, 0.0),
                    (-length - 0.4, 0.1, -0.12),
                    (-length - 0.6, 0.0, -0.2),
                ],
                0.05,
            ),
            root,
        )
    return kit.finish()


def padlock(rng: np.random.Generator) -> ProceduralObject:
    """Builds a padlock: body, shackle, keyhole cover or dials, key."""
    draw, kit = Draw(rng), Assembly('padlock')
    width, height, deep = draw.around(0.5, 0.15), draw.around(0.5, 0.2), draw.around(0.18, 0.2)
    if draw.chance(0.3):
        body = drum(0.55 * width, deep, (0, 0.5 * deep, 0), FRONT)
        height = width
    else:
        body = profile(rounded_rectangle(width, height, draw.between(0.02, 0.2) * width), deep)
    root = kit.add('body', body)
    half, thick = width * draw.between(0.25, 0.36), draw.around(0.045, 0.2)
    low, tall = 0.3 * height, draw.around(0.35, 0.3)
    lift = draw.pick(0.0, 0.12)
    bow = arc(half, np.pi, 0, 14) + [0, 0.5 * height + tall - half + lift]
    left = low if lift == 0 else 0.5 * height + 0.04
    path = np.vstack([[-half, left], bow, [half, low]])
    shackle = sweep(np.column_stack([path[:, 0], np.zeros(len(path)), path[:, 1]]), thick)
    kit.add('shackle', shackle, root)
    style = draw.pick('hole', 'dials', 'key')
    y = -0.5 * deep
    if style == 'dials':
        number = draw.count(3, 4)
        wheel = drum(0.09, 0.05, (-0.3 * width, -0.05, 0), (1, 0, 0))
        spots = np.linspace(-0.28, 0.16, number) * height
        kit.add_copies('dial', [moved(wheel, 0.2 * width, y + 0.05, z) for z in spots], root)
    else:
        cover = kit.add('keyhole', drum(0.09, 0.03, (0, y + 0.01, -0.1 * height), FRONT), root)
        if style == 'key':
            key_piece = block((0.03, 0.22, 0.07), (0, y - 0.1, -0.1 * height))
            key_piece += drum(0.11, 0.03, (-0.015, y - 0.27, -0.1 * height), (1, 0, 0))
            kit.add('padlock_key', key_piece, cover)
    return kit.finish()


def key(rng: np.random.Generator) -> ProceduralObject:
    """Builds a key: bow, shaft, bit of teeth, collar, key ring."""
    draw, kit = Draw(rng), Assembly('key')
    length, thick = draw.around(0.8, 0.15), draw.around(0.05, 0.2)
    radius = draw.around(0.2, 0.2)
    style = draw.pick('ring', 'disc', 'clover', 'square')
    if style == 'ring':
        bow = ring(radius, 1.1 * thick)
    elif style == 'disc':
        bow = drum(radius, 1.6 * thick, (0, 0, -0.8 * thick))
    elif style == 'clover':
        bow = joined(
            ring(
                0.5 * radius,
                0.8 * thick,
                (0.55 * radius * np.cos(a), 0.55 * radius * np.sin(a), 0),
            )
            for a in (np.pi, np.pi / 2, -np.pi / 2)
        )
    else:
        bow = plate(
            rounded_rectangle(2 * radius, 1.7 * radius, 0.5 * radius),
            1.4 * thick,
            (0, 0, -0.7 * thick),
        )
    root = kit.add('bow', bow)
    start = 0.75 * radius if style != 'clover' else 0.1 * radius
    if draw.chance(0.5):
        shaft_shape = rod((start, 0, 0), (length, 0, 0), thick)
    else:
        shaft_shape = beam((start, 0, 0), (length, 0, 0), 2.4 * thick, 1.1 * thick)
    shaft = kit.add('shaft', shaft_shape, root)
    teeth = draw.count(2, 4)
    bit = block((0.3 * length, 0.1, 0.9 * thick), (0.82 * length, -0.05, 0))
    for i in range(teeth):
        tall = draw.between(0.08, 0.16)
        x = length * (0.7 + 0.27 * i / max(teeth - 1, 1))
        bit += block((0.14 * length / teeth + 0.02, tall, 0.9 * thick), (x, -0.08 - 0.5 * tall, 0))
    kit.add('bit', bit, shaft)
    if draw.chance(0.4):
        collar = sleeve(1.7 * thick, 0.5 * thick, 0.06, (radius + 0.1, 0, 0), (1, 0, 0))
        kit.add('collar', collar, shaft)
    if draw.chance(0.25):
        kit.add('ring', ring(0.9 * radius, 0.4 * thick, (-1.7 * radius, 0, 0), (0, 1, 0.4)), root)
    return kit.finish()


def fan(rng: np.random.Generator) -> ProceduralObject:
    """Builds a fan, propeller or pinwheel: base, pole, motor, hub, blades, guard, buttons."""
    draw, kit = Draw(rng), Assembly('fan')
    height, size = draw.around(0.7, 0.3), draw.around(0.35, 0.15)
    root = kit.add('base', drum(draw.around(0.25, 0.15), 0.06, top=draw.between(0.08, 0.2)))
    pole = kit.add('pole', rod((0, 0, 0.03), (0, 0, height), draw.between(0.02, 0.035)), root)
    motor = kit.add('motor', drum(0.09, 0.2, (0, 0.17, height), FRONT, top=0.11), pole)
    hub = kit.add(
        'hub',
        lathed(rounded_solid([0.07, 0.065, 0.03], [0.0, 0.05, 0.09]), (0, -0.02, height), FRONT),
        motor,
    )
    blade = plate(
        np.array(
            [(0.02, -0.03), (0.6, -0.28), (1.0, -0.2), (1.0, 0.15), (0.5, 0.16), (0.02, 0.05)]
        )
        * size,
        0.015,
    )
    blade = turned(blade, 'x', draw.between(0.2, 0.6))
    blades = [
        aimed(copy, (0, -0.06, height), FRONT)
        for copy in spun(blade, draw.count(3, 5), draw.between(0, 1))
    ]
    kit.add_copies('blade', blades, hub)
    if draw.chance(0.6):
        hoop = ring(1.1 * size, 0.015, (0, -0.06, height), FRONT)
        wires = spun(
            bend([(0.03, 0, 0.13), (0.8 * size, 0, 0.11), (1.1 * size, 0, 0)], 0.007, 8), 10
        )
        front_wires = joined(aimed(wire, (0, -0.06, height), FRONT) for wire in wires)
        back_wires = joined(aimed(wire, (0, -0.06, height), (0, 1, 0)) for wire in wires)
        kit.add('guard', hoop + front_wires + back_wires, motor)
    if draw.chance(0.4):
        kit.add_copies(
            'button', [drum(0.025, 0.03, (x, -0.13, 0.04)) for x in (-0.07, 0, 0.07)], root
        )
    return kit.finish()


def hoop(rng: np.random.Generator) -> ProceduralObject:
    """Builds a basketball hoop, sign or easel: base, pole, board, bracket, ring, net."""
    draw, kit = Draw(rng), Assembly('hoop')
    height, wide, tall = draw.around(1.5, 0.25), draw.around(0.8, 0.2), draw.around(0.55, 0.2)
    root = kit.add('base', block((0.5, 0.6, 0.1), (0, 0.15, 0.05), 0.03))
    pole = kit.add(
        'pole', rod((0, 0.15, 0.05), (0, 0.15, height), draw.between(0.025, 0.05)), root
    )
    z = height + 0.1
    arm = kit.add('bracket', beam((0, 0.15, height - 0.1), (0, -0.02, z), 0.07, 0.05), pole)
    board = kit.add('board', block((wide, 0.05, tall), (0, -0.04, z)), arm)
    kit.add('target', block((0.35 * wide, 0.03, 0.4 * tall), (0, -0.065, z - 0.12 * tall)), board)
    radius = draw.around(0.17, 0.12)
    rim_z = z - 0.35 * tall
    rim = ring(radius, 0.018, (0, -0.1 - radius, rim_z)) + block(
        (0.12, 0.1, 0.03), (0, -0.08, rim_z)
    )
    rim_part = kit.add('ring', rim, board)
    if draw.chance(0.6):
        strand = rod((radius, 0, 0), (0.6 * radius, 0, -0.25), 0.008)
        net = (
            joined(spun(strand, 10))
            + ring(0.6 * radius, 0.008, (0, 0, -0.25))
            + ring(0.8 * radius, 0.008, (0, 0, -0.12))
        )
        kit.add('net', moved(net, 0, -0.1 - radius, rim_z), rim_part)
    if draw.chance(0.5):
        wheel = drum(0.07, 0.05, (0.23, -0.1, 0.05), (1, 0, 0))
        kit.add_copies('wheel', both_sides(wheel, 'x'), root)
    return kit.finish()


def tripod(rng: np.random.Generator) -> ProceduralObject:
    """Builds a tripod with a camera, telescope or easel board: legs, collar, head, load."""
    draw, kit = Draw(rng), Assembly('tripod')
    height, spread = draw.around(0.9, 0.2), draw.around(0.35, 0.2)
    root = kit.add('collar', drum(0.07, 0.1, (0, 0, height - 0.05)))
    leg = rod((0.03, 0, height), (spread, 0, 0.02), 0.028, 0.018)
    legs = kit.add_copies('leg', spun(leg, 3), root)
    if draw.chance(0.5):
        kit.add_copies('foot', spun(ball(0.035, (spread, 0, 0.02)), 3), legs[0])
    top = height + draw.around(0.2, 0.3)
    column = kit.add('column', rod((0, 0, height), (0, 0, top), 0.025), root)
    if draw.chance(0.4):
        kit.add('crank', rod((0, 0, top - 0.03), (0.28, 0.1, top - 0.1), 0.014), column)
    tilt = draw.between(-0.2, 0.7)
    aim = (0.0, -np.cos(tilt), np.sin(tilt))
    load = draw.pick('telescope', 'camera', 'light')
    if load == 'telescope':
        size = draw.around(0.07, 0.2)
        start = np.array([0, 0, top]) - 0.3 * np.array(aim)
        tube = kit.add('tube', drum(size, 0.75, start, aim), column)
        kit.add(
            'lens', sleeve(1.3 * size, 0.9 * size, 0.1, start + 0.7 * np.array(aim), aim), tube
        )
        kit.add('eyepiece', drum(0.5 * size, 0.15, start - 0.12 * np.array(aim), aim), tube)
    elif load == 'camera':
        body = kit.add('body', aimed(block((0.26, 0.17, 0.12)), (0, 0, top + 0.07), aim), column)
        kit.add(
            'lens',
            drum(0.065, 0.16, np.array([0, 0, top + 0.07]) + 0.05 * np.array(aim), aim),
            body,
        )
    else:
        shade = aimed(sleeve(0.2, 0.17, 0.16) + drum(0.19, 0.03), (0, 0, top), aim)
        body = kit.add('shade', shade, column)
        kit.add('bulb', ball(0.06, np.array([0, 0, top]) + 0.08 * np.array(aim)), body)
    return kit.finish()


def hook(rng: np.random.Generator) -> ProceduralObject:
    """Builds a coat rack or pulley hook: plate or block, hooks, knobs, eye, sheave."""
    draw, kit = Draw(rng), Assembly('hook')
    if draw.chance(0.5):
        width, number = draw.around(1.0, 0.2), draw.count(2, 5)
        root = kit.add('plate', block((width, 0.05, 0.2), (0, 0, 0), 0.012))
        path = [(0, 0.0, 0.0), (0, -0.12, -0.03), (0, -0.2, 0.06), (0, -0.19, 0.14)]
        piece = bend(path, 0.022) + ball(0.035, (0, -0.19, 0.15))
        spots = np.linspace(-0.42, 0.42, number) * width
        kit.add_copies('hook', [moved(piece, x) for x in spots], root)
        if draw.chance(0.5):
            kit.add('shelf', block((1.05 * width, 0.25, 0.04), (0, -0.1, 0.12)), root)
        return kit.finish()
    size = draw.around(0.2, 0.15)
    root = kit.add('block', profile(rounded_rectangle(0.3, 0.45, 0.12), 0.14))
    kit.add('sheave', drum(0.19, 0.05, (0, 0.025, 0.02), FRONT), root)
    kit.add('ring', ring(0.1, 0.025, (0, 0, 0.3), FRONT), root)
    line = arc(size, 0.5 * np.pi, -1.2 * np.pi + 0.7, 14) + [0, -0.25 - size]
    line = np.vstack([[0, -0.18], line])
    widths = np.linspace(0.09, 0.04, len(line))
    kit.add(
        'hook',
        profile(
            band(
                smooth_curve(line, 20),
                np.interp(np.linspace(0, 1, 20), np.linspace(0, 1, len(line)), widths),
            ),
            0.07,
        ),
        root,
    )
    kit.add_copies(
        'bolt', four_corners(screw_head(0.035, (0.09, 0.065, 0.0), (0, 1, 0)))[:2], root
    )
    return kit.finish()
