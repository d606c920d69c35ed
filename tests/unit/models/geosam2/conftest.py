# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes with two parts that can be told apart: a ball on a longer block."""

import importlib.util

import numpy as np
import pytest
import trimesh

from part_seg_ros.structures import Mesh, PointCloud

HAS_PACKAGES = all(importlib.util.find_spec(name) for name in ('open3d', 'sam2'))

# Without them nothing here can even be imported.
collect_ignore_glob = [] if HAS_PACKAGES else ['test_*.py']


def two_part_mesh() -> tuple[Mesh, np.ndarray]:
    """The mesh, far from the origin and z up, and the part of each face: 0 block, 1 ball."""
    block = trimesh.creation.box((0.1, 0.1, 0.3)).subdivide().subdivide().subdivide()
    ball = trimesh.creation.icosphere(3, radius=0.08)
    ball.apply_translation([0, 0, 0.2])
    mesh = trimesh.util.concatenate([block, ball])
    mesh.apply_translation([1.0, -2.0, 0.5])
    parts = np.repeat([0, 1], [len(block.faces), len(ball.faces)])
    return Mesh(vertices=mesh.vertices, faces=mesh.faces), parts


@pytest.fixture(scope='session')
def mesh() -> Mesh:
    return two_part_mesh()[0]


@pytest.fixture(scope='session')
def mesh_parts() -> np.ndarray:
    return two_part_mesh()[1]


@pytest.fixture(scope='session')
def cloud() -> PointCloud:
    """2500 points on the surface of the mesh."""
    shape = two_part_mesh()[0]
    surface = trimesh.Trimesh(shape.vertices, shape.faces)
    return PointCloud(points=trimesh.sample.sample_surface(surface, 2500, seed=0)[0])


@pytest.fixture(scope='session')
def scan() -> PointCloud:
    """What a sensor in front, above and to the right sees of it."""
    shape = two_part_mesh()[0]
    surface = trimesh.Trimesh(shape.vertices, shape.faces)
    points, face_idx = trimesh.sample.sample_surface(surface, 5000, seed=1)
    sensor = np.array([1.5, -3.0, 0.9])
    is_seen = ((sensor - points) * surface.face_normals[face_idx]).sum(axis=1) > 0.1
    return PointCloud(points=points[is_seen], viewpoint=sensor)
