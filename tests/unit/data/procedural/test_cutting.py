# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cut bodies are closed, have the right volume, and agree with their inside test."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.cutting import convex_planes, cut
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, cylinder, ellipsoid, torus_arc
from part_seg_ros.data.procedural.sampling import sample_surface
from part_seg_ros.errors import InputError


def moved(primitive: Primitive, x: float, y: float, z: float) -> Primitive:
    place = np.eye(4)
    place[:3, 3] = x, y, z
    return primitive.transformed(place)


def volume(pieces: list[Primitive]) -> float:
    corners = np.concatenate([p.vertices[p.faces] for p in pieces]).astype(np.float64)
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.einsum('fi,fi->', corners.mean(axis=1), spans) / 6)


def area_vector(pieces: list[Primitive]) -> np.ndarray:
    corners = np.concatenate([p.vertices[p.faces] for p in pieces]).astype(np.float64)
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)


CASES = {
    'hole': (box([1, 1, 0.5]), [cylinder(0.2, 1.0)], 0.5 - np.pi * 0.04 * 0.5),
    'pocket': (box([1, 1, 1]), [moved(box([0.4, 0.4, 0.4]), 0, 0, 0.4)], 1 - 0.16 * 0.3),
    'notch': (box([1, 1, 1]), [moved(box([0.4, 2, 0.4]), 0.5, 0, 0.5)], 1 - 0.04),
    'two': (
        cylinder(1.0, 1.0),
        [moved(box([0.3, 0.3, 2]), x, 0, 0) for x in (-0.4, 0.4)],
        np.pi - 0.18,
    ),
    'rounded': (
        box([1, 1, 1], bevel=0.1),
        [moved(box([0.3, 0.3, 0.3]), 0, 0, 0.4)],
        0.8**3 + 6 * 0.1 * 0.64 + 3 * np.pi * 0.01 * 0.8 + 4 / 3 * np.pi * 0.001 - 0.09 * 0.25,
    ),
}


@pytest.mark.parametrize('name', sorted(CASES))
def test_surface_is_closed_around_the_right_volume(name: str) -> None:
    solid, cutters, wanted = CASES[name]
    rest, walls = cut(solid, cutters)
    assert volume([rest, *walls]) == pytest.approx(wanted, rel=0.04)
    np.testing.assert_allclose(area_vector([rest, *walls]), 0.0, atol=1e-3)
    low, high = solid.vertices.min(axis=0), solid.vertices.max(axis=0)
    points = np.random.default_rng(0).uniform(low, high, (20000, 3))
    filled = rest.inside(points).mean() * np.prod(high - low)
    assert filled == pytest.approx(wanted, rel=0.03)
    assert not any(wall.inside(points).any() for wall in walls)


@pytest.mark.parametrize('name', sorted(CASES))
def test_matter_lies_under_the_surface_and_none_above(name: str) -> None:
    solid, cutters, _ = CASES[name]
    rest, walls = cut(solid, cutters)
    parts = tuple(
        Part(name='', primitives=(piece,), group=idx, parent=min(idx, 1) - 1)
        for idx, piece in enumerate([rest, *walls])
    )
    obj = ProceduralObject(parts=parts, family='cut')
    sample = sample_surface(obj, 3000, np.random.default_rng(0))
    assert set(sample.part_ids.tolist()) == set(range(len(parts)))
    under = rest.inside(sample.points - 0.03 * sample.normals)
    above = rest.inside(sample.points + 0.03 * sample.normals)
    assert under.mean() > 0.97 and above.mean() < 0.01


def test_only_convex_bodies_are_taken() -> None:
    with pytest.raises(InputError, match='convex'):
        cut(torus_arc(1.0, 0.3), [box([1, 1, 1])])
    with pytest.raises(InputError, match='nothing of the solid'):
        cut(box([1, 1, 1]), [box([2, 2, 2])])
    with pytest.raises(InputError, match='too round'):
        cut(ellipsoid([1, 1, 1]), [box([0.5, 0.5, 3])])
    assert len(convex_planes(box([1, 2, 3]))) == 6
    assert len(convex_planes(cylinder(1.0, 2.0))) == 26
