# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Procedural objects with ground-truth parts."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.families import FAMILIES
from part_seg_ros.data.procedural.free_assembly import free_assembly
from part_seg_ros.data.procedural.object import Part, ProceduralObject, granularity_of
from part_seg_ros.data.procedural.sampling import SurfaceSample, sample_surface

FREE_SHARE = 0.55

__all__ = [
    'FAMILIES',
    'Part',
    'ProceduralObject',
    'SurfaceSample',
    'free_assembly',
    'granularity_of',
    'random_object',
    'sample_surface',
]


def random_object(rng: np.random.Generator) -> ProceduralObject:
    """Draws a free assembly (55 %) or an object of a random named family."""
    names = sorted(FAMILIES)
    if not names or rng.random() < FREE_SHARE:
        return free_assembly(rng)
    return FAMILIES[names[int(rng.integers(len(names)))]](rng)
