# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Proposals of stand-in systems, and average recall worked out by hand."""

import csv
import json

import numpy as np
import pytest

from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.proposals import (
    PartProposed,
    ProposalsConfig,
    averages,
    evaluate_object,
    propose_masks,
    summarize,
)
from part_seg_ros.evaluation.proposals_report import compare, write_report
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import MaskCandidates, PointCloud

VIEW = ViewConfig(num_points=400)


@pytest.fixture
def line_segmenter(ball_segmenter):
    """Answers a click at x on the points 0 to 19 of a line with masks that are given for each."""

    def build(masks):
        segmenter = ball_segmenter(0.0)

        def predict(embedding, prompt, previous=None):
            index = round(float(prompt.prompt_coords[0, 0]))
            rows = [np.isin(np.arange(20), idx) for idx, _ in masks.get(index, [([], 0.0)])]
            scores = [score for _, score in masks.get(index, [([], 0.0)])]
            return MaskCandidates(
                mask_logits=np.float32(rows) - np.float32(0.5), iou_pred=np.float32(scores)
            )

        segmenter.system.predict = predict
        return segmenter

    return build


def proposed(segmenter, **settings):
    points = np.zeros((20, 3))
    points[:, 0] = np.arange(20)
    encoded = segmenter.encode(PointCloud(points=points))
    masks = propose_masks(segmenter, encoded, ProposalsConfig(num_prompts=20, **settings))
    return [np.flatnonzero(mask).tolist() for mask in masks]


def test_proposals_overlap_and_come_best_first(line_segmenter):
    masks = {
        0: [([0, 1, 2, 3], 0.9), ([0, 1], 0.5)],  # IoU 2 / 4 of both: more than 0.3
        3: [([3, 4, 5, 6, 7], 0.95)],  # IoU 1 / 8 with the first
        9: [([9], 0.1), ([], 0.99)],  # nothing is no proposal
    }
    segmenter = line_segmenter(masks)
    assert proposed(segmenter) == [[3, 4, 5, 6, 7], [0, 1, 2, 3], [9]]
    assert proposed(segmenter, nms_iou=0.5) == [[3, 4, 5, 6, 7], [0, 1, 2, 3], [0, 1], [9]]
    assert proposed(segmenter, max_proposals=2) == [[3, 4, 5, 6, 7], [0, 1, 2, 3]]
    assert proposed(line_segmenter({})) == []


def test_proposals_are_carried_to_points_that_the_network_did_not_see(ball_segmenter, squares):
    obj = squares()
    cloud = see_object(obj, ViewConfig(num_points=400)).cloud
    segmenter = Segmenter(ball_segmenter(0.5).system, SegmenterConfig(max_points=100))
    encoded = segmenter.encode(cloud)
    assert len(encoded.network_idx) == 100
    masks = propose_masks(segmenter, encoded, ProposalsConfig(num_prompts=8))
    left = cloud.points[:, 0] < 5
    assert {tuple(mask) for mask in masks} == {tuple(left), tuple(~left)}


def test_balls_over_the_parts_are_both_proposals(ball_segmenter, squares):
    config = ProposalsConfig(view=VIEW, num_prompts=16)
    found = evaluate_object(ball_segmenter(0.5), squares(), config)
    assert [(r.part.part_name, r.iou, r.num_found) for r in found] == [
        ('a', 1.0, 2),
        ('b', 1.0, 2),
    ]
    assert all(r.encode_ms > 0 and r.segment_ms > 0 for r in found)
    assert found == evaluate_object(ball_segmenter(0.5), squares(), config)  # whatever the time


def test_parts_of_ignored_names_need_not_be_found(ball_segmenter, squares):
    config = ProposalsConfig(view=VIEW, num_prompts=16)
    (found,) = evaluate_object(ball_segmenter(0.5), squares(names=('floor', 'chair')), config)
    assert found.part.part_name == 'chair'
    other = ProposalsConfig(view=VIEW, num_prompts=16, ignored_names=())
    assert len(evaluate_object(ball_segmenter(0.5), squares(names=('floor', 'x')), other)) == 2


def test_best_iou_is_over_whole_masks_not_over_what_is_left_uncovered(ball_segmenter, squares):
    """One large proposal covers all, small ones lie upon it: the large one still counts whole."""
    segmenter, obj = ball_segmenter(9.0), squares()
    found = evaluate_object(segmenter, obj, ProposalsConfig(view=VIEW, num_prompts=4))
    part_ids = see_object(obj, VIEW).part_ids
    assert [r.iou for r in found] == [np.mean(part_ids == r.part.part_id) for r in found]
    assert [r.num_found for r in found] == [1, 1]


