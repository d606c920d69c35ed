# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Nearest neighbours among distances as `torch.cdist` rounds them."""

import pytest
import torch

from part_seg_ros.layers import product_neighbors
from part_seg_ros.layers.product_neighbors import group_by_products, nearest


@pytest.fixture
def clouds():
    torch.manual_seed(0)
    return torch.rand(2, 300, 3) * 2 - 1


@pytest.mark.parametrize('pairs', [1, 1 << 12, 1 << 22])
def test_distances_and_choices_are_those_of_cdist_however_they_are_cut(clouds, pairs, monkeypatch):
    monkeypatch.setattr(product_neighbors, '_PAIRS_PER_PASS', pairs)
    distances, idx = nearest(clouds, clouds[:, :40], 4)
    wanted = torch.cdist(clouds, clouds[:, :40]).topk(4, largest=False)
    assert torch.equal(distances, wanted.values) and torch.equal(idx, wanted.indices)


def test_patches_hold_the_nearest_points_and_points_the_nearest_patches(clouds):
    center_idx = torch.stack([torch.randperm(300)[:20] for _ in range(2)])
    groups = group_by_products(clouds, center_idx, 8)
    for cloud in range(2):
        points = clouds[cloud].double()
        centers = points[center_idx[cloud]]
        distances = (points[:, None] - centers).norm(dim=-1)
        assert torch.equal(groups.centers[cloud].double(), centers)
        members = distances.T.topk(8, largest=False).indices
        assert torch.equal(groups.neighbor_idx[cloud].sort()[0], members.sort()[0])
        ends = groups.offsets[cloud] + groups.centers[cloud][:, None]
        torch.testing.assert_close(
            ends.double(), points[groups.neighbor_idx[cloud]], atol=1e-6, rtol=0
        )
        near = distances.topk(3, largest=False)
        assert torch.equal(groups.interp_idx[cloud], near.indices)
        weights = 1 / near.values.square().clamp(min=1e-8)
        weights /= weights.sum(-1, keepdim=True)
        found = groups.interp_weights[cloud].double()
        torch.testing.assert_close(found, weights, atol=1e-3, rtol=0)
        assert groups.interp_weights[cloud][center_idx[cloud]].amax(-1).min() > 0.99
