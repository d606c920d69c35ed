# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The patch PointNet against its plain form."""

import pytest
import torch

from part_seg_ros.layers import patch_pointnet
from part_seg_ros.layers.patch_pointnet import PatchPointNet


@pytest.fixture
def net():
    torch.manual_seed(0)
    return PatchPointNet(5, 8, 12, 7)


@pytest.fixture
def features():
    return torch.randn(2, 3, 11, 6, 5)


def plain(net, features):
    own = net.conv1(features)
    pooled = own.max(dim=-2, keepdim=True).values.expand_as(own)
    return net.conv2(torch.cat([pooled, own], dim=-1)).max(dim=-2).values


def test_it_equals_the_plain_form(net, features):
    torch.testing.assert_close(net(features), plain(net, features), atol=1e-6, rtol=0)


def test_passes_do_not_change_the_answer(net, features, monkeypatch):
    wanted = net(features)
    monkeypatch.setattr(patch_pointnet, '_POINTS_PER_PASS_CPU', 13)
    torch.testing.assert_close(net(features), wanted, atol=1e-6, rtol=0)
    monkeypatch.setattr(patch_pointnet, '_POINTS_PER_PASS_CPU', 1)
    torch.testing.assert_close(net(features), wanted, atol=1e-6, rtol=0)


def test_the_order_within_a_patch_does_not_matter(net, features):
    shuffled = features[..., torch.randperm(6), :]
    torch.testing.assert_close(net(shuffled), net(features), atol=1e-6, rtol=0)


def test_gradients_reach_every_parameter(net, features):
    net(features).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in net.parameters())
