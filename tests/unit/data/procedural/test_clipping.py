# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Split triangles cover the same area, each piece on its side."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.clipping import split_triangles


def spans(corners: np.ndarray) -> np.ndarray:
    return 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_pieces_lie_on_their_sides_and_keep_area_and_direction() -> None:
    rng = np.random.default_rng(0)
    corners = rng.normal(size=(500, 3, 3))
    height = 0.3
    below, above = split_triangles(corners, corners[..., 2] - height)
    assert below[..., 2].max() < height + 1e-9 and above[..., 2].min() > height - 1e-9
    np.testing.assert_allclose(
        spans(below).sum(axis=0) + spans(above).sum(axis=0), spans(corners).sum(axis=0)
    )
    areas = [np.linalg.norm(spans(part), axis=1).sum() for part in (below, above, corners)]
    np.testing.assert_allclose(areas[0] + areas[1], areas[2])
    assert min(areas) > 0


def test_attributes_are_interpolated_with_the_positions() -> None:
    corners = np.random.default_rng(1).normal(size=(50, 3, 3))
    attributes = np.concatenate([corners, 2 * corners + 1], axis=2)
    for part in split_triangles(attributes, corners[..., 0]):
        np.testing.assert_allclose(part[..., 3:], 2 * part[..., :3] + 1, atol=1e-9)


def test_corners_on_the_line_make_no_cut() -> None:
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, -1, 0], [1, 0, 0.0]]])
    below, above = split_triangles(corners, corners[..., 1])
    np.testing.assert_allclose(np.linalg.norm(spans(above), axis=1).sum(), 0.5)
    np.testing.assert_allclose(np.linalg.norm(spans(below), axis=1).sum(), 0.5)
