# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From points on a mesh to labels of its faces: each step, and the release's quirks."""

import dataclasses

import numpy as np
import pytest

from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.models.partsam.face_labels import (
    cut_at_creases,
    drop_small_pieces,
    fill_from_nearest,
    fill_from_neighbors,
    label_faces,
    split_pieces,
    vote,
)
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.structures import Mesh

LINE = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]])  # faces 0 to 5 in a row
SETTINGS = SegmentEverySettings()
QUIRKS = SegmentEverySettings(reference_quirks=True)


def strip(num_squares: int, *, bend_at: int = 0, offset: float = 0.0) -> Mesh:
    """A row of unit squares of two faces along x, from a crease on along z."""
    steps = np.arange(num_squares + 1.0)
    x = np.minimum(steps, bend_at) if bend_at else steps
    z = np.maximum(steps - bend_at, 0.0) if bend_at else np.zeros_like(steps)
    near = np.stack([x, np.zeros_like(x), z], axis=1)
    vertices = np.concatenate([near, near + [0, 1, 0]]) + [0, offset, 0]
    i = np.arange(num_squares)
    j = i + num_squares + 1
    faces = np.concatenate([np.stack([i, i + 1, j + 1], 1), np.stack([i, j + 1, j], 1)])
    return Mesh(vertices=vertices, faces=faces[np.argsort(np.tile(i, 2), kind='stable')])


def together(*meshes: Mesh) -> Mesh:
    begin = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate([m.faces + b for m, b in zip(meshes, begin, strict=False)]),
    )


def test_most_points_of_a_face_decide_and_the_lowest_label_at_a_tie():
    face_idx = np.array([0, 0, 0, 2, 2, 3, 3, 3, 3])
    labels = np.array([1, 2, 2, 5, 4, -1, -1, -1, 0])
    assert vote(face_idx, labels, 5).tolist() == [2, -1, 4, 0, -1]


def test_faces_without_a_vote_follow_the_nearest_with_one():
    centroids = np.array([[0.0, 0, 0], [1, 0, 0], [2.1, 0, 0], [3, 0, 0]])
    assert fill_from_nearest(np.array([7, -1, -1, 2]), centroids).tolist() == [7, 7, 2, 2]
    assert fill_from_nearest(np.full(4, -1), centroids).tolist() == [-1] * 4


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


def test_unlabelled_points_have_no_vote_unless_as_in_the_release():
    mesh, face_idx = strip(4), np.repeat(np.arange(8), 3)
    labels = np.where(face_idx < 4, 0, 1)
    labels[face_idx == 2] = [-1, -1, 0]
    settings = dataclasses.replace(SETTINGS, min_piece_share=0.0)
    found = label_faces(mesh, face_idx, labels, settings)
    assert found.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    quirks = dataclasses.replace(settings, reference_quirks=True, split_pieces=False)
    found = label_faces(mesh, face_idx, labels, quirks)
    assert found.labels.tolist() == [0, 0, 1, 0, 1, 1, 1, 1]


def test_the_largest_part_is_a_part_unless_as_in_the_release():
    mesh, face_idx = strip(4), np.arange(8)
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    found = label_faces(mesh, face_idx, labels, SETTINGS)
    assert found.labels.tolist() == labels.tolist() and found.source.tolist() == [0, 1]
    found = label_faces(mesh, face_idx, labels, QUIRKS)
    assert found.labels.tolist() == [2] * 6 + [1] * 2 and found.source.tolist() == [0, 1, 0]


def test_pieces_of_a_mesh_are_apart_unless_chained_as_in_the_release():
    mesh = together(strip(2), strip(2, offset=5.0), strip(2, offset=10.0))
    face_idx, labels = np.arange(12), np.repeat([1, 1, 0], 4)
    found = label_faces(mesh, face_idx, labels, SETTINGS)
    assert found.labels.tolist() == [1] * 4 + [2] * 4 + [0] * 4
    assert found.source.tolist() == [0, 1, 1]
    found = label_faces(mesh, face_idx, labels, QUIRKS)
    assert found.labels.tolist() == [1] * 8 + [2] * 4
    kept = dataclasses.replace(SETTINGS, split_pieces=False)
    assert label_faces(mesh, face_idx, labels, kept).labels.tolist() == labels.tolist()


def test_a_small_piece_by_itself_takes_the_nearest_label_unless_as_in_the_release():
    mesh = together(strip(200), strip(1, offset=3.0), strip(200, offset=5.0))
    face_idx, labels = np.arange(802), np.repeat([0, 2, 1], [400, 2, 400])
    found = label_faces(mesh, face_idx, labels, SETTINGS)
    assert found.labels[400:402].tolist() == [1, 1]
    # The chain makes it a neighbour of both others; label 0 does not grow there.
    found = label_faces(mesh, face_idx, labels, QUIRKS)
    assert found.labels[400:402].tolist() == [1, 1] and found.labels[0] == 2


def test_without_any_label_no_face_gets_one():
    found = label_faces(strip(2), np.arange(4), np.full(4, -1), QUIRKS)
    assert found.labels.tolist() == [-1] * 4 and len(found.source) == 0


def test_the_graph_cut_is_an_option():
    mesh, face_idx = strip(10, bend_at=5), np.arange(20)
    labels = np.where(np.arange(20) < 8, 0, 1)
    assert label_faces(mesh, face_idx, labels, SETTINGS).labels.tolist() == labels.tolist()
    cutting = dataclasses.replace(SETTINGS, graph_cut=True)
    cut = label_faces(mesh, face_idx, labels, cutting)
    assert cut.labels.tolist() == [0] * 10 + [1] * 10
