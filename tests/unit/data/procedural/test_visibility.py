# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Hidden and tiny parts become bits of their parents, and what they carried stays attached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.data.procedural.visibility import merge_unseen_parts


def block(size: float, x: float, group: int, parent: int) -> Part:
    place = np.eye(4)
    place[0, 3] = x
    return Part(
        name=f'{group}',
        primitives=(box([size] * 3).transformed(place),),
        group=group,
        parent=parent,
    )


def test_hidden_and_tiny_parts_go_to_their_parents_and_their_children_move_up() -> None:
    parts = (
        block(1.0, 0.0, 0, -1),
        block(0.5, 0.2, 1, 0),  # within the first
        block(0.5, 0.6, 2, 1),
        block(0.005, 0.5, 3, 0),  # a speck
        block(0.3, -0.6, 4, 3),
    )
    obj = ProceduralObject(parts=parts, family='free')
    for seed in range(5):
        seen = merge_unseen_parts(obj, np.random.default_rng(seed))
        assert [part.name for part in seen.parts] == ['0', '2', '4']
        assert [part.parent for part in seen.parts] == [-1, 0, 0]
        assert [len(part.primitives) for part in seen.parts] == [3, 1, 1]
        assert len(seen.mesh()[1]) == len(obj.mesh()[1])


def test_many_small_copies_stay_where_a_single_one_goes() -> None:
    studs = [block(0.08, -0.5, 1, 0) for _ in range(4)]
    for idx, stud in enumerate(studs):
        place = np.eye(4)
        place[:3, 3] = 0.0, 0.1 * idx, 0.1 * idx
        studs[idx] = replace(stud, primitives=(stud.primitives[0].transformed(place),))
    for number, stay in ((4, True), (1, False)):
        parts = (block(1.0, 0.0, 0, -1), block(0.5, 0.7, 2, 0), *studs[:number])
        seen = merge_unseen_parts(
            ProceduralObject(parts=parts, family='free'), np.random.default_rng(0)
        )
        assert len(seen.parts) == (2 + number if stay else 2)


def test_what_can_be_seen_stays() -> None:
    apart = ProceduralObject(parts=(block(1.0, 0.0, 0, -1), block(0.5, 0.7, 1, 0)), family='free')
    assert merge_unseen_parts(apart, np.random.default_rng(0)) is apart
