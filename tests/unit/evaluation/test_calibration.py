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


@pytest.mark.parametrize(
    ('predicted', 'true', 'error', 'bias'),
    [
        # One bin: |0.55 - 0.75|.
        ((0.55,), (0.75,), 0.2, -0.2),
        # Both in the bin from 0.5: means 0.55 and 0.6; their errors of opposite sign cancel there.
        ((0.52, 0.58), (0.3, 0.9), 0.05, -0.05),
        # Bins from 0.1 (once, gap 0.1) and 0.8 (three times, means 0.85 and 0.55, gap 0.3):
        # (0.1 + 3 * 0.3) / 4 = 0.25; bias (0.1 + 0.9) / 4.
        ((0.15, 0.81, 0.85, 0.89), (0.05, 0.5, 0.55, 0.6), 0.25, 0.25),
        # What is predicted rightly has no error, wherever.
        ((0.05, 0.35, 0.95), (0.05, 0.35, 0.95), 0.0, 0.0),
    ],
)
def test_errors_by_hand(predicted, true, error, bias):
    curve = reliability(np.array(predicted), np.array(true))
    assert curve.calibration_error == pytest.approx(error)
    assert curve.bias == pytest.approx(bias)


@pytest.mark.parametrize('seed', range(10))
def test_errors_agree_with_a_loop_over_bins(seed):
    rng = np.random.default_rng(seed)
    predicted, true = rng.uniform(-0.2, 1.2, 50), rng.random(50)
    total = 0.0
    for k in range(7):
        low = -np.inf if k == 0 else k / 7
        high = np.inf if k == 6 else (k + 1) / 7
        members = [i for i in range(50) if low <= predicted[i] < high]
        if members:
            gap = sum(predicted[i] - true[i] for i in members) / len(members)
            total += abs(gap) * len(members) / 50
    curve = reliability(predicted, true, num_bins=7)
    assert curve.calibration_error == pytest.approx(total)
    assert curve.bias == pytest.approx(float(np.mean(predicted - true)))


def test_predictions_out_of_range_belong_to_the_outer_bins():
    curve = reliability(np.array([-0.3, 0.0, 0.1, 1.0, 1.4]), np.zeros(5))
    assert curve.counts.tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert curve.mean_pred[[0, 9]] == pytest.approx([-0.15, 1.2])


def test_lengths_that_differ_are_refused():
    with pytest.raises(InputError, match='as many true'):
        reliability(np.zeros(2), np.zeros(3))
    with pytest.raises(InputError, match='at least one'):
        reliability(np.zeros(0), np.zeros(0))
