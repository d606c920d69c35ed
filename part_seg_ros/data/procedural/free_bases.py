# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cores of free assemblies: a shape, a stack, a bar, or a core of a kind with its own module."""

from __future__ import annotations

import itertools

import numpy as np

from part_seg_ros.data.procedural.assembly import Node
from part_seg_ros.data.procedural.free_blends import blended_base
from part_seg_ros.data.procedural.free_hollows import hollow_base
from part_seg_ros.data.procedural.free_insets import inset_base, split_base
from part_seg_ros.data.procedural.free_shapes import (
    ALL,
    BOTH,
    Shape,
    log_uniform,
    proportions,
)
from part_seg_ros.data.procedural.free_tables import BASES, pick_shape
from part_seg_ros.data.procedural.node_building import root_node
from part_seg_ros.data.procedural.primitives import box, cylinder, extrusion, lathe

BASE_SHARES = {
    'turned stack': 0.13,
    'sectioned bar': 0.11,
    'blend': 0.14,
    'insets': 0.11,
    'slices': 0.03,
    'hollow': 0.1,
    'shape': 0.38,
}


def random_base(rng: np.random.Generator) -> list[Node]:
    """Draws the nodes that attachments are put on; a parent comes before its children."""
    style = str(rng.choice(list(BASE_SHARES), p=list(BASE_SHARES.values())))
    if style == 'shape':
        return [root_node(pick_shape(rng, BASES))]
    makers = {
        'turned stack': turned_stack,
        'sectioned bar': sectioned_bar,
        'blend': blended_base,
        'insets': inset_base,
        'slices': split_base,
        'hollow': hollow_base,
    }
    return makers[style](rng)


def turned_stack(rng: np.random.Generator) -> list[Node]:
    """Solids of revolution on one axis that meet face to face, like body, neck and cap."""
    num_parts = int(rng.integers(2, 6))
    heights = np.exp(rng.normal(0.0, 0.7, num_parts))
    heights *= 1.0 / heights.sum()
    slender = log_uniform(rng, 0.12, 0.5)
    breaks = np.concatenate([[0.0], np.cumsum(heights)]) - 0.5
    radius = slender
    shapes = []
    for low, high in itertools.pairwise(breaks):
        if rng.random() < 0.65:
            radius = slender * np.exp(rng.normal(-0.25, 0.45))
        profile, radius = _segment(rng, low, high, radius)
        shapes.append(Shape(primitives=(lathe(profile),), mirrors=BOTH, is_round=True))
    return _chain(shapes, [np.eye(4)] * num_parts)


def _segment(
    rng: np.random.Generator, low: float, high: float, radius: float
) -> tuple[np.ndarray, float]:
    """Profile (P, 2) of one segment of a stack, and its radius at the top."""
    style = rng.random()
    top = radius if style < 0.4 else radius * float(np.exp(rng.normal(-0.2, 0.4)))
    t = np.linspace(0.0, 1.0, 9)
    if style < 0.7:
        t = t[[0, -1]]
        reach = radius + (top - radius) * t
    elif style < 0.85:
        reach = radius + (top - radius) * (0.5 - 0.5 * np.cos(np.pi * t))
    else:
        bulge = rng.uniform(-0.35, 0.6) * min(radius, top)
        reach = radius + (top - radius) * t + bulge * np.sin(np.pi * t)
    z = low + (high - low) * t
    profile = [(0.0, low), *zip(reach, z, strict=True), (0.0, high)]
    return np.array(profile), top


def sectioned_bar(rng: np.random.Generator) -> list[Node]:
    """A long bar along z cut into lengths of different cross-section, like a hand tool."""
    num_parts = int(rng.integers(2, 5))
    lengths = np.exp(rng.normal(0.0, 0.6, num_parts))
    lengths /= lengths.sum()
    breaks = np.concatenate([[0.0], np.cumsum(lengths)]) - 0.5
    thickness = log_uniform(rng, 0.05, 0.25)
    shapes, frames = [], []
    for low, high in itertools.pairwise(breaks):
        width = thickness * np.exp(rng.normal(0.0, 0.45, 2))
        frame = np.eye(4)
        frame[2, 3] = 0.5 * (low + high)
        shapes.append(_section(rng, width, high - low).transformed(frame))
        frames.append(frame)
    return _chain(shapes, frames)


def _section(rng: np.random.Generator, width: np.ndarray, length: float) -> Shape:
    style = rng.integers(5)
    if style == 0:
        return Shape(primitives=(cylinder(width[0] / 2, length),), mirrors=ALL, is_round=True)
    if style == 1:
        top = width[0] / 2 * rng.uniform(0.5, 1.3)
        tapered = cylinder(width[0] / 2, length, radius_top=top, elliptic=width[1] / width[0])
        return Shape(primitives=(tapered,), mirrors=BOTH)
    if style == 2:
        bevel = rng.uniform(0.0, 0.2) * width.min()
        return Shape(primitives=(box([*width, length], bevel=bevel),), mirrors=ALL)
    if style == 3:
        sides = int(rng.integers(2, 5)) * 2
        angle = np.arange(sides) * (2 * np.pi / sides) + np.pi / sides
        outline = 0.5 * width * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return Shape(primitives=(extrusion(outline, length),), mirrors=ALL)
    size = width * proportions(rng)[:2].clip(0.15)
    return Shape(primitives=(box([*size, length]),), mirrors=ALL)


def _chain(shapes: list[Shape], frames: list[np.ndarray]) -> list[Node]:
    return [
        Node(
            shape=shape,
            T_object_shape=frame,
            copies=((np.eye(4), -1 if index == 0 else 0),),
            parent=index - 1,
        )
        for index, (shape, frame) in enumerate(zip(shapes, frames, strict=True))
    ]
