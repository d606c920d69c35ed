# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Learning rates at the steps where they turn."""

import pytest

from part_seg_ros.training.schedule import milestones, staircase


def test_milestones_warm_up_from_a_thousandth_and_fall_to_a_tenth_at_each_mark():
    def rate(step):
        return milestones(step, warmup_steps=100, marks=(1000, 2000))

    assert rate(0) == pytest.approx(0.001)
    assert rate(50) == pytest.approx(0.001 + 0.999 / 2)
    assert [rate(step) for step in (100, 999)] == [1.0, 1.0]
    assert [rate(step) for step in (1000, 1999)] == pytest.approx([0.1, 0.1])
    assert rate(2000) == pytest.approx(0.01)
    assert milestones(0, warmup_steps=0, marks=()) == 1.0


def test_a_staircase_falls_by_its_factor_every_so_often():
    rates = [staircase(step, every=50, factor=0.7) for step in (0, 49, 50, 149)]
    assert rates == pytest.approx([1.0, 1.0, 0.7, 0.49])
