# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hidden and tiny parts go, and what they carried stays attached."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.data.procedural.visibility import drop_hidden_parts


def block(size: float, x: float, group: int, parent: int) -> Part:
    place = np.eye(4)
    place[0, 3] = x
    return Part(
        name=f'{group}',
        primitives=(box([size] * 3).transformed(place),),
        group=group,
        parent=parent,
    )


def test_hidden_and_tiny_parts_go_and_their_children_move_up() -> None:
    parts = (
        block(1.0, 0.0, 0, -1),
        block(0.5, 0.2, 1, 0),  # within the first
        block(0.5, 0.6, 2, 1),
        block(0.005, 0.5, 3, 0),  # a speck
        block(0.3, -0.6, 4, 3),
    )
    obj = ProceduralObject(parts=parts, family='free')
    for seed in range(5):
        seen = drop_hidden_parts(obj, np.random.default_rng(seed))
        assert [part.name for part in seen.parts] == ['0', '2', '4']
        assert [part.parent for part in seen.parts] == [-1, 0, 0]


def test_an_object_keeps_two_parts() -> None:
    obj = ProceduralObject(parts=(block(1.0, 0.0, 0, -1), block(0.5, 0.0, 1, 0)), family='free')
    assert drop_hidden_parts(obj, np.random.default_rng(0)) is obj
    apart = ProceduralObject(parts=(block(1.0, 0.0, 0, -1), block(0.5, 0.7, 1, 0)), family='free')
    assert drop_hidden_parts(apart, np.random.default_rng(0)) is apart
