# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Craft of air, sea and space: plane, helicopter, rocket, submarine, drone, balloon."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.fittings import caster
from part_seg_ros.data.procedural.families.outlines import smooth_curve
from part_seg_ros.data.procedural.families.placement import (
    Piece,
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
    block,
    closed_vessel,
    drum,
    lathed,
    plate,
    profile,
    ring,
    rod,
    rounded_solid,
    sleeve,
    vessel,
)
from part_seg_ros.data.procedural.object import ProceduralObject

ALONG_X = (1.0, 0.0, 0.0)


def _hull(draw: Draw, length: float, radius: float) -> Piece:
    """Makes a slender body along x, nose at +length / 2."""
    blunt = draw.between(0.4, 0.85)
    radii = np.array([draw.between(0.1, 0.5), 0.7, 1.0, 1.0, blunt, 0.05]) * radius
    heights = np.array([0.0, 0.2, 0.45, 0.75, 0.93, 1.0]) * length
    return lathed(rounded_solid(radii, heights, 18), (-0.5 * length, 0, 0), ALONG_X)


def _wing(root: float, tip: float, sweep: float, span: float, thick: float) -> Piece:
    """Makes a flat wing towards +y whose root chord is centred at the origin."""
    outline = [
        (-0.5 * root, 0),
        (0.5 * root, 0),
        (0.5 * tip - sweep, span),
        (-0.5 * tip - sweep, span),
    ]
    return plate(np.array(outline), thick, (0, 0, -0.5 * thick))


def _propeller(
    draw: Draw, radius: float, at: tuple[float, float, float], axis: tuple[float, float, float]
) -> tuple[Piece, list[Piece]]:
    """Makes a hub and twisted blades around `axis`: the hub, then the blades."""
    hub = lathed(
        rounded_solid(np.array([0.2, 0.18, 0.05]) * radius, np.array([-0.1, 0.1, 0.35]) * radius),
        at,
        axis,
    )
    blade = turned(block((radius, 0.28 * radius, 0.06 * radius), (0.55 * radius, 0, 0)), 'x', 0.5)
    if draw.chance(0.5):
        blade = turned(
            moved(
                aimed(
                    ball((0.2 * radius, 0.06 * radius, 0.5 * radius)),
                    (0.6 * radius, 0, 0),
                    ALONG_X,
                )
            ),
            'x',
            0.6,
        )
    return hub, [
        aimed(copy, at, axis) for copy in spun(blade, draw.count(2, 5), draw.between(0, 1))
    ]


