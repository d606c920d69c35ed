# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures: person, robot, snowman, hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
    aimed,
    both_sides,
    joined,
    moved,
    scaled,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    beam,
    block,
    drum,
    lathed,
    pill,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
)
from part_seg_ros.data.procedural.object import ProceduralObject

FRONT = (0.0, -1.0, 0.0)


def _limb(start: NDArray, end: NDArray, thick: float, style: str) -> Piece:
    """Makes a limb segment between two joints."""
    if style == 'box':
        return beam(start, end, 1.8 * thick, 1.8 * thick, 0.3 * thick)
    if style == 'rod':
        return rod(start, end, thick)
    return (
        pill(start, end, thick) if style == 'pill' else rod(start, end, 1.15 * thick, 0.8 * thick)
    )


def _joint_chain(
    start: NDArray, lengths: tuple[float, float], swing: float, out: float
) -> list[NDArray]:
    """Returns shoulder, elbow and wrist for an arm that hangs `out` to +x and swings forward."""
    first = np.array([np.sin(out), -0.4 * np.sin(swing), -np.cos(out) * np.cos(0.5 * swing)])
    second = np.array([0.6 * np.sin(out), -np.sin(swing), -np.cos(swing)])
    elbow = start + lengths[0] * first / np.linalg.norm(first)
    return [start, elbow, elbow + lengths[1] * second / np.linalg.norm(second)]


def _add_held(draw: Draw, kit: Assembly, hand: NDArray, parent: int) -> None:
    """Puts a tool into a hand."""
    kind = draw.pick('sword', 'staff', 'shield', 'hammer')
    if kind == 'sword':
        grip = kit.add('handle', rod(hand + [0, 0.08, 0], hand - [0, 0.12, 0], 0.022), parent)
        kit.add('guard', block((0.16, 0.03, 0.04), hand - [0, 0.11, 0]), grip)
        outline = np.array([(-0.03, 0), (0.03, 0), (0.025, 0.5), (0, 0.6), (-0.025, 0.5)])
        kit.add(
            'blade',
            moved(turned(plate(outline, 0.02, (0, 0, -0.01)), 'z', np.pi), *(hand - [0, 0.12, 0])),
            grip,
        )
    elif kind == 'staff':
        staff = kit.add('staff', rod(hand - [0, 0, 0.6], hand + [0, 0, 0.7], 0.022), parent)
        kit.add('orb', ball(0.07, hand + [0, 0, 0.74]), staff)
    elif kind == 'shield':
        kit.add(
            'shield',
            drum(0.24, 0.04, hand - [0, 0.03, 0], FRONT, top=0.2)
            + ball((0.06, 0.04, 0.06), hand - [0, 0.07, 0]),
            parent,
        )
    else:
        staff = kit.add('handle', rod(hand + [0, 0, -0.15], hand + [0, 0, 0.35], 0.022), parent)
        kit.add('head', block((0.24, 0.12, 0.12), hand + [0, 0, 0.37], 0.015), staff)


def _add_arms(
    draw: Draw,
    kit: Assembly,
    shoulder: NDArray,
    thick: float,
    lengths: tuple[float, float],
    style: str,
    root: int,
) -> None:
    """Adds both arms, whole or in segments, with hands and sometimes something held."""
    segmented, same = draw.chance(0.45), draw.chance(0.4)
    swing, out = draw.between(0.0, 1.5), draw.between(0.05, 1.3)
    chains, wrists = [], []
    for side in (1.0, -1.0):
        if not same:
            swing, out = draw.between(0.0, 1.7), draw.between(0.05, 1.3)
        flip = np.array([side, 1.0, 1.0])
        a, b, c = (point * flip for point in _joint_chain(shoulder, lengths, swing, out))
        upper, lower = _limb(a, b, thick, style), _limb(b, c, 0.88 * thick, style)
        hand_shape = ball((1.3 * thick, 1.5 * thick, 1.5 * thick), c)
        if style == 'box':
            hand_shape = block((2.2 * thick,) * 3, c, 0.3 * thick)
        if segmented and style in ('rod', 'box'):
            chains.append((upper, ball(1.3 * thick, b), lower, hand_shape))
        else:
            chains.append((upper, lower, hand_shape) if segmented else (upper + lower, hand_shape))
        wrists.append(c)
    names = {2: ('arm', 'hand'), 3: ('upper_arm', 'forearm', 'hand')}
    hands = _add_chains(
        kit, names.get(len(chains[0]), ('upper_arm', 'elbow', 'forearm', 'hand')), chains, root
    )
    for wrist, hand_part in zip(wrists, hands, strict=True):
        if draw.chance(0.22):
            _add_held(draw, kit, wrist, hand_part)


