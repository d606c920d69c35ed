# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

import pytest

from part_seg_ros.names.spelling import spelling_similarity


@pytest.mark.parametrize(
    ('first', 'second', 'num_slips'),
    [
        ('handle', 'handle', 0),
        ('handel', 'handle', 1),
        ('handl', 'handle', 1),
        ('hanndle', 'handle', 1),
        ('hendle', 'handle', 1),
        ('point', 'pointer', 2),
        ('lid', 'cap', 3),
    ],
)
def test_similarity_counts_slips(first: str, second: str, num_slips: int) -> None:
    expected = 1 - num_slips / max(len(first), len(second))
    assert spelling_similarity(first, second) == pytest.approx(expected)
    assert spelling_similarity(second, first) == pytest.approx(expected)
