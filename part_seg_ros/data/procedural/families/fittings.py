# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fittings that many families share: handles, knobs, legs, wheels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.families.assembly import Assembly
from part_seg_ros.data.procedural.families.draw import Draw
from part_seg_ros.data.procedural.families.outlines import (
    band,
    regular_polygon,
    smooth_curve,
)
from part_seg_ros.data.procedural.families.placement import Piece, aimed, moved, spun, turned
from part_seg_ros.data.procedural.families.shapes import (
    ball,
    bend,
    block,
    drum,
    lathed,
    plate,
    profile,
    rod,
    rounded_solid,
    sleeve,
    sweep,
)

FRONT_X = (1.0, 0.0, 0.0)


def knob(draw: Draw, radius: float, at: ArrayLike, axis: ArrayLike = (0, 0, 1)) -> Piece:
    """Makes a lid or drawer knob that stands `at` a point along `axis`."""
    style = draw.pick('ball', 'mushroom', 'cylinder', 'cone')
    if style == 'ball':
        stem = drum(0.45 * radius, 0.8 * radius, (0, 0, -0.2 * radius))
        piece = stem + ball(radius, (0, 0, 1.3 * radius))
    elif style == 'mushroom':
        piece = lathed(
            rounded_solid(
                np.array([0.55, 0.4, 0.95, 0.8, 0.3]) * radius,
                np.array([-0.2, 0.5, 1.0, 1.35, 1.5]) * radius,
            )
        )
    elif style == 'cylinder':
        piece = drum(radius, 1.2 * radius, (0, 0, -0.2 * radius))
    else:
        piece = drum(0.6 * radius, 1.5 * radius, (0, 0, -0.2 * radius), top=radius)
    return aimed(piece, at, axis)


def pull(
    draw: Draw, length: float, at: ArrayLike, axis: ArrayLike = (0, 0, 1), *, upright: bool = False
) -> Piece:
    """Makes a door or drawer handle.

    Args:
        draw: Source of the style.
        length: Its longest extent, along the horizontal normal of `axis`.
        at: (3,) point of the surface on which it stands.
        axis: (3,) outward direction.
        upright: Turn it by a quarter about `axis`.
    """
    thick = length * draw.between(0.06, 0.11)
    reach = length * draw.between(0.2, 0.32)
    half = 0.5 * length
    style = draw.pick('bar', 'square', 'bow', 'cup')
    if style == 'bar':
        posts = rod((-0.7 * half, 0, -thick), (-0.7 * half, 0, reach), 0.6 * thick)
        posts += rod((0.7 * half, 0, -thick), (0.7 * half, 0, reach), 0.6 * thick)
        piece = posts + rod((-half, 0, reach), (half, 0, reach), thick)
    elif style == 'square':
        piece = block((length, 2 * thick, 1.5 * thick), (0, 0, reach))
        for side in (-1, 1):
            at_post = (side * (half - thick), 0, 0.5 * (reach - thick))
            piece += block((2 * thick, 2 * thick, reach + thick), at_post)
    elif style == 'bow':
        piece = bend(
            [
                (-half, 0, -thick),
                (-0.75 * half, 0, 0.8 * reach),
                (0, 0, 1.1 * reach),
                (0.75 * half, 0, 0.8 * reach),
                (half, 0, -thick),
            ],
            thick,
        )
    else:
        piece = drum(half, 0.8 * reach, (0, 0, -0.3 * thick), elliptic=0.45, top=0.8 * half)
    return aimed(turned(piece, 'z', 0.5 * np.pi) if upright else piece, at, axis)


def side_handle(
    draw: Draw, low: tuple[float, float], high: tuple[float, float], reach: float, thick: float
) -> Piece:
    """Makes the handle of a cup in the plane y = 0.

    Args:
        draw: Source of the style.
        low: (x, z) where its lower end sinks into the wall.
        high: (x, z) of its upper end.
        reach: How far it stands out along x beyond the further end.
        thick: Radius of its cross-section.
    """
    (x0, z0), (x1, z1) = low, high
    far = max(x0, x1) + reach
    middle, span = 0.5 * (z0 + z1), z1 - z0
    style = draw.pick('round', 'ear', 'square', 'strap')
    if style == 'ear':
        knots = [
            (x0, z0),
            (far - 0.5 * reach, z0 + 0.15 * span),
            (far, z0 + 0.65 * span),
            (far - 0.25 * reach, z1 + 0.06 * span),
            (x1, z1),
        ]
    elif style == 'square':
        knots = [
            (x0, z0),
            (far - 0.1 * reach, z0),
            (far, z0 + 0.1 * span),
            (far, z1 - 0.1 * span),
            (far - 0.1 * reach, z1),
            (x1, z1),
        ]
    else:
        knots = [
            (x0, z0),
            (far - 0.25 * reach, z0 + 0.08 * span),
            (far, middle),
            (far - 0.25 * reach, z1 - 0.08 * span),
            (x1, z1),
        ]
    line = np.array(knots)
    if style == 'strap':
        return profile(band(smooth_curve(line, 16), 1.1 * thick), thick * draw.between(2.0, 4.0))
    path = np.column_stack([line[:, 0], np.zeros(len(line)), line[:, 1]])
    return sweep(path, thick) if style == 'square' else bend(path, thick)


