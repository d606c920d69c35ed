# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How often each part name occurs among the training objects."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.data.procedural import random_object
from part_seg_ros.data.procedural.families.vocabulary import part_name_index
from part_seg_ros.training.seen_object import with_surroundings

NUM_OBJECTS = 800


class NamePrior(NamedTuple):
    """Logarithms (V,) of the shares of names: among parts, and on the surface."""

    parts: Tensor
    surface: Tensor


@functools.cache
def estimate_name_prior(
    num_names: int, table_share: float, *, seed: int, num_objects: int = NUM_OBJECTS
) -> NamePrior:
    """Count the names of random objects' parts, once for each and by their area; add-one smoothed.

    Args:
        num_names: V.
        table_share: Share of the objects that stand on a table, as `SampleConfig` has it.
        seed: Of the objects.
        num_objects: Objects that are counted.
    """
    rng = np.random.default_rng(seed)
    parts, surface = np.ones(num_names), np.ones(num_names)
    for _ in range(num_objects):
        obj = random_object(rng)
        if rng.random() < table_share:
            obj = with_surroundings(obj, rng)
        names = np.array([part_name_index(part.name) for part in obj.parts])
        area = np.array([sum(piece.area for piece in part.primitives) for part in obj.parts])
        known = names >= 0
        np.add.at(parts, names[known], 1.0)
        # A cloud has as many patches on a small object as on a large one.
        np.add.at(surface, names[known], 10.0 * area[known] / area.sum())
    return NamePrior(*(torch.from_numpy(np.log(n / n.sum())).float() for n in (parts, surface)))
