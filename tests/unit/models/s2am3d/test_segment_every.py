# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The search for every part, with answers that are known."""

import numpy as np
import pytest

from part_seg_ros.errors import CanceledError, ConfigError
from part_seg_ros.models.s2am3d.segment_every import (
    SegmentEverySettings,
    fill_gaps,
    find_masks,
)
from part_seg_ros.structures import MaskCandidates

# Two bars along x, two units apart, and one stray point between them.
BAR = np.stack([np.linspace(0, 1, 50), np.zeros(50), np.zeros(50)], axis=1)
POINTS = np.float32(np.concatenate([BAR, BAR + [3, 0, 0], [[2.2, 0, 0]]]))
IS_LEFT = POINTS[:, 0] < 1.5
SETTINGS = SegmentEverySettings(num_prompts=12, batch_size=5, scales=(0.5,))


def search(decode, settings=SETTINGS, should_stop=lambda: False):
    shares = []
    found = find_masks(
        decode,
        POINTS,
        settings,
        progress=lambda share, num: shares.append(share),
        should_stop=should_stop,
    )
    return found, shares


def answer(masks, scores):
    return MaskCandidates(
        mask_logits=np.where(masks, 1.0, -1.0).astype(np.float32), iou_pred=np.float32(scores)
    )


def bars(click_idx, scale):
    """Answer with the bar of the click; the whole at no scale, less well."""
    own = IS_LEFT[None] == IS_LEFT[click_idx][:, None]
    own[:, -1] = False
    own[np.arange(len(own)), click_idx] = True
    if scale is None:
        return answer(np.ones_like(own), np.full(len(own), 0.6))
    return answer(own, np.full(len(own), 0.9))


def test_masks_of_all_scales_compete_and_large_ones_come_first():
    found, shares = search(bars, SegmentEverySettings(num_prompts=101, scales=(0.5,), nms_iou=0.6))
    assert [mask.sum() for mask in found.masks] == [101, 50, 50]
    assert {tuple(np.flatnonzero(mask)[[0, -1]]) for mask in found.masks[1:]} == {
        (0, 49),
        (50, 99),
    }
    np.testing.assert_allclose(found.scores, [0.6, 0.9, 0.9])
    assert shares[0] == 0.0 and shares[-1] == 1.0 and shares == sorted(shares)


def test_every_click_is_asked_at_every_scale_scale_by_scale():
    asked = []

    def decode(click_idx, scale):
        asked.append((scale, len(click_idx)))
        return bars(click_idx, scale)

    search(decode)
    assert asked == [(None, 5), (None, 5), (None, 2), (0.5, 5), (0.5, 5), (0.5, 2)]


@pytest.mark.parametrize(
    ('mask', 'score'),
    [
        (lambda own, click: own & (np.arange(101) != click), 0.9),  # without its click
        (lambda own, click: np.arange(101) == click, 0.9),  # too small
        (lambda own, click: own, 0.5),  # not good enough
    ],
)
def test_worthless_masks_are_dropped(mask, score):
    def decode(click_idx, scale):
        own = bars(click_idx, 0.5).masks
        masks = np.stack([mask(row, click) for row, click in zip(own, click_idx, strict=True)])
        return answer(masks, np.full(len(masks), score))

    settings = SegmentEverySettings(num_prompts=12, scales=(), min_share=0.02)
    assert len(search(decode, settings)[0]) == 0


def test_search_can_be_stopped():
    calls = []
    with pytest.raises(CanceledError, match='cancelled'):
        search(bars, should_stop=lambda: len(calls) == 2 or calls.append(0))
    assert len(calls) == 2


def test_gaps_take_the_label_of_the_nearest_point_with_one():
    labels = np.where(IS_LEFT, 0, 1)
    labels[[3, -1]] = -1
    wanted = np.where(IS_LEFT, 0, 1)
    assert np.array_equal(fill_gaps(labels, POINTS), wanted)
    assert labels[3] == -1
    nothing = np.full(101, -1)
    assert np.array_equal(fill_gaps(nothing, POINTS), nothing)


def test_scales_outside_the_range_are_refused():
    with pytest.raises(ConfigError, match=r'\(0, 1\]'):
        SegmentEverySettings(scales=(0.5, 0.0))
