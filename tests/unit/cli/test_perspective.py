# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which way a cloud is seen."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.cli.perspective import choose_view
from part_seg_ros.structures import PointCloud


def _cloud(center: tuple[float, float, float], viewpoint: np.ndarray | None) -> PointCloud:
    points = np.random.default_rng(0).normal(scale=0.1, size=(200, 3)) + center
    points[5] = np.nan
    return PointCloud(points=points, viewpoint=viewpoint)


@pytest.mark.parametrize(
    ('center', 'viewpoint', 'up'),
    [
        ((0.0, 0.0, 1.5), np.zeros(3), [0, -1, 0]),  # optical frame: y down, z forward
        ((0.0, 0.0, -1.5), np.zeros(3), [0, 1, 0]),  # y up, z backward
        ((0.0, 0.0, 0.5), np.array([2.0, 0.0, 1.0]), [0, 0, 1]),  # world frame: z up
        ((0.3, 0.2, 0.5), None, [0, 0, 1]),
    ],
)
def test_up_in_the_frame_is_up_in_the_picture(
    center: tuple[float, float, float], viewpoint: np.ndarray | None, up: list[int]
) -> None:
    cloud = _cloud(center, viewpoint)
    view = choose_view(cloud)
    middle = np.asarray(center)
    image, depth = view.project(np.stack([middle, middle + 0.05 * np.array(up)]))
    step = image[1] - image[0]
    assert step[1] > 0
    assert abs(step[0]) < 0.05 * step[1]
    assert (depth > 0).all()


def test_axes_are_a_rotation_that_is_not_mirrored() -> None:
    right, up, forward = choose_view(_cloud((1.0, 2.0, 3.0), np.zeros(3))).axes
    np.testing.assert_allclose(np.cross(right, up), -forward, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm([right, up, forward], axis=1), 1)


def test_the_optical_frame_is_seen_as_its_camera_sees_it() -> None:
    view = choose_view(_cloud((0.0, 0.0, 2.0), np.zeros(3)))
    np.testing.assert_array_equal(view.eye, np.zeros(3))
    image, _ = view.project(np.array([[0.1, 0.0, 2.0]]))
    assert image[0, 0] > 0  # x is to the right
