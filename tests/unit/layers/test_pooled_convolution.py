# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Convolution and maximum in one against one after the other."""

import pytest
import torch
from torch.nn import functional as F

from part_seg_ros.layers.pooled_convolution import conv_pool, wide_conv_pool


@pytest.mark.parametrize(('height', 'width'), [(4, 6), (10, 4)])
def test_strips_are_the_whole_image(height, width):
    torch.manual_seed(0)
    image, weight = torch.randn(2, 3, height, width), torch.randn(5, 3, 3, 3)
    bias = torch.randn(1, 5, 3, width) - 4
    rows = [0] + [1] * (height - 2) + [2]
    wanted = F.max_pool2d(F.conv2d(image, weight, padding=1) + bias[:, :, rows], 2).relu()
    assert 0 < (wanted == 0).sum() < wanted.numel()
    torch.testing.assert_close(conv_pool(image, weight, bias), wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize(('height', 'width'), [(4, 6), (10, 4)])
def test_minimal_filtering_is_convolution(height, width):
    torch.manual_seed(0)
    image, weight, bias = (
        torch.randn(2, 3, height, width),
        torch.randn(5, 3, 3, 3),
        torch.randn(5) - 4,
    )
    wanted = F.max_pool2d(F.conv2d(image, weight, bias, padding=1), 2).relu()
    assert 0 < (wanted == 0).sum() < wanted.numel()
    torch.testing.assert_close(wide_conv_pool(image, weight, bias), wanted, atol=1e-5, rtol=0)


def test_gradients_are_those_of_the_plain_form():
    torch.manual_seed(0)
    image = torch.randn(1, 3, 6, 6, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 3, 3, 3, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(1, 4, 1, 1, dtype=torch.float64).expand(1, 4, 3, 6)
    plain = F.max_pool2d(F.conv2d(image, weight, bias[0, :, 0, 0], padding=1), 2).relu()
    upstream = torch.randn_like(plain)
    wanted = torch.autograd.grad(plain, (image, weight), upstream)
    for fast in (conv_pool(image, weight, bias), wide_conv_pool(image, weight, bias[0, :, 0, 0])):
        found = torch.autograd.grad(fast, (image, weight), upstream)
        torch.testing.assert_close(found, wanted)
