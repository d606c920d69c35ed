# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Library ids and message ids name the same parts."""

import numpy as np

from part_seg_ros.segmenter.part_ids import NO_PART, to_library_ids, to_message_ids


def test_minus_one_is_zero_and_k_is_k_plus_one():
    library = np.array([-1, 0, 1, 41, -1], np.int32)
    messages = to_message_ids(library)
    assert messages.dtype == np.uint32
    assert messages.tolist() == [NO_PART, 1, 2, 42, NO_PART]


def test_zero_is_minus_one_and_k_is_k_minus_one():
    library = to_library_ids(np.array([0, 1, 2, 42], np.uint32))
    assert library.dtype == np.int32
    assert library.tolist() == [-1, 0, 1, 41]


def test_there_and_back_changes_nothing():
    library = np.arange(-1, 1000, dtype=np.int32)
    np.testing.assert_array_equal(to_library_ids(to_message_ids(library)), library)
    messages = np.array([0, 1, 2**31], np.uint32)
    np.testing.assert_array_equal(to_message_ids(to_library_ids(messages[:2])), messages[:2])
