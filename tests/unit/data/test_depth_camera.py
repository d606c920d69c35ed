# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a depth camera sees, and the errors of its sensor."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.depth_camera import LabeledSurface, camera_cloud
from part_seg_ros.data.depth_noise import SensorNoise
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, ellipsoid
from part_seg_ros.errors import InputError

PERFECT = SensorNoise()


def one_part(*primitives: Primitive) -> ProceduralObject:
    parts = [
        Part(name='', primitives=(primitive,), group=i, parent=i - 1)
        for i, primitive in enumerate(primitives)
    ]
    return ProceduralObject(parts=tuple(parts), family='test')


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


def surface_of(obj: ProceduralObject, *, is_solid: bool) -> LabeledSurface:
    vertices, faces, face_part_ids, corner_normals = obj.mesh()
    return LabeledSurface(
        vertices=vertices,
        faces=faces if is_solid else faces[:, ::-1],
        face_part_ids=face_part_ids,
        corner_normals=corner_normals if is_solid else -corner_normals[:, ::-1],
        is_solid=is_solid,
    )


@pytest.mark.parametrize('is_solid', [True, False])
def test_surface_of_an_object_is_seen_as_the_object_whatever_its_winding(is_solid: bool) -> None:
    lid = np.eye(4)
    lid[0, 3] = 0.9  # apart from the body, so that no surfaces coincide
    obj = one_part(box([1.0, 1.0, 1.0]), ellipsoid([0.3, 0.3, 0.3]).transformed(lid))
    whole = camera_cloud(obj, np.random.default_rng(2), noise=PERFECT)
    surface = surface_of(obj, is_solid=is_solid)
    view = camera_cloud(surface, np.random.default_rng(2), noise=PERFECT)
    assert set(whole.part_ids.tolist()) == {0, 1}
    np.testing.assert_array_equal(view.part_ids, whole.part_ids)
    np.testing.assert_allclose(view.points, whole.points, atol=1e-5)
    np.testing.assert_allclose(view.normals, whole.normals, atol=1e-4)
    np.testing.assert_array_equal(view.viewpoint, whole.viewpoint)


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
    with pytest.raises(InputError, match='fov_deg'):
        camera_cloud(obj, np.random.default_rng(0), fov_deg=0.0)


def test_only_the_first_camera_is_where_it_should_be() -> None:
    obj = one_part(box([1.0, 1.0, 1.0]))
    errors = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        view = camera_cloud(obj, rng, num_cameras=2, noise=SensorNoise(registration=0.02))
        off_surface = np.abs(np.abs(view.points).max(axis=1) - 0.5)
        assert off_surface[view.view_idx == 0].max() < 1e-4
        errors.append(np.sqrt((off_surface[view.view_idx == 1] ** 2).mean()))
    radius = np.sqrt(0.75)
    assert 0.3 * 0.02 * radius < np.median(errors) < 3.0 * 0.02 * radius


def test_lateral_error_frays_the_border_between_parts() -> None:
    beside = np.eye(4)
    beside[1, 3] = 1.0
    obj = one_part(box([1.0, 1.0, 1.0]), box([1.0, 1.0, 1.0]).transformed(beside))
    view = camera_cloud(obj, np.random.default_rng(6), noise=SensorNoise(lateral_px=1.0))
    beyond = np.where(view.part_ids == 0, view.points[:, 1] - 0.5, 0.5 - view.points[:, 1])
    assert 0.0 < (beyond > 1e-3).mean() < 0.1
    assert beyond.max() < 0.2  # a few pixels


def test_cameras_stand_at_various_distances() -> None:
    obj = one_part(box([1.0, 1.0, 1.0]))
    rng = np.random.default_rng(0)
    views = [camera_cloud(obj, rng, noise=PERFECT, resolution=(32, 24)) for _ in range(80)]
    radii = np.array([np.linalg.norm(view.viewpoint) for view in views]) / np.sqrt(0.75)
    assert 2.19 < radii.min() < 2.7 and 9.5 < radii.max() < 12.01


def test_a_wrong_pose_also_shifts() -> None:
    obj = one_part(ellipsoid([0.5, 0.5, 0.5]))  # which a turn alone would not change
    errors = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        view = camera_cloud(obj, rng, num_cameras=2, noise=SensorNoise(registration=0.1))
        off_surface = np.abs(np.linalg.norm(view.points, axis=1) - 0.5)
        assert off_surface[view.view_idx == 0].max() < 0.02
        errors.append(off_surface[view.view_idx == 1].max())
    assert np.median(errors) > 0.05
