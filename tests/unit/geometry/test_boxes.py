# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Boxes hold their points, are right for boxes in any pose, and move with the points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.boxes import oriented_box, principal_axes
from part_seg_ros.structures import OrientedBox


def _box_surface(size: np.ndarray, num_points: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-0.5, 0.5, (num_points, 3))
    points[np.arange(num_points), rng.integers(3, size=num_points)] = rng.choice(
        [-0.5, 0.5], num_points
    )
    corners = np.stack(np.meshgrid(*[[-0.5, 0.5]] * 3), axis=-1).reshape(-1, 3)
    return np.concatenate([points, corners]) * size


def _assert_holds(box: OrientedBox, points: np.ndarray) -> None:
    local = (points - box.center) @ box.axes
    assert (np.abs(local) <= box.size / 2 + 1e-5).all()
    np.testing.assert_allclose(np.ptp(local, axis=0), box.size, atol=1e-5)


def _assert_rotation(axes: np.ndarray) -> None:
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-9)
    assert np.linalg.det(axes) > 0.0
    for axis in axes.T[:2]:
        assert axis[np.abs(axis).argmax()] > 0.0


@pytest.mark.parametrize('size', [(3.0, 2.0, 1.0), (1.0, 1.0, 1.0), (0.4, 0.03, 0.01)])
@pytest.mark.parametrize('seed', range(4))
def test_box_of_a_box_in_any_pose_is_that_box(size: tuple, seed: int) -> None:
    rotation = Rotation.random(random_state=seed).as_matrix()
    points = _box_surface(np.array(size), 600, seed) @ rotation.T + [5.0, -1.0, 2.0]
    box = oriented_box(points.astype(np.float32))
    np.testing.assert_allclose(box.size, sorted(size, reverse=True), rtol=1e-3)
    np.testing.assert_allclose(box.center, [5.0, -1.0, 2.0], atol=1e-3)
    _assert_holds(box, points)
    _assert_rotation(box.axes)


def test_box_of_many_points_holds_all_of_them() -> None:
    rotation = Rotation.random(random_state=1).as_matrix()
    points = _box_surface(np.array([0.5, 0.2, 0.1]), 60_000) @ rotation.T
    box = oriented_box(points)
    np.testing.assert_allclose(box.size, [0.5, 0.2, 0.1], rtol=0.02)
    _assert_holds(box, points)


@pytest.mark.parametrize('seed', range(3))
def test_box_of_any_shape_is_no_larger_than_the_principal_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3))
    box = oriented_box(points)
    _assert_holds(box, points)
    _assert_rotation(box.axes)
    assert (np.diff(box.size) <= 0).all()
    assert box.size.prod() <= np.ptp(points @ principal_axes(points)[0], axis=0).prod() * 1.0001


def test_rigid_motion_keeps_the_size() -> None:
    points = np.random.default_rng(0).normal(size=(200, 3)) * [3.0, 2.0, 1.0]
    rotation = Rotation.random(random_state=3).as_matrix()
    moved = oriented_box(points @ rotation.T + [1.0, 2.0, 3.0])
    still = oriented_box(points)
    np.testing.assert_allclose(moved.size, still.size, rtol=1e-6)
    np.testing.assert_allclose(moved.center, rotation @ still.center + [1.0, 2.0, 3.0], atol=1e-6)


DEGENERATE = {
    'point': (np.ones((1, 3)), [0.0, 0.0, 0.0]),
    'coincident': (np.ones((50, 3)), [0.0, 0.0, 0.0]),
    'segment': (np.array([[0.0, 0, 0], [1, 2, 2]]), [3.0, 0.0, 0.0]),
    'line': (np.linspace(0, 1, 30)[:, None] * [1.0, 2.0, 2.0], [3.0, 0.0, 0.0]),
    'triangle': (np.array([[0.0, 0, 0], [2, 0, 0], [0, 1, 0]]), [2.0, 1.0, 0.0]),
    'square': (
        np.array([[x, y, 1.0] for x in (0, 1) for y in (0, 1)])
        @ Rotation.random(random_state=0).as_matrix().T,
        [1.0, 1.0, 0.0],
    ),
}


@pytest.mark.parametrize(('points', 'size'), DEGENERATE.values(), ids=DEGENERATE.keys())
def test_flat_sets_have_flat_boxes(points: np.ndarray, size: list[float]) -> None:
    box = oriented_box(points)
    np.testing.assert_allclose(box.size, size, atol=1e-6)
    _assert_holds(box, points)
    np.testing.assert_allclose(box.axes.T @ box.axes, np.eye(3), atol=1e-9)


def test_principal_axes_and_spread_are_those_of_the_distribution() -> None:
    rotation = Rotation.random(random_state=5).as_matrix()
    stddev = np.array([3.0, 1.0, 0.2])
    points = (np.random.default_rng(0).normal(size=(50_000, 3)) * stddev) @ rotation.T + 7.0
    axes, measured = principal_axes(points)
    np.testing.assert_allclose(measured, stddev, rtol=0.02)
    np.testing.assert_allclose(np.abs(np.sum(axes * rotation, axis=0)), 1.0, atol=1e-3)
    _assert_rotation(axes)


def test_principal_axes_of_one_point_are_a_rotation() -> None:
    axes, stddev = principal_axes(np.ones((1, 3)))
    np.testing.assert_array_equal(stddev, 0.0)
    _assert_rotation(axes)


@pytest.mark.parametrize('measure', [oriented_box, principal_axes])
def test_no_points_are_refused(measure) -> None:
    with pytest.raises(InputError, match='at least 1 rows, got 0'):
        measure(np.zeros((0, 3)))
