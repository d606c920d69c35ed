# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The nearest place on triangles, and the nearest point of the same face."""

import numpy as np
import pytest

from part_seg_ros.geometry.closest_points import closest_on_faces, nearest_on_same_face

TRIANGLE = np.array([[[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]])


@pytest.mark.parametrize(
    ('point', 'place'),
    [
        ([0.5, 0.5, 3.0], [0.5, 0.5, 0.0]),  # above the middle
        ([1.0, -4.0, 3.0], [1.0, 0.0, 0.0]),  # beside an edge
        ([5.0, -1.0, 0.0], [2.0, 0.0, 0.0]),  # beyond a corner
        ([2.0, 2.0, -1.0], [1.0, 1.0, 0.0]),  # beside the long edge
    ],
)
def test_the_place_lies_inside_on_an_edge_or_at_a_corner(point, place):
    for corners in (TRIANGLE, TRIANGLE[:, ::-1]):
        face, found, distance = closest_on_faces(corners, np.array(point))
        assert face == 0
        np.testing.assert_allclose(found, place, atol=1e-12)
        assert distance == pytest.approx(np.linalg.norm(np.subtract(point, place)))


def test_it_is_the_nearest_of_many_places_on_random_triangles():
    rng = np.random.default_rng(0)
    corners = rng.normal(size=(40, 3, 3))
    corners[3] = corners[3, 0]  # one is a point
    corners[4, 2] = (corners[4, 0] + corners[4, 1]) / 2  # and one a line
    weights = rng.dirichlet(np.ones(3), size=2000)
    places = np.einsum('kc,fcx->fkx', weights, corners)
    for point in rng.normal(size=(30, 3)) * 2:
        face, found, distance = closest_on_faces(corners, point)
        reached = np.linalg.norm(places - point, axis=2).min(axis=1)
        assert distance <= reached.min() + 1e-12
        assert distance > reached[face] - 0.3
        assert distance == pytest.approx(np.linalg.norm(found - point))
        shares = np.linalg.lstsq(
            np.vstack([corners[face].T, np.ones(3)]), np.append(found, 1.0), rcond=None
        )[0]
        np.testing.assert_allclose(shares @ corners[face], found, atol=1e-9)
        assert shares.min() > -1e-9


def test_the_nearest_point_is_of_the_same_face_where_that_has_one():
    rng = np.random.default_rng(1)
    sources, targets = rng.normal(size=(60, 3)), rng.normal(size=(200, 3)) * 3
    source_faces, target_faces = rng.integers(0, 8, 60) * 1000, rng.integers(0, 9, 200) * 1000
    found = nearest_on_same_face(sources, source_faces, targets, target_faces)
    distances = np.linalg.norm(targets[:, None] - sources, axis=2)
    same = np.where(source_faces == target_faces[:, None], distances, np.inf)
    has_one = np.isfinite(same).any(axis=1)
    assert 0 < has_one.sum() < 200
    wanted = np.where(has_one, same.argmin(axis=1), distances.argmin(axis=1))
    np.testing.assert_array_equal(found, wanted)
