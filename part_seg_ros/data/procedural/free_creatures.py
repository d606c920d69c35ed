# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Plans of creatures: a trunk with head, legs, arms, wings and tail in any combination."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.blend_plan import BlendPlan
from part_seg_ros.data.procedural.free_rounded import bezier_at
from part_seg_ros.data.procedural.free_shapes import log_uniform
from part_seg_ros.data.procedural.surface import unit


def creature_plan(rng: np.random.Generator) -> BlendPlan:
    """Draws a four-legged, upright, flying, swimming or crawling creature."""
    plan = BlendPlan()
    upright = rng.random() < 0.35
    pitch = rng.uniform(1.1, 1.6) if upright else rng.normal(0.1, 0.2)
    forward = np.array([np.cos(pitch), 0.0, np.sin(pitch)])
    trunk = plan.part(-1)
    girth = log_uniform(rng, 0.12, 0.34)
    hip, chest = girth * rng.uniform(0.7, 1.2, 2)
    back, front = -0.5 * forward, 0.5 * forward
    sag = np.array([0.0, 0.0, rng.normal(0.0, 0.05)])
    width = rng.uniform(0.7, 1.2)
    flat = {'flat_axis': (0.0, 1.0, 0.0), 'flatness': width}
    plan.path(
        trunk,
        np.stack([back, 0.5 * (back + front) + sag, front]),
        np.array([hip, girth * rng.uniform(0.7, 1.1), chest]),
        **flat,
    )
    _head(plan, trunk, front, forward, chest, rng)
    side = width * girth
    if upright:
        if rng.random() < 0.9:
            _limb(plan, trunk, front + [0, 0.9 * width * chest, -0.2 * chest], chest, rng, 'arm')
        if rng.random() < 0.95:
            _limb(plan, trunk, back + [0, 0.5 * width * hip, 0], hip, rng, 'leg')
    else:
        num_pairs = int(rng.choice([0, 1, 2, 3], p=[0.15, 0.15, 0.6, 0.1]))
        for place in np.linspace(-0.45, 0.42, num_pairs) if num_pairs > 1 else [0.0][:num_pairs]:
            start = place * forward + [0.0, 0.55 * side, -0.3 * girth]
            _limb(plan, trunk, start, girth, rng, 'leg')
    if rng.random() < (0.2 if upright else 0.3):
        start = 0.15 * forward + [0.0, 0.6 * side, 0.5 * girth]
        _fin(plan, trunk, start, rng, length=log_uniform(rng, 0.3, 1.0), paired=True)
    if rng.random() < 0.2:
        _fin(
            plan, trunk, [0.0, 0.0, 0.6 * girth], rng, length=rng.uniform(0.15, 0.4), paired=False
        )
    if rng.random() < (0.4 if upright else 0.8):
        _tail(plan, trunk, back, -forward, hip, rng)
    return plan


def _head(
    plan: BlendPlan,
    trunk: int,
    front: np.ndarray,
    forward: np.ndarray,
    chest: float,
    rng: np.random.Generator,
) -> None:
    """Adds neck, head, snout, ears and horns."""
    tilt = rng.uniform(0.1, 1.3)
    up = unit(np.cos(tilt) * forward + [0.0, 0.0, np.sin(tilt)])
    length = chest + log_uniform(rng, 0.05, 0.6)
    top = front + length * up
    size = chest * log_uniform(rng, 0.6, 1.4)
    neck = trunk
    if rng.random() < 0.5:
        neck = plan.part(trunk)
    thick = chest * rng.uniform(0.4, 0.8)
    plan.capsule(neck, front + 0.5 * chest * up, top, (thick, thick * rng.uniform(0.5, 1.0)))
    head = plan.part(neck)
    look = np.array([np.cos(look_tilt := rng.normal(-0.2, 0.25)), 0.0, np.sin(look_tilt)])
    top = top + 0.4 * size * look
    rotation = np.stack([look, [0.0, 1.0, 0.0], np.cross(look, [0.0, 1.0, 0.0])], axis=1)
    plan.ellipsoid(head, top, size * rng.uniform(0.75, 1.25, 3), rotation)
    if rng.random() < 0.6:
        snout = plan.part(head) if rng.random() < 0.5 else head
        reach = size * rng.uniform(1.0, 2.0)
        root = size * rng.uniform(0.35, 0.65)
        tip = root * rng.uniform(0.3, 1.0)
        plan.capsule(snout, top + 0.5 * size * look, top + reach * look, (root, tip))
    above = np.array([0.0, 0.0, 1.0])
    if rng.random() < 0.65:
        ears = plan.part(head, paired=True)
        start = top + size * np.array([-0.1, 0.55, 0.6])
        lean = unit(rng.normal([-0.3, 0.5, 0.8], 0.4))
        lean[1] = abs(lean[1])
        reach = size * log_uniform(rng, 0.4, 1.6)
        wide = size * rng.uniform(0.2, 0.45)
        tip = wide * rng.uniform(0.3, 1.0)
        plan.capsule(ears, start, start + reach * lean, (wide, tip), flat_axis=look, flatness=0.45)
    if rng.random() < 0.15:
        horn = plan.part(head, paired=bool(rng.random() < 0.6))
        offset = 0.3 * size if plan.is_paired[horn] else 0.0
        start = top + np.array([0.2 * size, offset, 0.7 * size])
        controls = np.stack([start, start + size * above, start + size * (1.2 * above - look)])
        points = bezier_at(controls, np.linspace(0.0, 1.0, 4))
        plan.path(horn, points, size * np.array([0.22, 0.18, 0.13, 0.06]))


