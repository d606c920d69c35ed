# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Regions cut out around an object."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.cropping import Crop, random_crop


def test_box_and_ellipsoid_contain_what_lies_within() -> None:
    quarter_turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    T_unit_offset = quarter_turn / np.array([[2.0], [1.0], [0.5]])  # reaches 2 along y, 1 along x
    points = np.array([[0.9, 1.9, 0.4], [0.0, 1.9, 0.0], [1.1, 0.0, 0.0], [0.0, 0.0, 0.6]])
    centre = np.array([10.0, -3.0, 1.0])
    box = Crop(centre=centre, T_unit_offset=T_unit_offset, is_box=True)
    ball = Crop(centre=centre, T_unit_offset=T_unit_offset, is_box=False)
    assert box.contains(points + centre).tolist() == [True, True, False, False]
    assert ball.contains(points + centre).tolist() == [False, True, False, False]


def test_random_regions_hold_the_object_closely() -> None:
    rng = np.random.default_rng(0)
    vertices = rng.uniform(-1.0, 1.0, (200, 3)) * [3.0, 1.0, 0.2] + [5.0, 0.0, 2.0]
    kinds = set()
    for _ in range(60):
        crop = random_crop(vertices, rng)
        kinds.add(crop.is_box)
        assert crop.contains(vertices).all()
        local = (vertices - crop.centre) @ crop.T_unit_offset.T
        reach = np.abs(local).max() if crop.is_box else np.linalg.norm(local, axis=1).max()
        assert 1.0 / 1.51 < reach < 1.0 / 1.019
    assert kinds == {True, False}


def test_a_flat_object_still_has_a_region() -> None:
    vertices = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], dtype=np.float32)
    rng = np.random.default_rng(1)
    assert all(random_crop(vertices, rng).contains(vertices).all() for _ in range(20))
