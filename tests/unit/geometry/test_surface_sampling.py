# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Points on the surface of a mesh."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import face_normals, sample_surface
from part_seg_ros.structures import Mesh


@pytest.fixture
def mesh():
    vertices = np.random.default_rng(0).uniform(-1, 1, (12, 3))
    faces = np.random.default_rng(1).permuted(np.tile(np.arange(12), (9, 1)), axis=1)[:, :3]
    return Mesh(vertices=vertices, faces=faces, vertex_colors=np.abs(vertices))


def test_draws_are_those_of_trimesh(mesh):
    trimesh = pytest.importorskip('trimesh')
    sample = sample_surface(mesh, 500, seed=666)
    surface = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    points, face_idx = trimesh.sample.sample_surface(surface, 500, seed=666)
    np.testing.assert_array_equal(sample.face_idx, face_idx)
    np.testing.assert_allclose(sample.points, points, atol=1e-12)
    np.testing.assert_allclose(sample.normals, surface.face_normals[face_idx], atol=1e-6)


def test_points_lie_on_their_faces_and_take_the_colour_of_the_corners(mesh):
    sample = sample_surface(mesh, 300, seed=0)
    corners = np.float64(mesh.vertices)[mesh.faces[sample.face_idx]]
    edges = corners[:, 1:] - corners[:, :1]
    solved = [
        np.linalg.lstsq(edge.T, point - corner, rcond=None)
        for edge, point, corner in zip(edges, sample.points, corners[:, 0], strict=True)
    ]
    weights = np.array([solution[0] for solution in solved])
    assert max(float(solution[1].max(initial=0.0)) for solution in solved) < 1e-20
    assert weights.min() >= 0.0 and weights.sum(1).max() <= 1.0 + 1e-9
    wanted = mesh.vertex_colors[mesh.faces[sample.face_idx]].mean(1)
    np.testing.assert_allclose(sample.colors, wanted, atol=1e-6)


def test_faces_are_drawn_by_their_area():
    vertices = [[0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
    mesh = Mesh(vertices=vertices, faces=[[0, 1, 2], [0, 4, 5], [0, 2, 3]])
    face_idx = sample_surface(mesh, 20_000, seed=0).face_idx
    shares = np.bincount(face_idx, minlength=3) / 20_000
    assert shares == pytest.approx([0.75, 0.0, 0.25], abs=0.01)
    assert sample_surface(mesh, 4, seed=0).colors is None


def test_normals_point_to_where_the_corners_turn_left():
    corners = np.array([[[0.0, 0, 0], [2, 0, 0], [0, 3, 0]], [[1.0, 1, 1]] * 3])
    normals, areas = face_normals(corners)
    assert normals.tolist() == [[0, 0, 1], [0, 0, 0]] and areas.tolist() == [3.0, 0.0]


def test_a_mesh_without_area_is_refused():
    with pytest.raises(InputError, match='no area to sample'):
        sample_surface(Mesh(vertices=np.zeros((3, 3)), faces=[[0, 1, 2]]), 5, seed=0)
