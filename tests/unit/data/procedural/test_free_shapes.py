# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Random shapes have the size and the symmetries that they claim, and matter under their skin."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.assembly import covered, surface_points
from part_seg_ros.data.procedural.free_rounded import bezier_at, limb_radii, rounded_steps
from part_seg_ros.data.procedural.free_tables import ATTACHMENTS, BASES, SLEEVES, pick_shape

MAKERS = sorted({maker for maker, _ in BASES + ATTACHMENTS + SLEEVES}, key=lambda m: m.__name__)
by_maker = pytest.mark.parametrize('maker', MAKERS, ids=lambda maker: maker.__name__)


@by_maker
def test_size_is_about_one(maker) -> None:
    for seed in range(12):
        low, high = maker(np.random.default_rng(seed)).bounds()
        assert 0.2 < (high - low).max() < 3.0
        assert np.abs(0.5 * (low + high)).max() < 1.0


@by_maker
def test_stated_mirrors_and_roundness_hold(maker) -> None:
    turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    for seed in range(12):
        shape = maker(np.random.default_rng(seed))
        low, high = shape.bounds()
        points = np.random.default_rng(0).uniform(low, high, (600, 3))
        within = covered(shape.primitives, points)
        for axis in shape.mirrors:
            mirrored = points * np.where(np.arange(3) == axis, -1.0, 1.0)
            assert np.mean(covered(shape.primitives, mirrored) != within) < 0.01
        if shape.is_round:
            assert np.mean(covered(shape.primitives, points @ turn.T) != within) < 0.01


@by_maker
def test_matter_lies_under_the_surface(maker) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        shape = maker(rng)
        points, normals = surface_points(shape.primitives, 200, rng)
        depths = np.array([1e-3, 4e-3, 1e-2])[:, None, None]
        below = covered(shape.primitives, (points - depths * normals).reshape(-1, 3))
        assert below.reshape(3, -1).any(axis=0).mean() > 0.95
        above = covered(shape.primitives, points + 0.01 * normals)
        assert above.mean() < 0.3  # in a corner, or under another primitive


def test_tables_are_drawn_by_weight() -> None:
    drawn = []
    table = tuple((lambda _, i=i: i, weight) for i, weight in enumerate([0.6, 0.0, 0.2]))
    rng = np.random.default_rng(0)
    drawn = np.bincount([pick_shape(rng, table) for _ in range(2000)], minlength=3) / 2000
    np.testing.assert_allclose(drawn, [0.75, 0.0, 0.25], atol=0.04)


def test_limbs_taper_swell_and_close() -> None:
    t = np.array([0.0, 0.5, 0.9, 1.0])
    np.testing.assert_allclose(
        limb_radii(t, 2.0, 1.0, 0.2, 0.0), [2.0, 1.8, 1.1927, 1.0], atol=1e-4
    )
    closed = limb_radii(t, 1.0, 1.0, 0.0, 0.2)
    np.testing.assert_allclose(closed, [1.0, 1.0, np.sqrt(0.75), np.sqrt(0.02)])
    steps = rounded_steps(15, 0.2)
    assert steps[0] == 0.0 and steps[-1] == 1.0 and np.all(np.diff(steps) > 0)
    assert np.count_nonzero(steps > 0.8) == 5


def test_a_curve_is_followed_at_any_parameter() -> None:
    controls = np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]])
    t = np.array([0.0, 0.3, 1.0])
    np.testing.assert_allclose(bezier_at(controls, t), np.stack([t, 0 * t], axis=1), atol=1e-12)
