# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scattering onto planes and sampling them."""

import pytest
import torch
import torch.nn.functional as F

from part_seg_ros.layers.partfield.planes import sample_planes, scatter_to_planes


@pytest.mark.parametrize(
    ('plane', 'pixel'), [(0, (0, 3)), (1, (1, 0)), (2, (1, 3))], ids=['xy', 'yz', 'xz']
)
def test_a_point_falls_into_the_row_of_the_second_axis_and_the_column_of_the_first(plane, pixel):
    features = torch.tensor([[[1.0, 2.0]]])
    places = torch.tensor([[[0.3, -0.4, -0.2]]])  # columns 3, 0 and 1 of 4
    planes = scatter_to_planes(features, places, 4)
    assert planes.shape == (1, 3, 4, 4, 2)
    assert planes[0, plane][pixel].tolist() == [1.0, 2.0]
    assert planes[0, plane].count_nonzero() == 2


def test_points_in_one_pixel_are_averaged_and_those_outside_fall_on_the_border():
    features = torch.tensor([[[2.0], [4.0], [9.0], [7.0]]])
    places = torch.tensor(
        [[[0.1, 0.1, 0.1], [0.12, 0.2, 0.1], [0.9, 0.5, 0.5], [-2.0, -0.5, -0.5]]]
    )
    xy = scatter_to_planes(features, places, 2)[0, 0, :, :, 0]
    assert xy.tolist() == [[7.0, 0.0], [0.0, 5.0]]


def test_sampling_is_the_sum_of_three_bilinear_readings():
    torch.manual_seed(0)
    planes, coords = torch.randn(2, 3, 5, 6, 4), torch.rand(2, 30, 3) * 2.4 - 1.2
    wanted = 0
    for plane, axes in enumerate(((0, 1), (1, 2), (0, 2))):
        image = planes[:, plane].permute(0, 3, 1, 2)
        grid = coords[:, None, :, axes]
        read = F.grid_sample(image, grid, padding_mode='border', align_corners=True)
        wanted = wanted + read[:, :, 0].transpose(1, 2)
    torch.testing.assert_close(sample_planes(planes, coords), wanted, atol=1e-5, rtol=0)
