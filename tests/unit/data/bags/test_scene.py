# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects stand side by side on a table, at the sizes of things that stand on tables."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.bags.scene import OBJECT_GAP, OBJECT_SIZES, TableScene, table_scene

FAMILIES = ('mug', 'hammer', 'mug', 'kettle', 'bottle', 'pan')


@pytest.fixture(params=[0, 1])
def scene(request: pytest.FixtureRequest) -> TableScene:
    return table_scene(FAMILIES, np.random.default_rng(request.param))


def vertices_of(scene: TableScene, object_name: str) -> np.ndarray:
    parts = [i for i, part in enumerate(scene.parts) if part.object_name == object_name]
    faces = scene.faces[np.isin(scene.face_part_ids, parts)]
    return scene.vertices[np.unique(faces)].astype(np.float64)


def test_objects_are_numbered_and_keep_their_parts(scene: TableScene) -> None:
    names = list(dict.fromkeys(part.object_name for part in scene.parts))
    assert names == ['mug_0', 'hammer_1', 'mug_2', 'kettle_3', 'bottle_4', 'pan_5']
    assert set(np.unique(scene.face_part_ids)) == set(range(-1, len(scene.parts)))
    of_kettle = {part.name for part in scene.parts if part.object_name == 'kettle_3'}
    assert {'body', 'spout', 'handle'} <= of_kettle


def test_objects_stand_on_the_table_apart_from_each_other(scene: TableScene) -> None:
    circles = []
    for name in dict.fromkeys(part.object_name for part in scene.parts):
        vertices = vertices_of(scene, name)
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        assert abs(low[2]) < 1e-6
        centre = 0.5 * (low + high)[:2]
        circles.append((centre, np.linalg.norm(vertices[:, :2] - centre, axis=1).max()))
    for i, (centre, radius) in enumerate(circles):
        for other, other_radius in circles[:i]:
            gap = np.linalg.norm(centre - other) - radius - other_radius
            assert gap > OBJECT_GAP - 1e-6
    table = scene.vertices[np.unique(scene.faces[scene.face_part_ids == -1])]
    assert abs(table[:, 2].max()) < 1e-6
    everything = np.concatenate([vertices_of(scene, part.object_name) for part in scene.parts])
    assert (table[:, :2].min(axis=0) < everything[:, :2].min(axis=0) - 0.1).all()
    assert (table[:, :2].max(axis=0) > everything[:, :2].max(axis=0) + 0.1).all()


def test_objects_have_the_size_of_things_on_a_table(scene: TableScene) -> None:
    for name in dict.fromkeys(part.object_name for part in scene.parts):
        vertices = vertices_of(scene, name)
        # The longest side is measured before the object is turned about the vertical.
        span = np.linalg.norm(np.ptp(vertices, axis=0))
        assert OBJECT_SIZES[0] < span < OBJECT_SIZES[1] * 3**0.5
    of_objects = np.unique(scene.faces[scene.face_part_ids >= 0])
    distances = np.linalg.norm(scene.vertices[of_objects] - scene.centre, axis=1)
    assert distances.max() <= scene.radius + 1e-6


def test_faces_look_outwards_and_are_lit_from_above(scene: TableScene) -> None:
    corners = scene.vertices[scene.faces].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    volume = np.einsum('fi,fi->f', corners[:, 0], normals).sum() / 6.0
    assert volume > 0.0
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    brightness = scene.face_colors.max(axis=1)
    for part_id in range(len(scene.parts)):
        of_part = scene.face_part_ids == part_id
        up, down = of_part & (normals[:, 2] > 0.9), of_part & (normals[:, 2] < -0.9)
        if up.any() and down.any():
            assert brightness[up].min() > brightness[down].max()
