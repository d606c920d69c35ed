# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The interactive protocol end to end, with stand-in systems whose result is known."""

import json

import numpy as np
import pytest

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.clicks import (
    ClicksConfig,
    ClickTrace,
    PartClicks,
    averages,
    calibration,
    click_part,
    evaluate_object,
    simulated_user,
    summarize,
)
from part_seg_ros.evaluation.datasets import LabeledObject, read_folder
from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS, POINT_SAM_CLICKS
from part_seg_ros.evaluation.simulated_users import correcting_user
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.models import build_model
from part_seg_ros.models.system import Capabilities
from part_seg_ros.segmenter import Segmenter
from part_seg_ros.structures import MaskCandidates, PointCloud


def test_ball_that_covers_exactly_the_part_scores_one(ball_segmenter, squares):
    config = ClicksConfig(view=ViewConfig(num_points=500), clicks=(1, 3))
    results = evaluate_object(ball_segmenter(0.5), squares(), config)
    assert [r.part.part_name for r in results] == ['a', 'b']
    assert summarize(results, config) == {
        'IoU@1': 100.0,
        'IoU@3': 100.0,
        'best candidate@1': 100.0,
        'ECE': 0.0,
    }


def test_predicted_iou_of_every_round_is_kept(ball_segmenter, squares):
    config = ClicksConfig(view=ViewConfig(num_points=300), clicks=(2,))
    results = evaluate_object(ball_segmenter(0.5, iou_pred=0.75), squares(), config)
    assert [r.trace.iou_pred for r in results] == [(0.75, 0.75)] * 2
    curves = calibration(results)
    assert list(curves) == ['1', '2', 'all']
    assert curves['all'].counts.sum() == 4
    assert all(c.calibration_error == pytest.approx(0.25) for c in curves.values())
    assert all(c.bias == pytest.approx(-0.25) for c in curves.values())


@pytest.mark.parametrize('told', [False, True])
def test_granularity_of_the_true_part_is_told_with_every_prompt(ball_segmenter, squares, told):
    segmenter = ball_segmenter(0.5)
    view = ViewConfig(num_points=400)
    config = ClicksConfig(view=view, clicks=(3,), true_granularity=told)
    results = evaluate_object(segmenter, squares(), config)
    given = [prompt.granularity for prompt in segmenter.system.prompts]
    wanted = [r.part.granularity if told else None for r in results for _ in range(3)]
    assert given == wanted
    assert results[0].part.granularity == pytest.approx(1 / 8, abs=0.02)  # half the points


@pytest.mark.parametrize(
    ('rule', 'second'), [(POINT_SAM_CLICKS, (12, 0)), (PARTSAM_CLICKS, (9, 1))]
)
def test_the_rule_decides_between_errors_equally_deep(ball_segmenter, rule, second):
    segmenter = ball_segmenter(0.0)
    points = np.zeros((20, 3))
    points[:, 0] = np.arange(20)
    is_answer = (points[:, 0] >= 10) & (points[:, 0] <= 12)
    segmenter.system.predict = lambda embedding, prompt, previous=None: (
        segmenter.system.prompts.append(prompt)
        or MaskCandidates(mask_logits=is_answer[None] - np.float32(0.5), iou_pred=np.ones(1))
    )
    target = (points[:, 0] >= 9) & (points[:, 0] <= 11)
    user = correcting_user(points, target, rule)
    encoded = segmenter.encode(PointCloud(points=points))
    trace = click_part(segmenter, encoded, target, 2, user=user)
    assert trace.iou == (0.5, 0.5)
    assert trace.clicks == ((10, 1), second)
    assert len(trace.click_ms) == 2 and min(trace.click_ms) > 0
    last = segmenter.system.prompts[-1]
    assert (last.prompt_coords[1, 0], last.prompt_labels[1]) == second


def scripted(ball_segmenter, *answers):
    """Answers click k on the points 0 to 19 of a line with the k-th answer, masks best first."""
    segmenter = ball_segmenter(0.0)

    def predict(embedding, prompt, previous=None):
        masks = answers[len(prompt.prompt_coords) - 1]
        rows = np.array([np.isin(np.arange(20), mask) for mask in masks])
        scores = np.linspace(0.9, 0.5, len(masks))
        return MaskCandidates(mask_logits=rows - np.float32(0.5), iou_pred=scores)

    segmenter.system.predict = predict
    points = np.stack([np.arange(20.0), np.zeros(20), np.zeros(20)], 1)
    return segmenter, segmenter.encode(PointCloud(points=points))


def upto(stop, start=0):
    return list(range(start, stop))


