# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The simulated click, worked out by hand."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.s2am3d.click_simulation import simulated_click

LINE = np.array([[x, 0.0, 0.0] for x in (0, 1, 2, 3, 4, 5)])


def test_middle_and_distance_from_others_are_weighed():
    # Of 0 … 4 the middle is 2; 5 is another part. Nearness 0, .5, 1, .5, 0; distance 1, .75, .5, …
    target = np.array([True] * 5 + [False])
    assert simulated_click(LINE, target) == 2
    # Far from the middle in units of the part, but much farther from the other part.
    points = LINE.copy()
    points[:5, 0] = (0, 3.9, 4, 4.1, 4.2)
    assert simulated_click(points, target) == 1


def test_part_without_others_is_clicked_next_to_its_centroid():
    assert simulated_click(LINE + [[0.1], [0], [0], [0], [0], [0]], np.ones(6, bool)) in (2, 3)
    assert simulated_click(LINE[:5], np.ones(5, bool)) == 2


def test_part_without_points_is_refused():
    with pytest.raises(InputError, match='got none'):
        simulated_click(LINE, np.zeros(6, bool))
