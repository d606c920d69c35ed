# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Procedural objects with ground-truth parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.composite import (
    add_relief,
    merge_attachments,
    merge_copies,
)
from part_seg_ros.data.procedural.families import FAMILIES, family_probabilities
from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES
from part_seg_ros.data.procedural.finish import random_finish
from part_seg_ros.data.procedural.free_assembly import free_assembly
from part_seg_ros.data.procedural.object import Part, ProceduralObject, granularity_of
from part_seg_ros.data.procedural.sampling import SurfaceSample, sample_surface

FREE_SHARE = 0.45
MERGED_SHARE = 0.35
FREE_MERGED_SIZES = (0.1, 0.5, np.inf)
NAMED_MERGED_SIZE = 0.1
MERGED_COPIES_SHARE = 0.25
RELIEF_SHARE = 0.2
NAMED_FINISH_SHARE = 0.1  # free assemblies draw theirs

__all__ = [
    'FAMILIES',
    'FREE_SHARE',
    'HELD_OUT_FAMILIES',
    'Part',
    'ProceduralObject',
    'SurfaceSample',
    'free_assembly',
    'granularity_of',
    'random_held_out_object',
    'random_object',
    'sample_surface',
]


def random_object(
    rng: np.random.Generator, *, free_share: float = FREE_SHARE, composite: bool = True
) -> ProceduralObject:
    """Draws an object.

    Args:
        rng: Source of randomness.
        free_share: Probability of a free assembly; the others are of a named family.
        composite: Let some parts be made of several shapes, of copies, or bear a relief.
    """
    is_free = rng.random() < free_share
    obj = free_assembly(rng) if is_free else _named_object(rng)
    if composite:
        obj = _with_composites(obj, rng, is_free=is_free)
    if not is_free and rng.random() < NAMED_FINISH_SHARE:
        obj = replace(obj, finish=random_finish(rng))
    return obj


def _with_composites(
    obj: ProceduralObject, rng: np.random.Generator, *, is_free: bool
) -> ProceduralObject:
    if rng.random() < MERGED_SHARE:
        max_size = float(rng.choice(FREE_MERGED_SIZES)) if is_free else NAMED_MERGED_SIZE
        obj = merge_attachments(obj, rng, max_size=max_size)
    if rng.random() < MERGED_COPIES_SHARE:
        obj = merge_copies(obj, rng)
    if rng.random() < RELIEF_SHARE:
        obj = add_relief(obj, rng)
    return obj


def _named_object(rng: np.random.Generator) -> ProceduralObject:
    names = sorted(FAMILIES)
    return FAMILIES[rng.choice(names, p=family_probabilities(names))](rng)


def random_held_out_object(rng: np.random.Generator) -> ProceduralObject:
    """Draws an object of a family that `random_object` never draws, for validation."""
    names = sorted(HELD_OUT_FAMILIES)
    return HELD_OUT_FAMILIES[names[int(rng.integers(len(names)))]](rng)
