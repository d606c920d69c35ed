# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Two discs that rest in the world, seen by a camera in motion: every figure is known."""

import dataclasses
import math

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.prompts import prompts_from_topic
from part_seg_ros.evaluation.bags.protocol import BagConfig, evaluate_bag
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.evaluation.bags.results import FOLLOWED, FOUND, LOST, OPENED, by_part, summarize
from part_seg_ros.evaluation.bags.truth import FieldTruth, FileTruth
from part_seg_ros.segmenter.following import FollowSettings

# A ball of this share of the size of the scene, 0.25 m, covers a disc and nothing of the other.
WHOLE, HALF = 0.5, 0.1
CONFIG = BagConfig(follow=FollowSettings(radius=0.005))


@pytest.fixture
def evaluate(tiny_bag, ball_segmenter, tiny):
    """Evaluate a tiny bag by clicks of its topic, or every part of each cloud."""

    def run(*, config=CONFIG, clicked=True, radius=WHOLE, truth=None, keep=(), **recipe):
        with tiny_bag(**recipe) as bag:
            prompts = prompts_from_topic(bag, tiny.clicks) if clicked else None
            return evaluate_bag(
                bag,
                ball_segmenter(radius),
                config,
                truth=truth or FieldTruth(),
                prompts=prompts,
                keep=keep,
            )

    return run


def states(results, part_id):
    return [part.state for part in results.parts if part.part_id == part_id]


@pytest.mark.parametrize('storage', ['sqlite3', 'mcap'])
def test_parts_are_followed_from_their_prompts_on(evaluate, storage):
    results = evaluate(storage=storage)
    assert states(results, 1) == [OPENED, FOLLOWED, FOLLOWED, FOLLOWED]
    assert states(results, 2) == [OPENED, FOLLOWED, FOLLOWED]
    assert [part.iou for part in results.parts] == [1.0] * 7
    assert {(part.part_id, part.true_id) for part in results.parts} == {(1, 0), (2, 1)}
    assert results.target_frame == 'world' and not results.refused and not results.damage


def test_stability_is_that_of_the_parts_in_the_world(evaluate):
    # From cloud 0 to 1 the second disc gets its part: half of the pairs with a part are stable.
    stability = [frame.stability for frame in evaluate().frames]
    assert math.isnan(stability[0]) and stability[1:] == [0.5, 1.0, 1.0]


def test_in_the_frame_of_the_camera_the_discs_are_lost(evaluate):
    # The discs move by more than their size from cloud to cloud.
    config = BagConfig(target_frame='optical', follow=FollowSettings(radius=0.005))
    assert states(evaluate(config=config), 1) == [OPENED, LOST, LOST, LOST]


def test_a_lost_part_counts_as_nothing(evaluate):
    config = BagConfig(target_frame='optical', follow=FollowSettings(radius=0.005))
    results = evaluate(config=config, clicks=[(0, (0, 0, 0))])
    assert [part.iou for part in results.parts] == [1.0, 0.0, 0.0, 0.0]
    assert summarize(results)['IoU'] == 25.0 and summarize(results)['lost'] == 100.0


def test_part_of_a_part_has_its_share_as_iou(evaluate, tiny):
    results = evaluate(radius=HALF, clicks=[(0, (0, 0, 0))])
    points, disc_ids = tiny.disc_points()
    size = np.linalg.norm(points - points.mean(0), axis=1).max()
    disc = points[disc_ids == 0]
    share = np.mean(np.linalg.norm(disc, axis=1) < HALF * size)
    assert 0 < share < 1
    assert results.parts[0].iou == pytest.approx(share)


def test_the_network_is_given_what_is_expected_to_refine(tiny_bag, tiny, ball_segmenter):
    segmenter = ball_segmenter(HALF)
    answer_click = segmenter.system.predict

    def refine(embedding, prompt, previous=None):
        """Answer a click by a ball, and what it is given by the same."""
        found = answer_click(embedding, prompt)
        return (
            found if previous is None else dataclasses.replace(found, mask_logits=previous[None])
        )

    segmenter.system.predict = refine
    with tiny_bag(clicks=[(0, (0.02, 0, 0))]) as bag:
        prompts = prompts_from_topic(bag, tiny.clicks)
        results = evaluate_bag(bag, segmenter, CONFIG, truth=FieldTruth(), prompts=prompts)
    # The ball, beside the middle of its disc, stays where it is; a new click would move it.
    assert 0 < results.parts[0].iou < 1
    assert [part.iou for part in results.parts] == [results.parts[0].iou] * 4


