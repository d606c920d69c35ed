# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The world of GeoSAM2 and its cameras."""

import numpy as np
import pytest

from part_seg_ros.models.geosam2.cameras import UP_TURNS, find_world, twelve_cameras


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(-1, 1, (500, 3)) * [0.1, 0.4, 0.2] + [3.0, -2.0, 1.0]


@pytest.mark.parametrize('up_axis', UP_TURNS)
def test_a_shape_stands_upright_in_the_unit_cube(points, up_axis):
    world = find_world(points, up_axis)
    placed = world.apply(points)
    np.testing.assert_allclose(placed.min(0) + placed.max(0), 0, atol=1e-6)
    np.testing.assert_allclose(np.ptp(placed, axis=0), world.box_size, atol=1e-6)
    assert world.box_size.max() == pytest.approx(1)
    up = np.zeros(3)
    up['xyz'.index(up_axis[-1])] = -1 if up_axis[0] == '-' else 1
    lifted = world.apply(points[:1] + 0.1 * up) - placed[:1]
    assert lifted[0, 2] > 0 and np.abs(lifted[0, :2]).max() < 1e-5
    np.testing.assert_allclose(world.rotate(up[None]), [[0, 0, 1]], atol=1e-12)
    assert np.linalg.det(world.turn) == pytest.approx(1)


def test_the_front_of_a_gltf_file_faces_the_first_camera(points):
    world = find_world(points, 'y')
    first = twelve_cameras(world.box_size, 64)[0]
    towards = world.rotate(np.array([[0.0, 0, 1]]))[0]
    np.testing.assert_allclose(first.position / np.linalg.norm(first.position), towards, atol=1e-9)


def test_elevations_alternate_and_opposite_views_are_six_apart(points):
    cameras = twelve_cameras(find_world(points).box_size, 64)
    places = np.array([each.position for each in cameras])
    distance = np.linalg.norm(places, axis=1)
    np.testing.assert_allclose(distance, distance[0])
    degrees = np.rad2deg(np.arcsin(places[:, 2] / distance))
    np.testing.assert_allclose(degrees, [0, 25, 0, -25] * 3, atol=1e-9)
    np.testing.assert_allclose(places[6:, :2], -places[:6, :2], atol=1e-9)
    # Corners of the box may leave a picture, but by little.
    corners = np.stack(np.meshgrid(*[[-s / 2, s / 2] for s in find_world(points).box_size]), -1)
    for camera in cameras:
        outside = np.abs(camera.project(corners.reshape(-1, 3))[0] - 32) - 32
        assert outside.max() < 0.07 * 32


@pytest.mark.parametrize('sensor', [[2.0, 1.0, 0.7], [0.1, -0.1, 30.0], [0.0, 0.0, -1.0]])
def test_the_first_camera_looks_from_the_sensor(points, sensor):
    cameras = twelve_cameras(find_world(points).box_size, 64, np.array(sensor))
    first = cameras[0].position / np.linalg.norm(cameras[0].position)
    cosine = first @ sensor / np.linalg.norm(sensor)
    steep = np.rad2deg(np.arcsin(np.abs(sensor[2]) / np.linalg.norm(sensor)))
    assert np.rad2deg(np.arccos(cosine.clip(-1, 1))) == pytest.approx(max(steep - 80, 0), abs=0.01)
    flat = [camera.position * [1, 1, 0] for camera in cameras]
    np.testing.assert_allclose(np.cross(flat[6], flat[0]), 0, atol=1e-9)