def plane(rng: np.random.Generator) -> ProceduralObject:
    """Builds an aeroplane: fuselage, wings, tail fins, engines or propeller, windows, gear."""
    draw, kit = Draw(rng), Assembly('plane')
    length, radius = draw.around(1.6, 0.12), draw.around(0.14, 0.2)
    root = kit.add('fuselage', _hull(draw, length, radius))
    span, chord = draw.around(0.8, 0.15), draw.around(0.35, 0.2)
    sweep, thick = draw.between(0.0, 0.45), draw.between(0.025, 0.05)
    z = draw.between(-0.6, 0.7) * radius
    wing = turned(
        _wing(chord, chord * draw.between(0.3, 1.0), sweep, span, thick),
        'x',
        draw.between(-0.03, 0.15),
    )
    wings = kit.add_copies(
        'wing', both_sides(moved(wing, 0.05 * length, 0.3 * radius, z), 'y'), root
    )
    if draw.chance(0.15):
        upper = [moved(w, z=0.35) for w in both_sides(moved(wing, 0.05 * length, 0.0, z), 'y')]
        kit.add('upper_wing', joined(upper), root)
        strut = rod(
            (0.05 * length - 0.3 * sweep, 0.5 * span, z),
            (0.05 * length - 0.3 * sweep, 0.5 * span, z + 0.38),
            0.018,
        )
        kit.add_copies('strut', both_sides(strut, 'y'), wings[0])
    tail_x, tail = -0.43 * length, draw.around(0.3, 0.15)
    stabilizer = moved(_wing(0.22, 0.13, 0.1, tail, 0.025), tail_x, 0.05 * radius, 0.1 * radius)
    fin = np.array([(-0.12, 0), (0.14, 0), (-0.04, tail), (-0.17, tail)]) + [tail_x, 0.1 * radius]
    fin_part = kit.add('fin', profile(fin, 0.03), root)
    if draw.chance(0.25):
        stabilizer = moved(stabilizer, -0.1, 0, tail - 0.02)
        kit.add_copies('stabilizer', both_sides(stabilizer, 'y'), fin_part)
    else:
        kit.add_copies('stabilizer', both_sides(stabilizer, 'y'), root)
    if draw.chance(0.45):
        hub, blades = _propeller(
            draw, draw.around(0.25, 0.15), (0.5 * length - 0.02, 0, 0), ALONG_X
        )
        hub_part = kit.add('hub', hub, root)
        kit.add_copies('blade', blades, hub_part)
    else:
        size = radius * draw.between(0.4, 0.6)
        spots = draw.pick((0.35,), (0.3, 0.6), (0.4,))
        pods = [
            moved(
                sleeve(size, 0.7 * size, 0.28, (0, 0, 0), ALONG_X)
                + drum(0.75 * size, 0.2, (0.02, 0, 0), ALONG_X),
                0.1 * length - sweep * s,
                0.3 * radius + s * span,
                z - 1.2 * size,
            )
            for s in spots
        ]
        kit.add_copies('engine', [copy for pod in pods for copy in both_sides(pod, 'y')], wings[0])
    if draw.chance(0.6):
        glass = ball((0.14, 0.65 * radius, 0.55 * radius), (0.28 * length, 0, 0.7 * radius))
        kit.add('cockpit', glass, root)
    if draw.chance(0.35):
        pane = drum(0.03, 0.02, (0, 0.96 * radius, 0.2 * radius), (0, 1, 0))
        panes = [moved(pane, x) for x in np.linspace(-0.1, 0.25, draw.count(3, 6)) * length]
        kit.add_copies('window', [copy for p in panes for copy in both_sides(p, 'y')], root)
    if draw.chance(0.4):
        size, low = 0.05, -radius - 0.14
        gear = caster(size, (0.0, 0.5 * radius + 0.08, low)) + rod(
            (0, 0.5 * radius + 0.08, low), (0, 0.5 * radius, -0.6 * radius), 0.015
        )
        kit.add_copies('landing_gear', both_sides(gear, 'y'), root)
        nose = caster(size, (0.35 * length, 0, low)) + rod(
            (0.35 * length, 0, low), (0.35 * length, 0, -0.5 * radius), 0.015
        )
        kit.add('landing_gear', nose, root)
    return kit.finish()


def helicopter(rng: np.random.Generator) -> ProceduralObject:
    """Builds a helicopter: cabin, glass, tail boom, rotors, mast, skids, fin, door."""
    draw, kit = Draw(rng), Assembly('helicopter')
    long, wide, tall = draw.around(0.42, 0.12), draw.around(0.26, 0.1), draw.around(0.27, 0.1)
    root = kit.add('body', ball((long, wide, tall)))
    kit.add(
        'cockpit',
        ball((0.6 * long, 0.85 * wide, 0.72 * tall), (0.45 * long, 0, 0.12 * tall)),
        root,
    )
    reach = draw.around(1.0, 0.12)
    boom = kit.add(
        'tail',
        rod((-0.6 * long, 0, 0.2 * tall), (-0.6 * long - reach, 0, 0.45 * tall), 0.3 * wide, 0.06),
        root,
    )
    x = -0.6 * long - reach
    fin = np.array([(-0.06, -0.15), (0.1, 0), (-0.08, 0.28), (-0.18, 0.28)]) + [x, 0.4 * tall]
    kit.add('fin', profile(fin, 0.03), boom)
    hub, blades = _propeller(draw, 0.18, (x, 0.04, 0.45 * tall), (0, 1, 0))
    kit.add('tail_rotor', hub + joined(blades), boom)
    top = tall + draw.between(0.08, 0.16)
    mast = kit.add(
        'mast',
        rod((0, 0, 0.8 * tall), (0, 0, top), 0.035) + drum(0.07, 0.06, (0, 0, top - 0.03)),
        root,
    )
    blade = block((draw.around(0.85, 0.12), 0.08, 0.02), (0.42, 0, top))
    kit.add_copies('blade', spun(blade, draw.count(2, 5), draw.between(0, 2)), mast)
    y, low = wide * draw.between(0.8, 1.1), -tall - 0.15
    skid = rod((-0.8 * long, y, low), (0.9 * long, y, low), 0.022)
    for px in (-0.4 * long, 0.4 * long):
        skid += rod((px, y, low), (px, 0.4 * wide, -0.7 * tall), 0.016)
    kit.add_copies('skid', both_sides(skid, 'y'), root)
    if draw.chance(0.5):
        door = block((0.5 * long, 0.05, 0.9 * tall), (-0.15 * long, 0.94 * wide, 0), 0.015)
        kit.add_copies('door', both_sides(door, 'y'), root)
    if draw.chance(0.4):
        tank = drum(0.07, 0.4, (-0.15, wide + 0.05, -0.3 * tall), ALONG_X) + block(
            (0.1, 0.25, 0.03), (0, 0.9 * wide, -0.3 * tall)
        )
        kit.add_copies('pod', both_sides(tank, 'y'), root)
    return kit.finish()


