# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cases with drawers and doors: drawer chest, nightstand, TV bench, sliding-door cabinet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fitted_fronts import add_drawer_bank, add_leaf
from part_seg_ros.data.procedural.families.fittings import leg
from part_seg_ros.data.procedural.families.fronts import Opening, carcass
from part_seg_ros.data.procedural.families.outlines import ellipse, rounded_rectangle
from part_seg_ros.data.procedural.families.placement import (
    both_sides,
    four_corners,
    joined,
    moved,
)
from part_seg_ros.data.procedural.families.shapes import block, drum, plate, ring, rod
from part_seg_ros.data.procedural.families.supports import add_supports
from part_seg_ros.data.procedural.object import ProceduralObject


def _add_case(
    draw: Draw, kit: Assembly, width: float, depth: float, height: float, low: float
) -> tuple[int, Opening]:
    """Makes the case of a cabinet as one body or board by board, mostly with a top.

    Args:
        draw: Source of the style.
        kit: Empty object.
        width: Extent along x.
        depth: Extent along y.
        height: Extent along z.
        low: Height of the underside.

    Returns:
        Index of the part that carries the fronts, and the opening of the case.
    """
    thick = draw.around(0.022, 0.3)
    roof = low + height
    style = draw.pick('solid', 'solid', 'hollow', 'boards')
    hollow = style != 'solid'
    has_top = style == 'boards' or draw.chance(0.75)
    if style == 'boards':
        side = block((thick, depth, height), (0.5 * (width - thick), 0, low + 0.5 * height))
        root = kit.add_copies('side', both_sides(side, 'x'))[0]
        floor = block((width - thick, 0.98 * depth, thick), (0, 0, low + 0.5 * thick))
        kit.add('shelf', floor, root)
        back = block((width - thick, 0.3 * thick, height), (0, 0.48 * depth, low + 0.5 * height))
        kit.add('back_panel', back, root)
    else:
        piece = carcass(width, depth, height, low, is_hollow=hollow, thick=thick)
        root = kit.add('body', piece)
    if has_top:
        over = draw.pick(0.0, draw.between(0.01, 0.05))
        slab = draw.around(0.03, 0.35)
        size = (width + 2 * over, depth + over + 0.01, slab)
        z = roof + 0.5 * slab - 0.003
        kit.add('top', block(size, (0, -0.5 * over, z), draw.pick(0.0, 0.3 * slab)), root)
        if draw.chance(0.12):
            rise = draw.between(0.05, 0.2)
            board = block((width, 0.02, rise), (0, 0.5 * depth - 0.01, z + 0.5 * rise))
            kit.add('back_panel', board, root)
    half = 0.5 * width - thick
    hole = Opening(
        x0=-half, x1=half, z0=low + thick, z1=roof - thick, y=-0.5 * depth, is_hollow=hollow
    )
    return root, hole


def drawer_chest(rng: np.random.Generator) -> ProceduralObject:
    """Builds a chest of drawers: body or boards, top, drawers, grips, corner posts, mirror."""
    draw, kit = Draw(rng), Assembly('drawer_chest')
    width, depth = draw.around(0.85, 0.35), draw.around(0.45, 0.15)
    height, low = draw.around(0.85, 0.3), draw.pick(0.0, draw.between(0.04, 0.3))
    root, hole = _add_case(draw, kit, width, depth, height, low)
    rows = draw.count(2, 5) if height > 0.7 else draw.count(2, 3)
    columns = [draw.count(1, 2) if width > 0.7 else 1] * rows
    if draw.chance(0.3):
        columns[-1] = draw.count(2, 3)
    add_drawer_bank(draw, kit, hole, columns, root)
    add_supports(draw, kit, width, depth, low, root)
    roof = low + height
    if draw.chance(0.2):
        post = leg(draw, (0.5 * width, 0.5 * depth, low), (0.5 * width, 0.5 * depth, roof), 0.025)
        kit.add_copies('post', four_corners(post), root)
    if draw.chance(0.15):
        _add_dressing_mirror(draw, kit, min(0.8 * width, 0.8), 0.4 * depth, roof, root)
    return kit.finish()


