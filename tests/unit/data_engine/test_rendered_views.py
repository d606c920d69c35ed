# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a mesh and the points that they show."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from part_seg_ros.data_engine.rendered_views import (
    NUM_VIEWS,
    FusedViews,
    RenderedView,
    render_views,
)
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh


@pytest.fixture(scope='module')
def ball() -> tuple[Mesh, FusedViews]:
    """A ball of radius 2, red above and green below z = 1, somewhere."""
    made = trimesh.creation.icosphere(subdivisions=3, radius=2.0)
    colors = np.where(made.vertices[:, 2:] > 1.0, [[1.0, 0, 0]], [[0, 1.0, 0]])
    mesh = Mesh(vertices=made.vertices + [5, 6, 7], faces=made.faces, vertex_colors=colors)
    return mesh, render_views(mesh, 64)


def test_every_pixel_has_its_point_on_its_face(ball: tuple[Mesh, FusedViews]) -> None:
    mesh, fused = ball
    rows = np.concatenate([view.rows[view.is_hit] for view in fused.views])
    np.testing.assert_array_equal(rows, np.arange(len(fused.cloud)))
    corners = mesh.vertices[mesh.faces[fused.face_idx]].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    off = np.einsum('nc,nc->n', normals, fused.cloud.points - corners[:, 0])
    np.testing.assert_allclose(off, 0.0, atol=1e-4)
    np.testing.assert_allclose(fused.cloud.normals, normals, atol=1e-5)  # outward, as seen


def touches_border(view: RenderedView) -> bool:
    border = [view.rows[0], view.rows[-1], view.rows[:, 0], view.rows[:, -1]]
    return bool((np.concatenate(border) >= 0).any())


def test_the_ball_is_seen_whole_and_from_all_sides(ball: tuple[Mesh, FusedViews]) -> None:
    mesh, fused = ball
    assert len(fused.views) == NUM_VIEWS == 6
    for view in fused.views:
        assert not touches_border(view)
        assert view.is_hit.mean() > 0.2
    assert len(np.unique(fused.face_idx)) > 0.98 * len(mesh.faces)


def test_a_rod_fits_the_pictures_too() -> None:
    rod = trimesh.creation.box(extents=(10, 0.2, 0.2))
    fused = render_views(Mesh(vertices=rod.vertices, faces=rod.faces), 64)
    assert not any(touches_border(view) for view in fused.views)
    assert max(np.ptp(np.flatnonzero(view.is_hit.any(axis=0))) for view in fused.views) > 50


def test_pictures_are_lit_from_the_camera_and_the_cloud_is_not(
    ball: tuple[Mesh, FusedViews],
) -> None:
    _, fused = ball
    colors = fused.cloud.colors
    pure = np.isclose(colors.sum(axis=1), 1.0) & (np.isclose(colors, 1.0).any(axis=1))
    assert pure.mean() > 0.9
    upper = fused.cloud.points[:, 2] > 8.5
    np.testing.assert_allclose(colors[upper], [[1, 0, 0]] * upper.sum())
    view = fused.views[0]
    assert (view.rgb[~view.is_hit] == 255).all()
    light = view.rgb.max(axis=2)[view.is_hit]
    assert light.max() == pytest.approx(255, abs=3)
    assert light.min() < 150


def test_masks_of_the_cloud_become_pictures(ball: tuple[Mesh, FusedViews]) -> None:
    _, fused = ball
    is_red = fused.cloud.colors[:, 0] > 0.5
    for view in fused.views:
        shown = view.shown(is_red)
        np.testing.assert_array_equal(shown, view.is_hit & (view.rgb[..., 0] > view.rgb[..., 1]))
        assert not view.shown(np.zeros(len(is_red), bool)).any()


def test_walls_seen_from_behind_turn_their_normals() -> None:
    wall = Mesh(vertices=np.array([[0, -1, -1], [0, 1, -1], [0, 0, 1]]), faces=[[0, 1, 2]])
    fused = render_views(wall, 48)
    x = fused.cloud.normals[:, 0]
    assert (np.abs(x) > 0.999).all()
    assert (x > 0).any() and (x < 0).any()
    assert fused.cloud.colors is None


def test_a_mesh_that_no_picture_shows_is_refused() -> None:
    needle = Mesh(vertices=np.array([[0, 0, 0], [1, 0, 0], [2, 1e-9, 0]]), faces=[[0, 1, 2]])
    with pytest.raises(InputError, match='no picture shows'):
        render_views(needle, 16)
