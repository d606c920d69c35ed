# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stability on clouds small enough to count by hand."""

import math

import numpy as np
import pytest

from part_seg_ros.evaluation.bags.stability import LabeledPoints, label_stability


def on_line(labels, shift=0.0):
    """Points 1 m apart on the x axis."""
    x = np.arange(len(labels)) + shift
    points = np.stack([x, np.zeros_like(x), np.zeros_like(x)], axis=1)
    return LabeledPoints(points=points, labels=np.array(labels, np.uint32))


def stability(before, after, *, radius=0.3, same_ids=True, shift=0.1):
    return label_stability(
        on_line(before), on_line(after, shift), radius=radius, same_ids=same_ids
    )


def test_the_same_labels_are_stable():
    assert stability([1, 1, 2, 0], [1, 1, 2, 0]) == 1.0


def test_pairs_without_any_part_say_nothing():
    # Three pairs have a part on one side or both: (1, 1) is stable, (2, 0) and (0, 1) are not.
    assert stability([1, 2, 0, 0, 0], [1, 0, 1, 0, 0]) == pytest.approx(1 / 3)


def test_another_part_is_not_stable():
    assert stability([1, 1, 2, 2], [1, 2, 2, 2]) == 0.75


def test_swapped_ids_are_stable_only_where_ids_mean_nothing():
    assert stability([1, 1, 2, 2], [2, 2, 1, 1]) == 0.0
    assert stability([1, 1, 2, 2], [2, 2, 1, 1], same_ids=False) == 1.0


def test_parts_are_matched_one_to_one():
    # Part 1 splits into 1 and 2: only the larger piece can be what it was.
    assert stability([1, 1, 1, 1], [2, 2, 2, 1], same_ids=False) == 0.75


def test_points_farther_than_the_radius_are_no_pair():
    before, after = on_line([1, 1, 1]), on_line([1, 1, 2, 2], shift=0.1)
    # The fourth point is 1.1 m from the nearest.
    assert label_stability(before, after, radius=0.3, same_ids=True) == pytest.approx(2 / 3)


def test_nothing_to_compare_is_not_a_number():
    assert math.isnan(stability([0, 0], [0, 0]))
    assert math.isnan(stability([1, 1], [1, 1], radius=0.05))
    assert math.isnan(stability([], [1]))


def test_large_clouds_are_thinned_evenly():
    labels = np.r_[np.ones(30_000, int), np.full(30_000, 2)]
    changed = np.r_[np.ones(45_000, int), np.full(15_000, 2)]
    assert stability(labels, changed) == pytest.approx(0.75, abs=1e-4)
