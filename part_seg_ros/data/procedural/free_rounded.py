# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Random shapes without sharp edges: superquadrics, bevelled bodies, limbs and coils."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.bevels import bevelled_prism, fillet
from part_seg_ros.data.procedural.free_shapes import (
    ALL,
    BOTH,
    Shape,
    bezier,
    log_uniform,
    proportions,
    random_outline,
    random_profile,
)
from part_seg_ros.data.procedural.primitives import lathe, tube
from part_seg_ros.data.procedural.superquadrics import superquadric


def random_superquadric(rng: np.random.Generator) -> Shape:
    """A superellipsoid: pillow, soap, lozenge, barrel or spindle."""
    exponents = np.exp(rng.uniform(np.log(0.2), np.log(1.8), 2))
    radii = 0.5 * np.maximum(proportions(rng), 0.08)
    return Shape(primitives=(superquadric(radii, *exponents),), mirrors=ALL)


def random_bevelled(rng: np.random.Generator) -> Shape:
    """A prism or a cylinder with rounded rims, its outline rounded too now and then."""
    height = log_uniform(rng, 0.06, 1.2)
    if rng.random() < 0.4:
        radius = 0.5 * log_uniform(rng, 0.3, 1.0) if height > 0.6 else 0.5
        rim = rng.uniform(0.05, 0.9) * min(radius, 0.5 * height)
        half = 0.5 * height
        profile = [(0.0, -half), (radius, -half), (radius, half), (0.0, half)]
        solid = lathe(fillet(profile, rim, closed=False))
        return Shape(primitives=(solid,), mirrors=ALL, is_round=True)
    outline, mirrors = random_outline(rng)
    if rng.random() < 0.6:
        outline = fillet(outline, rng.uniform(0.02, 0.2))
    bevel = rng.uniform(0.1, 0.4) * min(height, 0.25)
    return Shape(primitives=(bevelled_prism(outline, height, bevel),), mirrors=(*mirrors, 2))


def random_rounded_turned(rng: np.random.Generator) -> Shape:
    """A solid of revolution whose rims are rounded: knob, pill, chess piece."""
    profile = np.concatenate([[(0.0, -0.5)], random_profile(rng)[::3], [(0.0, 0.5)]])
    solid = lathe(fillet(profile, rng.uniform(0.03, 0.2), closed=False))
    return Shape(primitives=(solid,), mirrors=BOTH, is_round=True)


def limb_radii(t: np.ndarray, start: float, end: float, swell: float, tip: float) -> np.ndarray:
    """Half widths along a limb.

    Args:
        t: (P,) position on its axis, from 0 to 1.
        start: Half width at 0.
        end: Half width at 1, but for the tip.
        swell: What is added in the middle, over the mean of both; negative for a waist.
        tip: Last share of the axis over which the limb closes like a ball; 0 for a flat end.

    Returns:
        (P,) positive half widths.
    """
    radii = start + (end - start) * t + swell * 0.5 * (start + end) * np.sin(np.pi * t)
    if tip > 0.0:
        beyond = np.clip((t - (1.0 - tip)) / tip, 0.0, 1.0)
        radii = radii * np.sqrt(np.maximum(1.0 - beyond**2, 0.02))
    return radii


def rounded_steps(number: int, tip: float) -> np.ndarray:
    """Positions (P,) from 0 to 1, crowded where a rounded tip closes."""
    if tip <= 0.0:
        return np.linspace(0.0, 1.0, number)
    closing = 1.0 - tip * (1.0 - np.sin(np.linspace(0.0, 0.5 * np.pi, 6)))
    return np.concatenate([np.linspace(0.0, 1.0 - tip, number - 5)[:-1], closing])


def random_limb(rng: np.random.Generator) -> Shape:
    """A bent, tapered limb that rises from z = -0.5: horn, finger, leaf, tentacle, trunk."""
    is_planar = rng.random() < 0.6
    bend = rng.normal(0.0, 0.4, (3, 3)) * [1.0, 0.0 if is_planar else 1.0, 0.3]
    straight = np.array([[0, 0, -0.5], [0, 0, -0.15], [0, 0, 0.2], [0, 0, 0.5]])
    controls = straight + np.concatenate([np.zeros((1, 3)), bend])
    tip = rng.uniform(0.08, 0.3) if rng.random() < 0.7 else 0.0
    steps = rounded_steps(15, tip)
    start = 0.5 * log_uniform(rng, 0.08, 0.3)
    end = start * rng.uniform(0.15, 1.1)
    radii = limb_radii(steps, start, end, rng.uniform(-0.3, 0.7), tip)
    aspect = log_uniform(rng, 0.2, 1.5) if rng.random() < 0.5 else 1.0
    path = bezier_at(controls, steps)
    swept = tube(path, radii, aspect=aspect, up=[0.0, 1.0, 0.0])
    return Shape(primitives=(swept,), mirrors=(1,) if is_planar else ())


def bezier_at(controls: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Points (P, D) of a Bezier curve at parameters t (P,), which rise from 0 to 1."""
    fine = bezier(controls, 48)
    place = np.linspace(0.0, 1.0, 48)
    return np.stack([np.interp(t, place, column) for column in fine.T], axis=1)


def random_coil(rng: np.random.Generator) -> Shape:
    """A helix or a flat spiral around z: spring, cord, snail, curl."""
    turns = rng.uniform(1.2, 3.5)
    angle = np.linspace(0.0, 2.0 * np.pi * turns, int(14 * turns))
    is_flat = rng.random() < 0.4
    share = angle / angle[-1]
    reach = 0.5 * (1.0 - rng.uniform(0.5, 0.9) * share) if is_flat else np.full(len(angle), 0.5)
    pitch = (0.5 if is_flat else 1.0) * reach[0] / turns
    radius = pitch * rng.uniform(0.12, 0.42)
    rise = np.zeros(len(angle)) if is_flat else pitch * turns * (share - 0.5) * rng.uniform(1, 3)
    path = np.stack([reach * np.cos(angle), reach * np.sin(angle), rise], axis=1)
    swept = tube(path, radius, up=[0.0, 0.0, 1.0], num_sides=8)
    return Shape(primitives=(swept,), mirrors=())
