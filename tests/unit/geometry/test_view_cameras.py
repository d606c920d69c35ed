# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cameras around an object: what they see where."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.view_cameras import ViewCamera, look_from, ring_directions


@pytest.fixture
def camera():
    return ViewCamera(
        size=64, focal_px=80.0, T_world_camera=look_from(np.array([1.0, -2.0, 0.5]), 3.0)
    )


def test_the_origin_is_in_the_middle_and_up_is_up(camera):
    places, depth = camera.project(np.array([[0, 0, 0], [0, 0, 0.1], [0.2, 0.1, 0]]))
    np.testing.assert_allclose(places[0], 32, atol=1e-9)
    np.testing.assert_allclose(depth[0], 3, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(camera.position), 3, atol=1e-9)
    assert places[1, 1] < 32 and abs(places[1, 0] - 32) < 1e-9
    # Seen from the front left, what lies to the right and behind is to the right.
    assert places[2, 0] > 32


def test_a_ray_through_a_pixel_meets_points_that_project_into_its_centre(camera):
    rng = np.random.default_rng(0)
    columns, rows = rng.integers(0, 64, (2, 200))
    depth = rng.uniform(0.5, 4, 200)
    points = camera.position + depth[:, None] * camera.directions(columns, rows)
    places, found = camera.project(points)
    np.testing.assert_allclose(places, np.stack([columns, rows], axis=1) + 0.5, atol=1e-9)
    np.testing.assert_allclose(found, depth, atol=1e-9)
    pixels, is_inside = camera.pixels_of(points)
    np.testing.assert_array_equal(pixels, np.stack([columns, rows], axis=1))
    assert is_inside.all()


def test_places_outside_and_behind_have_no_pixel(camera):
    outside = camera.position + camera.directions(np.array([64, -1, 3]), np.array([3, 3, 64]))
    behind = camera.position - camera.directions(np.array([5]), np.array([5]))
    pixels, is_inside = camera.pixels_of(np.concatenate([outside, behind]))
    assert not is_inside.any()
    assert pixels.min() >= 0 and pixels.max() <= 63
    assert np.isnan(camera.project(behind)[0]).all()


def test_a_ring_turns_counter_clockwise_with_its_elevations():
    directions = ring_directions(np.deg2rad(270), np.deg2rad([0, 25, 0, -25]))
    np.testing.assert_allclose(directions[0], [0, -1, 0], atol=1e-12)
    assert directions[1, 0] > 0 and directions[1, 1] < 0
    np.testing.assert_allclose(directions[:6, :2], -directions[6:, :2], atol=1e-12)
    heights = np.rad2deg(np.arcsin(directions[:, 2]))
    np.testing.assert_allclose(heights, [0, 25, 0, -25] * 3, atol=1e-9)


@pytest.mark.parametrize('direction', [[0, 0, 1], [0, 0, -2], [0, 0, 0]])
def test_no_camera_stands_upright_overhead(direction):
    with pytest.raises(InputError, match='cannot stand upright'):
        look_from(np.array(direction, float), 1.0)