def _add_chains(
    kit: Assembly, names: tuple[str, ...], chains: list[tuple[Piece, ...]], root: int
) -> list[int]:
    """Adds equal chains of parts, each link hanging on the one before; returns the last links."""
    ends = [root] * len(chains)
    for name, links in zip(names, zip(*chains, strict=True), strict=True):
        ends = kit.add_group(name, zip(links, ends, strict=True))
    return ends


def _add_legs(
    draw: Draw, kit: Assembly, hip: NDArray, length: float, thick: float, style: str, root: int
) -> float:
    """Adds both legs, whole or in segments, with feet; returns the height of the ankles."""
    segmented, spread = draw.chance(0.4), draw.between(0.0, 0.3) * length
    stride = draw.pick(0.0, draw.between(-0.3, 0.3)) * length
    chains = []
    for side in (1.0, -1.0):
        top = hip * [side, 1, 1]
        ankle = top + [side * spread * 0.5, side * stride, -length]
        knee = 0.5 * (top + ankle) + [0, -0.06 * length, 0]
        upper, lower = _limb(top, knee, thick, style), _limb(knee, ankle, 0.88 * thick, style)
        if style == 'box':
            size = np.array([2.3, 3.6, 1.4]) * thick
            shoe = block(size, ankle + [0, -0.8 * thick, 0], 0.3 * thick)
        else:
            shoe = ball((1.2 * thick, 2.2 * thick, 0.9 * thick), ankle + [0, -0.9 * thick, 0])
        chains.append((upper, lower, shoe) if segmented else (upper + lower, shoe))
    _add_chains(kit, ('thigh', 'shin', 'foot') if segmented else ('leg', 'foot'), chains, root)
    return float(hip[2] - length)


