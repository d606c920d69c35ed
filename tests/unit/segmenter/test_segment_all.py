# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part: known parts are found exactly, ids partition the cloud, work can be stopped."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import CanceledError, ConfigError
from part_seg_ros.models.system import Capabilities
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig, Stage
from part_seg_ros.structures import PartSegmentation, PointCloud


def _blob_of(points: np.ndarray) -> np.ndarray:
    """Blobs stand one metre apart along x."""
    return np.round(points[:, 0]).astype(int)


def _whole(points: np.ndarray) -> np.ndarray:
    return np.zeros(len(points), int)


def _cap_of(points: np.ndarray) -> np.ndarray:
    """The upper cap of a blob is a part of its own, the rest of the blob another."""
    return 2 * _blob_of(points) + (points[:, 2] > 0.1)


@pytest.fixture
def blobs(sphere: np.ndarray) -> np.ndarray:
    """Three ellipsoids of 800, 400 and 200 points along x."""
    return np.concatenate(
        [sphere, sphere[:400] + np.float32([1, 0, 0]), sphere[:200] + np.float32([2, 0, 0])]
    )


def _segment(system, points: np.ndarray, **settings) -> PartSegmentation:
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=points))
    return segmenter.segment_all(encoded, SegmentAllSettings(**settings))


def _assert_partition(found: PartSegmentation, num_points: int) -> None:
    assert found.part_ids.shape == (num_points,) and found.part_ids.dtype == np.int32
    ids = [part.part_id for part in found.parts]
    assert ids == list(range(len(ids)))
    assert set(np.unique(found.part_ids)) - {-1} == set(ids)
    scores = [part.score for part in found.parts]
    assert scores == sorted(scores, reverse=True) and all(0.0 <= s <= 1.0 for s in scores)


def test_separate_parts_are_found_exactly(truth_system, blobs: np.ndarray) -> None:
    points = np.insert(blobs, 100, np.nan, axis=0)
    found = _segment(truth_system(levels=(_blob_of,), iou_pred=(0.9,)), points)
    _assert_partition(found, len(points))
    assert len(found.parts) == 3
    assert found.part_ids[100] == -1
    labels = _blob_of(np.delete(points, 100, axis=0))
    ids = np.delete(found.part_ids, 100)
    pairs = set(zip(labels.tolist(), ids.tolist(), strict=True))
    assert len(pairs) == 3 and {a for a, _ in pairs} == {0, 1, 2}


def test_parts_know_their_box_click_and_score(truth_system, blobs: np.ndarray) -> None:
    found = _segment(truth_system(levels=(_blob_of,), iou_pred=(0.8,)), blobs)
    for part in found.parts:
        own = blobs[found.part_ids == part.part_id]
        local = (own - part.box.center) @ part.box.axes
        assert (np.abs(local) <= part.box.size / 2 + 1e-5).all()
        assert (own == part.prompt_coord).all(axis=1).any()
        assert part.score == pytest.approx(0.8)


def test_small_parts_lie_on_top_of_large_ones(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_whole, _blob_of, _cap_of), iou_pred=(0.9, 0.7, 0.8))
    found = _segment(system, blobs, merging='suppression', nms_iou=0.95, max_overlap=1.0)
    _assert_partition(found, len(blobs))
    pairs = set(zip(_cap_of(blobs).tolist(), found.part_ids.tolist(), strict=True))
    assert len(pairs) == 6 and len(found.parts) == 6
    assert (found.part_ids >= 0).all()


def test_what_no_mask_covers_stays_unassigned(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(lambda p: np.where(_blob_of(p) == 0, 0, 1),), iou_pred=(0.9,))
    found = _segment(system, blobs, max_parts=1)
    _assert_partition(found, len(blobs))
    assert len(found.parts) == 1
    kept = found.part_ids == 0
    assert kept.sum() in (800, 600) and (found.part_ids[~kept] == -1).all()


@pytest.mark.parametrize(('min_points', 'num_parts'), [(200, 3), (201, 2), (401, 1), (801, 0)])
def test_parts_with_fewer_points_are_dropped(truth_system, blobs, min_points, num_parts) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(0.9,))
    found = _segment(system, blobs, min_points=min_points)
    _assert_partition(found, len(blobs))
    assert len(found.parts) == num_parts
    assert ((found.part_ids >= 0).sum()) == sum([800, 400, 200][:num_parts])


def test_points_are_counted_in_the_input_not_in_the_network(truth_system, blobs) -> None:
    segmenter = Segmenter(
        truth_system(levels=(_blob_of,), iou_pred=(0.9,)), SegmenterConfig(max_points=30)
    )
    encoded = segmenter.encode(PointCloud(points=blobs))
    for min_points, num_parts in ((200, 3), (201, 2)):
        found = segmenter.segment_all(encoded, SegmentAllSettings(min_points=min_points))
        assert len(found.parts) == num_parts


