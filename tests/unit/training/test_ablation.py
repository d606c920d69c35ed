# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rows of the ablation change one thing, run, and end up in the table."""

import dataclasses
import json

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.training.ablation import BASE, REPORTED, ROWS, cost_ms, run_row, table
from part_seg_ros.training.config import SampleConfig

QUICK = dataclasses.replace(
    BASE,
    model=TINY,
    sample=SampleConfig(min_points=600, max_points=900, num_masks=2, points_per_mask=16),
    num_steps=2,
    batch_clouds=2,
    named_clouds=1,
    max_rounds=3,
)


@pytest.fixture
def two_squares(tmp_path):
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    folder = tmp_path / 'squares'
    folder.mkdir()
    np.savez(
        folder / 'pair.npz',
        vertices=np.concatenate([corners, corners + [0, 0, 1]]),
        faces=[[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]],
        labels=[0, 0, 1, 1],
        names=['low', 'high'],
    )
    return folder


def test_every_row_but_the_base_changes_the_run_and_all_differ():
    runs = [change(BASE) for change in ROWS.values()]
    assert ROWS['base'](BASE) == BASE
    assert all(a != b for i, a in enumerate(runs) for b in runs[:i])


def test_a_row_is_trained_evaluated_and_shown(two_squares, tmp_path):
    out = tmp_path / 'out'
    run_row('one candidate', [str(two_squares)], out, QUICK)
    record = json.loads((out / 'one candidate' / 'compact.json').read_text())
    assert record['step'] == 2
    assert record['config']['num_candidates'] == 1
    result = json.loads((out / 'one candidate' / 'result.json').read_text())['squares']
    lines = table(out, QUICK, with_cost=False).splitlines()
    assert len(lines) == 3
    for column in REPORTED:
        assert f'squares {column}' in lines[0]
        assert f'{result[column]:.1f}' in lines[2]


def test_table_of_nothing_is_an_error(tmp_path):
    with pytest.raises(InputError, match='no results'):
        table(tmp_path, with_cost=False)


def test_cost_is_two_times_of_encoding_and_of_a_click():
    encode, click = cost_ms(TINY, num_points=500, repeats=1)
    assert encode > 0
    assert click > 0
