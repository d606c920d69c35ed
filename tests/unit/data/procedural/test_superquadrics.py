# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Superquadrics are closed, lie on their formula, and become the bodies that they contain."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from part_seg_ros.data.procedural.superquadrics import superquadric
from part_seg_ros.errors import InputError

RADII = np.array([1.0, 0.6, 0.4])
EXPONENTS = [(0.2, 0.2), (1.0, 1.0), (0.2, 1.0), (1.8, 0.5), (0.5, 1.9)]


@pytest.mark.parametrize('exponents', EXPONENTS)
def test_surface_is_closed_and_on_the_formula(exponents: tuple[float, float]) -> None:
    made = superquadric(RADII, *exponents)
    _, merged = np.unique(np.round(made.vertices, 5), axis=0, return_inverse=True)
    faces = merged.reshape(-1)[made.faces]
    assert np.all(faces != np.roll(faces, 1, axis=1)), 'a face is degenerate'
    starts, ends = faces.ravel().tolist(), np.roll(faces, -1, axis=1).ravel().tolist()
    edges = Counter(zip(starts, ends, strict=True))
    assert set(edges.values()) == {1} and all((b, a) in edges for a, b in edges)
    assert made.inside(0.999 * made.vertices).all()
    assert not made.inside(1.001 * made.vertices).any()
    np.testing.assert_allclose(np.ptp(made.vertices, axis=0), 2 * RADII, rtol=1e-5)


@pytest.mark.parametrize('exponents', EXPONENTS)
def test_normals_are_those_of_the_formula(exponents: tuple[float, float]) -> None:
    up, around = exponents
    made = superquadric(RADII, up, around)
    vertices = made.vertices[made.faces].reshape(-1, 3).astype(np.float64) / RADII
    normals = made.corner_normals.reshape(-1, 3)
    smooth = np.abs(vertices).min(axis=1) > 0.05
    vertices, normals = vertices[smooth], normals[smooth]

    def formula(scaled: np.ndarray) -> np.ndarray:
        flat = np.sum(np.abs(scaled[:, :2]) ** (2 / around), axis=1) ** (around / up)
        return flat + np.abs(scaled[:, 2]) ** (2 / up)

    step = 1e-5 * np.eye(3)
    gradient = np.stack(
        [formula(vertices + row) - formula(vertices - row) for row in step], axis=1
    )
    gradient /= RADII
    gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
    assert np.einsum('ij,ij->i', gradient, normals).min() > 0.999


def test_it_contains_ball_box_and_cylinder() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (4000, 3))
    ball = superquadric([1, 1, 1], 1.0, 1.0).inside(points)
    np.testing.assert_array_equal(ball, np.linalg.norm(points, axis=1) < 1)
    almost_box = superquadric([1, 1, 1], 0.15, 0.15).inside(points)
    assert almost_box.mean() > 0.95
    almost_cylinder = superquadric([1, 1, 1], 0.15, 1.0).inside(points)
    assert almost_cylinder.mean() == pytest.approx(np.pi / 4, abs=0.04)


def test_bad_radii_and_exponents_are_refused() -> None:
    with pytest.raises(InputError, match='three positive lengths'):
        superquadric([1, 0, 1], 1.0, 1.0)
    with pytest.raises(InputError, match='exponents'):
        superquadric([1, 1, 1], 2.5, 1.0)
