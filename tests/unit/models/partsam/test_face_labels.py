# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From points on a mesh to labels of its faces: all steps together, and the release's quirks."""

import dataclasses

import numpy as np

from part_seg_ros.models.partsam.face_labels import label_faces
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.structures import Mesh

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


def test_the_chain_of_the_release_follows_the_vertices():
    first, second, third = (strip(2, offset=y) for y in (0.0, 10.0, 5.0))
    mesh = together(first, second, third)
    # The vertices of the third come second.
    in_order = np.argsort(np.repeat([0, 2, 1], 6), kind='stable')
    turned = Mesh(vertices=mesh.vertices[in_order], faces=np.argsort(in_order)[mesh.faces])
    labels = np.repeat([1, 1, 0], 4)
    for shape, wanted in ((mesh, [1, 1, 2]), (turned, [1, 2, 3])):
        found = label_faces(shape, np.arange(12), labels, QUIRKS)
        assert found.labels.tolist() == np.repeat(wanted, 4).tolist()


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
