# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blobs measure distance, flow into each other, and mirror."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.blobs import BlobField, capsule_blob, ellipsoid_blob
from part_seg_ros.errors import InputError

RNG = np.random.default_rng(0)


def test_capsule_distance_is_exact() -> None:
    field = BlobField([capsule_blob(0, [0, 0, 0], [0, 0, 2], (0.5, 0.5))], 0.1)
    points = RNG.uniform(-2, 3, (500, 3))
    beyond = points - np.stack([0 * points[:, 2], 0 * points[:, 2], points[:, 2].clip(0, 2)], 1)
    value, gradient, nearness = field.values(points)
    np.testing.assert_allclose(value, np.linalg.norm(beyond, axis=1) - 0.5, atol=1e-4)
    np.testing.assert_allclose(
        gradient, beyond / np.linalg.norm(beyond, axis=1)[:, None], atol=1e-4
    )
    np.testing.assert_allclose(nearness[0], value, atol=1e-6)


def test_taper_and_flatness_shape_the_surface() -> None:
    field = BlobField(
        [capsule_blob(0, [0, 0, 0], [2, 0, 0], (0.4, 0.2), flat_axis=(0, 0, 1), flatness=0.5)], 0.1
    )
    points = np.array([[1, 0.3, 0], [1, 0, 0.15], [2.2, 0, 0], [0, -0.4, 0]], dtype=float)
    np.testing.assert_allclose(field.values(points)[0], 0.0, atol=1e-5)
    low, high = field.bounds()
    assert np.all(low <= [-0.4, -0.4, -0.2]) and np.all(high >= [2.2, 0.4, 0.2])


def test_ellipsoid_surface_is_exact_also_when_turned() -> None:
    turn = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    radii = np.array([0.3, 0.6, 1.0])
    field = BlobField([ellipsoid_blob(0, [1, 2, 3], radii, turn)], 0.1)
    direction = RNG.normal(size=(200, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    surface = [1, 2, 3] + (direction * radii) @ turn.T
    np.testing.assert_allclose(field.values(surface)[0], 0.0, atol=1e-5)
    normal = direction / radii @ turn.T
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    np.testing.assert_allclose(field.values(surface)[1], normal, atol=1e-4)


def test_the_union_is_smooth_and_knows_its_parts() -> None:
    blobs = [ellipsoid_blob(owner, [x, 0, 0], [0.5] * 3) for owner, x in enumerate((-0.4, 0.4))]
    field = BlobField(blobs, 0.05)
    seam = np.array([[0.0, 0.0, 0.3]])
    value, gradient, nearness = field.values(seam)
    assert value[0] == pytest.approx(-0.05 * np.log(2.0), abs=1e-4)  # both are at distance 0
    np.testing.assert_allclose(gradient, [[0, 0, 1]], atol=1e-5)
    np.testing.assert_allclose(nearness[:, 0], 0.0, atol=1e-5)
    aside = field.values(np.array([[0.3, 0.0, 0.6]]))
    assert aside[2].argmin(axis=0)[0] == 1


def test_grid_and_points_agree_near_the_surface() -> None:
    blobs = [
        capsule_blob(0, [-0.5, 0, 0], [0.5, 0, 0], (0.2, 0.3)),
        ellipsoid_blob(1, [0.5, 0, 0.3], [0.2, 0.1, 0.3]),
    ]
    field = BlobField(blobs, 0.03)
    low, spacing, shape = np.array([-1.0, -0.7, -0.7]), 0.1, (21, 15, 16)
    grid = field.on_grid(low, spacing, shape)
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing='ij'), axis=-1)
    value = field.values((low + spacing * index).reshape(-1, 3))[0].reshape(shape)
    near = np.abs(value) < 0.05
    assert near.sum() > 100
    np.testing.assert_allclose(grid[near], value[near], atol=0.004)
    clear = np.abs(value) > 1e-3
    np.testing.assert_array_equal(grid[clear] < 0.0, value[clear] < 0.0)


def test_mirrored_blobs_mirror() -> None:
    blob = capsule_blob(
        0, [0, 0.2, 0], [0.3, 0.9, 0.4], (0.2, 0.1), flat_axis=(1, 1, 0), flatness=0.4
    )
    points = RNG.uniform(-1, 1, (100, 3))
    one = BlobField([blob], 0.1).values(points)[0]
    other = BlobField([blob.mirrored(0)], 0.1).values(points * [1, -1, 1])[0]
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_bad_blobs_are_refused() -> None:
    with pytest.raises(InputError, match='positive'):
        capsule_blob(0, [0, 0, 0], [1, 0, 0], (0.1, 0.0))
    with pytest.raises(InputError, match='positive'):
        ellipsoid_blob(0, [0, 0, 0], [1, 0, 1])
    with pytest.raises(InputError, match='owners'):
        BlobField([ellipsoid_blob(1, [0, 0, 0], [1, 1, 1])], 0.1)
    with pytest.raises(InputError, match='softness'):
        BlobField([], 0.1)
