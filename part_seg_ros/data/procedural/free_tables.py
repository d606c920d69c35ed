# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How often each shape is a base of a free assembly, is put on one, or goes around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.data.procedural.free_cuts import random_cut
from part_seg_ros.data.procedural.free_rounded import (
    random_bevelled,
    random_coil,
    random_limb,
    random_rounded_turned,
    random_superquadric,
)
from part_seg_ros.data.procedural.free_shapes import (
    Shape,
    random_box,
    random_cylinder,
    random_ellipsoid,
    random_extrusion,
    random_plate,
    random_ring,
    random_rod,
    random_sweep,
    random_turned,
    random_vessel,
)

ShapeMaker = Callable[[np.random.Generator], Shape]
BASES: tuple[tuple[ShapeMaker, float], ...] = (
    (random_box, 0.2),
    (random_cylinder, 0.16),
    (random_superquadric, 0.12),
    (random_vessel, 0.12),
    (random_ellipsoid, 0.1),
    (random_turned, 0.1),
    (random_bevelled, 0.1),
    (random_extrusion, 0.07),
    (random_cut, 0.07),
    (random_rounded_turned, 0.06),
    (random_plate, 0.06),
    (random_rod, 0.04),
    (random_limb, 0.04),
    (random_sweep, 0.03),
    (random_ring, 0.03),
    (random_coil, 0.01),
)
ATTACHMENTS: tuple[tuple[ShapeMaker, float], ...] = (
    (random_box, 0.17),
    (random_cylinder, 0.16),
    (random_rod, 0.1),
    (random_limb, 0.09),
    (random_ellipsoid, 0.08),
    (random_superquadric, 0.08),
    (random_sweep, 0.07),
    (random_bevelled, 0.06),
    (random_turned, 0.06),
    (random_extrusion, 0.06),
    (random_plate, 0.05),
    (random_cut, 0.04),
    (random_ring, 0.04),
    (random_rounded_turned, 0.03),
    (random_vessel, 0.03),
    (random_coil, 0.015),
)
SLEEVES: tuple[tuple[ShapeMaker, float], ...] = (
    (random_cylinder, 0.45),
    (random_box, 0.2),
    (random_turned, 0.12),
    (random_ellipsoid, 0.08),
    (random_superquadric, 0.15),
)


def pick_shape(rng: np.random.Generator, table: tuple[tuple[ShapeMaker, float], ...]) -> Shape:
    """Draws a maker by its weight and calls it."""
    weights = np.cumsum([weight for _, weight in table])
    chosen = int(np.searchsorted(weights, rng.random() * weights[-1]))
    return table[min(chosen, len(table) - 1)][0](rng)
