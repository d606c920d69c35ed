# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts that clicks agree on: coarse to fine, nested, connected, in time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig
from part_seg_ros.segmenter.by_agreement import Agreement, Pieces, height_of
from part_seg_ros.segmenter.part_limits import PartLimits
from part_seg_ros.segmenter.part_votes import PartVotes
from part_seg_ros.structures import PartSegmentation, PointCloud


def _blob_of(points: np.ndarray) -> np.ndarray:
    """Blobs stand one metre apart along x."""
    return np.round(points[:, 0]).astype(int)


def _pair_of(points: np.ndarray) -> np.ndarray:
    """The first two blobs belong together."""
    return np.maximum(_blob_of(points), 1)


def _cap_of(points: np.ndarray) -> np.ndarray:
    """The upper cap of a blob is a part of its own, the rest of the blob another."""
    return 2 * _blob_of(points) + (points[:, 2] > 0.5)


@pytest.fixture
def blobs(sphere: np.ndarray) -> np.ndarray:
    """Three ellipsoids of 800, 400 and 200 points along x, their caps lifted off."""
    opened = np.where(sphere[:, 2:] > 0.1, sphere + np.float32([0, 0, 1]), sphere)
    return np.concatenate(
        [opened, opened[:400] + np.float32([1, 0, 0]), opened[:200] + np.float32([2, 0, 0])]
    )


@pytest.fixture
def nested(truth_system, blobs: np.ndarray):
    """A segmenter whose network holds a click for pair, blob and cap alike, and the blobs."""
    system = truth_system(levels=(_pair_of, _blob_of, _cap_of), iou_pred=(0.8, 0.8, 0.8))
    segmenter = Segmenter(system)
    return segmenter, segmenter.encode(PointCloud(points=blobs))


def _same_partition(found: PartSegmentation, labels: np.ndarray) -> bool:
    pairs = set(zip(found.part_ids.tolist(), labels.tolist(), strict=True))
    return len(pairs) == len(found.parts) == len(np.unique(labels))


def test_granularity_goes_from_coarse_to_fine(nested, blobs: np.ndarray) -> None:
    segmenter, encoded = nested
    # Clicks of a pair share a third of their votes, of a blob two thirds, of a cap all.
    for granularity, levels in ((0.6, _pair_of), (0.8, _blob_of), (1.0, _cap_of)):
        settings = SegmentAllSettings(granularity=granularity)
        found = segmenter.segment_all(encoded, settings)
        assert _same_partition(found, levels(blobs)), granularity
    assert height_of(0.6) > 2 / 3 > height_of(0.8) > 1 / 3 > height_of(1.0)


def test_every_fine_part_knows_the_coarse_part_that_it_lies_within(nested, blobs) -> None:
    segmenter, encoded = nested
    levels = segmenter.segment_levels(encoded, (0.6, 0.8, 1.0))
    assert [len(level.parts) for level in levels] == [2, 3, 6]
    assert all(part.parent_id == -1 for part in levels[0].parts)
    for above, level in itertools.pairwise(levels):
        for part in level.parts:
            parents = np.unique(above.part_ids[level.part_ids == part.part_id])
            assert parents.tolist() == [part.parent_id]


def test_levels_stay_nested_where_votes_do_not(truth_system, sphere: np.ndarray) -> None:
    slabs = truth_system(
        levels=(
            lambda p: np.floor(p[:, 0] * 5 + 0.5).astype(int),
            lambda p: np.floor(p[:, 2] * 9).astype(int),
            lambda p: np.floor(p[:, 1] * 13).astype(int),
        ),
        iou_pred=(0.9, 0.8, 0.85),
    )
    segmenter = Segmenter(slabs, SegmenterConfig(max_points=200))
    encoded = segmenter.encode(PointCloud(points=sphere))
    levels = segmenter.segment_levels(encoded, (0.3, 0.5, 0.7, 0.9))
    assert len(levels[-1].parts) > len(levels[1].parts) > 1
    for above, level in itertools.pairwise(levels):
        for part in level.parts:
            own = level.part_ids == part.part_id
            assert np.unique(above.part_ids[own]).tolist() == [part.parent_id]
        assert ((level.part_ids >= 0) <= (above.part_ids >= 0)).all()


