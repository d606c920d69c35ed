# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Frames are resolved from parameters alone, and errors name both frames."""

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from part_seg_ros.msg import ErrorCode

from part_seg_ros.errors import ConfigError
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.transforms import FrameResolver, StaticTransforms

HALF_TURN = 'base camera 1 2 3 0 0 1 0'
QUARTER_TURN = 'camera optical 0 0 1 0 0 0.70710678 0.70710678'


def lookup(text, target, source):
    return FrameResolver(StaticTransforms(text)).lookup(target, source, Time(), 0.1)


@pytest.mark.parametrize(('target', 'source'), [('a', 'a'), ('', 'a'), ('a', ''), ('', '')])
def test_equal_and_empty_frames_need_nothing(target, source):
    np.testing.assert_array_equal(lookup('', target, source), np.eye(4))


def test_a_transform_maps_child_coordinates_into_the_parent():
    T_base_camera = lookup(HALF_TURN, 'base', 'camera')
    np.testing.assert_allclose(T_base_camera @ [1, 0, 0, 1], [0, 2, 3, 1], atol=1e-12)


def test_the_way_back_is_the_inverse():
    product = lookup(HALF_TURN, 'base', 'camera') @ lookup(HALF_TURN, 'camera', 'base')
    np.testing.assert_allclose(product, np.eye(4), atol=1e-12)


def test_transforms_are_chained():
    chained = lookup(f'{HALF_TURN}; {QUARTER_TURN};', 'base', 'optical')
    # A quarter turn takes x to y, one metre up; the half turn takes that to -y and adds (1, 2, 3).
    np.testing.assert_allclose(chained @ [1, 0, 0, 1], [1, 1, 4, 1], atol=1e-7)


def test_a_missing_transform_names_both_frames():
    with pytest.raises(RequestError, match="'gripper' to 'base'") as caught:
        lookup(HALF_TURN, 'base', 'gripper')
    assert caught.value.code == ErrorCode.TF_ERROR
    assert 'static_transforms' in str(caught.value)


@pytest.mark.parametrize(
    'text',
    ['base camera 1 2 3', 'base camera 1 2 3 0 0 0 0', 'a b x 2 3 0 0 0 1', 'a b 1 nan 3 0 0 0 1'],
)
def test_an_entry_that_cannot_be_read_is_shown(text):
    with pytest.raises(ConfigError, match='static_transforms needs .*got'):
        StaticTransforms(text)
