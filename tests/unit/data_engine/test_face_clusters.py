# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Features of faces and clusters of faces."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import trimesh
from scipy.sparse import coo_matrix

from part_seg_ros.data_engine.face_clusters import cluster_faces, connect
from part_seg_ros.data_engine.face_features import face_features, feature_field
from part_seg_ros.errors import ConfigError
from part_seg_ros.geometry.face_graph import build_face_graph, connected_pieces
from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.models import build_model
from part_seg_ros.models.system import Embedding
from part_seg_ros.structures import Mesh, PointCloud

pytest.importorskip('sklearn')


def as_mesh(mesh: trimesh.Trimesh) -> Mesh:
    return Mesh(vertices=mesh.vertices, faces=mesh.faces)


def boxes(corners: list[tuple[float, float, float]]) -> Mesh:
    made = [trimesh.creation.box(bounds=[c, np.add(c, 1)]) for c in corners]
    return as_mesh(trimesh.util.concatenate(made))


@pytest.fixture
def cloud() -> PointCloud:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (300, 3)) * [3, 2, 1] + 5
    normals = points - 5
    return PointCloud(
        points=points,
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        colors=rng.random((300, 3)),
    )


def test_partsam_gives_the_features_of_its_frozen_branch(cloud: PointCloud) -> None:
    system = build_model('partsam-tiny')
    embedding = system.encode(cloud)
    found = feature_field(system, embedding)(cloud.points)
    middle, side = np.full(3, 5.0), np.ptp(cloud.points, axis=0).max()
    middle = (cloud.points.min(axis=0) + cloud.points.max(axis=0)) / 2
    coords = torch.from_numpy(((cloud.points - middle) * (1.8 / side)).astype(np.float32))[None]
    with torch.inference_mode():
        planes = system.net.pc_encoder.partfield.part_planes(coords, coords)
        wanted = sample_planes(planes, coords)[0].numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert np.abs(found - embedding.point_features).max() > 0.01  # those are of both branches


def test_other_systems_give_the_features_of_near_points(cloud: PointCloud) -> None:
    system = build_model('compact-tiny')
    embedding = system.encode(cloud)
    field = feature_field(system, embedding)
    np.testing.assert_allclose(field(cloud.points), embedding.point_features, atol=1e-6)
    nothing = Embedding(points=cloud.points, point_features=None, state=None, num_bytes=0)
    with pytest.raises(ConfigError, match='gives no features of points'):
        feature_field(system, nothing)


def test_face_features_are_unit_means_of_uniform_places() -> None:
    mesh = as_mesh(trimesh.creation.icosphere(subdivisions=1))
    seen = []

    def place_and_one(places: np.ndarray) -> np.ndarray:
        seen.append(places)
        return np.concatenate([places, np.ones((len(places), 1))], axis=1)

    found = face_features(place_and_one, mesh, np.random.default_rng(0), samples_per_face=4000)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    corners = mesh.vertices[mesh.faces]
    means = found[:, :3] / found[:, 3:]
    np.testing.assert_allclose(means, corners.mean(axis=1), atol=0.02)
    # Uniform on a triangle with edges a, b, c the mean square distance from its middle is
    # (a² + b² + c²) / 36.
    places = np.concatenate(seen).reshape(len(corners), 4000, 3)
    spread = ((places - corners.mean(axis=1)[:, None]) ** 2).sum(axis=2).mean(axis=1)
    edges = ((corners - np.roll(corners, 1, axis=1)) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(spread, edges / 36, rtol=0.1)


def test_faces_without_features_are_zero() -> None:
    mesh = as_mesh(trimesh.creation.box())
    found = face_features(lambda p: np.zeros((len(p), 5)), mesh, np.random.default_rng(0))
    assert found.shape == (12, 5)
    assert not found.any()


def test_a_connected_mesh_gets_no_links() -> None:
    graph = build_face_graph(as_mesh(trimesh.creation.icosphere(subdivisions=2)))
    np.testing.assert_array_equal(connect(graph), graph.pairs)


def test_pieces_are_linked_by_the_faces_nearest_to_their_middle() -> None:
    """Three strips of three squares side by side: their middle squares are linked."""
    vertices, faces = [], []
    for strip in range(3):
        for x in range(4):
            vertices += [[x, 3.0 * strip, 0], [x, 3.0 * strip + 1, 0]]
        begin = 8 * strip
        for k in range(0, 6, 2):
            faces += [
                [begin + k, begin + k + 2, begin + k + 3],
                [begin + k, begin + k + 3, begin + k + 1],
            ]
    graph = build_face_graph(Mesh(vertices=np.array(vertices), faces=np.array(faces)))
    pairs = connect(graph)
    links = pairs[len(graph.pairs) :]
    assert not connected_pieces(pairs, len(faces)).any()
    assert {tuple(sorted(face // 6 for face in link)) for link in links} == {
        (0, 1),
        (0, 2),
        (1, 2),
    }
    assert {int(face) % 6 for face in links.ravel()} <= {2, 3}  # of the square in the middle


def test_links_go_to_ten_near_pieces_and_join_far_groups() -> None:
    near = [(2.0 * k, 0.0, 0.0) for k in range(30)]
    far = [(2.0 * k, 1000.0, 0.0) for k in range(12)]
    graph = build_face_graph(boxes(near + far))
    pairs = connect(graph)
    links = np.unique(np.sort(pairs[len(graph.pairs) :] // 12, axis=1), axis=0)
    across = links[(links[:, 0] < 30) & (links[:, 1] >= 30)]
    assert len(across) == 1
    assert not connected_pieces(pairs, len(graph.areas)).any()
    of_middle = links[(links == 15).any(axis=1)]
    others = np.sort(of_middle[of_middle != 15])
    np.testing.assert_array_equal(
        others[(others >= 10) & (others <= 20)], [10, 11, 12, 13, 14, 16, 17, 18, 19, 20]
    )
    assert np.abs(np.diff(links[links[:, 1] < 30], axis=1)).max() <= 10


def test_clusters_are_those_of_scikit_learn_at_every_count() -> None:
    from sklearn.cluster import AgglomerativeClustering

    rng = np.random.default_rng(1)
    graph = build_face_graph(as_mesh(trimesh.creation.icosphere(subdivisions=2)))
    features = rng.normal(size=(320, 6)).astype(np.float32)
    pairs = graph.pairs
    both = np.concatenate([pairs, pairs[:, ::-1]])
    connectivity = coo_matrix((np.ones(len(both)), both.T), shape=(320, 320))
    counts = (10, 20, 30)
    for count, found in zip(counts, cluster_faces(features, pairs, counts), strict=True):
        assert found.max() + 1 == count
        wanted = AgglomerativeClustering(count, linkage='ward', connectivity=connectivity).fit(
            features.astype(np.float64)
        )
        matches = {
            (int(one), int(other)) for one, other in zip(found, wanted.labels_, strict=True)
        }
        assert len(matches) == count
        pieces = pairs[found[pairs[:, 0]] == found[pairs[:, 1]]]
        assert connected_pieces(pieces, 320).max() + 1 == count  # each cluster hangs together


def test_more_clusters_than_faces_leave_each_face_alone() -> None:
    graph = build_face_graph(as_mesh(trimesh.creation.box()))
    (found,) = cluster_faces(np.eye(12, dtype=np.float32), graph.pairs, (30,))
    assert found.tolist() == list(range(12))
    (alone,) = cluster_faces(np.ones((1, 4), np.float32), np.zeros((0, 2), np.int64), (10,))
    assert alone.tolist() == [0]
