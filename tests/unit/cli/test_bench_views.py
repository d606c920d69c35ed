# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The mesh on which systems of views are measured."""

import importlib.util

import numpy as np
import pytest

if importlib.util.find_spec('sam2') is None:
    pytest.skip('the package sam2 is not installed', allow_module_level=True)

from part_seg_ros.cli.bench_views import ring


@pytest.mark.parametrize(('num_faces', 'roughness'), [(100, 0.5), (5000, 0.02), (100_000, 0.002)])
def test_the_ring_is_closed_and_has_about_the_faces_wanted(num_faces, roughness):
    mesh = ring(num_faces)
    assert abs(len(mesh.faces) / num_faces - 1) < 0.05
    edges = np.concatenate([mesh.faces[:, [k, (k + 1) % 3]] for k in range(3)])
    forward = {tuple(edge) for edge in edges.tolist()}
    assert len(forward) == len(edges)  # each edge once each way, so that faces turn alike
    assert forward == {(b, a) for a, b in forward}
    corners = mesh.vertices[mesh.faces].astype(float)
    volume = np.einsum('ij,ij->i', corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(2 * np.pi**2 * 0.1 * 0.04**2, rel=roughness)
