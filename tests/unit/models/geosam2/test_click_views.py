# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3D clicks in the views that see them."""

import numpy as np
import pytest

from part_seg_ros.models.geosam2.click_views import spread_clicks
from part_seg_ros.models.geosam2.preparation import prepare
from part_seg_ros.models.geosam2.settings import GeoSam2Settings

SIZE = 128


@pytest.fixture(scope='module')
def shape(mesh):
    return prepare(mesh, SIZE, GeoSam2Settings())


@pytest.fixture(scope='module')
def partial(scan):
    return prepare(scan, SIZE, GeoSam2Settings())


def place(shape, *direction):
    """A place on the block, half way up, on the side in a direction of the world."""
    z = shape.positions[:, 2].min() * 0.4
    rank = shape.positions @ np.array([*direction, 0.0]) - 5 * np.abs(shape.positions[:, 2] - z)
    return shape.positions[rank.argmax()]


@pytest.mark.parametrize('view', [0, 2, 4, 6, 8, 10])
def test_a_click_goes_to_the_view_that_looks_straight_at_it(shape, view):
    direction = shape.views[view].camera.position[:2]
    ((asked),) = spread_clicks(shape, place(shape, *direction)[None], np.ones(1))
    seen_from = shape.views[asked.view].camera.position[:2]
    cosine = seen_from @ direction / np.linalg.norm(direction) / np.linalg.norm(seen_from)
    # The block has four sides; views between them see two equally well.
    assert cosine > np.cos(np.deg2rad(61))
    assert asked.labels.tolist() == [1]
    # Whole coordinates are middles of pixels: the ray through them meets the click.
    camera = shape.views[asked.view].camera
    (ray,) = camera.directions(*np.float64(asked.coords_px).T)
    towards = place(shape, *direction) - camera.position
    np.testing.assert_allclose(ray * (towards @ ray) / (ray @ ray), towards, atol=1e-5)


def test_clicks_that_one_view_sees_stay_together(shape):
    clicks = np.stack([place(shape, 0, -1), place(shape, 0.4, -1), place(shape, 0, 1)])
    (asked,) = spread_clicks(shape, clicks, np.array([1, 1, 0]))
    # The click off the part is behind, where this view does not see it.
    assert asked.labels.tolist() == [1, 1] and len(asked.coords_px) == 2
    (asked,) = spread_clicks(shape, clicks[[0, 1, 0]], np.array([1, 1, 0]))
    assert asked.labels.tolist() == [1, 1, 0]


def test_clicks_on_opposite_sides_are_asked_on_two_views(shape):
    clicks = np.stack([place(shape, 0, -1), place(shape, 0, 1), place(shape, 0.2, 1)])
    first, second = spread_clicks(shape, clicks, np.ones(3))
    assert len(first.coords_px) == 2 and len(second.coords_px) == 1
    places = [shape.views[each.view].camera.position[1] for each in (first, second)]
    assert places[0] > 0 > places[1]


def test_a_click_where_no_view_sees_moves_to_the_nearest_that_is_seen(partial):
    behind = (
        -0.5 * partial.views[0].camera.position / np.linalg.norm(partial.views[0].camera.position)
    )
    (asked,) = spread_clicks(partial, behind[None], np.ones(1))
    x, y = np.rint(asked.coords_px[0]).astype(int)
    view = partial.views[asked.view]
    assert view.is_shape[y, x]
    shown = np.concatenate([each.point_map()[each.is_shape] for each in partial.views])
    nearest = np.linalg.norm(shown - behind, axis=1).min()
    assert np.linalg.norm(view.point_map()[y, x] - behind) < nearest + 0.03