@pytest.mark.parametrize(
    ('part', 'answers', 'ious', 'oracle', 'clicks'),
    [
        # Part 0 to 4, its deepest point 0 lies 5 from 5. Answer 0 to 9: 5 / 10; of the wrong 5 to
        # 9 the point 7 lies 3 from 4 and from 10. Answer 0 to 5: 5 / 6; wrong is 5. Then all.
        (
            upto(5),
            ([upto(10)], [upto(6)], [upto(5)]),
            (5 / 10, 5 / 6, 1.0),
            5 / 10,
            ((0, 1), (7, 0), (5, 0)),
        ),
        # Part 4 to 8, its deepest point 6. The first of three candidates counts, 4 to 5: 2 / 5,
        # though the second has 4 / 5; missed are 6 to 8, deepest 7. Then 4 to 7: 4 / 5, missed 8.
        # Then 4 to 9: 5 / 6.
        (
            upto(9, 4),
            ([upto(6, 4), upto(8, 4), [0]], [upto(8, 4)], [upto(10, 4)]),
            (2 / 5, 4 / 5, 5 / 6),
            4 / 5,
            ((6, 1), (7, 1), (8, 1)),
        ),
        # Part 15 to 19, deepest 19. Nothing is answered: 0 / 5, all missed, 19 again. Then 0 to 9,
        # 0 / 15: missed 15 to 19 lie up to 5 deep, wrong 0 to 9 up to 10: 0 off the part.
        (
            upto(20, 15),
            ([[]], [upto(10)], [upto(20)]),
            (0.0, 0.0, 5 / 20),
            0.0,
            ((19, 1), (19, 1), (0, 0)),
        ),
    ],
)
def test_clicks_and_ious_by_hand(ball_segmenter, part, answers, ious, oracle, clicks):
    segmenter, encoded = scripted(ball_segmenter, *answers)
    trace = click_part(segmenter, encoded, np.isin(np.arange(20), part), 3)
    assert trace.clicks == clicks
    assert trace.iou == pytest.approx(ious)
    assert trace.best_candidate_iou == pytest.approx(oracle)


@pytest.mark.parametrize('seed', range(5))
def test_iou_at_k_agrees_with_sums_over_a_table(true_part, seed):
    """Random traces of three objects of one to four parts, in a table with gaps."""
    rng = np.random.default_rng(seed)
    table = rng.random((3, 4, 10))
    counts = rng.integers(1, 5, 3)
    results = [result(true_part(f'{i}'), *table[i, j]) for i in range(3) for j in range(counts[i])]
    config = ClicksConfig(clicks=(1, 4, 10))
    summary = summarize(results, config)
    for k in (1, 4, 10):
        total = sum(table[i, : counts[i], k - 1].sum() / counts[i] for i in range(3))
        assert summary[f'IoU@{k}'] == pytest.approx(100 * total / 3)
    assert summary['best candidate@1'] == pytest.approx(
        100 * sum(table[i, : counts[i]].max(axis=1).mean() for i in range(3)) / 3
    )
    assert summary['ECE'] == pytest.approx(0.0)  # what is predicted in `result` is true


def result(part, *ious):
    trace = ClickTrace(iou=ious, iou_pred=ious, best_candidate_iou=max(ious))
    return PartClicks(part=part, trace=trace)


def test_a_system_for_one_click_keeps_its_answer(squares):
    segmenter = Segmenter(build_model('s2am3d-tiny', device='cpu'))
    config = ClicksConfig(view=ViewConfig(num_points=300), clicks=(1, 3))
    for result in evaluate_object(segmenter, squares(), config):
        assert len(set(result.trace.iou)) == len(set(result.trace.iou_pred)) == 1
        assert len(result.trace.iou) == 3


def test_ten_positive_clicks_lie_on_the_part_and_are_added_one_by_one(ball_segmenter, squares):
    segmenter, obj = ball_segmenter(0.2), squares()
    config = ClicksConfig(view=ViewConfig(num_points=400), protocol='segvigen')
    results = evaluate_object(segmenter, obj, config)
    seen = see_object(obj, config.view)
    for result in results:
        clicked, labels = map(np.array, zip(*result.trace.clicks, strict=True))
        assert (labels == 1).all()
        assert (seen.part_ids[clicked] == result.part.part_id).all()
        assert len(set(clicked.tolist())) == 10
    prompts = segmenter.system.prompts
    assert [len(p.prompt_coords) for p in prompts] == 2 * list(range(1, 11))
    assert all((p.prompt_labels == 1).all() for p in prompts)
    again = simulated_user(results[1].part, seen, config)
    assert [again(k, None) for k in range(10)] == list(results[1].trace.clicks)
    last = seen.cloud.points[[i for i, _ in results[1].trace.clicks]]
    np.testing.assert_array_equal(prompts[-1].prompt_coords, last)


