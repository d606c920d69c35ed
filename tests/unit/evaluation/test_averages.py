# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Means and groups on results worked out by hand."""

from dataclasses import dataclass

import pytest

from part_seg_ros.evaluation.averages import counts_of, groupings, mean_over_objects, size_class
from part_seg_ros.evaluation.true_parts import TruePart


@dataclass
class Result:
    part: TruePart
    value: float


def test_mean_is_over_parts_then_over_objects(true_part):
    results = [Result(true_part(n), v) for n, v in [('x', 0.2), ('x', 0.4), ('y', 0.9)]]
    assert mean_over_objects(results, lambda r: r.value) == pytest.approx(0.6)
    assert counts_of(results) == {'objects': 2, 'parts': 3}


def test_groups_by_object_kind_origin_and_size(true_part):
    results = [
        Result(true_part('x', 0.5, kind='chair', group='g'), 0),
        Result(true_part('x', 0.005, kind='chair', group='g'), 1),
        Result(true_part('y', 0.3), 2),
    ]
    found = {
        way: {name: [r.value for r in members] for name, members in groups.items()}
        for way, groups in groupings(results).items()
    }
    assert found == {
        'object': {'x': [0, 1], 'y': [2]},
        'kind': {'chair': [0, 1]},
        'group': {'g': [0, 1]},
        'size': {'below 1 %': [1], 'above 20 %': [0, 2]},
    }
    assert list(found['size']) == ['below 1 %', 'above 20 %']


def test_borders_of_sizes_belong_to_the_larger_class():
    classes = [size_class(share) for share in (0.0099, 0.01, 0.05, 0.2, 0.99, 1.0)]
    assert classes == [
        'below 1 %',
        '1 to 5 %',
        '5 to 20 %',
        'above 20 %',
        'above 20 %',
        'above 20 %',
    ]