def _limb(
    plan: BlendPlan,
    trunk: int,
    start: np.ndarray,
    girth: float,
    rng: np.random.Generator,
    kind: str,
) -> None:
    """Adds a pair of arms or legs of one to three parts, with paws, hands or hooves."""
    length = log_uniform(rng, 0.35, 1.1)
    thick = girth * rng.uniform(0.3, 0.6)
    out = np.array([0.0, rng.uniform(0.0, 0.5), 0.0])
    down = np.array([0.0, 0.0, -1.0])
    if kind == 'arm':
        out = np.array([rng.uniform(-0.2, 0.6), rng.uniform(0.3, 1.5), 0.0])
        down = down * rng.uniform(-0.4, 1.0)
    first = unit(down + out + rng.normal(0.0, 0.2, 3) * [1.0, 0.3, 0.3])
    second = unit(down + 0.5 * out + rng.normal(0.0, 0.35, 3) * [1.0, 0.3, 0.3])
    knee = start + rng.uniform(0.4, 0.6) * length * first
    end = knee + 0.5 * length * second
    knee[1], end[1] = max(knee[1], 0.6 * thick), max(end[1], 0.6 * thick)
    middle = thick * rng.uniform(0.6, 1.0)
    thin = middle * rng.uniform(0.55, 1.0)
    upper = plan.part(trunk, paired=True)
    plan.capsule(upper, start, knee, (thick, middle))
    lower = plan.part(upper) if rng.random() < 0.45 else upper
    plan.capsule(lower, knee, end, (middle, thin))
    draw = rng.random()
    if draw < 0.25:
        return
    foot = plan.part(lower) if rng.random() < 0.6 else lower
    if draw < 0.65:
        ahead = np.array([1.0, 0.0, 0.0]) if kind == 'leg' else second
        reach = thin * rng.uniform(1.0, 2.5)
        size = thin * rng.uniform(0.9, 1.5)
        plan.capsule(
            foot,
            end,
            end + reach * ahead,
            (size, size * rng.uniform(0.6, 1.1)),
            flat_axis=(0.0, 0.0, 1.0) if kind == 'leg' else (1.0, 0.0, 0.0),
            flatness=rng.uniform(0.5, 1.0),
        )
        return
    plan.ellipsoid(foot, end, thin * rng.uniform(1.1, 1.9, 3))


def _fin(
    plan: BlendPlan,
    trunk: int,
    start: np.ndarray | list[float],
    rng: np.random.Generator,
    *,
    length: float,
    paired: bool,
) -> None:
    """Adds flat wings, or a fin on the back."""
    fin = plan.part(trunk, paired=paired)
    out = (
        np.array([rng.normal(-0.3, 0.3), 1.0, rng.uniform(-0.3, 0.7)])
        if paired
        else (np.array([rng.normal(-0.4, 0.3), 0.0, 1.0]))
    )
    out = unit(out)
    across = unit(np.cross(out, [1.0, 0.0, 0.0]))
    root = length * rng.uniform(0.2, 0.45)
    begin = np.asarray(start, dtype=np.float64)
    plan.capsule(
        fin,
        begin,
        begin + length * out,
        (root, root * rng.uniform(0.3, 1.0)),
        flat_axis=across,
        flatness=rng.uniform(0.15, 0.3),
    )


def _tail(
    plan: BlendPlan,
    trunk: int,
    start: np.ndarray,
    backward: np.ndarray,
    hip: float,
    rng: np.random.Generator,
) -> None:
    """Adds a bent, tapered tail, now and then with a fluke or a tuft."""
    length = log_uniform(rng, 0.15, 1.0)
    bend = rng.normal(0.0, 0.4, 3) * [1.0, 0.0, 1.0]
    controls = np.stack(
        [
            start + 0.5 * hip * backward,
            start + (hip + 0.5 * length) * backward,
            start + (hip + length) * backward + length * bend,
        ]
    )
    thick = hip * rng.uniform(0.2, 0.7)
    tip = thick * rng.uniform(0.3, 0.9)
    tail = plan.part(trunk)
    points = bezier_at(controls, np.linspace(0.0, 1.0, 5))
    plan.path(tail, points, np.linspace(thick, tip, 5))
    draw = rng.random()
    if draw < 0.2:
        fluke = plan.part(tail)
        half = length * rng.uniform(0.15, 0.4)
        across = np.array([0.0, 1.0, 0.0]) if rng.random() < 0.5 else np.array([0.0, 0.0, 1.0])
        flat = np.cross(across, unit(points[-1] - points[-2]))
        for sign in (-1.0, 1.0):
            end = points[-1] + sign * half * across + 0.5 * half * unit(points[-1] - points[-2])
            plan.capsule(
                fluke, points[-1], end, (0.4 * half, 0.2 * half), flat_axis=flat, flatness=0.4
            )
    elif draw < 0.35:
        tuft = plan.part(tail)
        plan.ellipsoid(tuft, points[-1], tip * rng.uniform(1.4, 2.6, 3))
