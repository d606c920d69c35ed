# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Polygon and crease helpers."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.surface import (
    outline_normals,
    points_in_polygon,
    signed_area,
    triangulate,
)

ANGLE = np.linspace(0, 2 * np.pi, 40, endpoint=False)
STAR = (1.0 + 0.6 * np.cos(5 * ANGLE))[:, None] * np.stack([np.cos(ANGLE), np.sin(ANGLE)], 1)
COMB = np.array(
    [
        (0, 0),
        (5, 0),
        (5, 3),
        (4, 3),
        (4, 1),
        (3, 1),
        (3, 3),
        (2, 3),
        (2, 1),
        (1, 1),
        (1, 3),
        (0, 3),
    ],
    dtype=np.float64,
)


@pytest.mark.parametrize('outline', [STAR, COMB, COMB[:4] * 1.0], ids=['star', 'comb', 'convex'])
def test_triangles_tile_the_polygon(outline: np.ndarray) -> None:
    triangles = triangulate(outline)
    areas = [signed_area(outline[triangle]) for triangle in triangles]
    assert len(triangles) == len(outline) - 2
    assert min(areas) >= 0.0
    assert sum(areas) == pytest.approx(signed_area(outline))
    centres = outline[triangles].mean(axis=1)[np.array(areas) > 1e-9]
    assert points_in_polygon(centres, outline).all()


def test_point_in_polygon_counts_the_notches() -> None:
    points = np.array([(0.5, 2.5), (1.5, 2.5), (2.5, 2.5), (3.5, 2.5), (4.5, 2.5), (2.5, 0.5)])
    expected = [True, False, True, False, True, True]
    assert points_in_polygon(points, COMB).tolist() == expected
    assert points_in_polygon(points, COMB[::-1]).tolist() == expected


def test_square_keeps_its_creases_and_circle_loses_them() -> None:
    square = outline_normals(np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64))
    np.testing.assert_allclose(square[:, 0], [(0, -1), (1, 0), (0, 1), (-1, 0)], atol=1e-12)
    np.testing.assert_allclose(square[:, 0], square[:, 1])
    circle = np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)
    np.testing.assert_allclose(outline_normals(circle)[:, 0], circle, atol=1e-9)