def person(rng: np.random.Generator) -> ProceduralObject:
    """Builds a person or toy figure: torso, head, hair or hat, eyes, arms, hands, legs, feet."""
    draw, kit = Draw(rng), Assembly('person')
    tall, wide, deep = draw.around(0.5, 0.15), draw.around(0.19, 0.2), draw.around(0.13, 0.2)
    toy = draw.between(0.8, 2.2)
    radii = np.array([0.75, 0.9, 0.8, 1.0, 0.45]) * wide
    torso = lathed(rounded_solid(radii, np.array([0.0, 0.15, 0.45, 0.85, 1.0]) * tall))
    torso = scaled(torso, y=deep / wide)
    root = kit.add('torso', torso)
    if draw.chance(0.3):
        kit.add(
            'skirt',
            scaled(
                drum(draw.between(1.2, 1.9) * wide, 0.36, (0, 0, -0.24), top=0.75 * wide), y=0.85
            ),
            root,
        )
    elif draw.chance(0.4):
        kit.add('belt', scaled(drum(0.94 * wide, 0.06, (0, 0, 0.16 * tall)), y=deep / wide), root)
    size = 0.115 * toy
    z = tall + 0.95 * size
    if draw.chance(0.7):
        kit.add('neck', rod((0, 0, 0.95 * tall), (0, 0, z - 0.5 * size), 0.4 * size), root)
    head = kit.add('head', ball((0.9 * size, 0.95 * size, 1.12 * size), (0, 0, z)), root)
    if draw.chance(0.6):
        eye = ball(0.16 * size, (0.33 * size, -0.85 * size, z + 0.15 * size))
        kit.add_copies('eye', both_sides(eye, 'x'), head)
    if draw.chance(0.4):
        kit.add('nose', ball(0.14 * size, (0, -0.97 * size, z - 0.12 * size)), head)
    if draw.chance(0.4):
        ear = ball((0.1 * size, 0.2 * size, 0.26 * size), (0.9 * size, 0, z))
        kit.add_copies('ear', both_sides(ear, 'x'), head)
    cover = draw.pick('hair', 'hat', 'bun', 'helmet', 'none')
    if cover == 'hair':
        kit.add(
            'hair',
            ball((1.0 * size, 1.0 * size, 0.95 * size), (0, 0.15 * size, z + 0.35 * size)),
            head,
        )
    elif cover == 'hat':
        hat = drum(1.6 * size, 0.12 * size, (0, 0, z + 0.55 * size)) + drum(
            0.95 * size, 0.8 * size, (0, 0, z + 0.55 * size), top=draw.between(0.1, 0.95) * size
        )
        kit.add('hat', hat, head)
    elif cover == 'bun':
        hair = kit.add(
            'hair',
            ball((0.98 * size, 0.9 * size, 0.9 * size), (0, 0.25 * size, z + 0.35 * size)),
            head,
        )
        kit.add('bun', ball(0.45 * size, (0, 0.6 * size, z + 1.15 * size)), hair)
    elif cover == 'helmet':
        kit.add(
            'helmet',
            ball((1.05 * size, 1.12 * size, 0.95 * size), (0, 0.08 * size, z + 0.45 * size)),
            head,
        )
    style, thick = draw.pick('pill', 'taper', 'taper'), draw.around(0.055, 0.2)
    _add_arms(draw, kit, np.array([0.9 * wide, 0, 0.87 * tall]), thick, (0.25, 0.24), style, root)
    ankles = _add_legs(
        draw,
        kit,
        np.array([0.45 * wide, 0, 0.04 * tall]),
        draw.around(0.5, 0.25),
        1.3 * thick,
        style,
        root,
    )
    if draw.chance(0.2):
        kit.add(
            'backpack',
            block((1.3 * wide, 0.16, 0.6 * tall), (0, deep + 0.04, 0.6 * tall), 0.04),
            root,
        )
    elif draw.chance(0.2):
        cape = profile(
            np.array(
                [
                    (deep, 0.9 * tall),
                    (deep + 0.03, 0.9 * tall),
                    (deep + 0.2, -0.3),
                    (deep + 0.17, -0.3),
                ]
            ),
            1.8 * wide,
        )
        kit.add('cape', turned(cape, 'z', np.pi / 2), root)
    if draw.chance(0.25):
        kit.add('base', drum(draw.around(0.35, 0.15), 0.06, (0, 0, ankles - thick - 0.05)), root)
    return kit.finish()


