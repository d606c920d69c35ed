# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Shares of the part names among the training objects."""

import pytest
import torch

from part_seg_ros.names import PART_NAMES
from part_seg_ros.training.name_prior import estimate_name_prior


@pytest.fixture(scope='module')
def prior():
    return estimate_name_prior(len(PART_NAMES), 0.2, seed=3, num_objects=150)


def test_shares_sum_to_one_and_none_is_zero(prior):
    for shares in prior:
        assert shares.shape == (len(PART_NAMES),)
        assert shares.exp().sum().item() == pytest.approx(1.0, rel=1e-5)
        assert torch.isfinite(shares).all()


def test_legs_are_more_frequent_than_mirrors_and_bodies_larger_than_buttons(prior):
    parts, surface = (dict(zip(PART_NAMES, v.exp().tolist(), strict=True)) for v in prior)
    assert parts['leg'] > 2 * parts['mirror']
    assert surface['body'] > 2 * surface['button']
    assert surface['body'] / parts['body'] > surface['button'] / parts['button']


def test_tables_that_objects_stand_on_are_counted(prior):
    without = estimate_name_prior(len(PART_NAMES), 0.0, seed=3, num_objects=150)
    table = PART_NAMES.index('table')
    assert prior.parts[table] > without.parts[table] + 2.0