def test_clouds_without_a_place_are_told_and_passed_over(evaluate):
    # Before the first pose and after the last none is known.
    results = evaluate(num_frames=5, without_pose=(0, 4))
    assert [frame.has_transform for frame in results.frames] == [False, True, True, True, False]
    assert states(results, 1) == [OPENED, FOLLOWED, FOLLOWED, LOST]
    assert [part.frame_idx for part in results.parts if part.part_id == 1] == [1, 2, 3, 4]
    assert [frame.problem for frame in results.frames] == [''] * 5


def test_a_missing_pose_between_two_is_interpolated(evaluate):
    # The camera moves evenly, so the place between two others is right.
    results = evaluate(num_frames=4, without_pose=(2,))
    assert [frame.has_transform for frame in results.frames] == [True] * 4
    assert states(results, 1) == [OPENED, FOLLOWED, FOLLOWED, FOLLOWED]


def test_after_the_break_of_a_bag_no_prompt_is_answered(write_bag, ball_segmenter, tiny):
    path, _ = write_bag(num_frames=3, clicks=[(2, (0, 0, 0)), (9, (0.4, 0, 0))])
    (path / 'metadata.yaml').unlink()
    with open_bag(path) as bag:
        prompts = prompts_from_topic(bag, tiny.clicks)
        results = evaluate_bag(
            bag, ball_segmenter(WHOLE), CONFIG, truth=FieldTruth(), prompts=prompts
        )
    assert states(results, 1) == [OPENED] and results.num_unreached == 1
    assert results.damage == 'metadata.yaml is missing'


def test_one_of_so_many_clouds_is_taken(evaluate):
    results = evaluate(
        config=BagConfig(every=2, follow=FollowSettings(radius=0.005)), num_frames=5
    )
    assert [frame.frame_idx for frame in results.frames] == [0, 2, 4]
    assert states(results, 2) == [OPENED, FOLLOWED, FOLLOWED]  # clicked at cloud 1


def test_points_that_no_network_saw_are_counted(evaluate, tiny):
    num_points = len(tiny.disc_points()[0]) + 1
    first = evaluate().frames[0]
    assert (first.num_points, first.not_finite) == (num_points, 1)
    assert (first.outside_region, first.not_sampled) == (0, 0)
    config = BagConfig(region_radius=0.2, follow=FollowSettings(radius=0.005))
    around = evaluate(config=config, clicks=[(0, (0, 0, 0))]).frames[0]
    assert around.outside_region == (num_points - 1) // 2


def test_a_cloud_about_which_nothing_is_asked_drops_nothing_and_takes_no_time(evaluate):
    results = evaluate(clicks=[(2, (0, 0, 0))])
    before = results.frames[0]
    assert (before.not_finite, before.outside_region, before.not_sampled) == (1, 0, 0)
    assert before.encode_ms == before.predict_ms == 0.0
    asked = results.frames[2:]
    assert summarize(results)['encode [ms]'] == pytest.approx(
        np.mean([frame.encode_ms for frame in asked])
    )


def test_clicks_that_the_node_would_refuse_are_told(tiny_bag, tiny, ball_segmenter):
    segmenter = ball_segmenter(WHOLE)
    object.__setattr__(segmenter, 'config', type(segmenter.config)(snap_radius=0.05))
    with tiny_bag(clicks=[(0, (0, 0, 0)), (0, (0, 3, 0))]) as bag:
        prompts = prompts_from_topic(bag, tiny.clicks)
        results = evaluate_bag(bag, segmenter, CONFIG, truth=FieldTruth(), prompts=prompts)
    (refused,) = results.refused
    assert refused.frame_idx == 0 and 'snap radius' in refused.reason
    assert {part.part_id for part in results.parts} == {1}


