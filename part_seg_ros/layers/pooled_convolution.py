# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3×3 convolution, ReLU and 2×2 maximum as one, for wide images on a CPU.

What lies between convolution and maximum is four times as large as the result and never as a whole
in memory. On other devices both functions do the plain thing.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.layers.linear import linear

# Rows of the image whose convolution stays in the cache of a core.
_STRIP = 4
# Minimal filtering F(2, 3): a filter of three taps at four places, two outputs from four products.
_FILTER = ((1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.0, 0.0, 1.0))
# Each of the four inputs of the products: one line plus or minus another.
_INPUT = ((0, 2, -1), (1, 2, 1), (2, 1, -1), (1, 3, -1))
# Each of the two outputs: sums of the products with these signs.
_OUTPUT = ((1, 1, 1, 0), (0, 1, -1, -1))


def conv_pool(image: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve with padding 1, add the bias, apply ReLU and take the maximum of 2×2 pixels.

    Args:
        image: (B, C, H, W), H and W even.
        weight: (O, C, 3, 3).
        bias: (1, O, 3, W) for the pixels of the first row, of every inner row and of the last.

    Returns:
        (B, O, H / 2, W / 2), channels last in memory.
    """
    height = image.shape[2]
    kind = torch.ones(height, dtype=torch.long, device=image.device)
    kind[0], kind[-1] = 0, 2
    if image.device.type != 'cpu':
        return F.max_pool2d(F.conv2d(image, weight, padding=1) + bias[:, :, kind], 2).relu()
    padded = F.pad(image, (1, 1, 1, 1)).contiguous(memory_format=torch.channels_last)
    weight = weight.contiguous(memory_format=torch.channels_last)
    bias = bias.contiguous(memory_format=torch.channels_last)
    strips = []
    for top in range(0, height, _STRIP):
        strip = padded[:, :, top : top + _STRIP + 2]
        biases = bias[:, :, kind[top : top + _STRIP]]
        convolved = [F.conv2d(one, weight).add_(biases) for one in strip.split(1)]
        strips.append(torch.cat([F.max_pool2d(one, 2) for one in convolved]))
    return torch.cat(strips, 2).relu_()


def wide_conv_pool(image: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Do the same with few multiplications where the channels are many.

    The tiles of minimal filtering are the squares of which the maximum is taken, so outputs never
    need to be put in their places. Four ninths of the multiplications; rounding is no worse.

    Args:
        image: (B, C, H, W), H and W even; best with channels last in memory.
        weight: (O, C, 3, 3).
        bias: (O,).

    Returns:
        (B, O, H / 2, W / 2), channels last in memory.

    Source:
        Lavin and Gray 2015, Fast algorithms for convolutional neural networks, Sec. 4.1.
    """
    if image.device.type != 'cpu':
        return F.max_pool2d(F.conv2d(image, weight, bias, padding=1), 2).relu()
    num_outputs, num_inputs = weight.shape[:2]
    filters = torch.tensor(_FILTER, dtype=weight.dtype)
    products = torch.kron(filters, filters) @ weight.reshape(-1, 9).T
    products = products.view(4, 4, num_outputs, num_inputs)
    pixels = F.pad(image.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))  # (B, H + 2, W + 2, C)
    pooled = torch.stack([_filtered_maximum(one, products) for one in pixels])
    return (pooled + bias).relu_().permute(0, 3, 1, 2)


def _filtered_maximum(pixels: Tensor, products: Tensor) -> Tensor:
    """Return the (H / 2, W / 2, O) maxima of one padded (H + 2, W + 2, C) image."""
    height, width = pixels.shape[0] - 2, pixels.shape[1] - 2
    lines = [pixels[i : i + height : 2] for i in range(4)]
    outputs = [[torch.zeros(()), torch.zeros(())], [torch.zeros(()), torch.zeros(())]]
    for i, (first, second, sign) in enumerate(_INPUT):
        mixed = torch.add(lines[first], lines[second], alpha=sign)
        columns = [mixed[:, j : j + width : 2] for j in range(4)]
        for j, (left, right, side) in enumerate(_INPUT):
            product = linear(torch.add(columns[left], columns[right], alpha=side), products[i, j])
            for row in range(2):
                for column in range(2):
                    share = _OUTPUT[row][i] * _OUTPUT[column][j]
                    if share and outputs[row][column].ndim:
                        outputs[row][column].add_(product, alpha=share)
                    elif share:
                        outputs[row][column] = share * product
    return torch.stack([torch.maximum(*pair) for pair in outputs]).amax(0)
