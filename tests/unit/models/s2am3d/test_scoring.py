# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scores of masks, worked out by hand."""

import numpy as np
import pytest

from part_seg_ros.data.procedural.object import granularity_of
from part_seg_ros.models.s2am3d.scoring import logit, scale_agreement, scale_of, stability


@pytest.mark.parametrize('share', [0.004, 1 / 16, 0.3, 0.9])
def test_scale_is_the_share_that_the_granularity_of_the_package_means(share):
    assert scale_of(granularity_of(share)) == pytest.approx(share)


def test_logit_is_the_inverse_of_the_sigmoid():
    assert 1 / (1 + np.exp(-logit(0.7))) == pytest.approx(0.7)


def test_stability_compares_the_masks_at_both_thresholds():
    probs = np.array([[0.9, 0.86, 0.84, 0.56, 0.54, 0.1], [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]])
    logits = np.log(probs / (1 - probs))
    np.testing.assert_allclose(stability(logits, 0.7), [2 / 4, 0])  # thresholds 0.85 and 0.55
    np.testing.assert_allclose(stability(logits, 0.5), [3 / 5, 0])  # 0.65 and 0.35


def test_agreement_falls_with_the_logarithm_of_the_ratio():
    masks = np.arange(100)[None] < np.array([[20], [10], [40], [90], [0]])
    wanted = [1, 1 - np.log(2), 1 - np.log(2), 0, 0]
    np.testing.assert_allclose(scale_agreement(masks, 0.2), wanted, atol=1e-6)


def test_a_scale_of_zero_agrees_with_an_empty_mask_alone():
    masks = np.array([[False, False], [True, False]])
    np.testing.assert_array_equal(scale_agreement(masks, 0.0), [1, 0])
