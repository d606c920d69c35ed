# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Surfaces are closed, oriented, of the right size, and agree with their inside tests."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from part_seg_ros.data.procedural import primitives
from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.errors import InputError

PI = np.pi
SQUARE = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
ELL = [(0, 0), (1, 0), (1, 0.3), (0.3, 0.3), (0.3, 1), (0, 1)]
CUP = [(0, 0), (0.5, 0), (0.5, 1), (0.4, 1), (0.4, 0.1), (0, 0.1)]
ARCH = [(np.cos(a), 0.0, np.sin(a)) for a in np.linspace(0, PI, 24)]
STRAIGHT = [(0, 0, z) for z in np.linspace(0, 2, 5)]

# name: (primitive, exact area or None, exact volume)
CASES: dict[str, tuple[Primitive, float | None, float]] = {
    'box': (primitives.box([1, 2, 3]), 22.0, 6.0),
    'rounded box': (
        primitives.box([1, 2, 3], bevel=0.2),
        2 * (0.6 * 1.6 + 1.6 * 2.6 + 0.6 * 2.6) + 0.4 * PI * 4.8 + 4 * PI * 0.04,
        0.6 * 1.6 * 2.6
        + 0.4 * (0.6 * 1.6 + 1.6 * 2.6 + 0.6 * 2.6)
        + PI * 0.04 * 4.8
        + 4 / 3 * PI * 0.008,
    ),
    'ball': (primitives.ellipsoid([0.5, 0.5, 0.5]), PI, PI / 6),
    'ellipsoid': (primitives.ellipsoid([1.0, 0.5, 0.2]), None, 4 / 3 * PI * 0.1),
    'cylinder': (primitives.cylinder(0.5, 2.0), 2.5 * PI, 0.5 * PI),
    'elliptic cylinder': (primitives.cylinder(0.5, 1.0, elliptic=0.4), None, PI * 0.1),
    'frustum': (
        primitives.cylinder(1.0, 1.0, radius_top=0.5),
        PI * 1.25 + PI * 1.5 * np.hypot(1.0, 0.5),
        PI * 1.75 / 3,
    ),
    'cone': (
        primitives.cylinder(1.0, 2.0, radius_top=0.0),
        PI + PI * np.sqrt(5.0),
        2 * PI / 3,
    ),
    'capsule': (primitives.capsule(0.3, 1.6), 0.96 * PI, 0.09 * PI + 0.036 * PI),
    'ring': (primitives.torus_arc(1.0, 0.25), PI * PI, 0.125 * PI * PI),
    'half ring': (
        primitives.torus_arc(1.0, 0.25, PI, start=0.7),
        0.5 * PI * PI + 0.125 * PI,
        0.0625 * PI * PI,
    ),
    'flat ring': (primitives.torus_arc(1.0, 0.25, flatten=0.5), None, 0.0625 * PI * PI),
    'cup': (
        primitives.lathe(CUP),
        PI * (0.25 + 1.0 + 0.09 + 0.72 + 0.16),
        PI * (0.25 - 0.16 * 0.9),
    ),
    'pipe': (
        primitives.lathe([(0.4, 0), (0.5, 0), (0.5, 2), (0.4, 2)]),
        PI * (3.6 + 0.18),
        PI * 0.18,
    ),
    'prism': (primitives.extrusion(SQUARE, 2.0), 10.0, 2.0),
    'bracket': (primitives.extrusion(ELL[::-1], 0.5), 2 * 0.51 + 4 * 0.5, 0.255),
    'pyramid stump': (primitives.extrusion(SQUARE, 1.0, taper=0.5), None, 1.75 / 3),
    'straight tube': (primitives.tube(STRAIGHT, 0.25), 1.125 * PI, 0.125 * PI),
    'tapered tube': (
        primitives.tube(STRAIGHT, np.linspace(0.5, 0.25, 5)),
        None,
        PI * 2 / 3 * (0.25 + 0.125 + 0.0625),
    ),
    'arch': (primitives.tube(ARCH, 0.2), 0.4 * PI * PI + 0.08 * PI, 0.04 * PI * PI),
    'strap': (primitives.tube(ARCH, 0.2, aspect=0.4, up=[1, 0, 0]), None, 0.016 * PI * PI),
}
CASE_NAMES = sorted(CASES)


def face_geometry(primitive: Primitive) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    corners = primitive.vertices[primitive.faces].astype(np.float64)
    spans = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return corners, np.linalg.norm(spans, axis=1), spans


def mesh_volume(primitive: Primitive) -> float:
    corners, _, spans = face_geometry(primitive)
    return float(np.einsum('fi,fi->', corners.mean(axis=1), spans) / 3)


@pytest.mark.parametrize('name', CASE_NAMES)
def test_surface_is_closed_and_consistently_wound(name: str) -> None:
    primitive = CASES[name][0]
    _, merged = np.unique(np.round(primitive.vertices, 5), axis=0, return_inverse=True)
    faces = merged.reshape(-1)[primitive.faces]
    assert np.all(faces != np.roll(faces, 1, axis=1)), 'a face is degenerate'
    starts, ends = faces.ravel().tolist(), np.roll(faces, -1, axis=1).ravel().tolist()
    directed = Counter(zip(starts, ends, strict=True))
    assert set(directed.values()) == {1}
    assert all((b, a) in directed for a, b in directed)


