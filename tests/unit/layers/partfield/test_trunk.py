# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The trunk as a whole."""

import dataclasses

import pytest
import torch

from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.partfield.trunk import TriplaneTrunk

CONFIG = TrunkConfig(
    point_blocks=((8, 4), (4, 2)),
    plane_size=8,
    unet_widths=(4, 8),
    token_width=16,
    token_depth=1,
    num_heads=2,
    sdf_width=2,
    part_width=6,
)


def trunk(num_extra_channels=0):
    torch.manual_seed(0)
    return TriplaneTrunk(dataclasses.replace(CONFIG, num_extra_channels=num_extra_channels))


@pytest.fixture
def coords():
    torch.manual_seed(1)
    return torch.rand(2, 50, 3) * 1.8 - 0.9


def test_the_steps_one_by_one_give_the_planes(coords):
    net = trunk()
    hidden = net.unet_hidden(net.scatter(net.point_features(coords, coords), coords))
    tokens = net.tokens_out(net.tokens_in(hidden))
    transformer = net.triplane_transformer
    of_pixels = transformer.mlp(net.unet_output(hidden))
    wanted = transformer.spread(tokens, 0) + of_pixels
    planes = net.planes(coords, coords)
    assert planes.shape == (2, 3, 8, 8, 8)
    torch.testing.assert_close(planes, wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(net.part_planes(coords, coords), planes[..., 2:])


def test_planes_do_not_depend_on_the_order_of_points_nor_on_other_clouds(coords):
    net = trunk(3)
    extra = torch.randn(2, 50, 3)
    planes = net.planes(coords, coords, extra)
    order = torch.randperm(50)
    shuffled = net.planes(coords[:, order], coords[:, order], extra[:, order])
    torch.testing.assert_close(shuffled, planes, atol=1e-4, rtol=0)
    alone = net.planes(coords[:1], coords[:1], extra[:1])
    torch.testing.assert_close(alone, planes[:1], atol=1e-4, rtol=0)


def test_extra_channels_count_only_once_their_map_has_learned(coords):
    net = trunk(3)
    extra = torch.randn(2, 50, 3)
    before = net.point_features(coords, coords, extra)
    torch.testing.assert_close(before, net.point_features(coords, coords))
    with torch.no_grad():
        net.pvcnn.pc_encoder.add_conv1.weight.normal_()
    after = net.point_features(coords, coords, extra)
    assert (after - before).abs().max() > 0.1
    changed = net.point_features(coords, coords, extra.flip(1))
    assert (after - changed).abs().max() > 0.1


def test_every_parameter_learns_but_those_that_feed_nothing(coords):
    net = trunk(3)
    with torch.no_grad():
        net.pvcnn.pc_encoder.add_conv1.weight.normal_()
    net.planes(coords, coords, torch.randn(2, 50, 3)).square().sum().backward()
    idle = [name for name, value in net.named_parameters() if value.grad is None]
    assert idle and all('pc_encoder.encoder.1.' in name for name in idle)
