# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Masks of instances, groups and subtrees."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.object import Part, ProceduralObject, granularity_of
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.errors import InputError

CUBE = box([1.0, 1.0, 1.0])


def part(name: str, group: int, parent: int) -> Part:
    return Part(name=name, primitives=(CUBE,), group=group, parent=parent)


# body with two legs that have a foot each, and a lid with a knob
TABLE = ProceduralObject(
    parts=(
        part('body', 0, -1),
        part('leg', 1, 0),
        part('leg', 1, 0),
        part('foot', 2, 1),
        part('foot', 2, 2),
        part('lid', 3, 0),
        part('knob', 4, 5),
    ),
    family='test',
)
COUNTS = [400, 100, 100, 50, 50, 200, 7]


def members(part_ids: np.ndarray, mask: np.ndarray) -> tuple[int, ...]:
    inside, outside = set(part_ids[mask].tolist()), set(part_ids[~mask].tolist())
    assert not inside & outside
    return tuple(sorted(inside))


def test_masks_hold_instances_groups_and_subtrees_once() -> None:
    part_ids = np.random.default_rng(0).permutation(np.repeat(np.arange(7), COUNTS))
    found = [(name, members(part_ids, mask)) for name, _, mask in TABLE.masks(part_ids)]
    assert sorted(found) == sorted(
        [
            ('body', (0,)),
            ('leg', (1,)),
            ('leg', (2,)),
            ('foot', (3,)),
            ('foot', (4,)),
            ('lid', (5,)),
            ('leg', (1, 2)),
            ('foot', (3, 4)),
            ('leg', (1, 3)),
            ('leg', (2, 4)),
            ('lid', (5, 6)),
            ('leg', (1, 2, 3, 4)),
        ]
    )


def test_too_small_and_too_large_masks_are_left_out() -> None:
    part_ids = np.repeat([0, 5, 6], [93, 7, 0])
    assert TABLE.masks(part_ids) == []
    part_ids = np.repeat([0, 5, 6], [92, 8, 0])
    assert {name for name, _, _ in TABLE.masks(part_ids)} == {'body', 'lid'}


def test_unassigned_points_are_in_no_mask() -> None:
    part_ids = np.repeat([0, 5, -1], [50, 30, 20])
    for _, _, mask in TABLE.masks(part_ids):
        assert not mask[part_ids == -1].any()


def test_granularity_falls_with_size() -> None:
    part_ids = np.repeat(np.arange(7), COUNTS)
    for _, granularity, mask in TABLE.masks(part_ids):
        assert granularity == granularity_of(mask.mean())
    values = [granularity_of(fraction) for fraction in (1e-4, 1 / 256, 1 / 16, 0.25, 0.9, 1.0)]
    assert values[:4] == pytest.approx([1.0, 1.0, 0.5, 0.25])
    assert 0.0 < values[5] <= values[4] < values[3]


def test_mesh_keeps_track_of_parts() -> None:
    vertices, faces, face_part_ids, corner_normals = TABLE.mesh()
    assert np.bincount(face_part_ids).tolist() == [len(CUBE.faces)] * 7
    assert corner_normals.shape == (len(faces), 3, 3)
    for part_idx in range(7):
        used = faces[face_part_ids == part_idx]
        np.testing.assert_array_equal(vertices[used], CUBE.vertices[CUBE.faces])
        assert used.min() == part_idx * len(CUBE.vertices)


@pytest.mark.parametrize(
    'parts',
    [
        (),
        (part('a', 0, 0),),
        (part('a', 0, -1), part('b', 1, 2)),
        (Part(name='a', primitives=(), group=0, parent=-1),),
    ],
)
def test_broken_trees_are_refused(parts: tuple[Part, ...]) -> None:
    with pytest.raises(InputError):
        ProceduralObject(parts=parts, family='test')
