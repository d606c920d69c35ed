# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blended bodies have parts of visible size in mirrored pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from part_seg_ros.data.procedural.assembly import expand
from part_seg_ros.data.procedural.blend_plan import BlendPlan, plan_nodes
from part_seg_ros.data.procedural.blobs import BlobField
from part_seg_ros.data.procedural.free_blends import (
    blended_base,
    branching_plan,
    creature_plan,
    glider_plan,
    hand_plan,
    vessel_plan,
)
from part_seg_ros.data.procedural.sampling import sample_surface

PLANS = [creature_plan, branching_plan, vessel_plan, glider_plan, hand_plan]


def two_armed_plan() -> BlendPlan:
    plan = BlendPlan()
    body = plan.part(-1)
    plan.capsule(body, [0, 0, 0], [0, 0, 2], (0.4, 0.4))
    arm = plan.part(body, paired=True)
    plan.capsule(arm, [0, 0.3, 1.5], [0, 1.2, 1.5], (0.2, 0.2))
    swallowed = plan.part(body)
    plan.ellipsoid(swallowed, [0, 0, 1], [0.1, 0.1, 0.1])
    hand = plan.part(arm)
    plan.ellipsoid(hand, [0, 1.3, 1.5], [0.3, 0.3, 0.3])
    tail = plan.part(swallowed)
    plan.capsule(tail, [-0.3, 0, 0.2], [-1.2, 0, 0.2], (0.2, 0.1))
    return plan


def test_a_plan_becomes_pairs_without_what_is_hidden() -> None:
    obj = expand(plan_nodes(two_armed_plan(), 0.02, 32), 'free')
    assert [part.parent for part in obj.parts] == [-1, 0, 0, 1, 2, 0]
    assert [part.group for part in obj.parts] == [0, 1, 1, 2, 2, 3]
    vertices = obj.mesh()[0]
    assert np.ptp(vertices, axis=0).max() == pytest.approx(1.0, abs=0.08)
    left, right = (obj.parts[idx].primitives[0] for idx in (3, 4))
    np.testing.assert_allclose(right.vertices, left.vertices * [1, -1, 1], atol=1e-6)
    assert left.vertices[:, 1].min() > 0.0
    spans = []
    for part in obj.parts:
        corners = part.primitives[0].vertices[part.primitives[0].faces].astype(np.float64)
        spans.append(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    np.testing.assert_allclose(np.concatenate(spans).sum(axis=0), 0.0, atol=2e-3)  # closed


@pytest.mark.parametrize('maker', PLANS, ids=lambda maker: maker.__name__)
def test_plans_are_valid_and_vary(maker) -> None:
    plans = [maker(np.random.default_rng(seed)) for seed in range(30)]
    sizes = {len(plan.parents) for plan in plans}
    assert min(sizes) >= 2 and len(sizes) >= 3
    for plan in plans:
        assert {blob.owner for blob in plan.blobs} == set(range(len(plan.parents)))
        for part, parent in enumerate(plan.parents):
            assert -1 <= parent < part or part == 0
            if parent >= 0 and plan.is_paired[parent]:
                assert plan.is_paired[part]
        own = [blob for blob in plan.blobs if not plan.is_paired[blob.owner]]
        points = np.random.default_rng(0).uniform(-1, 1, (200, 3))
        sides = [
            BlobField([replace(blob, owner=0) for blob in own], 0.02).values(points * flip)[0]
            for flip in ([1, 1, 1], [1, -1, 1])
        ]
        np.testing.assert_allclose(*sides, atol=1e-4)


@pytest.mark.parametrize('seed', range(25))
def test_every_blended_part_is_seen(seed: int) -> None:
    obj = expand(blended_base(np.random.default_rng(seed)), 'free')
    assert 2 <= len(obj.parts) <= 40
    sample = sample_surface(obj, 4096, np.random.default_rng(seed))
    counts = np.bincount(sample.part_ids, minlength=len(obj.parts))
    assert (counts >= 4).mean() > 0.9


def test_bodies_repeat_by_seed() -> None:
    first, again = (expand(blended_base(np.random.default_rng(5)), 'free') for _ in range(2))
    for array, other in zip(first.mesh(), again.mesh(), strict=True):
        np.testing.assert_array_equal(array, other)
