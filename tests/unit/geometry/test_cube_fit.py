# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fitting a cloud into a cube."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import fit_cube


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(-1, 1, (200, 3)) * [0.2, 3.0, 1.0] + [
        5.0,
        -900.0,
        40.0,
    ]


def test_the_longest_side_spans_the_cube_and_the_box_is_centred(points):
    fitted = fit_cube(points, 0.9).apply(points)
    assert fitted.dtype == np.float32
    np.testing.assert_allclose(fitted[:, 1].min(), -0.9, atol=1e-6)
    np.testing.assert_allclose(fitted[:, 1].max(), 0.9, atol=1e-6)
    np.testing.assert_allclose(fitted.min(0) + fitted.max(0), 0.0, atol=1e-6)


def test_shape_is_kept_far_from_the_origin(points):
    fitted = np.float64(fit_cube(points, 0.9).apply(points))
    sides = points.max(0) - points.min(0)
    ratio = (fitted[1:] - fitted[:1]) / (points[1:] - points[:1])
    np.testing.assert_allclose(ratio, 1.8 / sides.max(), rtol=1e-3)


def test_what_fits_already_is_not_rounded_again(points):
    fitted = fit_cube(points, 0.9).apply(points)
    np.testing.assert_array_equal(fit_cube(fitted, 0.9).apply(fitted), fitted)
    larger = fitted * np.float32(1.001)
    assert fit_cube(larger, 0.9).scale == pytest.approx(1 / 1.001, rel=1e-6)
    assert fit_cube(fitted + np.float32(0.001), 0.9).center == pytest.approx([0.001] * 3, abs=1e-6)


def test_a_cloud_in_one_place_is_refused():
    with pytest.raises(InputError, match=r'all points lie at \[1.0, 2.0, 3.0\]'):
        fit_cube(np.full((5, 3), [1.0, 2.0, 3.0]), 0.9)
