# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bevels round corners and rims by what they say, and leave the rest as it was."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from part_seg_ros.data.procedural.bevels import bevelled_prism, fillet
from part_seg_ros.data.procedural.primitives import extrusion
from part_seg_ros.data.procedural.surface import signed_area
from part_seg_ros.errors import InputError

SQUARE = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
ELL = np.array([(0, 0), (1, 0), (1, 0.4), (0.4, 0.4), (0.4, 1), (0, 1.0)])


def test_fillet_takes_the_area_of_parabolic_corners() -> None:
    rounded = fillet(SQUARE, 0.2)
    # a parabola over a right angle of legs r leaves r^2 / 6 outside, its four chords r^2 / 48
    assert signed_area(rounded) == pytest.approx(1 - 4 * 0.04 * (1 / 6 + 1 / 48))
    assert len(rounded) == 20
    assert np.abs(rounded).max() == 0.5
    assert np.abs(rounded).min(axis=1).max() < 0.5  # no corner is left


def test_fillet_keeps_open_ends_and_shallow_corners() -> None:
    np.testing.assert_array_equal(fillet(SQUARE, 0.1, closed=False)[[0, -1]], SQUARE[[0, -1]])
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_array_equal(fillet(circle, 0.1), circle)
    with pytest.raises(InputError, match='radius'):
        fillet(SQUARE, -1.0)


@pytest.mark.parametrize('outline', [SQUARE, ELL[::-1]], ids=['square', 'ell'])
def test_bevelled_prism_is_closed_and_agrees_with_its_inside(outline: np.ndarray) -> None:
    made = bevelled_prism(outline, 0.6, 0.08)
    _, merged = np.unique(np.round(made.vertices, 5), axis=0, return_inverse=True)
    faces = merged.reshape(-1)[made.faces]
    starts, ends = faces.ravel().tolist(), np.roll(faces, -1, axis=1).ravel().tolist()
    edges = Counter(zip(starts, ends, strict=True))
    assert set(edges.values()) == {1} and all((b, a) in edges for a, b in edges)
    corners = made.vertices[made.faces]
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    spans /= np.linalg.norm(spans, axis=1, keepdims=True)
    assert np.einsum('fci,fi->fc', made.corner_normals, spans).min() > 0.8
    centres = corners.mean(axis=1)
    assert made.inside(centres - 0.01 * spans).all()
    assert not made.inside(centres + 0.02 * spans).any()


def test_bevelled_prism_lacks_only_its_rims() -> None:
    made, sharp = bevelled_prism(SQUARE, 1.0, 0.1), extrusion(SQUARE, 1.0)
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (20000, 3))
    lost = sharp.inside(points) & ~made.inside(points)
    rim = (np.abs(points[:, 2]) > 0.4) & (np.abs(points[:, :2]).max(axis=1) > 0.4)
    assert lost.any() and not np.any(lost & ~rim)
    # two rims of about 4 edges, (1 - pi / 4) r^2 across
    assert lost.mean() == pytest.approx(8 * 0.01 * (1 - np.pi / 4), rel=0.2)


def test_a_bevel_that_does_not_fit_is_cut() -> None:
    made = bevelled_prism(SQUARE, 0.1, 5.0)
    assert made.inside(np.array([[0.45, 0.0, 0.0], [0.0, 0.0, 0.049]])).all()
    np.testing.assert_allclose(np.ptp(made.vertices, axis=0), [1, 1, 0.1], atol=1e-6)