def rocket(rng: np.random.Generator) -> ProceduralObject:
    """Builds a rocket: body, nose cone, fins, nozzle, window, boosters, bands, legs."""
    draw, kit = Draw(rng), Assembly('rocket')
    radius, height = draw.around(0.25, 0.15), draw.around(1.1, 0.2)
    belly = draw.pick(1.0, draw.between(0.75, 1.25))
    radii = np.array([0.75 * belly, belly, belly, 0.9]) * radius
    root = kit.add('body', lathed(rounded_solid(radii, np.array([0.0, 0.3, 0.6, 1.0]) * height)))
    peak = height * draw.between(0.25, 0.5)
    nose = rounded_solid(
        np.array([0.9, 0.7, 0.35, 0.03]) * radius,
        height - 0.01 + np.array([0, 0.35, 0.75, 1.0]) * peak,
    )
    nose_part = kit.add('nose', lathed(nose), root)
    if draw.chance(0.3):
        kit.add(
            'antenna',
            rod((0, 0, height + 0.95 * peak), (0, 0, height + 1.3 * peak), 0.02),
            nose_part,
        )
    reach, tall = draw.around(0.3, 0.2), draw.around(0.4, 0.2)
    drop = draw.between(0.0, 0.25)
    fin = np.array(
        [
            (0.6 * radius, 0.05),
            (0.8 * radius, tall),
            (radius + reach, 0.35 * tall - drop),
            (radius + reach, -drop),
        ]
    )
    kit.add_copies('fin', spun(profile(fin, draw.between(0.03, 0.06)), draw.count(3, 5)), root)
    kit.add(
        'nozzle',
        vessel([[0.7 * radius, -0.2], [0.4 * radius, 0.02]], 0.03)
        + drum(0.5 * radius, 0.1, (0, 0, -0.06)),
        root,
    )
    if draw.chance(0.7):
        for z in draw.some((0.45, 0.7), draw.count(1, 2)):
            at = float(np.interp(z, [0.0, 0.3, 0.6, 1.0], radii))
            size = 0.33 * radius
            frame = ring(size, 0.2 * size, (0, -0.97 * at, z * height), (0, -1, 0))
            frame_part = kit.add('frame', frame, root)
            kit.add(
                'window',
                drum(0.95 * size, 0.08, (0, -0.9 * at, z * height), (0, -1, 0)),
                frame_part,
            )
    if draw.chance(0.3):
        size = 0.4 * radius
        booster = rod((1.25 * radius, 0, 0), (1.25 * radius, 0, 0.55 * height), size) + drum(
            size, 0.25, (1.25 * radius, 0, 0.55 * height - 0.01), top=0.05
        )
        kit.add_copies('booster', spun(booster, draw.count(2, 4), 0.5), root)
    if draw.chance(0.3):
        z = draw.between(0.15, 0.9) * height
        kit.add(
            'band',
            drum(1.05 * float(np.interp(z / height, [0, 0.3, 0.6, 1], radii)), 0.08, (0, 0, z)),
            root,
        )
    return kit.finish()


