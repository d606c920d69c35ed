# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms: p_target = T_target_source @ p_source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import InputError


def transform_points(T_target_source: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Express points in another frame.

    Args:
        T_target_source: (4, 4) homogeneous transform.
        points: (..., 3) in the source frame; non-finite rows stay non-finite.

    Returns:
        (..., 3) in the target frame, of the dtype of `points`; computed in float64.

    Raises:
        InputError: the transform is not (4, 4) or the points do not end in 3.
    """
    T = np.asarray(T_target_source, dtype=np.float64)
    points = np.asarray(points)
    if T.shape != (4, 4):
        raise InputError(f'T_target_source must be (4, 4), got {T.shape}')
    if points.shape[-1:] != (3,):
        raise InputError(f'points must be (..., 3), got {points.shape}')
    dtype = points.dtype if points.dtype == np.float32 else np.float64
    return (points.astype(np.float64) @ T[:3, :3].T + T[:3, 3]).astype(dtype)


def matrix_from_quat_xyzw(quat_xyzw: np.ndarray) -> np.ndarray:
    """Return the (3, 3) float64 rotation of a (4,) quaternion x, y, z, w of any length but zero.

    Raises:
        InputError: the quaternion is not 4 finite numbers or has length zero.
    """
    quat = np.asarray(quat_xyzw, dtype=np.float64)
    if quat.shape != (4,) or not np.isfinite(quat).all() or not np.linalg.norm(quat) > 0.0:
        raise InputError(f'quat_xyzw must be 4 finite numbers, not all zero, got {quat.tolist()}')
    return Rotation.from_quat(quat).as_matrix()


def rigid_transform(translation: Sequence[float], quat_xyzw: Sequence[float]) -> np.ndarray:
    """Return the (4, 4) float64 matrix of a translation (3,) [m] and a quaternion (4,) x, y, z, w.

    Raises:
        InputError: a number is not finite, or the quaternion has length zero.
    """
    matrix = np.eye(4)
    matrix[:3, :3] = matrix_from_quat_xyzw(np.asarray(quat_xyzw, dtype=np.float64))
    matrix[:3, 3] = translation
    if not np.isfinite(matrix).all():
        raise InputError(f'a translation must be 3 finite numbers, got {translation}')
    return matrix


def quat_xyzw_from_matrix(rotation: np.ndarray) -> np.ndarray:
    """Return the (4,) float64 unit quaternion x, y, z, w with w >= 0 of a (3, 3) rotation.

    Raises:
        InputError: the matrix is not (3, 3), or not a right-handed rotation.
    """
    rotation = np.asarray(rotation, dtype=np.float64)
    if rotation.shape != (3, 3):
        raise InputError(f'a rotation must be (3, 3), got {rotation.shape}')
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-4) or np.linalg.det(rotation) < 0:
        raise InputError('a rotation must be orthonormal and right-handed; this matrix is not')
    quat = Rotation.from_matrix(rotation).as_quat()
    return -quat if quat[3] < 0.0 else quat