@pytest.mark.parametrize('name', CASE_NAMES)
def test_area_and_volume_match_the_exact_body(name: str) -> None:
    primitive, area, volume = CASES[name]
    assert 0.9 * volume < mesh_volume(primitive) < 1.001 * volume
    if area is not None:
        assert 0.95 * area < face_geometry(primitive)[1].sum() < 1.001 * area


@pytest.mark.parametrize('name', CASE_NAMES)
def test_inside_fills_the_exact_volume(name: str) -> None:
    primitive, _, volume = CASES[name]
    low, high = primitive.vertices.min(axis=0) - 0.05, primitive.vertices.max(axis=0) + 0.05
    points = np.random.default_rng(0).uniform(low, high, (20000, 3))
    within = primitive.inside(points)
    assert within.shape == (20000,) and within.dtype == bool
    assert within.mean() * np.prod(high - low) == pytest.approx(volume, rel=0.06)


@pytest.mark.parametrize('name', CASE_NAMES)
def test_corner_normals_are_unit_and_on_the_outer_side_of_their_face(name: str) -> None:
    primitive = CASES[name][0]
    _, areas, spans = face_geometry(primitive)
    normals = primitive.corner_normals.astype(np.float64)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=2), 1.0, atol=1e-5)
    cosine = np.einsum('fci,fi->fc', normals, spans / areas[:, None])
    assert cosine.min() > (0.5 if name == 'ellipsoid' else np.cos(np.deg2rad(36)))


@pytest.mark.parametrize('name', CASE_NAMES)
def test_normals_agree_with_the_gradient_of_the_inside_test(name: str) -> None:
    primitive = CASES[name][0]
    rng = np.random.default_rng(1)
    corners, areas, _ = face_geometry(primitive)
    faces = rng.choice(len(areas), 200, p=areas / areas.sum())
    weights = rng.dirichlet(np.ones(3), 200)[:, :, None]
    points = (weights * corners[faces]).sum(axis=1)
    normals = (weights * primitive.corner_normals[faces]).sum(axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    directions = rng.normal(size=(600, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    probes = points[:, None] + 0.04 * directions
    empty = ~primitive.inside(probes.reshape(-1, 3)).reshape(200, 600)
    gradient = empty @ directions
    gradient /= np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-9)
    angle = np.rad2deg(np.arccos(np.clip(np.einsum('ij,ij->i', gradient, normals), -1, 1)))
    assert np.median(angle) < 8.0
    assert np.percentile(angle, 75) < 20.0  # the rest lies next to edges


@pytest.mark.parametrize('name', CASE_NAMES)
def test_mirroring_and_stretching_carry_surface_and_inside_along(name: str) -> None:
    primitive = CASES[name][0]
    transform = np.diag([-2.0, 0.5, 1.5, 1.0])
    transform[:3, 3] = 3.0, -1.0, 0.5
    transform[0, 1] = 0.4
    moved = primitive.transformed(transform)
    assert mesh_volume(moved) == pytest.approx(1.5 * mesh_volume(primitive), rel=1e-3)
    _, areas, spans = face_geometry(moved)
    cosine = np.einsum('fci,fi->fc', moved.corner_normals, spans / areas[:, None])
    assert cosine.min() > 0.0
    points = np.random.default_rng(2).uniform(-1.2, 1.2, (2000, 3))
    before = primitive.inside(points)
    after = moved.inside(points @ transform[:3, :3].T + transform[:3, 3])
    assert before.any() and np.mean(before == after) > 0.999


def test_flat_faces_keep_flat_normals() -> None:
    solid = primitives.cylinder(0.5, 2.0)
    caps = np.abs(solid.vertices[solid.faces][..., 2].sum(axis=1)) > 2.99
    np.testing.assert_allclose(np.abs(solid.corner_normals[caps][..., 2]), 1.0, atol=1e-6)
    np.testing.assert_allclose(solid.corner_normals[~caps][..., 2], 0.0, atol=1e-6)


def test_curved_normals_are_those_of_the_exact_surface() -> None:
    ball = primitives.ellipsoid([1.0, 0.5, 0.2])
    exact = ball.vertices[ball.faces] / np.array([1.0, 0.25, 0.04])
    exact /= np.linalg.norm(exact, axis=2, keepdims=True)
    np.testing.assert_allclose(ball.corner_normals, exact, atol=2e-3)


def test_a_stray_coordinate_is_outside_every_primitive() -> None:
    far = np.array([[10.0, 0.0, 0.0], [0.0, -10.0, 0.0], [0.0, 0.0, 10.0]])
    for name, (primitive, _, _) in CASES.items():
        assert not primitive.inside(far).any(), name


@pytest.mark.parametrize(
    ('make', 'message'),
    [
        (lambda: primitives.box([1, 0, 1]), 'size'),
        (lambda: primitives.cylinder(-1, 1), 'radius'),
        (lambda: primitives.capsule(1.0, 1.0), 'height'),
        (lambda: primitives.torus_arc(0.2, 0.3), 'tube_radius'),
        (lambda: primitives.lathe([(0, 0), (-1, 0), (0, 1)]), 'profile'),
        (lambda: primitives.extrusion([(0, 0), (1, 0)], 1.0), 'outline'),
        (lambda: primitives.extrusion([(0, 0), (1, 0), (2, 0)], 1.0), 'area'),
        (lambda: primitives.tube([(0, 0, 0), (0, 0, 0)], 0.1), 'path'),
        (lambda: primitives.box(1).transformed(np.eye(3)), 'transform'),
        (lambda: primitives.box(1).transformed(np.zeros((4, 4))), 'invertible'),
    ],
)
def test_impossible_bodies_are_refused(make, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
