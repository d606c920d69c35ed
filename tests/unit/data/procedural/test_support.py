# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tables and walls."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural import Part, ProceduralObject, sample_surface
from part_seg_ros.data.procedural.primitives import cylinder
from part_seg_ros.data.procedural.support import OVERLAP, before_wall, on_support


def can() -> ProceduralObject:
    part = Part(name='can', primitives=(cylinder(0.5, 2.0),), group=3, parent=-1)
    return ProceduralObject(parts=(part,), family='test')


def vertices_of(part: Part) -> np.ndarray:
    return np.concatenate([primitive.vertices for primitive in part.primitives])


def test_the_table_touches_the_object_from_below() -> None:
    rng = np.random.default_rng(0)
    size = np.linalg.norm([1.0, 1.0, 2.0])
    corners = set()
    for _ in range(40):
        obj = on_support(can(), rng)
        assert [part.name for part in obj.parts] == ['can', 'table']
        table = obj.parts[1]
        assert table.parent == -1 and table.group == 4
        vertices = vertices_of(table)
        np.testing.assert_allclose(vertices[:, 2].max(), -1.0 + OVERLAP * size, atol=1e-5)
        assert np.abs(vertices[:, :2]).max() < 2.6
        assert table.primitives[0].inside(np.array([[0.0, 0.0, -1.01]])).all()
        corners.add(len(vertices) > 8)
    assert corners == {True, False}  # rectangles and others


def test_tables_are_cut_in_many_shapes() -> None:
    rng = np.random.default_rng(1)
    roundness = []
    for _ in range(40):
        outline = vertices_of(on_support(can(), rng).parts[1])[:, :2]
        outline = (outline - outline.mean(axis=0)) / outline.std(axis=0)
        roundness.append(np.std(np.linalg.norm(outline, axis=1)))
    assert np.count_nonzero(np.array(roundness) > 0.1) >= 5  # irregular


def test_the_wall_stands_behind_and_shows_its_front() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        obj = before_wall(on_support(can(), rng), rng)
        wall = obj.parts[2]
        assert wall.name == 'wall' and wall.parent == -1 and wall.group == 5
        sample = sample_surface(obj, 4000, rng)
        of_wall = sample.part_ids == 2
        assert of_wall.any()
        normal = sample.normals[of_wall][0]
        assert np.abs(sample.normals[of_wall] - normal).max() < 1e-4
        assert abs(normal[2]) < 1e-6
        ahead = (sample.points - sample.points[of_wall][0]) @ normal
        np.testing.assert_allclose(ahead[of_wall], 0.0, atol=1e-4)
        assert ahead[~of_wall].min() > -1e-4  # all of the rest lies before it
        assert ahead[sample.part_ids == 0].min() < 3.0