def _add_dressing_mirror(
    draw: Draw, kit: Assembly, width: float, y: float, z: float, parent: int
) -> None:
    tall, bar = draw.between(0.4, 0.8), draw.between(0.02, 0.05)
    shape = rounded_rectangle(width, tall, draw.pick(0.02, 0.3 * width))
    if draw.chance(0.4):
        shape = ellipse(width, tall)
    centre = z + 0.5 * tall + 0.03
    frame = kit.add('frame', plate(shape, 0.03, (0, y + 0.03, centre), (0, -1, 0)), parent)
    inner = shape * [(width - 2 * bar) / width, (tall - 2 * bar) / tall]
    kit.add('mirror', plate(inner, 0.012, (0, y + 0.004, centre), (0, -1, 0)), frame)
    post = rod((0.5 * width, y + 0.02, z - 0.01), (0.5 * width, y + 0.02, z + 0.6 * tall), 0.02)
    kit.add_copies('post', both_sides(post, 'x'), parent)


def nightstand(rng: np.random.Generator) -> ProceduralObject:
    """Builds a bedside cabinet: case or frame on legs, drawers, door, open shelf, top."""
    draw, kit = Draw(rng), Assembly('nightstand')
    width, depth = draw.around(0.45, 0.2), draw.around(0.4, 0.15)
    if draw.chance(0.35):
        _legged_nightstand(draw, kit, width, depth, draw.around(0.58, 0.15))
        return kit.finish()
    height, low = draw.around(0.45, 0.25), draw.pick(0.0, draw.between(0.05, 0.35))
    root, hole = _add_case(draw, kit, width, depth, height, low)
    layout = draw.pick('drawers', 'door', 'shelf', 'mixed')
    level = hole.z0 + draw.between(0.4, 0.7) * (hole.z1 - hole.z0)
    if layout == 'drawers' or not hole.is_hollow:
        add_drawer_bank(draw, kit, hole, [1] * draw.count(1, 3), root, pulled_share=0.25)
    else:
        board = block((hole.x1 - hole.x0 + 0.01, 0.96 * depth, 0.02), (0, 0, level))
        kit.add('shelf', board, root)
        if layout != 'door':
            add_drawer_bank(draw, kit, replace(hole, z0=level + 0.01), [1], root, pulled_share=0.3)
        if layout != 'shelf':
            box = hole if layout == 'door' else replace(hole, z1=level - 0.01)
            swing = draw.pick(0.0, draw.between(0.2, 1.9))
            add_leaf(draw, kit, box, root, hinge=draw.pick('left', 'right'), angle_rad=swing)
    add_supports(draw, kit, width, depth, low, root)
    return kit.finish()


def _legged_nightstand(
    draw: Draw, kit: Assembly, width: float, depth: float, height: float
) -> None:
    """Makes four legs that carry a top, a drawer between aprons and a lower shelf."""
    slab, half = draw.around(0.025, 0.3), draw.around(0.02, 0.25)
    outline = rounded_rectangle(width, depth, draw.pick(0.004, 0.12 * depth))
    root = kit.add('top', plate(outline, slab, (0, 0, height - slab)))
    x, y, under = 0.45 * width, 0.44 * depth, height - 0.6 * slab
    legs = kit.add_copies('leg', four_corners(leg(draw, (x, y, 0), (x, y, under), half)), root)
    deep = draw.between(0.1, 0.25) * height
    z = height - slab - 0.5 * deep
    walls = block((0.018, 2 * y, deep), (x, 0, z)) + block((0.018, 2 * y, deep), (-x, 0, z))
    walls += block((2 * x, 0.018, deep), (0, y, z))
    apron = kit.add('apron', walls, legs[0])
    hole = Opening(x0=half - x, x1=x - half, z0=z - 0.5 * deep, z1=z + 0.48 * deep, y=-y)
    add_drawer_bank(draw, kit, hole, [1], apron, pulled_share=0.3)
    for level in draw.pick((), (0.2,), (0.3,), (0.15, 0.5)):
        board = block((2 * x + half, 2 * y + half, 0.018), (0, 0, level * height))
        kit.add('shelf', board, legs[0])


