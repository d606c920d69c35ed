# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Finishes round creases, bend surfaces by the slope that they say, and keep parts and planes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural import free_assembly, sample_surface
from part_seg_ros.data.procedural.composite import add_relief, merge_attachments
from part_seg_ros.data.procedural.finish import SurfaceFinish, finished, random_finish
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.data.procedural.support import on_support

NO_WAVES = {'waves': np.ones((1, 3)), 'slopes': np.zeros(1), 'phases': np.zeros(1)}
CUBE = ProceduralObject(
    parts=(Part(name='', primitives=(box([1, 1, 1]),), group=0, parent=-1),), family='cube'
)
DIAGONAL = np.sqrt(3.0)


def test_rounding_moves_edges_in_and_leaves_faces() -> None:
    exact = sample_surface(CUBE, 6000, np.random.default_rng(0))
    finish = SurfaceFinish(rounding=0.02, **NO_WAVES)
    rounded = sample_surface(replace(CUBE, finish=finish), 6000, np.random.default_rng(0))
    np.testing.assert_array_equal(exact.part_ids, rounded.part_ids)
    to_edge = 0.5 - np.sort(np.abs(exact.points), axis=1)[:, 1]
    moved = np.linalg.norm(rounded.points - exact.points, axis=1)
    turned = np.einsum('ni,ni->n', exact.normals, rounded.normals)
    assert moved[to_edge > 0.15].max() < 1e-6 and turned[to_edge > 0.15].min() > 1 - 1e-6
    at_edge = to_edge < 0.01
    assert moved[at_edge].mean() > 0.004 and turned[at_edge].mean() < 0.95
    assert np.abs(rounded.points).max(axis=1)[at_edge].mean() < 0.499  # inwards
    np.testing.assert_allclose(np.linalg.norm(rounded.normals, axis=1), 1.0, atol=1e-5)


def test_rounding_does_not_mix_both_sides_of_a_wall() -> None:
    wall = ProceduralObject(
        parts=(Part(name='', primitives=(box([1, 1, 0.01]),), group=0, parent=-1),),
        family='wall',
        finish=SurfaceFinish(rounding=0.03, **NO_WAVES),
    )
    sample = sample_surface(wall, 5000, np.random.default_rng(0))
    inner = np.abs(sample.points[:, :2]).max(axis=1) < 0.3
    np.testing.assert_allclose(np.abs(sample.points[inner, 2]), 0.005, atol=1e-6)
    np.testing.assert_allclose(np.abs(sample.normals[inner, 2]), 1.0, atol=1e-6)


def test_waves_have_the_stated_slope_and_their_own_normals() -> None:
    x = np.linspace(0, 1, 400)
    points = np.stack([x, 0 * x, 0 * x], axis=1).astype(np.float32)
    normals = np.tile(np.float32([0, 0, 1]), (400, 1))
    finish = SurfaceFinish(
        rounding=0.0, waves=np.array([[20.0, 0, 0]]), slopes=np.array([0.2]), phases=np.ones(1)
    )
    moved, turned = finished(points, normals, finish, 2.0)
    np.testing.assert_allclose(moved[:, 2], 0.2 / 10 * np.sin(10 * x + 1), atol=1e-6)
    slope = np.gradient(moved[:, 2], moved[:, 0])
    np.testing.assert_allclose(-turned[:, 0] / turned[:, 2], slope, atol=0.01)
    assert abs(np.abs(slope).max() - 0.2) < 0.01


def test_random_finishes_differ_and_always_do_something() -> None:
    finishes = [random_finish(np.random.default_rng(seed)) for seed in range(60)]
    assert all(f.rounding > 0.0 or f.slopes.any() for f in finishes)
    assert {(f.rounding > 0.0, bool(f.slopes.any())) for f in finishes} == {
        (True, True),
        (True, False),
        (False, True),
    }


def test_a_finish_stays_with_an_object_that_changes() -> None:
    rng = np.random.default_rng(0)
    finish = random_finish(rng)
    obj = replace(free_assembly(rng), finish=finish)
    for changed in (
        merge_attachments(obj, np.random.default_rng(1), max_size=np.inf),
        add_relief(obj, rng),
        on_support(obj, rng),
    ):
        assert changed.finish is finish


def test_some_free_assemblies_have_a_finish() -> None:
    share = np.mean(
        [free_assembly(np.random.default_rng(s)).finish is not None for s in range(150)]
    )
    assert 0.03 < share < 0.25
