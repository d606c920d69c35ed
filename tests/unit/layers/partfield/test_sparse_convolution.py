# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Convolution of few cells against convolution of all."""

import pytest
import torch
from torch import nn

from part_seg_ros.layers.partfield.sparse_convolution import cells_near, convolve_foreground

SIZE = 6


@pytest.mark.parametrize('rows', [[0], [SIZE**3 - 1], [86, 87, 5, 0, 215], []])
def test_few_cells_over_a_background_are_convolved_as_all(rows):
    torch.manual_seed(0)
    conv = nn.Conv3d(3, 5, 3, padding=1).double()
    cells = torch.randn(3, dtype=torch.float64).repeat(SIZE**3, 1)
    is_foreground = torch.zeros(SIZE**3, dtype=torch.bool)
    is_foreground[rows] = True
    cells[rows] = torch.randn(len(rows), 3, dtype=torch.float64)
    wanted = conv(cells.T.reshape(1, 3, SIZE, SIZE, SIZE))[0].flatten(1).T
    torch.testing.assert_close(convolve_foreground(cells, is_foreground, conv), wanted)


def test_cells_near_are_those_that_a_convolution_reaches():
    rows = torch.tensor([0, 129])  # a corner and an inner cell
    volume = torch.zeros(1, 1, SIZE, SIZE, SIZE)
    volume.view(-1)[rows] = 1
    reached = nn.functional.conv3d(volume, torch.ones(1, 1, 3, 3, 3), padding=1).flatten() > 0
    assert torch.equal(cells_near(rows, SIZE), reached)
    assert reached.sum() == 8 + 27