def submarine(rng: np.random.Generator) -> ProceduralObject:
    """Builds a submarine: hull, tower, periscope, propeller, fins, round windows, hatch."""
    draw, kit = Draw(rng), Assembly('submarine')
    length, radius = draw.around(1.3, 0.15), draw.around(0.28, 0.2)
    hull = _hull(draw, length, radius)
    if draw.chance(0.4):
        hull = ball((0.5 * length, radius, radius))
    root = kit.add('body', hull)
    tall, x = draw.around(0.25, 0.2), draw.between(-0.05, 0.15) * length
    tower = drum(
        0.5 * radius, tall + 0.3 * radius, (x, 0, 0.7 * radius), elliptic=0.7, top=0.42 * radius
    )
    if draw.chance(0.4):
        tower = block(
            (0.35 * length, 0.7 * radius, tall + 0.3 * radius),
            (x, 0, 0.85 * radius + 0.5 * tall),
            0.04,
        )
    tower_part = kit.add('tower', tower, root)
    top = radius + tall
    scope = rod((x, 0, top - 0.05), (x, 0, top + 0.2), 0.028) + rod(
        (x - 0.02, 0, top + 0.19), (x + 0.12, 0, top + 0.19), 0.032
    )
    kit.add('periscope', scope, tower_part)
    if draw.chance(0.5):
        kit.add('hatch', drum(0.09, 0.04, (x - 0.1, 0, top - 0.02)), tower_part)
    tail = -0.5 * length
    hub, blades = _propeller(draw, 0.7 * radius, (tail - 0.06, 0, 0), (-1, 0, 0))
    shaft = kit.add('shaft', rod((tail + 0.15, 0, 0), (tail - 0.08, 0, 0), 0.05), root)
    if draw.chance(0.5):
        kit.add('propeller', hub + joined(blades), shaft)
    else:
        kit.add_copies('blade', blades, kit.add('hub', hub, shaft))
    if draw.chance(0.4):
        kit.add(
            'shroud',
            sleeve(0.85 * radius, 0.76 * radius, 0.14, (tail - 0.13, 0, 0), ALONG_X),
            shaft,
        )
    fin = plate(
        np.array([(-0.12, 0), (0.12, 0), (0.02, 0.9 * radius), (-0.12, 0.9 * radius)]),
        0.035,
        (0, 0, -0.0175),
    )
    fins = [moved(turned(fin, 'x', i * np.pi / 2), tail + 0.16) for i in range(4)]
    kit.add_copies('fin', fins, root)
    if draw.chance(0.75):
        count, size = draw.count(1, 4), draw.between(0.22, 0.36) * radius
        xs = x + (np.arange(count) - 0.5 * (count - 1)) * 2.8 * size
        glass = drum(size, 0.06, (0, 0.9 * radius, 0.1 * radius), (0, 1, 0))
        rim = ring(size, 0.22 * size, (0, 0.97 * radius, 0.1 * radius), (0, 1, 0))
        apart = draw.chance(0.4)
        panes = [moved(glass if apart else glass + rim, px) for px in xs]
        windows = kit.add_copies('window', [c for p in panes for c in both_sides(p, 'y')], root)
        if apart:
            kit.add_copies(
                'frame', [c for px in xs for c in both_sides(moved(rim, px), 'y')], windows[0]
            )
    if draw.chance(0.4):
        kit.add(
            'cockpit',
            ball((0.6 * radius, 0.72 * radius, 0.72 * radius), (0.4 * length, 0, 0.05 * radius)),
            root,
        )
    return kit.finish()


def drone(rng: np.random.Generator) -> ProceduralObject:
    """Builds a quadcopter or satellite: body, arms, motors, rotors, legs, camera, panels."""
    draw, kit = Draw(rng), Assembly('drone')
    size, tall = draw.around(0.25, 0.15), draw.around(0.14, 0.2)
    if draw.chance(0.3):
        body = (
            block((2 * size, 1.7 * size, 1.8 * size), bevel=0.02)
            if draw.chance(0.5)
            else drum(size, 2 * size, (0, 0, -size))
        )
        root = kit.add('body', body)
        wing = block((0.8 * size, 0.9, 0.03), (0, size + 0.5, 0)) + rod(
            (0, 0.8 * size, 0), (0, size + 0.1, 0), 0.03
        )
        kit.add_copies('solar_panel', both_sides(wing, 'y'), root)
        dish = vessel(
            smooth_curve([(0.03, 0.0), (0.16, 0.05), (0.25, 0.16)], 8), 0.02, (0, 0, size + 0.08)
        )
        mast = kit.add('antenna', rod((0, 0, 0.7 * size), (0, 0, size + 0.14), 0.025), root)
        kit.add('dish', dish, mast)
        if draw.chance(0.5):
            kit.add('nozzle', drum(0.14, 0.16, (0, 0, -size + 0.01), (0, 0, -1), top=0.2), root)
        return kit.finish()
    root = kit.add('body', block((1.6 * size, 1.2 * size, tall), bevel=0.4 * tall))
    arms, reach = draw.pick(4, 4, 6), draw.around(0.55, 0.12)
    bar = beam((0.3 * size, 0, 0), (reach, 0, 0.02), 0.06, 0.05)
    bars = kit.add_copies('arm', spun(bar, arms, np.pi / arms), root)
    motor = drum(0.05, 0.1, (reach, 0, -0.02))
    motors = kit.add_copies('motor', spun(motor, arms, np.pi / arms), bars[0])
    rotor = turned(
        block((2 * draw.around(0.2, 0.12), 0.05, 0.015), (0, 0, 0)), 'z', draw.between(0, 3)
    )
    rotor += drum(0.025, 0.04, (0, 0, -0.02))
    kit.add_copies('rotor', spun(moved(rotor, reach, 0, 0.09), arms, np.pi / arms), motors[0])
    if draw.chance(0.4):
        guard = ring(0.25, 0.018, (reach, 0, 0.07))
        kit.add_copies('guard', spun(guard, arms, np.pi / arms), bars[0])
    foot = rod((0.5 * size, 0.4 * size, -0.3 * tall), (0.6 * size, 0.65 * size, -0.26), 0.02)
    kit.add_copies('leg', four_corners(foot), root)
    if draw.chance(0.7):
        eye = ball(0.07, (0.6 * size, 0, -0.6 * tall)) + drum(
            0.04, 0.09, (0.6 * size, 0, -0.6 * tall), ALONG_X
        )
        kit.add('camera', eye, root)
    return kit.finish()