def test_parts_do_not_lie_within_others_unless_allowed(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_blob_of, _cap_of), iou_pred=(0.9, 0.8))
    assert len(_segment(system, blobs, merging='suppression').parts) == 3
    assert (
        len(_segment(system, blobs, merging='suppression', max_overlap=1.0, nms_iou=1.0).parts)
        == 6
    )


def test_candidates_below_the_score_are_dropped(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(0.6,))
    assert len(_segment(system, blobs, min_score=0.59).parts) == 3
    found = _segment(system, blobs, min_score=0.61)
    assert found.parts == () and (found.part_ids == -1).all()


@pytest.mark.parametrize('merging', ['agreement', 'suppression'])
def test_batches_make_no_difference(truth_system, blobs: np.ndarray, merging: str) -> None:
    results = [
        _segment(
            truth_system(levels=(_blob_of, _cap_of), iou_pred=(0.9, 0.8)),
            blobs,
            batch_size=size,
            merging=merging,
        )
        for size in (1, 7, 256)
    ]
    for found in results[1:]:
        np.testing.assert_array_equal(found.part_ids, results[0].part_ids)


def test_batches_are_halved_when_memory_runs_out(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(0.9,), max_batch=10)
    found = _segment(system, blobs, num_prompts=64, batch_size=32)
    assert sum(system.batches) == 64 and set(system.batches) == {8}
    assert len(found.parts) == 3
    hopeless = truth_system(levels=(_blob_of,), iou_pred=(0.9,), max_batch=0)
    with pytest.raises(RuntimeError, match='out of memory'):
        _segment(hopeless, blobs)


def test_granularity_is_the_scale_or_else_the_threshold(truth_system, blobs: np.ndarray) -> None:
    scaled = truth_system(
        levels=(_blob_of,), iou_pred=(0.9,), capabilities=Capabilities(granularity=True)
    )
    _segment(scaled, blobs, granularity=0.3, merging='suppression')
    assert set(scaled.granularities) == {0.3}
    plain = truth_system(levels=(_whole, _blob_of), iou_pred=(0.9, 0.8))
    coarse = _segment(plain, blobs, granularity=0.01, merging='suppression')
    fine = _segment(plain, blobs, granularity=1.0, merging='suppression')
    assert set(plain.granularities) == {None}
    assert len(coarse.parts) < len(fine.parts)
    for value in (0.0, 1.1):
        with pytest.raises(ConfigError, match=r'granularity must lie in \(0, 1\]'):
            SegmentAllSettings(granularity=value)


def test_progress_never_falls_and_ends_at_one(truth_system, blobs: np.ndarray) -> None:
    segmenter = Segmenter(truth_system(levels=(_blob_of,), iou_pred=(0.9,)))
    reports: list[tuple[Stage, float, int]] = []
    found = segmenter.segment_all(
        segmenter.encode(PointCloud(points=blobs)),
        SegmentAllSettings(batch_size=16),
        progress=lambda *report: reports.append(report),
    )
    shares = [share for _, share, _ in reports]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    stages = [stage for stage, _, _ in reports]
    assert stages == sorted(stages, key=list(Stage).index) and set(stages) == set(Stage)
    assert len(shares) >= 11 and reports[-1][2] == len(found.parts)


@pytest.mark.parametrize('num_asked', [0, 1, 3, 4, 5])
def test_work_stops_within_one_chunk(truth_system, blobs: np.ndarray, num_asked: int) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(0.9,))
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=blobs))
    answers = iter([False] * num_asked)
    with pytest.raises(CanceledError):
        segmenter.segment_all(
            encoded,
            SegmentAllSettings(batch_size=64, num_prompts=256),
            should_stop=lambda: next(answers, True),
        )
    assert len(system.batches) == min(num_asked, 4)


def test_small_clouds_get_as_many_clicks_as_points(truth_system, sphere) -> None:
    system = truth_system(levels=(_whole,), iou_pred=(0.9,))
    found = _segment(system, sphere[:40], num_prompts=256)
    assert sum(system.batches) == 40
    assert (found.part_ids == 0).all()


def test_real_network_gives_a_partition(tiny_system, blobs: np.ndarray) -> None:
    found = _segment(tiny_system, blobs, num_prompts=24, min_score=0.0)
    _assert_partition(found, len(blobs))
    assert found.parts
    assert all((found.part_ids == part.part_id).sum() >= 20 for part in found.parts)


def test_a_least_score_of_zero_keeps_even_what_is_expected_to_be_wrong(
    truth_system, blobs: np.ndarray
) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(-0.2,))
    found = _segment(system, blobs, min_score=0.0)
    assert [part.score for part in found.parts] == [0.0] * 3
    assert _segment(system, blobs, min_score=0.01).parts == ()