def wheel(
    draw: Draw, radius: float, width: float, style: str | None = None
) -> tuple[Piece, Piece]:
    """Makes a tyre and its hub around the y axis at the origin.

    Args:
        draw: Source of the style.
        radius: Outer radius.
        width: Extent along y.
        style: 'disc', 'spokes' or 'bolts'; None draws one.

    Returns:
        Tyre and hub.
    """
    style = style or draw.pick('disc', 'spokes', 'bolts')
    rim = radius * draw.between(0.55, 0.72)
    axis = (0.0, 1.0, 0.0)
    tyre = sleeve(radius, rim, width, (0, -0.5 * width, 0), axis)
    if style == 'spokes':
        hub = drum(0.3 * rim, 0.9 * width, (0, -0.45 * width, 0), axis)
        spoke = block((0.16 * rim, rim, 0.35 * width), (0, 0.55 * rim, 0))
        for copy in spun(spoke, draw.count(4, 7)):
            hub += aimed(copy, (0, 0, 0), axis)
        return tyre, hub
    hub = drum(1.02 * rim, 0.6 * width, (0, -0.3 * width, 0), axis)
    hub += drum(0.3 * rim, 0.95 * width, (0, -0.475 * width, 0), axis)
    if style == 'bolts':
        bolt = drum(0.08 * rim, 0.8 * width, (0.6 * rim, 0, -0.4 * width))
        for copy in spun(bolt, 5):
            hub += aimed(copy, (0, 0, 0), axis)
    return tyre, hub


def leg(
    draw: Draw, foot: ArrayLike, head: ArrayLike, thick: float, style: str | None = None
) -> Piece:
    """Makes a furniture leg between two points (3,).

    Args:
        draw: Source of details.
        foot: Lower end.
        head: Upper end.
        thick: Half of its thickness.
        style: 'square', 'round', 'tapered' or 'turned'; None draws one.
    """
    style = style or draw.pick('square', 'round', 'tapered', 'turned')
    foot, head = np.asarray(foot, dtype=np.float64), np.asarray(head, dtype=np.float64)
    if style == 'square':
        span = head - foot
        size = (2 * thick, 2 * thick, float(np.linalg.norm(span)))
        return aimed(block(size), 0.5 * (foot + head), span)
    if style == 'round':
        return rod(foot, head, thick)
    if style == 'tapered':
        return rod(foot, head, 0.55 * thick, 1.15 * thick)
    length = float(np.linalg.norm(head - foot))
    radii = np.array([0.7, 0.8, 1.2, 0.7, 1.1, 0.8, 1.2]) * thick
    heights = np.array([0.0, 0.12, 0.3, 0.42, 0.7, 0.85, 1.0]) * length
    return aimed(lathed(rounded_solid(radii, heights, 16)), foot, head - foot)


def caster(radius: float, at: ArrayLike) -> Piece:
    """Makes a small furniture wheel that stands on the ground below `at` (3,)."""
    x, y, z = at
    return drum(radius, 0.8 * radius, (x - 0.4 * radius, y, z), (1, 0, 0)) + rod(
        (x, y, z), (x, y, z + 1.4 * radius), 0.3 * radius
    )


def screw_head(radius: float, at: ArrayLike, axis: ArrayLike = (0, 0, 1)) -> Piece:
    """Makes a hexagonal bolt head that stands `at` a point."""
    return aimed(moved(plate(regular_polygon(6, radius), 0.7 * radius), z=-0.1 * radius), at, axis)


def add_wheels(
    draw: Draw,
    kit: Assembly,
    spots: list[tuple[float, float]],
    radius: float,
    width: float,
    parent: int = 0,
) -> None:
    """Adds pairs of wheels on axles along y.

    Args:
        draw: Source of the style.
        kit: Object under construction.
        spots: x of every axle and half its track.
        radius: Radius of the wheels, whose lowest point is z = 0.
        width: Width of a tyre.
        parent: Part that carries them.
    """
    tyre, hub = wheel(draw, radius, width)
    places = [(x, side * track) for x, track in spots for side in (1, -1)]
    apart = draw.chance(0.6)
    shapes = [tyre if apart else tyre + hub] * len(places)
    wheels = kit.add_copies(
        'wheel', [moved(s, x, y, radius) for s, (x, y) in zip(shapes, places, strict=True)], parent
    )
    if apart:
        kit.add_group(
            'hub',
            [(moved(hub, x, y, radius), w) for (x, y), w in zip(places, wheels, strict=True)],
        )
