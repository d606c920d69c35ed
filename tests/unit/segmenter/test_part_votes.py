# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Votes of clicks: how candidates are weighed, what is joined at which distance."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.segmenter.part_votes import VoteCounter, VoteTree
from part_seg_ros.segmenter.proposals import Proposals
from part_seg_ros.structures import MaskCandidates

POINTS = np.arange(12.0, dtype=np.float32).reshape(-1, 1) * [1, 0, 0]


def batch(clicks: list[int], masks: list[list[int]], iou_pred: list[float]) -> Proposals:
    """Candidates that hold the given points, each of the click at the given point."""
    logits = np.full((len(masks), len(POINTS)), -1.0, np.float32)
    for row, members in zip(logits, masks, strict=True):
        row[members] = 1.0
    return Proposals(
        candidates=MaskCandidates(mask_logits=logits, iou_pred=np.float32(iou_pred)),
        prompt_coords=POINTS[clicks],
    )


def counted(*batches: Proposals):
    counter = VoteCounter(POINTS)
    for one in batches:
        counter.add(one)
    return counter.total()


def test_a_candidate_weighs_as_the_fourth_power_of_its_score():
    votes = counted(batch([3, 3], [[0, 3], [3, 5]], [0.5, 1.0]))
    assert votes.click_rows.tolist() == [3]
    wanted = np.zeros(12)
    wanted[[0, 3, 5]] = [1 / 17, 1.0, 16 / 17]
    assert votes.votes[0] == pytest.approx(wanted, abs=1e-6)


def test_batches_add_up_to_the_same_votes():
    first, second = batch([3, 3], [[0, 3], [3, 5]], [0.5, 1.0]), batch([7], [[7, 8]], [0.2])
    together = batch([3, 3, 7], [[0, 3], [3, 5], [7, 8]], [0.5, 1.0, 0.2])
    one, two = counted(together), counted(first, second)
    assert two.click_idx.tolist() == one.click_idx.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(one.votes, two.votes)
    np.testing.assert_array_equal(one.packed_masks, two.packed_masks)


def test_a_score_of_zero_still_votes():
    votes = counted(batch([2], [[1, 2]], [-0.3]))
    assert votes.votes[0, [1, 2, 3]].tolist() == [1.0, 1.0, 0.0]


def test_ious_with_packed_candidates_equal_counting():
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(rng.random(12) < 0.5).tolist() or [0] for _ in range(5)]
    votes = counted(batch([0] * 5, members, [0.5] * 5))
    wanted = rng.random((3, 12)) < 0.5
    wanted[:, 4] = True
    ious = votes.ious(wanted)
    for row, mask in zip(ious, wanted, strict=True):
        chosen = set(np.flatnonzero(mask))
        for iou, found in zip(row, members, strict=True):
            assert iou == pytest.approx(len(chosen & set(found)) / len(chosen | set(found)))


def test_clicks_are_joined_by_the_mean_of_their_mutual_votes():
    rows = np.array([0, 1, 2])
    votes = np.zeros((3, 12), np.float32)
    votes[0, [0, 1]] = [1.0, 0.9]
    votes[1, [0, 1, 2]] = [0.7, 1.0, 0.4]
    votes[2, [1, 2]] = [0.0, 1.0]
    tree = VoteTree(votes, rows, POINTS)
    # 0 and 1 are 1 - 0.8 apart; 2 is 1 - 0.2 from 1 and 1 from 0, in the mean 0.9 from both.
    for height, num_parts in ((0.19, 3), (0.21, 2), (0.89, 2), (0.91, 1)):
        parts = tree.parts_at(height)
        assert len(set(parts.tolist())) == num_parts
    parts = tree.parts_at(0.5)
    assert parts[0] == parts[1] != parts[2]
    assert tree.votes_of(parts)[parts[0], :3] == pytest.approx([0.85, 0.95, 0.2])


def test_of_clicks_that_agree_equally_the_nearest_are_joined_whatever_the_last_digits():
    rows = np.array([0, 7, 11])  # 7 agrees with both others, which do not agree
    votes = np.zeros((3, 12), np.float32)
    votes[0, [0, 7]] = votes[1, [0, 7, 11]] = votes[2, [7, 11]] = 1.0
    for seed in range(8):
        noise = 3e-7 * np.random.default_rng(seed).uniform(-1, 1, votes.shape)
        parts = VoteTree(np.float32(votes + noise), rows, POINTS).parts_at(0.4)
        assert parts[1] == parts[2] != parts[0]


def test_clicks_at_one_place_are_joined_by_their_votes():
    points = np.ones_like(POINTS)
    votes = np.zeros((3, 12), np.float32)
    votes[0, [0, 1]] = votes[1, [0, 1]] = votes[2, 2] = 1.0
    parts = VoteTree(votes, np.arange(3), points).parts_at(0.5)
    assert parts[0] == parts[1] != parts[2]


def test_one_click_is_one_part():
    tree = VoteTree(np.ones((1, 12), np.float32), np.array([4]), POINTS)
    assert tree.parts_at(0.5).tolist() == [0]
    assert tree.votes_of(np.array([0])).tolist() == [[1.0] * 12]
