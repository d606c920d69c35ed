# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Interpolation is exact at the sources, keeps constants, and equals its formula elsewhere."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry import interpolation
from part_seg_ros.geometry.interpolation import interpolate, three_nearest


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=(60, 3)).astype(np.float32),
        rng.normal(size=(500, 3)).astype(np.float32),
    )


def test_values_equal_the_formula(clouds) -> None:
    sources, targets = clouds
    values = np.random.default_rng(1).normal(size=(4, 60)).astype(np.float32)
    squared = ((np.float64(targets)[:, None] - sources) ** 2).sum(axis=2)
    nearest = np.argsort(squared, axis=1)[:, :3]
    weights = 1.0 / np.take_along_axis(squared, nearest, axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    expected = (values[:, nearest] * weights).sum(axis=2)
    np.testing.assert_allclose(
        interpolate(values, *three_nearest(sources, targets)), expected, atol=1e-5
    )


def test_sources_keep_their_values_exactly_and_constants_stay(clouds) -> None:
    sources, targets = clouds
    values = np.random.default_rng(1).normal(size=(2, 60)).astype(np.float32)
    order = np.random.default_rng(2).permutation(60)
    np.testing.assert_array_equal(
        interpolate(values, *three_nearest(sources, sources[order])), values[:, order]
    )
    idx, weights = three_nearest(sources, targets)
    np.testing.assert_allclose(interpolate(np.full((1, 60), 3.5), idx, weights), 3.5, rtol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    assert (weights >= 0).all() and (np.diff(weights, axis=1) <= 0).all()


@pytest.mark.parametrize('scale', [1e-6, 1.0, 1e6])
def test_scale_does_not_matter(clouds, scale: float) -> None:
    sources, targets = clouds
    idx, weights = three_nearest(sources, targets)
    scaled_idx, scaled_weights = three_nearest(sources * scale, targets * scale)
    np.testing.assert_array_equal(scaled_idx, idx)
    np.testing.assert_allclose(scaled_weights, weights, atol=1e-4)


def test_coincident_sources_give_numbers() -> None:
    sources = np.zeros((5, 3), np.float32)
    targets = np.array([[0.0, 0, 0], [1, 0, 0]], np.float32)
    carried = interpolate(np.full((1, 5), 2.0), *three_nearest(sources, targets))
    np.testing.assert_allclose(carried, 2.0)


def test_chunks_make_no_difference_and_bound_the_memory(monkeypatch, clouds) -> None:
    sources, _ = clouds
    targets = np.random.default_rng(3).normal(size=(100_000, 3)).astype(np.float32)
    values = np.random.default_rng(1).normal(size=(2, 60)).astype(np.float32)
    whole = interpolate(values, *three_nearest(sources, targets))
    monkeypatch.setattr(interpolation, '_CHUNK', 1000)
    tracemalloc.start()
    idx, weights = three_nearest(sources, targets)
    carried = interpolate(values, idx, weights)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(carried, whole)
    assert peak < idx.nbytes + weights.nbytes + carried.nbytes + 1_000_000


def test_bad_shapes_are_named(clouds) -> None:
    sources, targets = clouds
    with pytest.raises(InputError, match='sources must have at least 3 rows, got 2'):
        three_nearest(sources[:2], targets)
    idx, weights = three_nearest(sources, targets)
    with pytest.raises(InputError, match=r'values must be \(O, S\)'):
        interpolate(np.zeros(60), idx, weights)
    with pytest.raises(InputError, match=r'must be \(N, 3\)'):
        interpolate(np.zeros((1, 60)), idx, weights[:5])


def test_floor_of_the_squared_distance_bounds_the_weights():
    sources = np.array([[0.0, 0, 0], [1e-3, 0, 0], [0.5, 0, 0]])
    _, weights = three_nearest(sources, sources[:1], min_squared=1e-4)
    inverse = 1.0 / np.array([1e-4, 1e-4, 0.25])
    np.testing.assert_allclose(weights[0], inverse / inverse.sum(), rtol=1e-6)
    _, exact = three_nearest(sources, sources[:1])
    np.testing.assert_array_equal(exact[0], [1.0, 0.0, 0.0])
