# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part by clicks all over a shape whose true parts are known."""

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import CanceledError, ConfigError
from part_seg_ros.models.part_masks import never, silent
from part_seg_ros.models.partsam.segment_every import find_masks
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.models.system import Embedding
from part_seg_ros.structures import MaskCandidates

NUM_POINTS = 90


@dataclasses.dataclass
class ThirdsSystem:
    """Answers a click with its third of the line, half of that third, and everything."""

    scores: tuple[float, float, float] = (0.9, 0.8, 0.7)
    batches: list[int] = dataclasses.field(default_factory=list)

    def predict_batch(self, embedding, prompts):
        self.batches.append(len(prompts))
        return [self._answer(embedding.points[:, 0], prompt) for prompt in prompts]

    def _answer(self, x, prompt):
        clicked = prompt.prompt_coords[0, 0]
        masks = [
            np.floor(x * 3) == np.floor(clicked * 3),
            np.floor(x * 6) == np.floor(clicked * 6),
            np.ones(len(x), bool),
        ]
        logits = np.where(masks, 5.0, -5.0).astype(np.float32)
        return MaskCandidates(mask_logits=logits, iou_pred=np.array(self.scores, np.float32))


@pytest.fixture
def embedding():
    x = (np.random.default_rng(0).permutation(NUM_POINTS) + 0.5) / NUM_POINTS
    points = np.stack([x, 0 * x, 0 * x], axis=1).astype(np.float32)
    return Embedding(points=points, point_features=None, state=None, num_bytes=0)


def find(system, embedding, progress=silent, should_stop=never, **settings):
    return find_masks(
        system,
        embedding,
        SegmentEverySettings(**settings),
        progress=progress,
        should_stop=should_stop,
    )


def test_masks_overlap_no_more_than_allowed_and_large_ones_come_first(embedding):
    found = find(ThirdsSystem(), embedding, nms_iou=0.4, num_prompts=20)
    assert found.masks.sum(1).tolist() == [90, 30, 30, 30]
    assert found.scores[0] == pytest.approx(0.7)
    clicked = np.floor(found.prompt_coords[1:, 0] * 3)
    thirds = np.floor(embedding.points[:, 0] * 3)
    assert sorted(clicked) == [0, 1, 2]
    np.testing.assert_array_equal(found.masks[1:], thirds == clicked[:, None])


def test_halves_stay_where_more_overlap_is_allowed_and_the_whole_goes_where_less(embedding):
    loose = find(ThirdsSystem(), embedding, nms_iou=0.51, num_prompts=20)
    assert loose.masks.sum(1).tolist() == [90, 30, 30, 30] + [15] * 6
    strict = find(ThirdsSystem(), embedding, nms_iou=0.3, num_prompts=20)
    assert strict.masks.sum(1).tolist() == [30, 30, 30]


def test_a_score_must_be_above_the_threshold(embedding):
    at_it = float(np.float32(0.9))
    assert len(find(ThirdsSystem(), embedding, min_score=at_it)) == 0
    assert len(find(ThirdsSystem(), embedding, min_score=at_it - 1e-6)) == 3


def test_the_first_click_is_the_first_point_and_the_last_batch_may_be_small(embedding):
    system = ThirdsSystem(scores=(0.9, 0.0, 0.0))
    found = find(system, embedding, num_prompts=7, batch_size=3)
    assert system.batches == [3, 3, 1]
    first = embedding.points[0]
    assert (found.prompt_coords == first).all(1).sum() == 1
    everywhere = ThirdsSystem()
    find(everywhere, embedding, num_prompts=512)
    assert sum(everywhere.batches) == NUM_POINTS


def test_progress_rises_to_the_end_and_it_can_be_stopped(embedding):
    told = []
    find(ThirdsSystem(), embedding, lambda *done: told.append(done), num_prompts=8, batch_size=4)
    assert [share for share, _ in told] == [0.0, 0.5, 1.0]
    assert told[1][1] == 12 and told[2][1] == 3
    with pytest.raises(CanceledError, match='cancelled'):
        find(ThirdsSystem(), embedding, should_stop=lambda: True)


def test_settings_are_checked():
    with pytest.raises(ConfigError, match='nms_iou must be at most 1'):
        SegmentEverySettings(nms_iou=1.5)
