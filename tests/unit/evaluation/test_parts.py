# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The automatic protocol with a stand-in system whose parts are known."""

import pytest

from part_seg_ros.evaluation.parts import PartFound, PartsConfig, evaluate_object, summarize
from part_seg_ros.evaluation.views import ViewConfig

CONFIG = PartsConfig(view=ViewConfig(num_points=500))


def test_balls_that_cover_exactly_the_parts_find_them(ball_segmenter, squares):
    results = evaluate_object(ball_segmenter(0.5), squares(), CONFIG)
    assert [(r.part.part_name, r.iou, r.num_found) for r in results] == [
        ('a', 1.0, 2),
        ('b', 1.0, 2),
    ]


def test_one_part_over_everything_finds_half_of_each(ball_segmenter, squares):
    results = evaluate_object(ball_segmenter(9.0), squares(), CONFIG)
    assert [r.num_found for r in results] == [1, 1]
    assert [r.iou for r in results] == [pytest.approx(r.part.share) for r in results]


def test_no_part_finds_nothing(ball_segmenter, squares):
    results = evaluate_object(ball_segmenter(0.5, iou_pred=0.1), squares(), CONFIG)
    assert [(r.iou, r.num_found) for r in results] == [(0.0, 0)] * 2


def test_mean_is_over_parts_then_over_objects(true_part):
    found = [('x', 0.2, 4), ('x', 0.4, 4), ('y', 0.9, 1)]
    results = [PartFound(part=true_part(n), iou=iou, num_found=num) for n, iou, num in found]
    assert summarize(results, CONFIG) == pytest.approx(
        {'best IoU': 60.0, 'found at 50': 50.0, 'predicted parts': 2.5}
    )
