# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which true parts count."""

import numpy as np
import pytest

from part_seg_ros.evaluation.true_parts import true_parts


def test_parts_with_ten_points_count_unless_they_are_everything(squares):
    part_ids = np.repeat([0, 1, 2], [80, 10, 9])
    parts = true_parts(squares(group='g'), part_ids)
    assert [(p.part_id, p.part_name, p.kind, p.group) for p in parts] == [
        (0, 'a', 'pair', 'g'),
        (1, 'b', 'pair', 'g'),
    ]
    assert parts[1].share == pytest.approx(10 / 99)
    assert true_parts(squares(), np.zeros(50, int)) == []


def test_points_of_no_known_part_are_none(squares):
    (part,) = true_parts(squares(), np.repeat([-1, 0], [50, 50]))
    assert (part.part_id, part.share) == (0, 0.5)


def test_part_beyond_the_list_of_names_has_none(squares):
    (part, _) = true_parts(squares(), np.repeat([5, 0], [16, 240]))[::-1]
    assert part.part_name == ''
    assert part.granularity == pytest.approx(0.5)  # a sixteenth of the points
