# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Neighbours of faces."""

import numpy as np
import pytest

from part_seg_ros.geometry.face_graph import build_face_graph, connected_faces, connected_pieces
from part_seg_ros.structures import Mesh

# A square of two faces, a wall of two along its side x = 1, and a face elsewhere.
VERTICES = np.array(
    [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [0, 1, 0],
        [1, 0, 1],
        [1, 1, 1],
        [5, 0, 0],
        [6, 0, 0],
        [5, 1, 0],
    ]
)
FACES = np.array([[0, 1, 2], [0, 2, 3], [1, 4, 5], [1, 5, 2], [6, 7, 8]])


def test_neighbours_share_an_edge_of_two_faces():
    graph = build_face_graph(Mesh(vertices=VERTICES, faces=FACES))
    assert graph.pairs.tolist() == [[0, 1], [0, 3], [2, 3]]
    assert graph.angles == pytest.approx([0.0, np.pi / 2, 0.0], abs=1e-6)
    assert graph.areas == pytest.approx([0.5] * 5)
    assert graph.centroids[0] == pytest.approx([2 / 3, 1 / 3, 0])


def test_edges_are_ordered_by_the_later_of_their_vertices():
    graph = build_face_graph(Mesh(vertices=VERTICES, faces=FACES))
    assert graph.edge_ranks.tolist() == [0, 1, 2]
    # A second corner in the place of the first counts as the first: the shared edges are now
    # between vertices 6 and 8, 6 and 7, and 3 and 7.
    turned = Mesh(vertices=np.append(VERTICES[::-1], VERTICES[:1], axis=0), faces=8 - FACES)
    turned.faces[1, 0] = 9
    graph = build_face_graph(turned)
    assert graph.pairs.tolist() == [[0, 1], [0, 3], [2, 3]]
    assert graph.edge_ranks.tolist() == [2, 1, 0]


def test_vertices_in_one_place_are_one_whatever_the_sign_of_zero():
    apart = Mesh(vertices=VERTICES[FACES].reshape(-1, 3) * 1.0, faces=np.arange(15).reshape(5, 3))
    apart.vertices[0, 2] = -0.0
    assert build_face_graph(apart).pairs.tolist() == [[0, 1], [0, 3], [2, 3]]


def test_an_edge_of_three_faces_joins_none():
    fin = np.append(FACES, [[1, 2, 6]], axis=0)
    assert build_face_graph(Mesh(vertices=VERTICES, faces=fin)).pairs.tolist() == [[0, 1], [2, 3]]


def test_faces_with_two_common_edges_are_one_pair_and_none_is_its_own_neighbour():
    folded = Mesh(vertices=VERTICES, faces=[[0, 1, 2], [0, 2, 1], [3, 4, 3]])
    graph = build_face_graph(folded)
    assert graph.pairs.tolist() == [[0, 1]]
    assert graph.angles == pytest.approx([np.pi])


def test_pieces_are_numbered_by_their_lowest_face():
    pairs = np.array([[5, 1], [4, 0], [2, 4]])
    assert connected_pieces(pairs, 7).tolist() == [0, 1, 0, 2, 0, 1, 3]
    assert connected_pieces(np.zeros((0, 2), np.int64), 3).tolist() == [0, 1, 2]


def test_faces_that_share_a_corner_are_one_piece():
    fin = np.array([[3, 6, 7]])  # touches the square at one corner
    faces = np.concatenate([[[6, 7, 8]], FACES[:2], fin, [[3, 0, 8]]])
    apart = VERTICES[faces].reshape(-1, 3) * 1.0
    mesh = Mesh(vertices=apart, faces=np.arange(15).reshape(5, 3))
    assert connected_faces(mesh).tolist() == [0] * 5
    alone = Mesh(vertices=VERTICES, faces=[[6, 7, 8], [0, 1, 2], [2, 3, 5]])
    assert connected_faces(alone).tolist() == [0, 1, 1]
    assert connected_faces(Mesh(vertices=VERTICES, faces=np.zeros((0, 3)))).tolist() == []