def tv_bench(rng: np.random.Generator) -> ProceduralObject:
    """Builds a TV bench or sideboard: long low case, dividers, shelves, doors, drawers."""
    draw, kit = Draw(rng), Assembly('tv_bench')
    width, depth = draw.around(1.5, 0.2), draw.around(0.42, 0.15)
    height, low = draw.around(0.42, 0.25), draw.pick(0.0, draw.between(0.04, 0.25))
    root, hole = _add_case(draw, kit, width, depth, height, low)
    bays = draw.pick(2, 2, 3, 3, 4)
    edges = np.linspace(hole.x0, hole.x1, bays + 1)
    edges[1:-1] += draw.between(-0.1, 0.1) * width / bays
    size = (0.02, 0.96 * depth, hole.z1 - hole.z0 + 0.01)
    walls = [block(size, (x, 0, 0.5 * (hole.z0 + hole.z1))) for x in edges[1:-1]]
    if hole.is_hollow:
        kit.add_copies('divider', walls, root)
    layouts = (
        ('open', 'open', 'drawers', 'door', 'flap') if hole.is_hollow else ('drawers', 'door')
    )
    outer = draw.pick(*layouts)
    for i in range(bays):
        layout = outer if i in (0, bays - 1) else draw.pick(*layouts)
        bay = replace(hole, x0=edges[i] + 0.008, x1=edges[i + 1] - 0.008)
        if layout == 'drawers':
            add_drawer_bank(draw, kit, bay, [1] * draw.count(1, 2), root)
        elif layout == 'open':
            for level in np.linspace(0, 1, draw.count(2, 3) + 1)[1:-1][: draw.count(0, 2)]:
                z = hole.z0 + level * (hole.z1 - hole.z0)
                x = 0.5 * (bay.x0 + bay.x1)
                kit.add(
                    'shelf', block((bay.x1 - bay.x0 + 0.01, 0.9 * depth, 0.018), (x, 0, z)), root
                )
        else:
            hinge = 'bottom' if layout == 'flap' else draw.pick('left', 'right')
            swing = draw.pick(0.0, draw.between(0.2, 1.6)) if hole.is_hollow else 0.0
            add_leaf(draw, kit, bay, root, hinge=hinge, angle_rad=swing)
    add_supports(draw, kit, width, depth, low, root)
    if draw.chance(0.15):
        z = low + height + 0.04
        screen = (draw.between(0.5, 0.9) * width, 0.04, draw.between(0.35, 0.6))
        kit.add('screen', block(screen, (0, 0.1 * depth, z + 0.5 * screen[2] + 0.04)))
        foot = block((0.3 * screen[0], 0.5 * depth, 0.02), (0, 0.1 * depth, z - 0.015))
        kit.add('stand', foot + block((0.08, 0.03, 0.12), (0, 0.1 * depth, z + 0.03)))
    return kit.finish()