def test_positive_clicks_depend_on_the_seed_alone(ball_segmenter, squares):
    def clicks(seed, numbers):
        view = ViewConfig(num_points=400, seed=seed)
        config = ClicksConfig(view=view, clicks=numbers, protocol='segvigen')
        found = evaluate_object(ball_segmenter(0.2), squares(), config)
        return [result.trace.clicks for result in found]

    ten, three = clicks(0, (10,)), clicks(0, (1, 3))
    assert ten == clicks(0, (10,)) != clicks(1, (10,))
    assert [c[:3] for c in ten] == three


def test_positive_clicks_on_one_part_say_nothing_of_those_on_another(ball_segmenter):
    points = np.random.default_rng(0).random((400, 3))
    shape = LabeledCloud(cloud=PointCloud(points=points), part_ids=np.repeat([0, 1], 200))
    obj = LabeledObject(name='halves', kind='', group='', part_names=(), shape=shape)
    config = ClicksConfig(view=ViewConfig(num_points=400), protocol='segvigen')
    one, other = evaluate_object(ball_segmenter(0.2), obj, config)
    ranks = [index - 200 for index, _ in other.trace.clicks]
    assert ranks != [index for index, _ in one.trace.clicks]


def test_a_system_without_clicks_off_the_part_needs_the_protocol_without(ball_segmenter, squares):
    segmenter = ball_segmenter(0.2)
    segmenter.system.capabilities = Capabilities(negative_points=False)
    view = ViewConfig(num_points=300)
    with pytest.raises(InputError, match='ball takes no clicks off the part.*those of segvigen'):
        evaluate_object(segmenter, squares(), ClicksConfig(view=view))
    positive = ClicksConfig(view=view, protocol='segvigen')
    assert len(evaluate_object(segmenter, squares(), positive)) == 2
    once = ClicksConfig(view=view, clicks=(1,))
    assert len(evaluate_object(segmenter, squares(), once)) == 2
    with pytest.raises(ConfigError, match='protocol must be one of'):
        ClicksConfig(protocol='sam')


def test_every_average_has_its_row(true_part):
    parts = [
        (true_part('x', 0.6, kind='mug'), 0.2),
        (true_part('x', 0.2, kind='mug'), 0.6),
        (true_part('y', 0.5, kind='mug'), 1.0),
        (true_part('z', 0.5, kind='pan'), 0.5),
    ]
    found = averages([result(part, v) for part, v in parts], ClicksConfig(clicks=(1,)))
    # Objects: x (0.2 + 0.6) / 2 = 0.4, y 1.0, z 0.5; their mean is 1.9 / 3.
    # Parts: (0.2 + 0.6 + 1.0 + 0.5) / 4 = 0.575.
    # Kinds: mug (0.4 + 1.0) / 2 = 0.7, pan 0.5; their mean is 0.6.
    # By size: x (0.6 * 0.2 + 0.2 * 0.6) / 0.8 = 0.3; (0.3 + 1.0 + 0.5) / 3 = 0.6.
    assert {way: row['IoU@1'] for way, row in found.items()} == pytest.approx(
        {'per object': 190 / 3, 'per part': 57.5, 'per kind': 60.0, 'by size': 60.0}
    )


def test_mean_is_over_parts_then_over_objects(true_part):
    results = [result(true_part(n), v) for n, v in [('x', 0.2), ('x', 0.4), ('y', 0.9)]]
    assert summarize(results, ClicksConfig(clicks=(1,)))['IoU@1'] == pytest.approx(60.0)


@pytest.mark.parametrize('clicks', [(), (0, 1), (3, 1), (1, 1)])
def test_numbers_of_clicks_must_ascend(clicks):
    with pytest.raises(ConfigError, match='ascending'):
        ClicksConfig(clicks=clicks)


def test_ball_floor_of_real_objects_is_the_recorded_one(ball_segmenter, shared_path):
    """The first click of this protocol gives a fixed ball the IoU recorded with the data."""
    folder = shared_path / 'data' / 'parts16_dev'
    recorded = json.loads((folder / 'baselines.json').read_text())
    floor = recorded['floors_10k_points']['click_IoU']['ball_euclid_r0.2']['mean']['1']
    segmenter = ball_segmenter(0.2)
    config = ClicksConfig(clicks=(1,))
    results = [
        r for obj in read_folder(folder).objects for r in evaluate_object(segmenter, obj, config)
    ]
    assert summarize(results, config)['IoU@1'] == pytest.approx(floor, abs=1.5)
    assert np.mean([len(r.trace.iou) for r in results]) == 1
