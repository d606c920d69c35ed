# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Jointed limbs: one bent and tapered sweep cut into segments, with joints and an end piece."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.assembly import touch
from part_seg_ros.data.procedural.free_rounded import bezier_at, limb_radii, rounded_steps
from part_seg_ros.data.procedural.free_shapes import Shape, log_uniform
from part_seg_ros.data.procedural.free_tables import ATTACHMENTS, pick_shape
from part_seg_ros.data.procedural.primitives import ellipsoid, tube
from part_seg_ros.data.procedural.surface import unit

MIN_RADIUS = 0.008


def jointed_limb(
    start: np.ndarray, normal: np.ndarray, size: float, rng: np.random.Generator
) -> list[Shape]:
    """Draws a limb that leaves a surface and bends up, down or aside.

    Args:
        start: (3,) point of the surface.
        normal: (3,) outward unit normal there.
        size: Extent of what it stands on.
        rng: Source of randomness.

    Returns:
        Shapes in the frame of the object, each joined to the one before it; the first overlaps
        the surface.
    """
    length = size * log_uniform(rng, 0.25, 1.2)
    thick = max(length * log_uniform(rng, 0.035, 0.12), MIN_RADIUS)
    aim = unit(normal + rng.normal(0.0, 0.5, 3) + [0.0, 0.0, rng.choice([-1.0, 0.0, 0.6])])
    controls = np.stack(
        [
            start - thick * normal,
            start + 0.35 * length * normal,
            start + 0.4 * length * normal + 0.35 * length * aim,
            start + 0.4 * length * normal + 0.75 * length * aim,
        ]
    )
    number = int(rng.integers(1, 5))
    breaks = np.concatenate([[0.0], np.cumsum(np.exp(rng.normal(0.0, 0.3, number)))])
    breaks /= breaks[-1]
    aspect = log_uniform(rng, 0.4, 1.6) if rng.random() < 0.4 else 1.0
    end = thick * rng.uniform(0.35, 1.1)
    shapes = []
    width = thick
    joints = rng.random() < 0.3
    for idx in range(number):
        first, last = breaks[idx], breaks[idx + 1]
        is_last = idx == number - 1
        tip = rng.uniform(0.15, 0.5) if is_last and rng.random() < 0.5 else 0.0
        local = rounded_steps(9, tip)
        path = bezier_at(controls, first + (last - first) * local)
        target = thick + (end - thick) * last
        radii = limb_radii(local, width, target, rng.uniform(-0.15, 0.35), tip)
        segment = tube(path, np.maximum(radii, 0.5 * MIN_RADIUS), aspect=aspect)
        shapes.append(Shape(primitives=(segment,), mirrors=()))
        width = target * (rng.uniform(0.65, 1.25) if not joints else 1.0)
        if joints and not is_last:
            ball = np.eye(4)
            ball[:3, 3] = path[-1]
            radius = max(target, target * aspect) * rng.uniform(1.1, 1.5)
            shapes.append(Shape(primitives=(ellipsoid(radius).transformed(ball),), mirrors=()))
    if rng.random() < 0.45:
        piece = _end_piece(controls, end, rng)
        back = np.eye(4)
        back[:3, 3] = -1.5 * end * unit(controls[3] - controls[2])
        for _ in range(3):
            if touch(piece, shapes[-1]):
                shapes.append(piece)
                break
            piece = piece.transformed(back)
    return shapes


def _end_piece(controls: np.ndarray, width: float, rng: np.random.Generator) -> Shape:
    """A random shape at the end of the limb: foot, hand, head, lamp, leaf."""
    heading = unit(controls[3] - controls[2])
    shape = pick_shape(rng, ATTACHMENTS)
    low, high = shape.bounds()
    scale = width * log_uniform(rng, 2.5, 7.0) / float((high - low).max())
    side = unit(np.cross(heading, rng.normal(size=3)))
    axes = np.stack([side, np.cross(heading, side), heading], axis=1)
    if rng.random() < 0.4:
        axes = axes[:, [2, 0, 1]]
    place = np.eye(4)
    place[:3, :3] = scale * axes
    place[:3, 3] = controls[3] - scale * axes @ (0.5 * (low + high))
    along = float(np.abs(axes.T @ heading) @ (high - low)) * scale
    place[:3, 3] += (0.5 * along - 0.6 * width) * heading
    return shape.transformed(place)