def sliding_cabinet(rng: np.random.Generator) -> ProceduralObject:
    """Builds a cabinet with sliding doors: case, rails, doors, finger pulls, sliders, shelves."""
    draw, kit = Draw(rng), Assembly('sliding_cabinet')
    width, depth = draw.around(1.2, 0.25), draw.around(0.5, 0.15)
    height, low = draw.around(1.0, 0.45), draw.pick(0.0, draw.between(0.04, 0.2))
    thick = draw.around(0.025, 0.25)
    root = kit.add('body', carcass(width, depth, height, low, is_hollow=True, thick=thick))
    if draw.chance(0.6):
        slab = draw.around(0.03, 0.3)
        kit.add('top', block((1.03 * width, 1.1 * depth, slab), (0, 0, low + height)), root)
    half, z0, z1 = 0.5 * width - thick, low + thick, low + height - thick
    levels = np.linspace(z0, z1, draw.count(1, 4) + 1)[1:-1]
    board = block((2 * half + 0.01, 0.75 * depth, 0.02), (0, 0.1 * depth, 0))
    kit.add_copies('shelf', [moved(board, z=z) for z in levels], root)
    number, y = draw.count(1, 3), -0.5 * depth
    hung, lane = draw.chance(0.4), draw.between(0.025, 0.04)
    y_rail = y - 0.015 if hung else y + lane
    size = (2 * half, 0.03 if hung else 2.4 * lane, draw.between(0.015, 0.04))
    rails = [block(size, (0, y_rail, z1 + 0.03 if hung else z0))]
    if not hung or draw.chance(0.4):
        rails.append(block(size, (0, y_rail, z0 - 0.02 if hung else z1)))
    rail = kit.add_copies('rail', rails, root)[0]
    share = 1.0 / max(number, 2) + draw.between(0.02, 0.06)
    wide, tall = share * 2 * half, (z1 - z0) * (1.04 if hung else 1.0)
    starts = np.linspace(-half, half - wide, max(number, 2))[:number]
    handle = draw.pick('ring', 'slot', 'bar')
    for i, start in enumerate(starts):
        slid = draw.between(0.1, 0.8) * wide if draw.chance(0.6) else 0.0
        start = float(np.clip(start + (slid if i < number - 1 else -slid), -half, half - wide))
        at_y = y - 0.025 if hung else y + (0.5 + i % 2) * lane
        at = (start + 0.5 * wide, at_y, 0.5 * (z0 + z1))
        leaf = block((wide, 0.6 * lane, tall), at)
        if draw.chance(0.3):
            bar = block((wide, 0.9 * lane, 0.06 * tall), at)
            leaf += joined(moved(bar, z=s * 0.47 * tall) for s in (-1, 1))
        door = kit.add('door', leaf, root)
        x = at[0] + (0.4 if i % 2 else -0.4) * wide
        _add_finger_pull(kit, handle, (x, at_y - 0.3 * lane, at[2]), tall, door)
        if hung:
            shoe = block((0.04, 0.02, 0.1), (0, at_y - 0.4 * lane, at[2] + 0.5 * tall + 0.02))
            if draw.chance(0.5):
                shoe += drum(0.035, 0.025, (0, at_y - 0.35 * lane, z1 + 0.06), (0, 1, 0))
            spots = (at[0] - 0.38 * wide, at[0] + 0.38 * wide)
            kit.add_copies('slider', [moved(shoe, s) for s in spots], rail)
    add_supports(draw, kit, width, depth, low, root)
    return kit.finish()


def _add_finger_pull(
    kit: Assembly, style: str, at: tuple[float, float, float], tall: float, parent: int
) -> None:
    if style == 'ring':
        piece = ring(0.04, 0.012, at, (0, -1, 0)) + drum(0.038, 0.008, at, (0, -1, 0))
    elif style == 'slot':
        piece = block((0.045, 0.03, min(0.3 * tall, 0.2)), at, 0.006)
    else:
        x, y, z = at
        half = min(0.2 * tall, 0.2)
        piece = rod((x, y - 0.035, z - half), (x, y - 0.035, z + half), 0.011)
        piece += joined(
            rod((x, y + 0.01, z + s * 0.7 * half), (x, y - 0.035, z + s * 0.7 * half), 0.008)
            for s in (-1, 1)
        )
    kit.add('handle', piece, parent)