def test_a_click_in_a_frame_that_nothing_joins_is_refused(tiny_bag, ball_segmenter, tiny):
    def stray(types):
        return tiny.click(types, tiny.stamp_of(0), (0, 0, 0), frame_id='gripper')

    extra = [('/stray', 'geometry_msgs/msg/PointStamped', tiny.stamp_of(0), stray)]
    with tiny_bag(extra=extra) as bag:
        prompts = prompts_from_topic(bag, '/stray')
        results = evaluate_bag(
            bag, ball_segmenter(WHOLE), CONFIG, truth=FieldTruth(), prompts=prompts
        )
    assert "'gripper' to 'optical'" in results.refused[0].reason and not results.parts


def test_every_true_part_is_looked_for_without_prompts(evaluate):
    results = evaluate(clicked=False)
    assert [part.state for part in results.parts] == [FOUND] * 8
    assert [part.true_id for part in results.parts] == [0, 1] * 4
    assert [part.iou for part in results.parts] == [1.0] * 8
    assert [frame.num_parts for frame in results.frames] == [2] * 4
    # The parts of two clouds are matched, whatever their numbers.
    assert [frame.stability for frame in results.frames[1:]] == [1.0] * 3


def test_truth_comes_from_a_companion_file(evaluate, tiny, tmp_path):
    _, disc_ids = tiny.disc_points()
    swapped = np.concatenate([[-1], 7 - disc_ids])
    np.savez(tmp_path / 'truth.npz', **{str(tiny.stamp_of(i)): swapped for i in (0, 1, 3)})
    results = evaluate(truth=FileTruth(tmp_path / 'truth.npz'), with_label=False)
    of_first = [part for part in results.parts if part.part_id == 1]
    assert [part.true_id for part in of_first] == [7] * 4
    assert [part.iou for part in of_first[:2]] == [1.0, 1.0]
    assert math.isnan(of_first[2].iou) and of_first[3].iou == 1.0


def test_truth_of_another_length_is_named(evaluate, tiny, tmp_path):
    np.savez(tmp_path / 'truth.npz', **{str(tiny.stamp_of(0)): np.zeros(5, int)})
    results = evaluate(truth=FileTruth(tmp_path / 'truth.npz'))
    assert 'one for each point' in results.frames[0].problem
    assert len(results.evaluated) == 3


def test_names_of_true_parts_are_told(evaluate, tiny):
    extra = [('/truth/parts', 'std_msgs/msg/String', tiny.stamp_of(0), tiny.names)]
    results = evaluate(extra=extra)
    assert list(by_part(results)) == ['1 (pair/left)', '2 (pair/right)']


def test_without_truth_there_is_no_iou(evaluate):
    results = evaluate(with_label=False)
    assert all(math.isnan(part.iou) for part in results.parts)
    assert math.isnan(summarize(results)['IoU'])


@pytest.mark.parametrize(
    ('config', 'recipe', 'words'),
    [
        ({'topic': '/points'}, {}, r'clouds are on /camera/points.*/clicked_point \('),
        ({'topic': '/tf'}, {}, 'clouds are on /camera/points'),
        ({}, {'num_frames': 0, 'clicks': [(0, (0, 0, 0))]}, 'the bag has no clouds'),
        (
            {'target_frame': 'moon'},
            {},
            "'moon'; its clouds are in 'optical'.*link, optical, world",
        ),
    ],
)
def test_what_the_bag_does_not_have_is_told_with_what_it_has(evaluate, config, recipe, words):
    with pytest.raises(InputError, match=words):
        evaluate(config=BagConfig(**config), **recipe)


def test_a_required_field_that_is_missing_is_named(evaluate):
    with pytest.raises(InputError, match="no field 'part'; it has x, y, z, label"):
        evaluate(truth=FieldTruth('part', is_required=True))


def test_clouds_in_a_frame_of_their_own_can_be_segmented(evaluate):
    results = evaluate(clicked=False, frame_id='elsewhere')
    assert results.target_frame == 'elsewhere' and len(results.evaluated) == 4
