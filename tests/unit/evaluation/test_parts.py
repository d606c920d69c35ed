# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The automatic protocol with a stand-in system whose parts are known."""

import dataclasses
import math

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.parts import (
    SCAN,
    PartFound,
    PartsConfig,
    averages,
    evaluate_object,
    summarize,
)
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter import SegmentAllSettings
from part_seg_ros.segmenter.mesh_parts import MeshSettings
from part_seg_ros.structures import Mesh

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


def test_figures_by_hand(true_part):
    found = [('x', 0.2, 4), ('x', 0.4, 4), ('y', 0.9, 1)]
    results = [PartFound(part=true_part(n), iou=iou, num_found=num) for n, iou, num in found]
    # x: mean 0.3, of two parts one reaches 0.25 and none 0.5; y: 0.9, reaches both.
    assert summarize(results, CONFIG) == pytest.approx(
        {
            'mIoU per object': 60.0,
            'mIoU per part': 50.0,
            'recall@25': 75.0,
            'recall@50': 50.0,
            'predicted parts': 2.5,
        }
    )


@pytest.mark.parametrize(
    ('ious', 'at_25', 'at_50'),
    [((0.25, 0.5), 100.0, 50.0), ((0.2499, 0.4999), 50.0, 0.0), ((0.0, 1.0), 50.0, 50.0)],
)
def test_a_part_is_recalled_from_the_threshold_on(true_part, ious, at_25, at_50):
    results = [PartFound(part=true_part('x'), iou=iou, num_found=1) for iou in ious]
    summary = summarize(results, CONFIG)
    assert (summary['recall@25'], summary['recall@50']) == (at_25, at_50)


def test_averages_say_how_parts_are_weighted_and_what_is_counted(true_part):
    def found(name, share, kind, *ious):
        fields = dict(zip(('iou', 'any_scale_iou', 'face_iou', 'area_iou'), ious, strict=True))
        return PartFound(part=true_part(name, share, kind=kind), num_found=1, **fields)

    results = [
        found('x', 0.75, 'mug', 0.2, 0.4, 0.1, 0.5),
        found('x', 0.25, 'mug', 0.6, 0.6, 0.3, 0.9),
        found('y', 0.50, 'pan', 1.0, 1.0, 0.7, 0.8),
    ]
    assert averages(results, CONFIG).keys() == {'per object', 'per part', 'per kind', 'by size'}
    assert averages(results, CONFIG)['per part'].keys() == {'by point'}
    means = averages(results, PartsConfig(scan=True, on_mesh=True))
    # By point: x 0.4, y 1.0; all 1.8 / 3; x by size 0.75 * 0.2 + 0.25 * 0.6 = 0.3.
    points = {way: row['by point'] for way, row in means.items()}
    assert points == pytest.approx(
        {'per object': 70.0, 'per part': 60.0, 'per kind': 70.0, 'by size': 65.0}
    )
    # The others per object: (0.5 + 1.0) / 2, (0.2 + 0.7) / 2, (0.7 + 0.8) / 2.
    assert means['per object'] == pytest.approx(
        {'by point': 70.0, 'by point, any scale': 75.0, 'by face': 45.0, 'by area': 75.0}
    )


def test_any_scale_is_the_best_of_each_part_alone(ball_segmenter, squares):
    segmenter, obj = ball_segmenter(0.1), squares(gap=1.5)
    best = evaluate_object(segmenter, obj, PartsConfig(view=CONFIG.view, scan=True))
    single = evaluate_object(segmenter, obj, CONFIG)
    assert all(f.any_scale_iou >= f.iou > 0 for f in best)
    assert [f.any_scale_iou for f in single] == [f.iou for f in single]
    alone = [
        evaluate_object(
            segmenter,
            obj,
            PartsConfig(view=CONFIG.view, settings=SegmentAllSettings(granularity=granularity)),
        )
        for granularity in SCAN
    ]
    for i, found in enumerate(best):
        assert found.any_scale_iou == max(level[i].iou for level in alone)
    assert max(f.any_scale_iou - f.iou for f in best) > 0  # no level is best for both parts


def test_faces_count_alike_or_by_their_area(ball_segmenter, squares):
    """Part `a` is cut so that one of its faces is a quarter of it, the other three quarters."""
    obj = squares()
    mesh = obj.shape.mesh
    vertices = mesh.vertices.copy()
    vertices[3] = [0.5, 0.5 + 1 / 3, 0]  # the quadrilateral (0, 0), (1, 0), (1, 1), (1/2, 5/6)
    shape = dataclasses.replace(
        obj.shape,
        mesh=Mesh(vertices=vertices, faces=mesh.faces),
        face_part_ids=np.array([0, 1, 2, 2], np.int32),
    )
    obj = dataclasses.replace(obj, shape=shape, part_names=('large', 'small', 'b'))
    # A ball over each square answers: it covers both faces of the first. Their areas are 1/2 and
    # |(1, 1) x (1/2, 5/6)| / 2 = |5/6 - 1/2| / 2 = 1/6: 3/4 and 1/4 of it.
    settings = MeshSettings(num_samples=800, connectivity=0.9)
    config = PartsConfig(view=ViewConfig(num_points=4000), on_mesh=True, mesh=settings)
    large, small, other = evaluate_object(ball_segmenter(0.5), obj, config)
    assert (large.face_iou, small.face_iou, other.face_iou) == (0.5, 0.5, 1.0)
    areas = (large.area_iou, small.area_iou, other.area_iou)
    assert areas == pytest.approx((0.75, 0.25, 1.0), abs=1e-5)
    points = (large.iou, small.iou, other.iou)
    assert points == pytest.approx(areas, abs=0.03)  # points are drawn evenly by area


def test_times_are_told_but_make_no_difference(ball_segmenter, squares):
    first, second = (evaluate_object(ball_segmenter(0.5), squares(), CONFIG) for _ in range(2))
    assert dataclasses.replace(first[0], granularity=0.5) == dataclasses.replace(
        second[0], granularity=0.5
    )
    assert first[0].encode_ms > 0 and first[0].segment_ms > 0
    assert first[0].segment_ms != second[0].segment_ms
    assert math.isnan(first[0].area_iou)


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
