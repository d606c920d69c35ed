# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Samples lie on the visible surface, evenly, with the right label and normal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive, box, cylinder, ellipsoid, lathe
from part_seg_ros.data.procedural.sampling import sample_surface
from part_seg_ros.errors import InputError


def at(primitive: Primitive, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Primitive:
    transform = np.eye(4)
    transform[:3, 3] = x, y, z
    return primitive.transformed(transform)


def joined(*primitives: Primitive) -> ProceduralObject:
    parts = [
        Part(name=f'part {i}', primitives=(primitive,), group=i, parent=i - 1)
        for i, primitive in enumerate(primitives)
    ]
    return ProceduralObject(parts=tuple(parts), family='test')


def cube_distance(points: np.ndarray, centre: tuple[float, float, float]) -> np.ndarray:
    """Distance (N,) from the surface of a unit cube, negative inside."""
    beyond = np.abs(points - np.array(centre)) - 0.5
    outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
    return outside + np.minimum(beyond.max(axis=1), 0.0)


def test_overlapping_cubes_lose_exactly_the_inner_surface() -> None:
    obj = joined(box(1.0 * np.ones(3)), at(box(np.ones(3)), 0.5, 0.5, 0.5))
    sample = sample_surface(obj, 6000, np.random.default_rng(0))
    centres = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]])
    own = cube_distance(sample.points, centres[sample.part_ids])
    other = cube_distance(sample.points, centres[1 - sample.part_ids])
    np.testing.assert_allclose(own, 0.0, atol=1e-5)
    assert other.min() > -0.01
    # 6 - 0.75 of each cube stays visible
    assert np.mean(sample.part_ids == 0) == pytest.approx(0.5, abs=0.02)


def test_keep_hidden_keeps_it() -> None:
    obj = joined(box(np.ones(3)), at(box(np.ones(3)), 0.5, 0.5, 0.5))
    sample = sample_surface(obj, 6000, np.random.default_rng(0), keep_hidden=True)
    centres = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]])
    other = cube_distance(sample.points, centres[1 - sample.part_ids])
    assert np.mean(other < -0.01) == pytest.approx(1 / 8, abs=0.02)


def test_contact_faces_vanish_on_both_sides() -> None:
    obj = joined(box(np.ones(3)), at(box(np.ones(3)), z=1.0))
    sample = sample_surface(obj, 5000, np.random.default_rng(1))
    assert np.abs(sample.points[:, 2] - 0.5).min() < 0.01
    inner = np.abs(sample.points[:, :2]).max(axis=1) < 0.499
    assert not np.any(inner & (np.abs(sample.points[:, 2] - 0.5) < 1e-4))
    np.testing.assert_array_equal(sample.part_ids, (sample.points[:, 2] > 0.5).astype(int))


def test_flush_faces_belong_to_the_later_part() -> None:
    inlay = at(box([0.5, 0.5, 0.5]), z=0.25)  # its top face lies in that of the cube
    sample = sample_surface(joined(box(np.ones(3)), inlay), 8000, np.random.default_rng(2))
    on_top = sample.points[:, 2] > 0.4999
    over_inlay = np.abs(sample.points[:, :2]).max(axis=1)
    assert np.all(sample.part_ids[on_top & (over_inlay < 0.249)] == 1)
    assert np.all(sample.part_ids[on_top & (over_inlay > 0.251)] == 0)
    assert np.all(on_top[sample.part_ids == 1])
    # the shared face is neither doubled nor lost
    assert np.mean(sample.part_ids == 1) == pytest.approx(0.25 / 6, abs=0.006)


def test_swallowed_part_disappears() -> None:
    sample = sample_surface(
        joined(ellipsoid([1, 1, 1]), box([0.5, 0.5, 0.5])), 2000, np.random.default_rng(3)
    )
    assert np.all(sample.part_ids == 0)
    np.testing.assert_allclose(np.linalg.norm(sample.points, axis=1), 1.0, atol=0.03)
    np.testing.assert_allclose(
        sample.normals, sample.points / np.linalg.norm(sample.points, axis=1)[:, None], atol=0.02
    )


def test_inner_wall_of_an_open_vessel_is_kept() -> None:
    cup = lathe([(0, 0), (0.5, 0), (0.5, 1), (0.45, 1), (0.45, 0.05), (0, 0.05)])
    sample = sample_surface(joined(cup), 4000, np.random.default_rng(4))
    radial = np.linalg.norm(sample.points[:, :2], axis=1)
    wall = (sample.points[:, 2] > 0.1) & (sample.points[:, 2] < 0.95)
    inner = wall & (radial < 0.46)
    assert np.mean(inner) > 0.3
    outward = np.einsum('ij,ij->i', sample.normals[:, :2], sample.points[:, :2])
    assert np.all(outward[inner] < 0.0) and np.all(outward[wall & ~inner] > 0.0)


def test_density_follows_area() -> None:
    obj = joined(box([1, 1, 1]), at(box([2, 2, 2]), x=5.0), at(cylinder(0.5, 1.0), x=-5.0))
    sample = sample_surface(obj, 30000, np.random.default_rng(5))
    area = np.array([6.0, 24.0, 1.5 * np.pi])
    share = np.bincount(sample.part_ids) / 30000
    np.testing.assert_allclose(share, area / area.sum(), atol=0.006)
    cube = sample.points[sample.part_ids == 0]
    octants = np.bincount((cube > 0) @ [1, 2, 4], minlength=8) / len(cube)
    np.testing.assert_allclose(octants, 1 / 8, atol=0.02)


def test_exact_count_dtypes_and_seed() -> None:
    obj = joined(box(np.ones(3)), at(ellipsoid([0.4, 0.4, 0.4]), z=0.5))
    first = sample_surface(obj, 777, np.random.default_rng(6))
    again = sample_surface(obj, 777, np.random.default_rng(6))
    assert first.points.shape == first.normals.shape == (777, 3)
    assert first.points.dtype == first.normals.dtype == np.float32
    assert first.part_ids.shape == (777,) and first.part_ids.dtype == np.int32
    np.testing.assert_array_equal(first.points, again.points)
    np.testing.assert_array_equal(first.part_ids, again.part_ids)


def test_no_points_is_refused() -> None:
    with pytest.raises(InputError, match='num_points'):
        sample_surface(joined(box(np.ones(3))), 0, np.random.default_rng(0))


def test_pieces_of_one_body_do_not_cover_each_other() -> None:
    boxes = [box([1, 1, 1]), at(box([1, 0.8, 0.8]), 0.5)]
    counts = []
    for body in (None, object()):
        pieces = [replace(piece, body=body) for piece in boxes]
        sample = sample_surface(joined(*pieces), 4000, np.random.default_rng(0))
        counts.append(np.count_nonzero(pieces[0].inside(sample.points)))
    assert counts[0] == 0 and counts[1] > 400
