# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

import re

from part_seg_ros.names import PART_NAMES


def test_names_are_few_plain_and_in_alphabetical_order() -> None:
    assert 64 <= len(PART_NAMES) <= 96
    assert list(PART_NAMES) == sorted(set(PART_NAMES))
    assert all(re.fullmatch('[a-z]+(_[a-z]+)*', name) for name in PART_NAMES)


def test_the_place_of_a_name_does_not_move() -> None:
    places = {'antenna': 0, 'body': 7, 'handle': 33, 'lid': 47, 'table': 80, 'wing': 89}
    assert {name: PART_NAMES.index(name) for name in places} == places
    assert len(PART_NAMES) == 90
