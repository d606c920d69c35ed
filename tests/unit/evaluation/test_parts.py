# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The automatic protocol with a stand-in system whose parts are known."""

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.parts import (
    SCAN,
    PartFound,
    PartsConfig,
    evaluate_object,
    summarize,
)
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter import SegmentAllSettings
from part_seg_ros.segmenter.mesh_parts import MeshSettings

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


def test_a_scan_takes_the_granularity_with_the_best_mean(ball_segmenter, squares):
    segmenter, obj = ball_segmenter(0.05), squares()
    cloud = see_object(obj, CONFIG.view).cloud
    means = {}
    for granularity in SCAN:
        settings = SegmentAllSettings(granularity=granularity)
        config = PartsConfig(view=CONFIG.view, settings=settings)
        found = evaluate_object(segmenter, obj, config)
        means[granularity] = sum(f.iou for f in found)
        encoded = segmenter.encode(cloud)
        alone = segmenter.segment_all(encoded, settings)
        (level,) = segmenter.segment_levels(encoded, (granularity,), nested=False)
        assert found[0].num_found == len(alone.parts) == len(level.parts)
    assert len(set(means.values())) > 2
    best = evaluate_object(segmenter, obj, PartsConfig(view=CONFIG.view, scan=True))
    assert sum(f.iou for f in best) == max(means.values())
    assert best[0].granularity == max(means, key=means.get)


def test_a_mesh_knows_what_is_connected(ball_segmenter, squares):
    obj = squares()
    halves = ball_segmenter(0.05)  # one click sees a part of a square only
    on_points = evaluate_object(halves, obj, CONFIG)
    mesh = MeshSettings(num_samples=800, connectivity=0.7)
    config = PartsConfig(view=CONFIG.view, on_mesh=True, mesh=mesh)
    on_mesh = evaluate_object(halves, obj, config)
    assert [f.iou for f in on_mesh] == [1.0, 1.0]
    assert max(f.iou for f in on_points) < 0.9
    with pytest.raises(InputError, match='as a whole'):
        PartsConfig(view=ViewConfig(view='single'), on_mesh=True)
