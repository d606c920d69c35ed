# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which view comes when, and what it remembers."""

import pytest

from part_seg_ros.models.geosam2.propagation import Slots, plan_both_ways, plan_round


def views(plan):
    return [step.view_idx for step in plan.steps]


def slots(plan):
    return [step.slot for step in plan.steps]


def test_a_round_looks_at_the_start_twice_and_wraps():
    plan = plan_round(12, start=7)
    assert views(plan) == [7, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6]
    assert slots(plan) == [7, 8, 9, 10, 11, 12, 0, 1, 2, 3, 4, 5, 6]
    plain = plan_round(12, start=7, slots=Slots.PLAIN)
    assert views(plain) == views(plan) and slots(plain) == list(range(13))
    assert slots(plan_round(12, start=0)) == slots(plain)
    assert plan.longest_way == 12 and plan_round(30, 0).longest_way == 15


def test_memories_wrap_with_the_slots_and_only_then():
    wrapping = plan_round(12, start=7)
    assert wrapping.remembered(1, 4) == [(3, 11), (2, 12), (1, 0)]
    plain = plan_round(12, start=7, slots=Slots.PLAIN)
    assert plain.remembered(1, 4) == [(3, -2), (2, -1), (1, 0)]


@pytest.mark.parametrize('num_views', [1, 2, 3, 6, 11, 12])
@pytest.mark.parametrize('start', [0, 1, 5])
def test_both_ways_meet_and_leave_no_view_out(num_views, start):
    start %= num_views
    first, second = plan_both_ways(num_views, start)
    assert views(first)[:2] == views(second)[:2] == [start, start]
    beyond = views(first)[2:], views(second)[2:]
    assert sorted([start, *beyond[0], *beyond[1]]) == list(range(num_views))
    assert 0 <= len(beyond[0]) - len(beyond[1]) <= 1
    for direction, order in zip((1, -1), beyond, strict=True):
        assert order == [(start + direction * (k + 1)) % num_views for k in range(len(order))]
    assert slots(first) == list(range(len(first.steps)))
