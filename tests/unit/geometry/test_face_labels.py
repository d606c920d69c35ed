# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels of faces: votes, filling, small and separate pieces, borders at creases."""

import numpy as np
import pytest

from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.face_labels import (
    carry_to_faces,
    cut_at_creases,
    drop_small_pieces,
    fill_from_nearest,
    fill_from_neighbors,
    split_pieces,
    vote,
)
from part_seg_ros.structures import Mesh

LINE = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]])  # faces 0 to 5 in a row


def strip(num_squares: int, *, bend_at: int) -> Mesh:
    """A row of unit squares of two faces along x, from a crease on along z."""
    steps = np.arange(num_squares + 1.0)
    x, z = np.minimum(steps, bend_at), np.maximum(steps - bend_at, 0.0)
    near = np.stack([x, np.zeros_like(x), z], axis=1)
    i = np.arange(num_squares)
    j = i + num_squares + 1
    faces = np.concatenate([np.stack([i, i + 1, j + 1], 1), np.stack([i, j + 1, j], 1)])
    faces = faces[np.argsort(np.tile(i, 2), kind='stable')]
    return Mesh(vertices=np.concatenate([near, near + [0, 1, 0]]), faces=faces)


def test_most_points_of_a_face_decide_and_the_lowest_label_at_a_tie():
    face_idx = np.array([0, 0, 0, 2, 2, 3, 3, 3, 3])
    labels = np.array([1, 2, 2, 5, 4, -1, -1, -1, 0])
    assert vote(face_idx, labels, 5).tolist() == [2, -1, 4, 0, -1]


def test_faces_without_a_vote_follow_the_nearest_with_one():
    centroids = np.array([[0.0, 0, 0], [1, 0, 0], [2.1, 0, 0], [3, 0, 0]])
    assert fill_from_nearest(np.array([7, -1, -1, 2]), centroids).tolist() == [7, 7, 2, 2]
    assert fill_from_nearest(np.full(4, -1), centroids).tolist() == [-1] * 4


def test_points_label_their_faces_then_neighbors_and_at_last_the_nearest():
    row = strip(3, bend_at=9)  # faces 1 0 3 2 5 4, from left to right
    far = np.array([[9.0, 0, 0], [9, 1, 0], [10, 0, 0]])
    apart = Mesh(
        vertices=np.concatenate([row.vertices, far]),
        faces=np.concatenate([row.faces, [[8, 9, 10]]]),
    )
    graph = build_face_graph(apart)
    face_idx, labels = np.array([0, 0, 0, 5, 5]), np.array([4, 7, 7, -1, 2])
    assert carry_to_faces(labels, face_idx, graph).tolist() == [7, 7, 2, 7, 2, 2, 2]
    assert carry_to_faces(np.full(5, -1), face_idx, graph).tolist() == [-1] * 7


@pytest.mark.parametrize(
    ('areas', 'wanted'),
    [
        ([1, 1, 1, 1, 0.1, 1], [0, 0, 0, 0, -1, 0]),
        ([1, 1, 1, 1, 3.0, 1], [0, 0, 0, 0, 1, 0]),  # few faces, but large
    ],
)
def test_pieces_are_dropped_that_are_small_in_faces_and_in_area(areas, wanted):
    labels = np.array([0, 0, 0, 0, 1, 0])
    pairs = np.concatenate([LINE, [[3, 5]]])
    assert drop_small_pieces(labels, pairs, np.array(areas), 0.3).tolist() == wanted


def test_labels_grow_in_step_over_faces_without_one():
    labels = np.array([3, -1, -1, -1, -1, 1])
    grown = fill_from_neighbors(labels, LINE, ignored=-1)
    assert grown.tolist() == [3, 3, 3, 1, 1, 1]
    assert fill_from_neighbors(labels, LINE, ignored=3).tolist() == [3, 1, 1, 1, 1, 1]
    tie = fill_from_neighbors(np.array([4, -1, 2, 2, 2, 2]), LINE, ignored=-1)
    assert tie.tolist() == [4, 2, 2, 2, 2, 2]


def test_labels_grow_sixteen_faces_far():
    line = np.stack([np.arange(19), np.arange(1, 20)], axis=1)
    labels = np.where(np.arange(20) == 0, 5, -1)
    assert fill_from_neighbors(labels, line, ignored=-1).tolist() == [5] * 17 + [-1] * 3


def test_pieces_that_do_not_touch_become_parts_of_their_own():
    labels = np.array([0, 1, 0, 2, 1, 0])
    split = split_pieces(labels, LINE, background=None)
    assert split.labels.tolist() == [0, 1, 3, 2, 4, 5]
    assert split.source.tolist() == [0, 1, 2, 0, 1, 0]
    quirk = split_pieces(labels, LINE, background=0)
    assert quirk.labels.tolist() == [3, 1, 4, 2, 5, 6]
    assert quirk.source[quirk.labels].tolist() == labels.tolist()


def test_a_border_moves_to_the_crease_and_small_labels_on_flat_ground_vanish():
    mesh = strip(10, bend_at=5)  # faces 0 to 9 lie flat, 10 to 19 stand
    labels = np.where(np.arange(20) < 8, 0, 1)
    cut = cut_at_creases(labels, build_face_graph(mesh))
    assert cut.tolist() == [0] * 10 + [1] * 10
    flat = np.where(np.arange(20) == 4, 9, labels)
    assert cut_at_creases(flat, build_face_graph(mesh)).tolist() == [0] * 10 + [1] * 10
