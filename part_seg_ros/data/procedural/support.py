# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What an object stands on, as remnants of it stay in a robot's cloud."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box

THICKNESS = 0.02
OVERLAP = 0.002


def on_support(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Stand an object on a piece of table that reaches 0 to 60 % beyond it.

    Args:
        obj: The object, z up; its lowest point touches the table.
        rng: Source of randomness.

    Returns:
        The object with one more root part, named `table`.
    """
    vertices = obj.mesh()[0]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    size = float(np.linalg.norm(high - low))
    beyond = rng.uniform(0.0, 0.6, 2) * max(high[:2] - low[:2])
    center = 0.5 * (low + high)[:2] + rng.uniform(-0.3, 0.3, 2) * beyond
    slab = box([*(high[:2] - low[:2] + beyond), THICKNESS * size])
    T_object_slab = np.eye(4)
    T_object_slab[:3, 3] = [*center, low[2] + (OVERLAP - 0.5 * THICKNESS) * size]
    table = Part(
        name='table',
        primitives=(slab.transformed(T_object_slab),),
        group=1 + max(part.group for part in obj.parts),
        parent=-1,
    )
    return ProceduralObject(parts=(*obj.parts, table), family=obj.family)
