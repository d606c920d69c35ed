# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects found without prompts."""

import dataclasses

import numpy as np
import pytest
import torch

from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.mask_filters import overlap
from part_seg_ros.models.geosam2.model import GeoSam2Net
from part_seg_ros.models.geosam2.proposals import find_proposals
from part_seg_ros.models.geosam2.settings import ProposalSettings

TINY = PRESETS['tiny']
SIZE = TINY.image_size
LOOSE = ProposalSettings(num_clicks=24, clicks_at_once=5, min_iou=0.0, min_stability=0.0)


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(3)
    return GeoSam2Net(TINY).eval()


@pytest.fixture(scope='module')
def features(net):
    torch.manual_seed(4)
    with torch.inference_mode():
        return net.encode(torch.randn(1, 3, SIZE, SIZE), torch.rand(1, 3, SIZE, SIZE) - 0.5)


@pytest.fixture
def region():
    region = np.zeros((SIZE, SIZE), bool)
    region[30:50, 70:100] = True
    return region


def search(net, features, region, **changes):
    with torch.inference_mode():
        return find_proposals(net, features, region, dataclasses.replace(LOOSE, **changes))


def test_clicks_lie_in_the_region_and_masks_differ(net, features, region):
    found = search(net, features, region)
    assert found
    for each in found:
        x, y = each.coord_px.astype(int)
        assert region[y, x]
        columns, rows = (np.flatnonzero(each.mask.any(axis=axis)) for axis in (0, 1))
        assert each.box.tolist() == [columns[0], rows[0], columns[-1], rows[-1]]
    areas = [each.mask.sum() for each in found]
    assert areas == sorted(areas, reverse=True)
    pairs = [(a, b) for k, a in enumerate(found) for b in found[:k]]
    assert all(overlap(a.mask, b.mask) <= LOOSE.max_mask_iou for a, b in pairs)


def test_all_are_kept_where_overlaps_may_be_full_and_batches_do_not_matter(net, features, region):
    loose = {'max_box_iou': 1.0, 'max_mask_iou': 1.0}
    found = search(net, features, region, **loose)
    assert len(found) > len(search(net, features, region))
    # Each click gives up to three masks.
    clicks = {tuple(each.coord_px) for each in found}
    assert len(clicks) <= 24 and len(found) <= 3 * 24
    together = search(net, features, region, clicks_at_once=24, **loose)
    assert len(found) == len(together)
    scores = [sorted(each.iou_pred for each in some) for some in (found, together)]
    np.testing.assert_allclose(*scores, atol=1e-5)


def test_thresholds_drop_what_is_below_them(net, features, region):
    loose = {'max_box_iou': 1.0, 'max_mask_iou': 1.0}
    scores = [each.iou_pred for each in search(net, features, region, **loose)]
    limit = float(np.median(scores))
    sure = search(net, features, region, min_iou=limit, **loose)
    assert len(sure) == sum(score > limit for score in scores) < len(scores)
    assert len(search(net, features, region, min_stability=1.0, **loose)) < len(scores)


def test_an_empty_region_has_nothing(net, features):
    assert search(net, features, np.zeros((SIZE, SIZE), bool)) == []


def test_places_depend_on_the_seed_alone(net, features, region):
    first, same, other = (
        {tuple(each.coord_px) for each in search(net, features, region, seed=seed)}
        for seed in (3, 3, 4)
    )
    assert first == same != other
