# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Frames are joined through others, and moving ones interpolated between their times."""

import numpy as np
import pytest

from part_seg_ros.geometry.frame_tree import FrameTree, TransformMissingError
from part_seg_ros.geometry.transforms import rigid_transform

HALF = np.sqrt(0.5)


@pytest.fixture
def tree():
    """A camera that turns from 0 to 90 degrees about z while it moves 4 m along x, in 2 s."""
    tree = FrameTree()
    tree.add('world', 'camera', 3 * 10**9, rigid_transform([5, 0, 1], [0, 0, HALF, HALF]))
    tree.add('world', 'camera', 1 * 10**9, rigid_transform([1, 0, 1], [0, 0, 0, 1]))
    tree.set_static('camera', 'lens', rigid_transform([0, 2, 0], [0, 0, 0, 1]))
    return tree


def test_half_way_is_half_the_path_and_half_the_turn(tree):
    # At 2 s the camera is at (3, 0, 1), turned by 45 degrees: its x axis is (1, 1, 0) / sqrt 2.
    T_world_camera = tree.lookup('world', 'camera', 2 * 10**9)
    np.testing.assert_allclose(T_world_camera @ [1, 0, 0, 1], [3 + HALF, HALF, 1, 1], atol=1e-12)


def test_a_quarter_of_the_way_is_a_quarter_of_the_turn(tree):
    T_world_camera = tree.lookup('world', 'camera', 15 * 10**8)
    turn = np.deg2rad(22.5)
    np.testing.assert_allclose(
        T_world_camera @ [1, 0, 0, 1], [2 + np.cos(turn), np.sin(turn), 1, 1], atol=1e-12
    )


def test_static_and_moving_are_chained_and_inverted(tree):
    # The lens, 2 m along y of the camera, is at (3, 0, 1) + 2 * (-1, 1, 0) / sqrt 2.
    T_world_lens = tree.lookup('world', 'lens', 2 * 10**9)
    np.testing.assert_allclose(T_world_lens[:3, 3], [3 - 2 * HALF, 2 * HALF, 1], atol=1e-12)
    back = tree.lookup('lens', 'world', 2 * 10**9)
    np.testing.assert_allclose(back @ T_world_lens, np.eye(4), atol=1e-12)


@pytest.mark.parametrize('stamp_ns', [10**9, 3 * 10**9])
def test_the_ends_are_known_exactly(tree, stamp_ns):
    x = tree.lookup('world', 'camera', stamp_ns)[0, 3]
    assert x == {10**9: 1.0, 3 * 10**9: 5.0}[stamp_ns]


@pytest.mark.parametrize('stamp_ns', [10**9 - 1, 3 * 10**9 + 1])
def test_beyond_the_ends_nothing_is_known(tree, stamp_ns):
    with pytest.raises(
        TransformMissingError, match=r"'lens' to 'world'.* from 1\.0+ s to 3\.0+ s only"
    ):
        tree.lookup('world', 'lens', stamp_ns)


def test_frames_that_nothing_joins_are_named_with_those_there_are(tree):
    with pytest.raises(TransformMissingError, match="'gripper' to 'world'.*camera, lens, world"):
        tree.lookup('world', 'gripper', 2 * 10**9)


def test_the_root_has_no_parent(tree):
    assert tree.root_of('lens') == 'world'
    assert tree.root_of('world') == 'world'
    assert tree.root_of('elsewhere') == 'elsewhere'


def test_a_frame_is_itself_without_any_transform():
    np.testing.assert_array_equal(FrameTree().lookup('a', 'a', 5), np.eye(4))
