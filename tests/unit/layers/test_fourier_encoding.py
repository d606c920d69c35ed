# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Codes of positions."""

import math

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.layers.fourier_encoding import FourierEncoding, check_encodable


def test_sines_come_first_and_one_unit_is_a_whole_turn():
    encoding = FourierEncoding(4)
    encoding.positional_encoding_gaussian_matrix = torch.tensor([[1.0, 0], [0, 1], [0, 0]])
    code = encoding(torch.tensor([0.25, -1 / 12, 0.7]))
    wanted = [1.0, -0.5, 0.0, math.sqrt(0.75)]
    assert code.tolist() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize('bad', [1.001, -1.001, np.nan])
def test_positions_outside_the_cube_are_refused(bad):
    check_encodable(np.array([[1.0, -1.0, 1.0000005]]))
    with pytest.raises(InputError, match='clicks must lie within the extent'):
        check_encodable(np.array([[0.0, bad, 0.0]]))
