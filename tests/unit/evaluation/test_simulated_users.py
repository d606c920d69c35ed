# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where simulated users click, on cases worked out by hand."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.simulated_users import (
    CLICK_PROTOCOLS,
    central_user,
    correcting_user,
    marking_user,
)

LINE = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], 1)


def mask(*idx):
    chosen = np.zeros(10, bool)
    chosen[list(idx)] = True
    return chosen


def test_a_correcting_user_follows_the_answers():
    target = mask(2, 3, 4, 5, 6)
    user = correcting_user(LINE, target)
    # Of 2 to 6 the point 4 lies 3 from 1 and from 7, the others less far.
    assert user(0, None) == (4, 1)
    # Missed are 5 and 6, wrong is 9: 5 lies 1 from 4, 6 lies 1 from 7, 9 lies 1 from 8. All are
    # equally deep, and a draw goes to the wrong point.
    assert user(1, mask(2, 3, 4, 9)) == (9, 0)
    # Missed are 4, 5 and 6: 5 lies 2 from 3 and 7. Wrong is 9, 1 from 8.
    assert user(2, mask(2, 3, 9)) == (5, 1)
    # Nothing is wrong any more: the middle of the part again.
    assert user(3, target) == (4, 1)


def test_a_marking_user_gives_each_point_of_the_part_once_and_heeds_no_answer():
    target = mask(1, 4, 6, 9)
    user = marking_user(target, np.random.default_rng(0))
    given = [user(k, mask(0) if k else None) for k in range(4)]
    assert sorted(given) == [(1, 1), (4, 1), (6, 1), (9, 1)]
    assert [user(k, ~target) for k in range(4)] == given
    assert user(4, target) == given[0]  # all are given: the first again


def test_clicks_of_a_marking_user_are_even_and_depend_on_the_generator_alone():
    target = mask(0, 1, 2, 3)
    firsts = [marking_user(target, np.random.default_rng(s))(0, None)[0] for s in range(2000)]
    counts = np.bincount(firsts, minlength=10)
    assert not counts[4:].any()
    # 2000 draws of one in four: 500 each, with a standard deviation of sqrt(2000 * 3 / 16) = 19.4.
    assert np.abs(counts[:4] - 500).max() < 4 * 19.4
    again = [marking_user(target, np.random.default_rng(s))(0, None)[0] for s in range(9)]
    assert again == firsts[:9]


def test_an_empty_part_cannot_be_marked():
    with pytest.raises(InputError, match='at least one point, got an empty one'):
        marking_user(mask(), np.random.default_rng(0))


def test_a_central_user_weighs_the_middle_against_the_border():
    # The part is 2 to 8, its mean 5. Depths: 1, 2, 3, 4, 3, 2, 1, stretched 0, 1/3, 2/3, 1, ...;
    # from the mean: 3, 2, 1, 0, ..., stretched 1, 2/3, 1/3, 0. Point 5 is best in both.
    user = central_user(LINE, ~mask(0, 1, 9))
    assert user(0, None) == (5, 1)
    assert user(1, mask(2, 3, 4, 5, 9)) == (7, 1)  # then as the correcting one: missed 6, 7, 8


def test_a_central_user_may_click_elsewhere_than_a_correcting_one():
    # Of 0 to 4 all but 4 are the part. Depths 4, 3, 2, 1, stretched 1, 2/3, 1/3, 0; from the mean
    # 1.5, 0.5, 0.5, 1.5, stretched 1, 0, 0, 1. Differences 0, 2/3, 1/3, -1: point 1.
    target = mask(0, 1, 2, 3)[:5]
    assert central_user(LINE[:5], target)(0, None) == (1, 1)
    assert correcting_user(LINE[:5], target)(0, None) == (0, 1)


@pytest.mark.parametrize('whole', [mask(), ~mask()])
def test_a_central_user_needs_a_border(whole):
    with pytest.raises(InputError, match='neither empty nor the whole'):
        central_user(LINE, whole)(0, None)


@pytest.mark.parametrize('seed', range(10))
def test_central_clicks_agree_with_loops(seed):
    rng = np.random.default_rng(seed)
    points = rng.random((25, 3))
    target = points[:, 0] < 0.5
    inside = [i for i in range(25) if target[i]]
    center = sum(points[i] for i in inside) / len(inside)
    away = {i: float(np.sqrt(((points[i] - center) ** 2).sum())) for i in inside}
    deep = {
        i: min(
            float(np.sqrt(((points[i] - points[j]) ** 2).sum()))
            for j in range(25)
            if not target[j]
        )
        for i in inside
    }

    def stretched(values, i):
        low, high = min(values.values()), max(values.values())
        return (values[i] - low) / (high - low + 1e-6)

    score = {i: 0.5 * (1 - stretched(away, i)) + 0.5 * stretched(deep, i) for i in inside}
    assert central_user(points, target)(0, None) == (max(score, key=score.get), 1)


@pytest.mark.parametrize(
    ('protocol', 'second'),
    [('point_sam', (5, 0)), ('partsam', (2, 1)), ('s2am3d', (5, 0)), ('segvigen', (2, 1))],
)
def test_protocols_differ_where_they_say(protocol, second):
    # Missed is 2, wrong is 5, both 1 from their nearest neighbours: Point-SAM clicks the wrong
    # point, PartSAM the missed one, SegviGen the only point of the part, whatever happened.
    user = CLICK_PROTOCOLS[protocol].build(LINE, mask(2), np.random.default_rng(0))
    assert user(0, None) == (2, 1)
    assert user(1, mask(5)) == second
    assert CLICK_PROTOCOLS[protocol].corrects == (protocol != 'segvigen')
