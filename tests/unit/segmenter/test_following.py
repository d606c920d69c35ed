# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A part is expected where it was seen, clicked deep inside, and told from others."""

import numpy as np
import pytest

from part_seg_ros.geometry.transforms import rigid_transform
from part_seg_ros.segmenter.following import (
    agreeing,
    click_inside,
    expected_mask,
    remembered,
    see_part,
)
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import MaskCandidates, PointPrompt


def row_of_points(count=10, offset=0.0):
    """Points 1 m apart on the x axis."""
    points = np.zeros((count, 3), np.float32)
    points[:, 0] = np.arange(count) + offset
    return points


@pytest.fixture
def part():
    """Points 3 to 5 of ten."""
    mask = np.zeros(10, bool)
    mask[3:6] = True
    return mask


def test_a_part_is_kept_with_its_surroundings_only(part):
    sight = see_part(row_of_points(), part, radius=1.2)
    assert sight.points[:, 0].tolist() == [2, 3, 4, 5, 6]
    assert sight.is_part.tolist() == [False, True, True, True, False]


def test_points_are_expected_where_the_nearest_was_of_the_part(part):
    sight = see_part(row_of_points(), part, radius=1.2)
    # At 2.6, 3.6 … : 2.6 is nearest to 3, which is of the part; 5.6 to 6, which is not.
    expected = expected_mask(row_of_points(offset=0.6), sight, radius=0.9)
    assert np.flatnonzero(expected).tolist() == [2, 3, 4]


def test_points_beyond_the_radius_are_not_expected(part):
    sight = see_part(row_of_points(), part, radius=1.2)
    assert not expected_mask(row_of_points(offset=0.45), sight, radius=0.4).any()


def test_a_moved_sight_is_expected_elsewhere(part):
    moved = see_part(row_of_points(), part, radius=1.2).moved(
        rigid_transform([2, 0, 0], [0, 0, 0, 1])
    )
    assert np.flatnonzero(expected_mask(row_of_points(), moved, radius=0.2)).tolist() == [5, 6, 7]


def test_invalid_points_are_expected_nowhere(part):
    points = row_of_points()
    points[4] = np.nan
    sight = see_part(row_of_points(), part, radius=1.2)
    assert np.flatnonzero(expected_mask(points, sight, radius=0.2)).tolist() == [3, 5]


def test_the_click_is_farthest_from_everything_else(part):
    points = row_of_points()
    points[0] = np.nan
    click = click_inside(points, part)
    assert click.prompt_coords.tolist() == [[4, 0, 0]] and click.prompt_labels.tolist() == [1]


def test_a_part_that_is_all_there_is_is_clicked_in_the_middle():
    assert click_inside(row_of_points(5), np.ones(5, bool)).prompt_coords.tolist() == [[2, 0, 0]]


def prediction(masks):
    masks = np.array(masks)
    return Prediction(
        candidates=MaskCandidates(
            mask_logits=np.where(masks, 1.0, -1.0), iou_pred=np.ones(len(masks))
        ),
        network_logits=np.where(masks, 1.0, -1.0),
        prompt=PointPrompt(prompt_coords=np.zeros((1, 3)), prompt_labels=np.ones(1)),
        snap_distances=np.zeros(1),
        decode_ms=0.0,
    )


def test_the_candidate_most_like_the_expected_is_taken():
    expected = np.array([1, 1, 0, 0], bool)
    answer = prediction([[1, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0]])  # IoU 1/2, 2/3, 1/2
    assert agreeing(answer, expected, 0.3).chosen_idx == 1
    assert agreeing(answer, expected, 0.6).chosen_idx == 1
    assert agreeing(answer, expected, 0.7) is None


def test_an_answer_beside_the_expected_is_none_however_little_is_asked():
    assert agreeing(prediction([[0, 0, 1, 1]]), np.array([1, 1, 0, 0], bool), 0.0) is None


def test_what_is_expected_is_fed_back_at_the_points_that_the_network_saw(part):
    click = click_inside(row_of_points(), part)
    feedback = remembered(click, part, np.array([0, 4, 5, 9])).feedback
    assert (feedback > 0).tolist() == [False, True, True, False]
    assert np.isfinite(feedback).all() and feedback.dtype == np.float32
