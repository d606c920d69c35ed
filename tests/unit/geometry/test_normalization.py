# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The unit ball holds the cloud, touches it, and gives it back."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.normalization import fit_unit_sphere


@pytest.mark.parametrize('offset', [0.0, 1000.0])
def test_cloud_fills_the_unit_ball_and_returns(offset: float) -> None:
    points = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32) + np.float32(offset)
    sphere = fit_unit_sphere(points)
    unit = sphere.apply(points)
    assert unit.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1).max(), 1.0, rtol=1e-6)
    np.testing.assert_allclose(unit.mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(sphere.invert(unit), points, rtol=1e-6, atol=1e-6)


def test_coincident_points_keep_scale_one() -> None:
    sphere = fit_unit_sphere(np.full((4, 3), 2.0))
    assert sphere.scale == 1.0
    np.testing.assert_array_equal(sphere.apply(np.full((4, 3), 2.0)), 0.0)


def test_invalid_rows_are_refused() -> None:
    with pytest.raises(InputError, match='points must be finite, got 1 rows'):
        fit_unit_sphere(np.array([[0.0, 0, np.inf], [1, 1, 1]]))
