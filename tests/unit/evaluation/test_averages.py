# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Means and groups on results worked out by hand."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from part_seg_ros.evaluation.averages import (
    averages_of,
    counts_of,
    groupings,
    mean_by_size,
    mean_over_kinds,
    mean_over_objects,
    mean_over_parts,
    size_class,
)
from part_seg_ros.evaluation.true_parts import TruePart


@dataclass
class Result:
    part: TruePart
    value: float


def test_mean_is_over_parts_then_over_objects(true_part):
    results = [Result(true_part(n), v) for n, v in [('x', 0.2), ('x', 0.4), ('y', 0.9)]]
    assert mean_over_objects(results, lambda r: r.value) == pytest.approx(0.6)
    assert counts_of(results) == {'objects': 2, 'parts': 3}


def test_means_over_parts_kinds_and_by_size(true_part):
    made = [('x', 0.75, 'mug', 0.0), ('x', 0.25, 'mug', 1.0), ('y', 0.5, 'pan', 0.5)]
    results = [Result(true_part(n, share, kind=kind), v) for n, share, kind, v in made]
    assert mean_over_parts(results, lambda r: r.value) == pytest.approx(0.5)  # 1.5 / 3
    # x has 0.75 * 0 + 0.25 * 1 = 0.25, y has 0.5.
    assert mean_by_size(results, lambda r: r.value) == pytest.approx(0.375)
    more = [*results, Result(true_part('w', 0.5, kind='pan'), 1.0)]
    # The mug has (0 + 1) / 2 = 0.5; the pans y and w have (0.5 + 1) / 2 = 0.75.
    assert mean_over_kinds(more, lambda r: r.value) == pytest.approx(0.625)
    assert math.isnan(mean_over_kinds([*more, Result(true_part('v'), 1.0)], lambda r: r.value))


def test_averages_of_random_results_agree_with_sums_over_a_table(true_part):
    """Sums over a table object by part, where results are kept in a list."""
    rng = np.random.default_rng(0)
    values, sizes = rng.random((5, 4)), rng.random((5, 4))
    is_there = rng.random((5, 4)) < 0.7
    is_there[:, 0] = True
    results = [
        Result(true_part(f'{i}', sizes[i, j], kind=f'{i % 2}'), values[i, j])
        for j in range(4)
        for i in range(5)
        if is_there[i, j]
    ]
    held, weights = np.where(is_there, values, 0.0), np.where(is_there, sizes, 0.0)
    rows = held.sum(1) / is_there.sum(1)
    found = averages_of(results, {'value': lambda r: r.value, 'half': lambda r: r.value / 2})
    assert {way: row['value'] for way, row in found.items()} == pytest.approx(
        {
            'per object': rows.sum() / 5,
            'per part': held.sum() / is_there.sum(),
            'per kind': (rows[::2].sum() / 3 + rows[1::2].sum() / 2) / 2,
            'by size': ((held * weights).sum(1) / weights.sum(1)).sum() / 5,
        }
    )
    assert all(row['half'] == pytest.approx(row['value'] / 2) for row in found.values())


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
