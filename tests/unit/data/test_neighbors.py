# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Other objects beside an object."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.depth_camera import LabeledSurface, camera_cloud, labeled_surface
from part_seg_ros.data.depth_noise import SensorNoise
from part_seg_ros.data.neighbors import (
    Neighbor,
    neighbor_points,
    random_neighbors,
    with_neighbors,
)
from part_seg_ros.data.procedural import Part, ProceduralObject, sample_surface
from part_seg_ros.data.procedural.primitives import box, ellipsoid


def block() -> ProceduralObject:
    parts = [
        Part(name='a', primitives=(box([1.0, 2.0, 0.5]),), group=0, parent=-1),
        Part(name='b', primitives=(ellipsoid([0.2, 0.2, 0.6]),), group=1, parent=0),
    ]
    return ProceduralObject(parts=tuple(parts), family='test')


def split(joined: LabeledSurface, own: LabeledSurface) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the object and of its neighbours."""
    return joined.vertices[: len(own.vertices)], joined.vertices[len(own.vertices) :]


@pytest.mark.parametrize('upright', [True, False])
def test_neighbors_stand_close_but_apart(upright: bool) -> None:
    own = labeled_surface(block())
    size = np.linalg.norm(np.ptp(own.vertices, axis=0))
    rng = np.random.default_rng(0)
    counts = set()
    for _ in range(30):
        neighbors = random_neighbors(own.vertices, rng, upright=upright)
        counts.add(len(neighbors))
        for neighbor in neighbors:
            vertices = split(with_neighbors(own, own, [neighbor]), own)[1]
            diagonal = neighbor.size_ratio * size
            gaps = np.maximum(
                vertices.min(axis=0) - own.vertices.max(axis=0),
                own.vertices.min(axis=0) - vertices.max(axis=0),
            )
            assert gaps.max() < 0.5 * size
            assert np.linalg.norm(np.ptp(vertices, axis=0)) < 2.0 * diagonal
            inside = [p.inside(vertices).any() for part in block().parts for p in part.primitives]
            assert not any(inside)
            if upright:
                assert vertices[:, 2].min() == pytest.approx(own.vertices[:, 2].min(), abs=1e-5)
    assert counts == {1, 2, 3}


def test_neighbors_belong_to_no_part() -> None:
    own = labeled_surface(block())
    neighbors = random_neighbors(own.vertices, np.random.default_rng(1), upright=True)
    joined = with_neighbors(own, own, neighbors)
    np.testing.assert_array_equal(joined.face_part_ids[: len(own.faces)], own.face_part_ids)
    assert (joined.face_part_ids[len(own.faces) :] == -1).all()
    assert joined.faces[len(own.faces) :].min() == len(own.vertices)
    assert joined.faces.max() == len(joined.vertices) - 1
    np.testing.assert_allclose(np.linalg.norm(joined.corner_normals, axis=2), 1.0, atol=1e-5)


def test_a_copy_is_the_object_itself_elsewhere() -> None:
    obj = block()
    own = labeled_surface(obj)
    rotation = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    shift = np.array([4.0, 0.0, 0.0])
    copy = Neighbor(pool_idx=-1, size_ratio=0.5, rotation=rotation, scale=0.5, shift=shift)
    vertices = split(with_neighbors(own, own, [copy]), own)[1]
    np.testing.assert_allclose(vertices, 0.5 * own.vertices @ rotation.T + shift, atol=1e-6)
    sample = sample_surface(obj, 1000, np.random.default_rng(0))
    points, normals = neighbor_points(sample, [copy], np.random.default_rng(0))
    assert len(points) == pytest.approx(250, abs=2)  # a quarter of the surface
    back = (points - shift) @ rotation / 0.5
    distance = np.linalg.norm(back[:, None] - sample.points, axis=2)
    assert distance.min(axis=1).max() < 1e-5
    np.testing.assert_allclose(
        normals @ rotation, sample.normals[distance.argmin(axis=1)], atol=1e-5
    )


def test_cameras_see_neighbors_as_no_part_and_frame_the_object() -> None:
    own = labeled_surface(block())
    rotation = np.eye(3)
    beside = Neighbor(
        pool_idx=-1, size_ratio=1.0, rotation=rotation, scale=1.0, shift=np.array([1.2, 0.0, 0.0])
    )
    far = Neighbor(
        pool_idx=-1, size_ratio=1.0, rotation=rotation, scale=1.0, shift=np.array([90.0, 0, 0])
    )
    perfect = SensorNoise()
    alone = camera_cloud(own, np.random.default_rng(3), noise=perfect)
    rng = np.random.default_rng(3)
    view = camera_cloud(with_neighbors(own, own, [beside, far]), rng, noise=perfect)
    np.testing.assert_allclose(view.viewpoint, alone.viewpoint)
    context = view.part_ids == -1
    assert 0 < context.sum() < len(context)
    assert view.points[context, 0].min() > 0.5 and view.points[~context, 0].max() < 0.6
    of_object = {tuple(point) for point in view.points[~context].round(4)}
    assert len(of_object - {tuple(point) for point in alone.points.round(4)}) < 10