@pytest.mark.parametrize('seed', range(4))
def test_of_equal_votes_the_smaller_part_takes_the_point_whatever_the_last_digits(
    nested, blobs: np.ndarray, seed: int
) -> None:
    _, encoded = nested
    rng = np.random.default_rng(seed)
    is_small = _blob_of(blobs) == 0
    masks = np.stack([np.ones(len(blobs), bool), is_small])
    rows = np.array([np.flatnonzero(~is_small)[0], np.flatnonzero(is_small)[0]])
    order = rng.permutation(2)
    noise = rng.uniform(-2e-7, 0.0, masks.shape)
    votes = PartVotes(
        votes=np.float32(masks + masks * noise)[order],
        click_rows=rows[order],
        packed_masks=np.packbits(masks[order], axis=1),
        iou_pred=np.ones(2, np.float32),
        name_probs=None,
        click_idx=np.arange(2),
    )
    limits = PartLimits(min_points=1, max_parts=0, min_name_probability=0.0)
    # One click votes for the other, which does not vote for it: they are 0.5 apart.
    (found,) = Agreement(encoded, votes).levels((0.9,), limits, lambda: False)
    assert _same_partition(found, is_small)


def test_granularities_must_ascend(nested) -> None:
    segmenter, encoded = nested
    for wrong in ((0.8, 0.6), (0.0, 0.5), (0.5, 1.1)):
        with pytest.raises(InputError, match='ascend'):
            segmenter.segment_levels(encoded, wrong)


def test_a_point_on_a_piece_follows_it(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_cap_of,), iou_pred=(0.9,))
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=blobs))
    pieces = Pieces(of_point=_blob_of(blobs), weight=0.5)
    for granularity, with_pieces, levels in (
        (0.6, None, _cap_of),
        (0.5, pieces, _blob_of),  # a cap is 0.5 from the rest of its blob, 1 from other blobs
        (0.6, pieces, _cap_of),
    ):
        found = segmenter.segment_all(
            encoded, SegmentAllSettings(granularity=granularity), pieces=with_pieces
        )
        assert _same_partition(found, levels(blobs)), granularity


def test_a_small_part_is_dissolved_into_what_else_was_voted_for(truth_system, blobs) -> None:
    speck = blobs[0]

    def _speck_of(points: np.ndarray) -> np.ndarray:
        near = np.linalg.norm(points - speck, axis=1) < 0.12
        return np.where(near, 9, _blob_of(points))

    system = truth_system(levels=(_speck_of, _blob_of), iou_pred=(0.9, 0.5))
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=blobs))
    is_speck = _speck_of(blobs) == 9
    assert 10 < is_speck.sum() < 100
    for min_points, num_parts in ((1, 4), (100, 3)):
        settings = SegmentAllSettings(num_prompts=600, min_points=min_points)
        found = segmenter.segment_all(encoded, settings)
        assert len(found.parts) == num_parts
    assert _same_partition(found, _blob_of(blobs))


def test_the_time_budget_gives_what_there_is(truth_system, blobs: np.ndarray) -> None:
    system = truth_system(levels=(_blob_of,), iou_pred=(0.9,))
    segmenter = Segmenter(system)
    encoded = segmenter.encode(PointCloud(points=blobs))
    full = segmenter.segment_all(encoded, SegmentAllSettings())
    assert full.is_complete and len(system.batches) == 16
    system.batches.clear()
    short = segmenter.segment_all(encoded, SegmentAllSettings(time_budget=1e-9))
    assert not short.is_complete and len(system.batches) == 1
    assert _same_partition(short, _blob_of(blobs))  # eight clicks far apart see every blob


def test_unstable_masks_are_dropped(ball_system, sphere: np.ndarray) -> None:
    segmenter = Segmenter(ball_system)
    encoded = segmenter.encode(PointCloud(points=sphere))
    # Every point lies between the logits -1 and 1 of a ball of metres, so none is stable.
    found = segmenter.segment_all(encoded, SegmentAllSettings(min_stability=0.5))
    assert found.parts == () and (found.part_ids == -1).all()
    assert segmenter.segment_all(encoded, SegmentAllSettings()).parts
