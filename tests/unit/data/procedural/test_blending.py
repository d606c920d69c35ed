# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Blended pieces close up to one body and meet half way between their blobs."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural.blending import blended_pieces
from part_seg_ros.data.procedural.blobs import BlobField, capsule_blob, ellipsoid_blob
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.sampling import sample_surface
from part_seg_ros.errors import InputError

FIELD = BlobField(
    [
        capsule_blob(0, [-0.4, 0, 0], [0.3, 0, 0], (0.2, 0.15)),
        ellipsoid_blob(1, [0.45, 0, 0.15], [0.15, 0.15, 0.2]),
        capsule_blob(2, [-0.3, 0.1, -0.1], [-0.3, 0.15, -0.5], (0.08, 0.06)),
        capsule_blob(3, [-0.3, -0.1, -0.1], [-0.3, -0.15, -0.5], (0.08, 0.06)),
    ],
    0.02,
)
PIECES = blended_pieces(FIELD, 32)


def corners_of(pieces) -> np.ndarray:
    return np.concatenate([p.vertices[p.faces] for p in pieces]).astype(np.float64)


def test_pieces_close_up_to_one_body_on_the_surface() -> None:
    corners = corners_of(PIECES)
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    np.testing.assert_allclose(spans.sum(axis=0), 0.0, atol=1e-5)
    volume = np.einsum('fi,fi->', corners.mean(axis=1), spans) / 6
    points = np.random.default_rng(0).uniform(-0.8, 0.8, (40000, 3))
    assert volume == pytest.approx((FIELD.values(points)[0] < 0).mean() * 1.6**3, rel=0.05)
    value = FIELD.values(corners.reshape(-1, 3))[0]
    assert np.quantile(np.abs(value), 0.99) < 0.003 and np.abs(value).max() < 0.02
    normals = np.concatenate([p.corner_normals for p in PIECES])
    agreement = np.einsum('fci,fi->fc', normals, spans / np.linalg.norm(spans, axis=1)[:, None])
    assert np.quantile(agreement, 0.02) > 0.75


def test_borders_lie_where_two_parts_are_equally_near() -> None:
    for owner, piece in enumerate(PIECES):
        nearness = FIELD.values(piece.vertices)[2]
        excess = nearness[owner] - np.delete(nearness, owner, axis=0).min(axis=0)
        assert excess.max() < 0.012  # a cell is 0.035 wide
        assert (excess < 1e-4).mean() > 0.9


def test_insides_share_out_the_body() -> None:
    points = np.random.default_rng(1).uniform(-0.8, 0.8, (5000, 3))
    within = np.stack([piece.inside(points) for piece in PIECES])
    np.testing.assert_array_equal(within.sum(axis=0), FIELD.values(points)[0] < 0)
    assert within.any(axis=1).all()


def test_mirrored_parts_have_mirrored_pieces() -> None:
    left, right = PIECES[2], PIECES[3]
    areas = [piece.area for piece in (left, right)]
    assert areas[0] == pytest.approx(areas[1], rel=2e-3)
    flipped = right.vertices * [1, -1, 1]
    np.testing.assert_allclose(flipped.min(axis=0), left.vertices.min(axis=0), atol=2e-3)


def test_no_point_of_a_piece_is_hidden_by_another() -> None:
    parts = tuple(
        Part(name='', primitives=(piece,), group=idx, parent=min(idx, 1) - 1)
        for idx, piece in enumerate(PIECES)
    )
    obj = ProceduralObject(parts=parts, family='blend')
    areas = np.array([piece.area for piece in PIECES])
    sample = sample_surface(obj, 8000, np.random.default_rng(0))
    shares = np.bincount(sample.part_ids) / 8000
    np.testing.assert_allclose(shares, areas / areas.sum(), atol=0.01)


def test_a_part_swallowed_by_others_has_no_piece() -> None:
    field = BlobField(
        [ellipsoid_blob(0, [0, 0, 0], [1, 1, 1]), ellipsoid_blob(1, [0, 0, 0], [0.3] * 3)], 0.05
    )
    shown = blended_pieces(field, 16)
    assert shown[0] is not None and shown[1] is None
    with pytest.raises(InputError, match='at least 8'):
        blended_pieces(field, 4)
