# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The picture of the worst, middle and best first answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.case_sheet import HIT, MISSED, WRONG, choose_cases, compare_masks
from part_seg_ros.cli.main import main
from part_seg_ros.evaluation.clicks import ClickTrace, PartClicks
from part_seg_ros.evaluation.true_parts import TruePart


def _result(name: str, part_id: int, iou: float) -> PartClicks:
    part = TruePart(object_name=name, kind='', group='', part_id=part_id, part_name='', share=0.1)
    trace = ClickTrace(iou=(iou, 1.0), iou_pred=(0.5, 0.5), best_candidate_iou=iou)
    return PartClicks(part=part, trace=trace)


def test_worst_come_first_best_last_each_of_another_object():
    results = [
        _result(name, k, iou)
        for k, iou in enumerate((0.9, 0.1, 0.5))
        for name in ('cup', 'saw', 'cart')
    ]
    chosen = [(c.part.object_name, c.trace.iou[0]) for c in choose_cases(results, 2)]
    assert chosen[:2] == [('cart', 0.1), ('cup', 0.1)]
    assert [iou for _, iou in chosen[2:4]] == [0.5, 0.5]
    assert {name for name, _ in chosen[4:]} == {'cup', 'saw'}
    assert [iou for _, iou in chosen[4:]] == [0.9, 0.9]


def test_a_single_object_fills_the_rows_with_its_own_parts():
    results = [_result('cup', k, k / 10) for k in range(5)]
    assert [c.part.part_id for c in choose_cases(results, 2)] == [0, 1, 1, 2, 3, 4]


def test_points_are_labelled_by_what_happened_to_them():
    mask = np.array([True, False, True, False])
    target = np.array([True, True, False, False])
    assert compare_masks(mask, target).tolist() == [HIT, MISSED, WRONG, -1]


def test_the_command_draws_a_picture_a_data_set(tmp_path: Path) -> None:
    words = ['held_out', '--objects-per-family', '1', '--model', 'compact-tiny']
    words += ['--num-points', '300', '--cases', str(tmp_path)]
    assert main(['evaluate', 'clicks', *words]) == 0
    data = (tmp_path / 'held_out.png').read_bytes()
    assert data.startswith(b'\x89PNG')
    assert len(data) > 20_000


@pytest.mark.parametrize('count', [1, 4])
def test_fewer_results_than_places_are_all_shown(count: int) -> None:
    assert len(choose_cases([_result('cup', 0, 0.3)], count)) == 3
