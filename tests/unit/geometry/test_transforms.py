# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Transforms compose, invert and agree with quaternions written down by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.transforms import (
    matrix_from_quat_xyzw,
    quat_xyzw_from_matrix,
    rigid_transform,
    transform_points,
)


def _transform(seed: int) -> np.ndarray:
    T = np.eye(4)
    T[:3, :3] = Rotation.random(random_state=seed).as_matrix()
    T[:3, 3] = np.random.default_rng(seed).normal(size=3)
    return T


def test_quarter_turn_about_z_takes_x_to_y() -> None:
    half = np.sqrt(0.5)
    T = np.eye(4)
    T[:3, :3] = matrix_from_quat_xyzw(np.array([0.0, 0.0, half, half]))
    T[:3, 3] = [0.0, 0.0, 2.0]
    np.testing.assert_allclose(transform_points(T, np.array([1.0, 0, 0])), [0, 1, 2], atol=1e-12)


def test_transforms_compose_and_invert() -> None:
    T_a_b, T_b_c = _transform(0), _transform(1)
    points_c = np.random.default_rng(2).normal(size=(7, 3))
    points_a = transform_points(T_a_b, transform_points(T_b_c, points_c))
    np.testing.assert_allclose(points_a, transform_points(T_a_b @ T_b_c, points_c), atol=1e-12)
    np.testing.assert_allclose(
        transform_points(np.linalg.inv(T_a_b @ T_b_c), points_a), points_c, atol=1e-12
    )


def test_points_keep_shape_dtype_and_invalid_rows() -> None:
    points = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)
    points[1, 2] = np.nan
    moved = transform_points(_transform(0), points)
    assert (moved.shape, moved.dtype) == (points.shape, np.float32)
    np.testing.assert_array_equal(np.isnan(moved), np.isnan(points))


@pytest.mark.parametrize('seed', range(20))
def test_quaternions_survive_the_way_through_matrices(seed: int) -> None:
    quat = np.random.default_rng(seed).normal(size=4)
    quat /= np.linalg.norm(quat) * (1.0 if quat[3] >= 0 else -1.0)
    np.testing.assert_allclose(
        quat_xyzw_from_matrix(matrix_from_quat_xyzw(3.0 * quat)), quat, atol=1e-9
    )


def test_what_is_no_rotation_is_refused() -> None:
    with pytest.raises(InputError, match='not all zero'):
        matrix_from_quat_xyzw(np.zeros(4))
    with pytest.raises(InputError, match='right-handed'):
        quat_xyzw_from_matrix(np.diag([1.0, 1.0, -1.0]))
    with pytest.raises(InputError, match=r'must be \(3, 3\), got \(4, 4\)'):
        quat_xyzw_from_matrix(np.eye(4))
    with pytest.raises(InputError, match=r'must be \(4, 4\), got \(3, 3\)'):
        transform_points(np.eye(3), np.zeros((2, 3)))
    with pytest.raises(InputError, match=r'must be \(\.\.\., 3\), got \(2, 4\)'):
        transform_points(np.eye(4), np.zeros((2, 4)))


def test_a_pose_of_translation_and_quaternion_turns_then_moves() -> None:
    half = np.sqrt(0.5)  # a quarter turn about z
    T = rigid_transform([1, 2, 3], [0, 0, half, half])
    np.testing.assert_allclose(T @ [1, 0, 0, 1], [1, 3, 3, 1], atol=1e-12)
    with pytest.raises(InputError, match='translation must be 3 finite numbers'):
        rigid_transform([1, np.nan, 3], [0, 0, 0, 1])