def balloon(rng: np.random.Generator) -> ProceduralObject:
    """Builds a hot-air balloon or airship: envelope, basket or gondola, ropes, burner, fins."""
    draw, kit = Draw(rng), Assembly('balloon')
    radius = draw.around(0.6, 0.12)
    if draw.chance(0.35):
        length = draw.around(1.8, 0.1)
        root = kit.add('envelope', ball((0.5 * length, 0.55 * radius, 0.55 * radius)))
        fin = plate(
            np.array([(-0.2, 0), (0.2, 0), (0.0, 0.45), (-0.22, 0.45)]), 0.05, (0, 0, -0.02)
        )
        kit.add_copies(
            'fin', [moved(turned(fin, 'x', i * np.pi / 2), -0.38 * length) for i in range(4)], root
        )
        cabin = kit.add('gondola', block((0.5, 0.2, 0.18), (0.1, 0, -0.58 * radius), 0.05), root)
        hub, blades = _propeller(draw, 0.13, (-0.17, 0, -0.58 * radius), (-1, 0, 0))
        kit.add('propeller', hub + joined(blades), cabin)
        return kit.finish()
    outer = np.array(
        [(0.28, -1.25), (0.55, -0.85), (0.95, -0.3), (1.0, 0.1), (0.7, 0.72), (0.1, 1.0)]
    )
    root = kit.add('envelope', closed_vessel(smooth_curve(outer * radius, 18)))
    if draw.chance(0.5):
        low, high = (float(z) * radius for z in (-0.25, 0.05))
        kit.add('band', drum(1.02 * radius, high - low, (0, 0, low)), root)
    z, size = -1.25 * radius - draw.around(0.45, 0.15), draw.around(0.18, 0.12)
    basket = vessel([[0.85 * size, 0.0], [size, 1.3 * size]], 0.025, (0, 0, z - 1.3 * size))
    if draw.chance(0.5):
        wall = block((2 * size, 0.03, 1.3 * size), (0, size, z - 0.65 * size))
        basket = joined(spun(wall, 4)) + block((2 * size, 2 * size, 0.03), (0, 0, z - 1.3 * size))
    basket_part = kit.add('basket', basket, root)
    rope = rod((0.9 * size, 0, z - 0.02), (0.27 * radius, 0, -1.24 * radius), 0.012)
    kit.add_copies('rope', spun(rope, draw.pick(4, 6, 8), np.pi / 4), basket_part)
    if draw.chance(0.5):
        burner = drum(0.05, 0.1, (0, 0, z + 0.15)) + rod(
            (-0.9 * size, 0, z + 0.12), (0.9 * size, 0, z + 0.12), 0.015
        )
        post = rod((0.9 * size, 0, z - 0.02), (0.9 * size, 0, z + 0.13), 0.015)
        kit.add('burner', burner + joined(both_sides(post, 'x')), basket_part)
    if draw.chance(0.4):
        bag = ball((0.06, 0.06, 0.09), (1.1 * size, 0, z - 0.5 * size))
        kit.add_copies('sandbag', spun(bag, 4), basket_part)
    return kit.finish()
