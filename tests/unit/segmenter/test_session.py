# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sessions are values: whatever is done with one, the old one answers as before."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import InputError, PromptTooFarError
from part_seg_ros.segmenter import Segmenter, Session
from part_seg_ros.structures import PointCloud


@pytest.fixture
def session(ball_system, sphere) -> Session:
    segmenter = Segmenter(ball_system)
    return segmenter.open(segmenter.encode(PointCloud(points=sphere)))


def test_adding_a_click_does_not_change_the_old_session(session: Session, sphere) -> None:
    first = session.add(sphere[0])
    mask = first.prediction.mask.copy()
    second = first.add(sphere[np.flatnonzero(mask)[-1]], 0)
    assert session.prediction is None and session.prompt is None
    assert len(first.history) == 1 and len(second.history) == 2
    np.testing.assert_array_equal(first.prediction.mask, mask)
    assert (second.prediction.mask != mask).any()
    assert second.prompt.prompt_labels.tolist() == [1, 0]
    assert first.prompt.prompt_labels.tolist() == [1]


def test_two_futures_of_one_session_do_not_mix(session: Session, sphere) -> None:
    first = session.add(sphere[0])
    left, right = first.add(sphere[1]), first.add(sphere[2], 0)
    again = first.add(sphere[1])
    np.testing.assert_array_equal(left.prompt.prompt_coords, sphere[[0, 1]])
    np.testing.assert_array_equal(right.prompt.prompt_coords, sphere[[0, 2]])
    np.testing.assert_array_equal(again.prediction.mask, left.prediction.mask)


def test_each_click_refines_the_answer_before(session: Session, sphere, ball_system) -> None:
    first = session.add(sphere[0])
    first.add(sphere[1])
    np.testing.assert_array_equal(ball_system.feedback[-1], first.prediction.network_logits[0])
    chosen = first.choose(2)
    chosen.add(sphere[1])
    np.testing.assert_array_equal(ball_system.feedback[-1], first.prediction.network_logits[2])
    assert chosen.prediction.mask.sum() < first.prediction.mask.sum()
    assert first.prediction.chosen_idx == 0


def test_undo_returns_to_the_answer_before(session: Session, sphere) -> None:
    first = session.add(sphere[0])
    assert first.add(sphere[1]).undo().prediction is first.prediction
    assert first.undo().prediction is None
    with pytest.raises(InputError, match='no click to take back'):
        session.undo()


def test_replace_forgets_what_was(session: Session, sphere, ball_system) -> None:
    replaced = session.add(sphere[0]).add(sphere[1], 0).replace(sphere[2])
    assert ball_system.feedback[-1] is None
    np.testing.assert_array_equal(replaced.prompt.prompt_coords, sphere[[2]])
    fresh = session.add(sphere[2])
    np.testing.assert_array_equal(replaced.prediction.mask, fresh.prediction.mask)
    assert len(replaced.history) == 1


def test_several_clicks_at_once_are_one_answer(session: Session, sphere) -> None:
    answered = session.add(sphere[:3], np.array([1, 1, 0]))
    assert len(answered.history) == 1
    assert answered.prompt.prompt_labels.tolist() == [1, 1, 0]


def test_failed_click_leaves_the_session_usable(session: Session, sphere) -> None:
    first = session.add(sphere[0])
    with pytest.raises(PromptTooFarError):
        first.add(sphere[0] * 3.0)
    with pytest.raises(InputError, match='at least one foreground click'):
        session.add(sphere[0], 0)
    with pytest.raises(InputError, match='prompt_labels must have one entry per point'):
        first.add(sphere[:2], np.array([1]))
    with pytest.raises(InputError, match='no answer to choose from'):
        session.choose(0)
    assert len(first.add(sphere[1]).history) == 2


def test_granularity_stays_with_the_session(tiny_system, sphere) -> None:
    segmenter = Segmenter(tiny_system)
    encoded = segmenter.encode(PointCloud(points=sphere))
    session = segmenter.open(encoded, granularity=0.7).add(sphere[0]).add(sphere[1], 0)
    assert session.prompt.granularity == 0.7
    assert len(session.prediction.mask) == len(sphere)
