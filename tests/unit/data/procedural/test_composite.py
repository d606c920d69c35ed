# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts of several pieces."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural import free_assembly, sample_surface
from part_seg_ros.data.procedural.composite import add_relief, merge_attachments, merge_copies
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box


def _block(size: float, shift: float):
    placed = np.eye(4)
    placed[0, 3] = shift
    return box([size, size, size]).transformed(placed)


@pytest.fixture
def carrier() -> ProceduralObject:
    """A block with a large neighbour, which carries a small knob."""
    return ProceduralObject(
        parts=(
            Part(name='body', primitives=(_block(1.0, 0.0),), group=0, parent=-1),
            Part(name='arm', primitives=(_block(0.8, 0.85),), group=1, parent=0),
            Part(name='knob', primitives=(_block(0.1, 1.28),), group=2, parent=1),
        ),
        family='free',
    )


def test_only_small_attachments_merge_and_take_the_name_of_their_carrier(carrier):
    seen = set()
    for seed in range(30):
        merged = merge_attachments(carrier, np.random.default_rng(seed), max_size=0.1)
        seen.add(tuple((part.name, len(part.primitives), part.parent) for part in merged.parts))
    untouched = (('body', 1, -1), ('arm', 1, 0), ('knob', 1, 1))
    assert seen == {untouched, (('body', 1, -1), ('arm', 2, 0))}


def test_children_of_a_merged_part_hang_on_its_carrier_and_two_parts_remain(carrier):
    seen = set()
    for seed in range(60):
        merged = merge_attachments(carrier, np.random.default_rng(seed), max_size=np.inf)
        seen.add(tuple((part.name, len(part.primitives), part.parent) for part in merged.parts))
    assert (('body', 2, -1), ('knob', 1, 0)) in seen
    assert min(len(parts) for parts in seen) == 2


def test_merging_keeps_every_primitive():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        obj = free_assembly(rng)
        merged = merge_attachments(obj, rng, max_size=np.inf)
        before = {id(p) for part in obj.parts for p in part.primitives}
        assert {id(p) for part in merged.parts for p in part.primitives} == before


def test_copies_become_one_part_with_all_their_surfaces(carrier):
    wheels = tuple(
        Part(name='wheel', primitives=(_block(0.1, shift),), group=5, parent=0)
        for shift in (-0.5, 0.0, 0.5)
    )
    hub = Part(name='hub', primitives=(_block(0.05, 0.55),), group=6, parent=3)
    cart = ProceduralObject(parts=(carrier.parts[0], *wheels, hub), family='free')
    seen = set()
    for seed in range(20):
        merged = merge_copies(cart, np.random.default_rng(seed))
        seen.add(tuple((part.name, len(part.primitives), part.parent) for part in merged.parts))
    apart = (('body', 1, -1), *[('wheel', 1, 0)] * 3, ('hub', 1, 3))
    assert seen == {apart, (('body', 1, -1), ('wheel', 3, 0), ('hub', 1, 1))}


def test_relief_changes_the_surface_of_one_group_only():
    changed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        obj = free_assembly(rng)
        raised = add_relief(obj, rng)
        groups = {
            part.group
            for part, old in zip(raised.parts, obj.parts, strict=True)
            if part.primitives != old.primitives
        }
        assert len(groups) <= 1
        changed += len(groups)
    assert changed > 20


def test_studs_sit_on_the_surface_and_stand_out_of_it(carrier):
    plain = ProceduralObject(parts=carrier.parts[:1], family='free')
    raised = add_relief(plain, np.random.default_rng(4))
    studs = raised.parts[0].primitives[1:]
    assert len(studs) >= 4
    for stud in studs:
        center = 0.5 * (stud.vertices.min(axis=0) + stud.vertices.max(axis=0))
        assert abs(np.abs(center).max() - 0.5) < 0.02
        assert np.abs(stud.vertices).max() > 0.5
    sample = sample_surface(raised, 2000, np.random.default_rng(0))
    assert (np.abs(sample.points).max(axis=1) > 0.501).mean() > 0.02
