# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks on batches: both ways to find the deepest point, and both rules in cases of doubt."""

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS, POINT_SAM_CLICKS, next_click
from part_seg_ros.geometry.interior import deepest_point
from part_seg_ros.training.simulated_clicks import deepest_by_pairs, simulated_clicks

LINE = torch.stack([torch.arange(10.0), torch.zeros(10), torch.zeros(10)], 1)


def mask(*idx):
    chosen = torch.zeros(10, dtype=torch.bool)
    chosen[list(idx)] = True
    return chosen


def click(target, answer, rule):
    rows, labels = simulated_clicks(
        LINE[None], target[None, None], None if answer is None else answer[None, None], rule
    )
    return rows.item(), labels.item()


@pytest.mark.parametrize('seed', range(3))
def test_every_part_of_every_cloud_is_clicked_by_the_protocol(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(2, 300, 3)).astype(np.float32)
    targets = points @ rng.normal(size=(2, 3, 3)).astype(np.float32) > 0.3  # (B, N, M)
    answers = points @ rng.normal(size=(2, 3, 3)).astype(np.float32) > 0.5
    targets, answers = targets.transpose(0, 2, 1), answers.transpose(0, 2, 1)
    for given in (None, answers):
        rows, labels = simulated_clicks(
            *map(torch.from_numpy, (points, targets)),
            None if given is None else torch.from_numpy(given),
            POINT_SAM_CLICKS,
        )
        for b, m in np.ndindex(2, 3):
            wanted = next_click(points[b], targets[b, m], None if given is None else given[b, m])
            assert (rows[b, m].item(), labels[b, m].item()) == wanted


@pytest.mark.parametrize('seed', range(5))
def test_distances_between_all_pairs_find_what_the_tree_finds(seed, monkeypatch):
    monkeypatch.setattr('part_seg_ros.training.simulated_clicks._PAIRS_PER_PASS', 1000)
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(400, 3)).astype(np.float32)
    region = rng.random(400) < 0.4
    row, depth = deepest_by_pairs(torch.from_numpy(points), torch.from_numpy(region))
    wanted_row, wanted_depth = deepest_point(points, region)
    assert row == wanted_row
    assert depth == pytest.approx(wanted_depth, rel=1e-5)


@pytest.mark.parametrize('rule', [POINT_SAM_CLICKS, PARTSAM_CLICKS])
@pytest.mark.parametrize('seed', range(4))
def test_the_protocol_runs_on_tensors_as_on_arrays(seed, rule):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(200, 3)).astype(np.float32)
    target, answer = (points @ rng.normal(size=3) > 0.3 for _ in range(2))
    for given in (None, answer, target):
        tensors = (points, target, given)
        tensors = [None if array is None else torch.from_numpy(array) for array in tensors]
        found = next_click(*tensors, rule, deepest_by_pairs)
        assert found == next_click(points, target, given, rule)


@pytest.mark.parametrize('region', [torch.zeros(10, dtype=torch.bool), mask(*range(10))])
def test_a_region_without_border_has_no_depth(region):
    assert deepest_by_pairs(LINE, region) == (-1, -1.0)


def test_a_draw_goes_to_the_wrong_points_in_one_rule_and_to_the_missed_in_the_other():
    target, answer = mask(2, 3), mask(3, 6)  # misses 2, covers 6
    assert click(target, answer, POINT_SAM_CLICKS) == (6, 0)
    assert click(target, answer, PARTSAM_CLICKS) == (2, 1)
    deeper = mask(3, 6, 7, 8)
    assert click(target, deeper, PARTSAM_CLICKS) == (7, 0)


@pytest.mark.parametrize('rule', [POINT_SAM_CLICKS, PARTSAM_CLICKS])
def test_a_perfect_answer_gets_the_first_click_again(rule):
    target = mask(2, 3, 4)
    assert click(target, None, rule) == (3, 1)
    assert click(target, target, rule) == (3, 1)


def test_the_whole_cloud_is_clicked_at_its_first_point_or_not_at_all():
    whole = mask(*range(10))
    with pytest.raises(InputError, match='nor the whole cloud'):
        click(whole, None, POINT_SAM_CLICKS)
    assert click(whole, None, PARTSAM_CLICKS) == (0, 1)
    assert click(whole, mask(), PARTSAM_CLICKS) == (0, 1)  # all is missed
    assert click(mask(4), ~mask(4), PARTSAM_CLICKS) == (9, 0)
