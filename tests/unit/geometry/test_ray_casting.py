# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rays against triangles, compared with a search over all triangles."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.geometry.ray_casting import RayScene

needs_open3d = pytest.mark.skipif(
    importlib.util.find_spec('open3d') is None, reason='open3d is not installed'
)


def hits_one_by_one(vertices, faces, origins, directions):
    """Lengths and faces of the nearest hits, by solving for every triangle."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    lengths = np.full(len(directions), np.inf)
    face_idx = np.full(len(directions), -1)
    for ray, (origin, direction) in enumerate(zip(origins, directions, strict=True)):
        matrices = np.stack([b - a, c - a, -np.broadcast_to(direction, a.shape)], axis=2)
        u, v, t = np.linalg.solve(matrices, (origin - a)[..., None])[..., 0].T
        is_hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
        if is_hit.any():
            face_idx[ray] = np.where(is_hit, t, np.inf).argmin()
            lengths[ray] = t[face_idx[ray]]
    return lengths, face_idx


@needs_open3d
def test_nearest_hits_are_those_of_a_search_over_all_triangles():
    rng = np.random.default_rng(0)
    vertices = rng.normal(size=(90, 3))
    faces = np.arange(90).reshape(30, 3)
    origins = rng.normal(size=(400, 3)) * 3
    directions = rng.normal(size=(400, 3)) * 0.3 - origins * rng.uniform(0.2, 2, (400, 1))
    found = RayScene(vertices, faces).cast(origins, directions)
    lengths, face_idx = hits_one_by_one(vertices, faces, origins, directions)
    assert 50 < (face_idx >= 0).sum() < 400
    np.testing.assert_array_equal(found.face_idx, face_idx)
    np.testing.assert_allclose(found.lengths, lengths, rtol=1e-4)


def test_a_mesh_without_faces_is_refused():
    with pytest.raises(InputError, match='got a mesh without any'):
        RayScene(np.zeros((3, 3)), np.zeros((0, 3), int))


def test_open3d_is_asked_for_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, 'open3d', None)
    monkeypatch.delitem(sys.modules, 'open3d.pybind', raising=False)
    with pytest.raises(BackendMissingError, match='pip install open3d-cpu'):
        RayScene(np.eye(3), np.array([[0, 1, 2]]))


@needs_open3d
def test_nothing_is_plotted_or_served():
    script = (
        'import sys, numpy as np\n'
        'from part_seg_ros.geometry.ray_casting import RayScene\n'
        'RayScene(np.eye(3), np.array([[0, 1, 2]]))\n'
        "assert not {'dash', 'plotly', 'flask', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, '-c', script], check=True)
