# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rendered depth against ray casting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.primitives import box, ellipsoid
from part_seg_ros.data.rasterisation import PinholeCamera, look_at, render_depth
from part_seg_ros.errors import InputError


def camera(eye: tuple[float, float, float], roll_rad: float = 0.0) -> PinholeCamera:
    return PinholeCamera(
        width=64,
        height=48,
        focal_px=60.0,
        T_world_camera=look_at(np.array(eye), np.zeros(3), roll_rad),
    )


def world_rays(view: PinholeCamera) -> np.ndarray:
    return view.rays(np.arange(view.width * view.height)) @ view.T_world_camera[:3, :3].T


def cast(vertices: np.ndarray, faces: np.ndarray, view: PinholeCamera) -> np.ndarray:
    """Nearest z (H, W) by testing every ray against every face."""
    rays, eye = world_rays(view), view.T_world_camera[:3, 3]
    nearest = np.full(len(rays), np.inf)
    for a, b, c in vertices[faces].astype(np.float64):
        first, second = b - a, c - a
        across = np.cross(rays, second)
        determinant = across @ first
        with np.errstate(divide='ignore', invalid='ignore'):
            u = across @ (eye - a) / determinant
            turned = np.cross(eye - a, first)
            v = rays @ turned / determinant
            t = second @ turned / determinant
        hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
        nearest[hit] = np.minimum(nearest[hit], t[hit])
    return nearest.reshape(view.height, view.width)


@pytest.mark.parametrize('eye', [(2.0, 1.0, 0.7), (-1.5, 0.4, -1.5), (0.0, 0.1, 2.0)])
@pytest.mark.parametrize('cull', [False, True])
def test_depth_equals_ray_casting(eye: tuple[float, float, float], cull: bool) -> None:
    turn = np.eye(4)
    turn[:3, 3] = 0.3, -0.1, 0.2
    solids = box([0.8, 0.5, 0.4]), ellipsoid([0.3, 0.5, 0.2]).transformed(turn)
    vertices = np.concatenate([solid.vertices for solid in solids])
    faces = np.concatenate([solids[0].faces, solids[1].faces + len(solids[0].vertices)])
    view = camera(eye, roll_rad=0.3)
    depth, face_idx = render_depth(vertices, faces, view, cull_backfaces=cull)
    exact = cast(vertices, faces, view)
    agree = np.isfinite(depth) == np.isfinite(exact)
    assert agree.mean() > 0.999  # pixel centres on an outline
    both = np.isfinite(depth) & np.isfinite(exact)
    assert both.mean() > 0.05
    np.testing.assert_allclose(depth[both], exact[both], rtol=1e-5)
    np.testing.assert_array_equal(face_idx >= 0, np.isfinite(depth))


def test_sphere_depth_is_that_of_the_ball() -> None:
    ball = ellipsoid([0.5, 0.5, 0.5])
    view = camera((1.5, 0.0, 1.5))
    depth, _ = render_depth(ball.vertices, ball.faces, view)
    rays, eye = world_rays(view), view.T_world_camera[:3, 3]
    a, b, c = np.einsum('ij,ij->i', rays, rays), rays @ eye, eye @ eye - 0.25
    with np.errstate(invalid='ignore'):
        exact = (-b - np.sqrt(b * b - a * c)) / a
    depth = depth.ravel()
    hit = np.isfinite(depth)
    assert np.isfinite(exact[hit]).all()  # the mesh lies inside the ball
    assert hit.sum() > 0.95 * np.isfinite(exact).sum() > 200
    radius = np.linalg.norm(eye + rays[hit] * depth[hit, None], axis=1)
    assert 0.975 * 0.5 < radius.min() and radius.max() < 0.5 * (1 + 1e-5)
    assert np.median(np.abs(depth - exact)[hit]) < 0.01


def test_slanted_plane_is_exact() -> None:
    vertices = np.array([[-6, -6, -2], [6, -6, -2], [6, 6, 2], [-6, 6, 2]], dtype=np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    view = camera((0.3, 0.2, 4.0))
    depth, _ = render_depth(vertices, faces, view)
    rays, eye = world_rays(view), view.T_world_camera[:3, 3]
    normal = np.array([0.0, -1.0, 3.0])
    np.testing.assert_allclose(depth.ravel(), -(eye @ normal) / (rays @ normal), rtol=1e-5)


def test_optical_axis_is_the_middle_of_the_image() -> None:
    cube = box([0.5, 0.5, 0.5])
    depth, _ = render_depth(cube.vertices, cube.faces, camera((2.0, 0.0, 0.0)))
    assert np.isfinite(depth).sum() > 100
    np.testing.assert_allclose(depth, depth[::-1], rtol=1e-5)
    np.testing.assert_allclose(depth, depth[:, ::-1], rtol=1e-5)


def test_priority_decides_between_coincident_faces() -> None:
    quad = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 1, 2], [0, 2, 3]])
    for first, second in ((0, 1), (1, 0)):
        priority = np.array([first, first, second, second])
        _, face_idx = render_depth(quad, faces, camera((0.1, 0.2, 3.0)), priority=priority)
        assert set(np.unique(priority[face_idx[face_idx >= 0]])) == {1}


def test_mesh_behind_the_camera_is_not_seen() -> None:
    ball = ellipsoid([0.5, 0.5, 0.5])
    view = camera((2.0, 0.0, 0.0))
    behind = ball.vertices + np.float32([4.0, 0.0, 0.0])
    depth, face_idx = render_depth(behind, ball.faces, view)
    assert not np.isfinite(depth).any() and np.all(face_idx == -1)


def test_look_at_puts_the_target_on_the_axis() -> None:
    for eye in ([1.0, 2.0, 3.0], [0.0, 0.0, -2.0]):
        pose = look_at(np.array(eye), np.array([0.1, 0.0, 0.0]), 0.4)
        np.testing.assert_allclose(pose[:3, :3].T @ pose[:3, :3], np.eye(3), atol=1e-12)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0)
        target = np.linalg.inv(pose) @ [0.1, 0.0, 0.0, 1.0]
        np.testing.assert_allclose(target[:2], 0.0, atol=1e-12)
        assert target[2] > 0.0


def test_bad_shapes_are_refused() -> None:
    view = camera((1.0, 0.0, 0.0))
    with pytest.raises(InputError, match='faces'):
        render_depth(np.zeros((3, 3)), np.zeros((1, 4), dtype=int), view)
    with pytest.raises(InputError, match='vertices'):
        render_depth(np.zeros((3, 2)), np.zeros((1, 3), dtype=int), view)