@pytest.mark.parametrize(
    ('ious', 'per_object', 'per_part'),
    [
        # One object, three of four parts reach 0.25 and one reaches 0.5.
        ({'x': (0.25, 0.3, 0.9, 0.1)}, (75.0, 25.0), (75.0, 25.0)),
        # x: 2 / 2 and 1 / 2; y: 0 / 1 and 0 / 1. Per part 2 / 3 and 1 / 3.
        ({'x': (0.4, 0.5), 'y': (0.2,)}, (50.0, 25.0), (200 / 3, 100 / 3)),
        # x: 1 / 3 and 1 / 3; y: 1 / 1 and 1 / 1. Per part 2 / 4 and 2 / 4.
        ({'x': (0.0, 0.24, 1.0), 'y': (0.75,)}, (200 / 3, 200 / 3), (50.0, 50.0)),
    ],
)
def test_average_recall_by_hand(true_part, ious, per_object, per_part):
    results = [
        PartProposed(part=true_part(name), iou=iou, num_found=len(values))
        for name, values in ious.items()
        for iou in values
    ]
    means = averages(results, ProposalsConfig())
    for way, wanted in (('per object', per_object), ('per part', per_part)):
        assert (means[way]['AR@25'], means[way]['AR@50']) == pytest.approx(wanted)
    summary = summarize(results, ProposalsConfig())
    assert (summary['AR@25'], summary['AR@50']) == pytest.approx(per_object)
    assert summary['proposals'] == pytest.approx(np.mean([len(v) for v in ious.values()]))


@pytest.mark.parametrize('seed', range(10))
def test_recall_agrees_with_a_table_of_all_pairs(line_segmenter, squares, seed):
    """Random masks on points of a grid: recall counted from every mask against every part."""
    rng = np.random.default_rng(seed)
    obj = squares()
    view = ViewConfig(num_points=60)
    part_ids = see_object(obj, view).part_ids
    rows = rng.random((20, 60)) < rng.random((20, 1))
    rows[0, 0] = True
    table = np.array(
        [[np.sum(r & (part_ids == k)) / np.sum(r | (part_ids == k)) for k in (0, 1)] for r in rows]
    )
    segmenter = line_segmenter({})
    answers = iter(rows)
    segmenter.system.predict = lambda embedding, prompt, previous=None: MaskCandidates(
        mask_logits=next(answers)[None] - np.float32(0.5), iou_pred=np.float32([rng.random()])
    )
    config = ProposalsConfig(view=view, num_prompts=20, nms_iou=1.0)
    found = evaluate_object(segmenter, obj, config)
    assert [r.iou for r in found] == pytest.approx(table.max(axis=0))
    means = averages(found, config)['per part']
    for threshold in (25, 50):
        recall = 100 * np.mean((table >= threshold / 100).any(axis=0))
        assert means[f'AR@{threshold}'] == pytest.approx(recall)


def test_report_holds_every_part_and_stands_beside_published_figures(tmp_path, true_part):
    results = [
        PartProposed(
            part=true_part('x', 0.1), iou=0.3, num_found=7, encode_ms=5.0, segment_ms=9.0
        ),
        PartProposed(
            part=true_part('y', 0.2), iou=0.6, num_found=3, encode_ms=6.0, segment_ms=8.0
        ),
    ]
    write_report(tmp_path, 'ball', ProposalsConfig(), results)
    record = json.loads((tmp_path / 'proposals.json').read_text())
    assert record['summary'] == pytest.approx(
        {'AR@25': 100.0, 'AR@50': 50.0, 'mIoU': 45.0, 'proposals': 5.0}
    )
    assert record['config']['max_proposals'] == 250
    rows = list(csv.DictReader((tmp_path / 'proposals.csv').open()))
    assert [row['num_found'] for row in rows] == ['7', '3']
    times = json.loads((tmp_path / 'proposals_times.json').read_text())['objects']
    assert times['y'] == {'encode': 6.0, 'proposals': 8.0}
    (beside,) = compare('ball', 'replica', ProposalsConfig(), results)
    assert beside.rows['ball, per object'] == pytest.approx({'AR@25': 100.0, 'AR@50': 50.0})
    assert beside.rows['Point-SAM']['AR@25'] == 49.2
    assert compare('ball', 'squares', ProposalsConfig(), results) == []


def test_settings_out_of_range_are_refused():
    for wrong in ({'num_prompts': 0}, {'max_proposals': 0}, {'nms_iou': -0.1}):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            ProposalsConfig(**wrong)
