# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes of grid values are closed, oriented and lie on the zero surface."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from part_seg_ros.data.procedural.surface import split_quads
from part_seg_ros.data.procedural.surface_nets import surface_nets


def ball_values(number: int, radius: float) -> np.ndarray:
    index = np.stack(np.meshgrid(*[np.arange(number)] * 3, indexing='ij'), axis=-1)
    return np.linalg.norm(index - (number - 1) / 2, axis=-1) - radius


def test_a_ball_is_closed_and_round() -> None:
    vertices, quads = surface_nets(ball_values(24, 8.3))
    assert np.abs(np.linalg.norm(vertices - 11.5, axis=1) - 8.3).max() < 0.25
    starts, ends = quads.ravel().tolist(), np.roll(quads, -1, axis=1).ravel().tolist()
    edges = Counter(zip(starts, ends, strict=True))
    assert set(edges.values()) == {1} and all((b, a) in edges for a, b in edges)
    corners = vertices[split_quads(quads)]
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    volume = np.einsum('fi,fi->', corners.mean(axis=1), spans) / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 8.3**3, rel=0.03)  # positive: outward


def test_a_plane_between_grid_points_is_met_exactly() -> None:
    values = np.broadcast_to((np.arange(6) - 2.3)[:, None, None], (6, 5, 5))
    vertices, quads = surface_nets(values)
    np.testing.assert_allclose(vertices[:, 0], 2.3, atol=1e-12)
    assert len(vertices) == 16 and len(quads) == 9


def test_no_sign_change_gives_no_mesh() -> None:
    vertices, quads = surface_nets(np.ones((4, 5, 6)))
    assert vertices.shape == (0, 3) and quads.shape == (0, 4)
