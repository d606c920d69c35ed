# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reliability and its error on predictions worked out by hand."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.calibration import reliability


def test_error_is_the_gap_of_each_bin_weighted_by_its_count():
    predicted = np.array([0.12, 0.18, 0.95, 0.91, 0.5])
    true = np.array([0.0, 0.2, 0.8, 1.0, 0.9])
    curve = reliability(predicted, true)
    assert curve.counts.tolist() == [0, 2, 0, 0, 0, 1, 0, 0, 0, 2]
    assert curve.mean_pred[[1, 5, 9]] == pytest.approx([0.15, 0.5, 0.93])
    assert curve.mean_true[[1, 5, 9]] == pytest.approx([0.1, 0.9, 0.9])
    assert np.isnan(curve.mean_pred[0]) and np.isnan(curve.mean_true[0])
    assert curve.calibration_error == pytest.approx((2 * 0.05 + 0.4 + 2 * 0.03) / 5)
    assert curve.bias == pytest.approx((predicted - true).mean())


def test_errors_of_opposite_sign_do_not_cancel_between_bins():
    curve = reliability(np.array([0.25, 0.75]), np.array([0.45, 0.55]))
    assert curve.bias == pytest.approx(0.0)
    assert curve.calibration_error == pytest.approx(0.2)


def test_predictions_out_of_range_belong_to_the_outer_bins():
    curve = reliability(np.array([-0.3, 0.0, 0.1, 1.0, 1.4]), np.zeros(5))
    assert curve.counts.tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert curve.mean_pred[[0, 9]] == pytest.approx([-0.15, 1.2])


def test_lengths_that_differ_are_refused():
    with pytest.raises(InputError, match='as many true'):
        reliability(np.zeros(2), np.zeros(3))
    with pytest.raises(InputError, match='at least one'):
        reliability(np.zeros(0), np.zeros(0))
