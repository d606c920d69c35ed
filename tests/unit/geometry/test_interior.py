# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The deepest point of a region, on cases worked out by hand."""

from __future__ import annotations

import numpy as np

from part_seg_ros.geometry.interior import deepest_point

LINE = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], 1)


def mask(*idx: int) -> np.ndarray:
    return np.isin(np.arange(10), idx)


def test_deepest_point_of_a_segment_is_its_middle() -> None:
    assert deepest_point(LINE, mask(2, 3, 4, 5, 6)) == (4, 3.0)
    assert deepest_point(LINE, mask(0, 1, 2)) == (0, 3.0)  # the end of the line borders nothing
    assert deepest_point(LINE, mask()) == (-1, -1.0)
    assert deepest_point(LINE, ~mask()) == (-1, -1.0)
