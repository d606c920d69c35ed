# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Boats with sails, oars or cabins."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import band, smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    aimed,
    both_sides,
    moved,
    turned,
)
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    block,
    drum,
    plate,
    profile,
    rod,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)


def boat(rng: np.random.Generator) -> ProceduralObject:
    """Builds a boat: hull, deck, cabin, mast, boom, sails, funnel, rudder, oars, benches, rail."""
    draw, kit = Draw(rng), Assembly('boat')
    length, width, deep = draw.around(1.5, 0.15), draw.around(0.5, 0.15), draw.around(0.26, 0.2)
    rim = smooth_curve(
        [
            (-0.5, -0.38),
            (0.0, -0.5),
            (0.3, -0.38),
            (0.5, 0.0),
            (0.3, 0.38),
            (0.0, 0.5),
            (-0.5, 0.38),
        ],
        22,
    )
    hull = plate(rim * [length, width], 0.5 * deep, (0, 0, -0.5 * deep)) + plate(
        rim * [0.9 * length, 0.78 * width], 0.55 * deep, (-0.03, 0, -deep)
    )
    root = kit.add('hull', hull)
    if draw.chance(0.5):
        edge = band(np.vstack([rim, rim[:1] + 1e-3]) * [length, width], 0.04)
        kit.add('rail', plate(edge, draw.between(0.06, 0.14), (0, 0, -0.01)), root)
    kind = draw.pick('sail', 'motor', 'row', 'ship')
    if kind == 'sail':
        x, tall = 0.08 * length, draw.around(1.4, 0.12)
        mast = kit.add('mast', rod((x, 0, -0.02), (x, 0, tall), 0.028, 0.015), root)
        swing = draw.between(-0.5, 0.5)
        boom = turned(rod((x, 0, 0.2), (x - 0.5 * length, 0, 0.2), 0.02), 'z', swing, (x, 0, 0))
        kit.add('boom', boom, mast)
        main_sail = profile(
            np.array([(x - 0.015, 0.24), (x - 0.48 * length, 0.24), (x - 0.015, 0.96 * tall)]),
            0.02,
        )
        kit.add('sail', turned(main_sail, 'z', swing, (x, 0, 0)), mast)
        if draw.chance(0.6):
            jib = profile(
                np.array([(x + 0.04, 0.2), (0.48 * length, 0.06), (x + 0.03, 0.8 * tall)]), 0.02
            )
            kit.add('sail', jib, mast)
        if draw.chance(0.4):
            kit.add('flag', block((0.18, 0.02, 0.1), (x - 0.09, 0, tall - 0.04)), mast)
    elif kind == 'row':
        seat = block((0.14, 0.85 * width, 0.04), (0, 0, 0.02))
        kit.add_copies(
            'bench',
            [moved(seat, px) for px in np.linspace(-0.3, 0.2, draw.count(2, 3)) * length],
            root,
        )
        oar = rod((-0.1, 0.3 * width, 0.12), (-0.15, 1.2 * width, -0.1), 0.02)
        oar += aimed(ball((0.06, 0.015, 0.14)), (-0.16, 1.28 * width, -0.12), (-0.05, 0.9, -0.22))
        kit.add_copies('oar', both_sides(oar, 'y'), root)
    else:
        long, tall = draw.around(0.5, 0.2), draw.around(0.25, 0.15)
        cabin = kit.add(
            'cabin',
            block((long, 0.62 * width, tall), (-0.08 * length, 0, 0.5 * tall - 0.01), 0.02),
            root,
        )
        pane = block((0.14, 0.03, 0.4 * tall), (0, 0.31 * width, 0.6 * tall))
        panes = [moved(pane, -0.08 * length + s * long) for s in (-0.28, 0.0, 0.28)]
        kit.add_copies('window', [c for p in panes for c in both_sides(p, 'y')], cabin)
        if draw.chance(0.6):
            roof = block((1.1 * long, 0.7 * width, 0.04), (-0.08 * length, 0, tall), 0.01)
            kit.add('roof', roof, cabin)
        if kind == 'ship':
            stack = drum(0.08, 0.28, (-0.15 * length, 0, tall - 0.02), elliptic=0.7)
            kit.add_copies(
                'funnel', [moved(stack, 0.2 * i) for i in range(draw.count(1, 3))], cabin
            )
            kit.add(
                'mast',
                rod((0.1 * length, 0, tall - 0.05), (0.1 * length, 0, tall + 0.5), 0.02),
                cabin,
            )
        else:
            motor = block((0.13, 0.14, 0.22), (-0.53 * length, 0, 0.04), 0.03) + rod(
                (-0.53 * length, 0, 0), (-0.54 * length, 0, -0.4), 0.03
            )
            kit.add('engine', motor, root)
    if kind != 'motor':
        fin = np.array(
            [(-0.08, -1.2 * deep), (0.05, -1.2 * deep), (0.05, 0.06), (-0.04, 0.06)]
        ) + [-0.52 * length, 0]
        kit.add('rudder', profile(fin, 0.03), root)
    return kit.finish()
