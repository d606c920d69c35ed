# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rendered depth against ray casting by hand, and what the sensor makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.depth_camera import (
    PinholeCamera,
    SensorNoise,
    camera_cloud,
    look_at,
    render_depth,
)
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, ellipsoid
from part_seg_ros.errors import InputError

PERFECT = SensorNoise()


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


def one_part(*primitives: Primitive) -> ProceduralObject:
    parts = [
        Part(name='', primitives=(primitive,), group=i, parent=i - 1)
        for i, primitive in enumerate(primitives)
    ]
    return ProceduralObject(parts=tuple(parts), family='test')


@pytest.mark.parametrize('eye', [(2.0, 1.0, 0.7), (-1.5, 0.4, -1.5), (0.0, 0.1, 2.0)])
@pytest.mark.parametrize('cull', [False, True])
def test_depth_equals_ray_casting(eye: tuple[float, float, float], cull: bool) -> None:
    turn = np.eye(4)
    turn[:3, 3] = 0.3, -0.1, 0.2
    obj = one_part(box([0.8, 0.5, 0.4]), ellipsoid([0.3, 0.5, 0.2]).transformed(turn))
    vertices, faces, _, _ = obj.mesh()
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


def test_perfect_camera_sees_points_of_the_surface_it_faces() -> None:
    lid = np.eye(4)
    lid[2, 3] = 0.7
    obj = one_part(box([1.0, 1.0, 1.0]), box([0.4, 0.4, 0.4]).transformed(lid))
    view = camera_cloud(obj, np.random.default_rng(0), noise=PERFECT)
    assert view.points.dtype == view.normals.dtype == view.viewpoint.dtype == np.float32
    half = np.where(view.part_ids == 0, 0.5, 0.2)
    offset = view.points - np.outer(view.part_ids == 1, [0.0, 0.0, 0.7])
    np.testing.assert_allclose(np.abs(offset).max(axis=1), half, atol=1e-4)
    towards = np.einsum('ij,ij->i', view.normals, view.viewpoint - view.points)
    assert towards.min() > 0.0
    np.testing.assert_allclose(np.abs(view.normals).max(axis=1), 1.0, atol=1e-5)
    faces = np.unique(np.round(view.normals).astype(int), axis=0)
    assert len(faces) <= 3  # one camera sees at most three sides of a box
    hidden = (np.abs(offset[view.part_ids == 1]) < 0.19).all(axis=1)
    assert not hidden.any()


def test_several_cameras_see_more() -> None:
    obj = one_part(ellipsoid([0.5, 0.5, 0.5]))
    one = camera_cloud(obj, np.random.default_rng(1), noise=PERFECT)
    three = camera_cloud(obj, np.random.default_rng(1), num_cameras=3, noise=PERFECT)
    assert set(three.view_idx.tolist()) == {0, 1, 2}
    seen = [len(np.unique(np.round(view.points * 8), axis=0)) for view in (one, three)]
    assert seen[1] > 1.3 * seen[0]
    np.testing.assert_allclose(one.points, three.points[three.view_idx == 0], atol=1e-6)


def depth_errors(noise: SensorNoise) -> np.ndarray:
    """Signed error along the viewing ray of a slab, in units of the distance."""
    obj = one_part(box([1.0, 1.0, 1.0]))
    view = camera_cloud(obj, np.random.default_rng(3), noise=noise)
    face = np.argmax(np.abs(view.normals), axis=1)
    rows = np.arange(len(face))
    signed = np.sign(view.normals[rows, face])
    off_surface = view.points[rows, face] * signed - 0.5
    rays = view.points - view.viewpoint
    distance = np.linalg.norm(rays, axis=1)
    slope = -(rays[rows, face] * signed) / distance
    return -off_surface / slope / distance


def test_gaussian_noise_has_the_stated_size() -> None:
    assert np.abs(depth_errors(PERFECT)).max() < 1e-5
    errors = depth_errors(SensorNoise(depth_stddev=0.004))
    assert errors.std() == pytest.approx(0.004, rel=0.25)
    assert abs(errors.mean()) < 0.001


def test_quantisation_stays_within_half_a_step() -> None:
    errors = np.abs(depth_errors(SensorNoise(quantisation=0.01)))
    assert 0.003 < errors.max() < 0.0075


def test_edge_loss_removes_the_outline_only() -> None:
    obj = one_part(ellipsoid([0.5, 0.5, 0.5]))
    full = camera_cloud(obj, np.random.default_rng(4), noise=PERFECT)
    cut = camera_cloud(obj, np.random.default_rng(4), noise=SensorNoise(edge_loss=1.0))
    lost = len(full.points) - len(cut.points)
    assert 0 < lost < 0.12 * len(full.points)
    rays = cut.viewpoint - cut.points
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    facing = np.einsum('ij,ij->i', rays, cut.normals)
    assert facing.min() > 0.05


def test_flying_pixels_hang_between_front_and_back() -> None:
    back = np.eye(4)
    back[0, 3] = -1.0
    obj = one_part(box([0.2, 0.5, 0.5]), box([0.2, 2.0, 2.0]).transformed(back))
    rng = np.random.default_rng(0)
    between = 0
    for _ in range(8):
        view = camera_cloud(obj, rng, noise=SensorNoise(flying=0.5))
        x = view.points[:, 0]
        between += np.count_nonzero((x > -0.85) & (x < -0.15))
    assert between > 10


def test_bad_requests_are_refused() -> None:
    obj = one_part(box([1.0, 1.0, 1.0]))
    with pytest.raises(InputError, match='num_cameras'):
        camera_cloud(obj, np.random.default_rng(0), num_cameras=0)
    with pytest.raises(InputError, match='faces'):
        render_depth(np.zeros((3, 3)), np.zeros((1, 4), dtype=int), camera((1.0, 0.0, 0.0)))
