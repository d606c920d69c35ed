# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The U-Net over the planes."""

import pytest
import torch
import torch.nn.functional as F

from part_seg_ros.layers.partfield.plane_unet import CrossPlaneMap, PlaneUNet


def test_every_pixel_sees_the_means_of_its_lines_on_the_other_planes():
    torch.manual_seed(0)
    cross = CrossPlaneMap(4)
    image = torch.randn(2, 4, 3 * 5, 5)
    planes = list(image.unflatten(2, (3, 5)).unbind(2))
    planes[2] = planes[2].transpose(2, 3)
    wanted = []
    for i, conv in enumerate(cross.plane_convs):
        following, last = planes[(i + 1) % 3], planes[(i + 2) % 3]
        across = following.mean(3)[:, :, None, :].expand(-1, -1, 5, -1)
        down = last.mean(2)[:, :, :, None].expand(-1, -1, -1, 5)
        wanted.append(conv(torch.cat([planes[i], across, down], 1)))
    wanted[2] = wanted[2].transpose(2, 3)
    torch.testing.assert_close(cross(image), torch.cat(wanted, 2))


def test_planes_share_a_direction_in_space():
    """A change on one line of plane yz changes the rows of xy that lie at that y, all alike."""
    torch.manual_seed(0)
    cross = CrossPlaneMap(2)
    image = torch.zeros(1, 2, 3 * 4, 4)
    changed = image.clone()
    changed[:, :, 4 + 1, :] = 1.0  # plane yz, one row: all y at one z
    difference = (cross(changed) - cross(image))[0].abs().sum(0) > 1e-6
    assert difference[:4].any(0).tolist() == [False, True, False, False]
    assert difference[:4].any(1).all()


def test_the_output_before_the_last_map_has_the_finest_width_and_the_shape_of_the_planes():
    torch.manual_seed(0)
    unet = PlaneUNet(8, (4, 8, 16))
    planes = torch.randn(2, 3, 8, 8, 8)
    hidden = unet(planes)
    assert hidden.shape == (2, 3, 8, 8, 4)
    wanted = unet.conv_final(hidden.flatten(1, 2).permute(0, 3, 1, 2))
    found = unet.expand(hidden).flatten(1, 2).permute(0, 3, 1, 2)
    torch.testing.assert_close(found, wanted)


def test_convolutions_reach_over_the_border_between_planes():
    torch.manual_seed(0)
    unet = PlaneUNet(8, (4, 8, 16))
    hidden = F.pad(torch.randn(1, 8, 1, 8), (0, 0, 7, 16))  # the last row of plane 0 alone
    conv = unet.down_convs[0].block.conv1
    reached = (conv(hidden) - conv.bias[:, None, None]).abs().amax((0, 1, 3)) > 1e-6
    assert reached.nonzero().flatten().tolist() == [6, 7, 8]


@pytest.mark.parametrize('memory', [torch.contiguous_format, torch.channels_last])
def test_memory_order_does_not_matter(memory):
    torch.manual_seed(0)
    unet = PlaneUNet(32, (32, 64))
    rolled = torch.randn(1, 32, 3 * 64, 64) * (torch.rand(1, 1, 3 * 64, 64) < 0.05)
    planes = rolled.contiguous(memory_format=memory).unflatten(2, (3, 64)).permute(0, 2, 3, 4, 1)
    with torch.inference_mode():
        found, exact = unet(planes), unet.double()(planes.double())
    assert (found - exact).abs().max() < 2e-5