def robot(rng: np.random.Generator) -> ProceduralObject:
    """Builds a robot: body, head, eyes, antennas, arms, grippers, legs or wheels, panel."""
    draw, kit = Draw(rng), Assembly('robot')
    wide, tall, deep = draw.around(0.26, 0.2), draw.around(0.45, 0.2), draw.around(0.2, 0.2)
    style = draw.pick('box', 'rod', 'box')
    if draw.chance(0.6):
        torso = block((2 * wide, 2 * deep, tall), (0, 0, 0.5 * tall), draw.between(0.01, 0.08))
        front_y = -deep
    else:
        torso = drum(wide, tall, top=wide * draw.between(0.7, 1.2))
        front_y = -0.93 * wide
    root = kit.add('body', torso)
    neck = draw.between(0.03, 0.12)
    kit.add('neck', rod((0, 0, tall - 0.02), (0, 0, tall + neck), 0.06), root)
    size = draw.around(0.19, 0.2)
    z = tall + neck + 0.8 * size
    kind = draw.pick('box', 'dome', 'ball')
    if kind == 'box':
        skull = block((2 * size, 1.7 * size, 1.6 * size), (0, 0, z), 0.15 * size)
        face = -0.85 * size
    elif kind == 'dome':
        skull = drum(size, 0.7 * size, (0, 0, z - 0.8 * size)) + ball(
            (size, size, 0.8 * size), (0, 0, z - 0.1 * size)
        )
        face = -0.95 * size
    else:
        skull, face = ball((1.1 * size, size, 0.9 * size), (0, 0, z)), -0.9 * size
    head = kit.add('head', skull, root)
    if draw.chance(0.7):
        eye = drum(
            0.24 * size, 0.2 * size, (0.42 * size, face + 0.08 * size, z + 0.1 * size), FRONT
        )
        kit.add_copies('eye', both_sides(eye, 'x'), head)
    else:
        kit.add(
            'visor',
            block((1.4 * size, 0.25 * size, 0.45 * size), (0, face, z + 0.1 * size), 0.05 * size),
            head,
        )
    if draw.chance(0.5):
        kit.add(
            'mouth', block((0.9 * size, 0.14 * size, 0.2 * size), (0, face, z - 0.45 * size)), head
        )
    if draw.chance(0.6):
        mast = rod((0, 0, z + 0.6 * size), (0, 0, z + 1.6 * size), 0.06 * size) + ball(
            0.16 * size, (0, 0, z + 1.65 * size)
        )
        if draw.chance(0.5):
            kit.add('antenna', mast, head)
        else:
            kit.add_copies('antenna', both_sides(moved(mast, 0.5 * size), 'x'), head)
    if draw.chance(0.4):
        ear = drum(0.35 * size, 0.25 * size, (0.92 * size, 0, z), (1, 0, 0), top=0.25 * size)
        kit.add_copies('ear', both_sides(ear, 'x'), head)
    if draw.chance(0.6):
        panel = kit.add(
            'panel', block((1.1 * wide, 0.05, 0.4 * tall), (0, front_y, 0.55 * tall), 0.01), root
        )
        if draw.chance(0.6):
            lights = [
                drum(0.035, 0.05, (x * wide, front_y - 0.01, 0.6 * tall), FRONT)
                for x in (-0.3, 0.0, 0.3)
            ]
            kit.add_copies('button', lights, panel)
    thick = draw.around(0.06, 0.2)
    if draw.chance(0.6):
        joint = ball(1.5 * thick, (1.05 * wide + 0.4 * thick, 0, 0.82 * tall))
        kit.add_copies('shoulder', both_sides(joint, 'x'), root)
    _add_arms(
        draw,
        kit,
        np.array([1.05 * wide + 0.5 * thick, 0, 0.82 * tall]),
        thick,
        (0.24, 0.22),
        style,
        root,
    )
    base = draw.pick('legs', 'legs', 'wheels', 'tracks')
    if base == 'legs':
        _add_legs(
            draw,
            kit,
            np.array([0.55 * wide, 0, 0.03]),
            draw.around(0.4, 0.2),
            1.25 * thick,
            style,
            root,
        )
    elif base == 'wheels':
        tyre = drum(0.17, 0.09, (0.8 * wide, 0, -0.08), (1, 0, 0))
        kit.add_copies('wheel', both_sides(tyre, 'x'), root)
        kit.add(
            'caster',
            ball(0.07, (0, 0.7 * deep, -0.17))
            + rod((0, 0.7 * deep, -0.15), (0, 0.7 * deep, 0.03), 0.03),
            root,
        )
    else:
        belt = aimed(
            plate(
                smooth_curve(
                    [
                        (-0.3, 0),
                        (-0.22, 0.12),
                        (0.22, 0.12),
                        (0.3, 0),
                        (0.22, -0.12),
                        (-0.22, -0.12),
                        (-0.3, -0.001),
                    ],
                    24,
                ),
                0.14,
            ),
            (0.75 * wide, 0, -0.08),
            (1, 0, 0),
        )
        kit.add_copies('track', both_sides(belt, 'x'), root)
    return kit.finish()


