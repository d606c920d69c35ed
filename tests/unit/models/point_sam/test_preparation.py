# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clouds, clicks and colours on their way into the network."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.models.point_sam.preparation import PointSamSettings, network_colors, place


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32) * [1, 2, 3] + 5


def test_z_up_is_turned_to_y_up(points):
    unit = place(points, PointSamSettings(up_axis='y')).apply(points)
    turned = place(points, PointSamSettings()).apply(points)
    turn = Rotation.from_euler('y', 180, degrees=True) * Rotation.from_euler(
        'x', -90, degrees=True
    )
    np.testing.assert_allclose(turned, turn.apply(unit), atol=1e-6)
    up = place(points, PointSamSettings()).apply(points[:1] + [0, 0, 1]) - turned[:1]
    assert up[0, 1] > 0 and np.abs(up[0, [0, 2]]).max() < 1e-6


@pytest.mark.parametrize('up_axis', ['x', '-x', 'y', '-y', 'z', '-z'])
def test_every_axis_can_be_turned_to_y_up(points, up_axis):
    placement = place(points, PointSamSettings(up_axis=up_axis))
    up = np.eye(3)['xyz'.index(up_axis[-1])] * (-1 if up_axis.startswith('-') else 1)
    origin, *ends = placement.apply(np.stack([np.zeros(3), up, *np.eye(3)]))
    np.testing.assert_allclose((ends[0] - origin) * placement.sphere.scale, [0, 1, 0], atol=1e-5)
    turn = (np.stack(ends[1:]) - origin) * placement.sphere.scale
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(turn) == pytest.approx(1.0, abs=1e-5)  # turned, not mirrored


def test_the_mean_is_the_origin_and_the_farthest_point_at_distance_one(points):
    unit = place(points, PointSamSettings()).apply(points)
    assert unit.dtype == np.float32
    np.testing.assert_allclose(unit.mean(axis=0), 0.0, atol=1e-6)
    assert np.linalg.norm(unit, axis=1).max() == pytest.approx(1.0, abs=1e-6)


def test_a_cloud_far_from_its_origin_keeps_its_shape():
    grid = np.stack(np.meshgrid(*[np.arange(4.0)] * 3), -1).reshape(-1, 3)
    near = place(grid, PointSamSettings())
    far = place(grid + 2.0**19, PointSamSettings())
    np.testing.assert_allclose(far.apply(grid + 2.0**19), near.apply(grid), atol=1e-7)


def test_colours_go_from_zero_and_one_to_minus_one_and_one():
    colors = np.array([[0.0, 0.5, 1.0]], np.float32)
    assert network_colors(colors, 1).tolist() == [[-1.0, 0.0, 1.0]]
    grey = network_colors(None, 2)
    assert grey.dtype == np.float32 and grey.tolist() == [[0.0] * 3] * 2


@pytest.mark.parametrize(
    ('num_points', 'patches'),
    [
        (10_000, (512, 64)),
        (30_000, (512, 64)),
        (30_001, (2048, 256)),
        (100_000, (2048, 256)),
        (300, (300, 64)),
        (20, (20, 20)),
    ],
)
def test_patches_follow_the_size_of_the_cloud(num_points, patches):
    assert PointSamSettings().patches_for(num_points) == patches


def test_patches_can_be_chosen():
    settings = PointSamSettings(num_patches=1024, patch_size=128)
    assert settings.patches_for(10_000) == (1024, 128)
    assert settings.patches_for(100) == (100, 100)


@pytest.mark.parametrize('bad', [{'up_axis': 'w'}, {'num_patches': 2}, {'patch_size': 0}])
def test_settings_out_of_range_are_refused(bad):
    with pytest.raises(ConfigError, match=next(iter(bad))):
        PointSamSettings(**bad)


@pytest.mark.parametrize(
    'points', [np.zeros((2, 3)), np.array([[0, 0, 0], [1, 0, 0], [np.nan] * 3])]
)
def test_clouds_without_three_finite_points_are_refused(points):
    with pytest.raises(InputError):
        place(points, PointSamSettings())