def snowman(rng: np.random.Generator) -> ProceduralObject:
    """Builds a snowman, chess piece or tumbler: balls, hat, nose, eyes, arms, scarf, buttons."""
    draw, kit = Draw(rng), Assembly('snowman')
    radius = draw.around(0.38, 0.1)
    sizes = [radius, 0.75 * radius, 0.52 * radius][: draw.pick(2, 3)]
    root = kit.add('body', ball((radius, radius, 0.92 * radius)))
    z, last = 0.0, root
    for below, size in pairwise(sizes):
        z += 0.72 * below + 0.72 * size
        last = kit.add('head' if size is sizes[-1] else 'torso', ball(size, (0, 0, z)), last)
    head, size = last, sizes[-1]
    if draw.chance(0.85):
        kit.add('nose', drum(0.16 * size, 0.7 * size, (0, -0.92 * size, z), FRONT, top=0.02), head)
    eye = ball(0.13 * size, (0.34 * size, -0.87 * size, z + 0.28 * size))
    kit.add_copies('eye', both_sides(eye, 'x'), head)
    if draw.chance(0.7):
        hat = drum(1.05 * size, 0.1 * size, (0, 0, z + 0.68 * size)) + drum(
            0.68 * size, 0.85 * size, (0, 0, z + 0.7 * size), top=draw.between(0.5, 0.75) * size
        )
        hat_part = kit.add('hat', hat, head)
        if draw.chance(0.5):
            kit.add('band', drum(0.72 * size, 0.18 * size, (0, 0, z + 0.77 * size)), hat_part)
    middle = z if len(sizes) == 2 else 0.72 * (sizes[0] + sizes[1])
    if draw.chance(0.8):
        reach = 1.6 * sizes[-2]
        stick = rod((0.75 * sizes[-2], 0, middle), (reach, -0.1, middle + 0.2), 0.022)
        stick += rod(
            (0.85 * reach, -0.06, middle + 0.15), (0.95 * reach, -0.1, middle + 0.32), 0.014
        )
        kit.add_copies('arm', both_sides(stick, 'x'), root)
    if draw.chance(0.6):
        scarf = ring(0.66 * size, 0.2 * size, (0, 0, z - 0.75 * size))
        scarf += beam(
            (0.3 * size, -0.8 * size, z - 0.7 * size),
            (0.45 * size, -1.1 * size, z - 1.8 * size),
            0.3 * size,
            0.1 * size,
        )
        kit.add('scarf', scarf, head)
    if draw.chance(0.6):
        spots = [
            ball(
                0.055,
                (
                    0,
                    -0.97 * sizes[-2] * np.cos(a),
                    middle * (len(sizes) > 2) + 0.97 * sizes[-2] * np.sin(a),
                ),
            )
            for a in (-0.3, 0.1, 0.5)
        ]
        kit.add_copies('button', spots, root)
    return kit.finish()


def hand(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hand or robot gripper: palm, fingers of segments, thumb, wrist, cuff."""
    draw, kit = Draw(rng), Assembly('hand')
    wide, long, deep = draw.around(0.42, 0.12), draw.around(0.45, 0.12), draw.around(0.15, 0.15)
    root = kit.add('palm', block((wide, deep, long), (0, 0, 0), 0.45 * deep))
    wrist = kit.add(
        'wrist', scaled(drum(0.36 * wide, 0.3, (0, 0, -0.5 * long - 0.25)), y=0.8), root
    )
    if draw.chance(0.5):
        kit.add('cuff', scaled(drum(0.48 * wide, 0.2, (0, 0, -0.5 * long - 0.35)), y=0.85), wrist)
    number, bent = draw.count(3, 4), draw.between(0.0, 0.7)
    thick = 0.46 * wide / number
    segments = draw.count(2, 3) if draw.chance(0.6) else 1
    chains: list[tuple[Piece, ...]] = []
    for x in (np.arange(number) - 0.5 * (number - 1)) * 2.15 * thick:
        reach = draw.around(0.42, 0.12)
        at, angle = np.array([x, 0.0, 0.46 * long]), 0.0
        pieces = []
        for _ in range(3):
            angle += bent * 0.6
            end = at + reach / 3 * np.array([0.15 * x, -np.sin(angle), np.cos(angle)])
            pieces.append(pill(at, end, thick))
            at = end
        if segments == 1:
            chains.append((joined(pieces),))
        else:
            chains.append(tuple(pieces) if segments == 3 else (pieces[0] + pieces[1], pieces[2]))
    names = ('finger',) if segments == 1 else ('finger_segment',) * segments
    _add_chains(kit, names, chains, root)
    side = draw.pick(-1, 1)
    base = np.array([side * 0.45 * wide, -0.02, -0.2 * long])
    middle = base + [side * 0.16, -0.06, 0.12]
    thumb = pill(base, middle, 1.1 * thick) + pill(
        middle, middle + [side * 0.04, -0.03, 0.16], thick
    )
    kit.add('thumb', thumb, root)
    return kit.finish()
