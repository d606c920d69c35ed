# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts of meshes: faces follow their points, holes are filled or not, specks vanish."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.segmenter.mesh_parts import MeshSettings, SampledMesh
from part_seg_ros.structures import Mesh


def _side_of(points: np.ndarray) -> np.ndarray:
    return (points[:, 0] > 0.0).astype(int)


def _quarter_of(points: np.ndarray) -> np.ndarray:
    return _side_of(points) + 2 * (points[:, 1] > 0.0)


def plate(num: int, *, offset: float = 0.0) -> Mesh:
    """A flat square from -1 to 1 of num x num squares of two faces, `offset` above the ground."""
    line = np.linspace(-1.0, 1.0, num + 1)
    x, y = np.meshgrid(line, line, indexing='ij')
    vertices = np.stack([x.ravel(), y.ravel(), np.full(x.size, offset)], axis=1)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(num), np.arange(num), indexing='ij'))
    a = i * (num + 1) + j
    b, c, d = a + 1, a + num + 1, a + num + 2
    faces = np.concatenate([np.stack([a, c, d], 1), np.stack([a, d, b], 1)])
    return Mesh(vertices=vertices, faces=faces)


def together(*meshes: Mesh) -> Mesh:
    begin = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate([m.faces + b for m, b in zip(meshes, begin, strict=False)]),
    )


def centers(mesh: Mesh) -> np.ndarray:
    return mesh.vertices[mesh.faces].mean(axis=1)


SETTINGS = MeshSettings(num_samples=4000, connectivity=0.0)


def _is_partition(part_ids: np.ndarray, labels: np.ndarray) -> bool:
    pairs = set(zip(part_ids.tolist(), labels.tolist(), strict=True))
    return len(pairs) == len(np.unique(labels)) == len(np.unique(part_ids))


def _share_in_place(part_ids: np.ndarray, labels: np.ndarray) -> float:
    """Share of the faces that are of the part that most faces of their label are of."""
    main = [np.bincount(part_ids[labels == label]).max() for label in np.unique(labels)]
    assert len(np.unique(part_ids)) == len(main)
    return sum(main) / len(labels)


def test_faces_have_the_part_of_their_points_hidden_ones_too(truth_system) -> None:
    mesh = together(plate(10), plate(10, offset=0.01))  # the one hides the other
    segmenter = Segmenter(truth_system(levels=(_side_of,), iou_pred=(0.9,)))
    found = SampledMesh(segmenter, mesh, SETTINGS).segment_all()
    assert found.part_ids.shape == (400,)
    # Votes are averaged along the surface, which may move a border by the width of a face.
    for layer in (slice(0, 200), slice(200, 400)):
        sides = _side_of(centers(mesh))[layer]
        assert _share_in_place(found.part_ids[layer], sides) > 0.97
    for part in found.parts:
        assert part.box.size[:2] == pytest.approx([2.0, 1.0], abs=0.21)


def test_faces_without_a_point_are_filled_only_if_wanted(truth_system) -> None:
    mesh = plate(40)  # 3200 faces, 400 points
    segmenter = Segmenter(truth_system(levels=(_side_of,), iou_pred=(0.9,)))
    few = dataclasses.replace(SETTINGS, num_samples=400)
    filled = SampledMesh(segmenter, mesh, few).segment_all()
    open_mesh = SampledMesh(segmenter, mesh, dataclasses.replace(few, fill=False))
    sparse = open_mesh.segment_all()
    is_hit = np.isin(np.arange(3200), open_mesh.face_idx)
    assert (filled.part_ids >= 0).all()
    np.testing.assert_array_equal(sparse.part_ids >= 0, is_hit)
    np.testing.assert_array_equal(sparse.part_ids[is_hit], filled.part_ids[is_hit])
    agreement = (filled.part_ids == filled.part_ids[0]) == (_side_of(centers(mesh)) == 0)
    assert agreement.mean() > 0.95


def test_connection_decides_by_its_weight(truth_system) -> None:
    mesh = together(plate(8), plate(8, offset=0.5))
    system = truth_system(levels=(_side_of,), iou_pred=(0.9,))
    on_top = (centers(mesh)[:, 2] > 0.2).astype(int)
    # Sides of one plate are 1 - weight apart, one side of both plates is the weight apart.
    for weight, labels in ((0.0, _side_of(centers(mesh))), (0.3, None), (0.7, on_top)):
        wanted = dataclasses.replace(SETTINGS, connectivity=weight)
        found = SampledMesh(Segmenter(system), mesh, wanted).segment_all()
        labels = _side_of(centers(mesh)) if labels is None else labels
        assert _share_in_place(found.part_ids, labels) > 0.95, weight


def test_specks_go_to_what_is_around_them_but_pieces_stay(truth_system) -> None:
    crumb = plate(1, offset=0.9)
    crumb = Mesh(vertices=crumb.vertices * [0.05, 0.05, 1], faces=crumb.faces)
    mesh = together(plate(40), crumb)

    def _speckled(points: np.ndarray) -> np.ndarray:
        is_speck = (np.abs(points - [0.5, 0.5, 0.0]) < 0.06).all(axis=1)
        return np.where(points[:, 2] > 0.5, 8, np.where(is_speck, 9, 0))

    segmenter = Segmenter(truth_system(levels=(_speckled,), iou_pred=(0.9,)))
    settings = SegmentAllSettings(num_prompts=2000, min_points=1)
    for share, num_parts in ((0.0, 3), (0.02, 2)):
        wanted = dataclasses.replace(SETTINGS, num_samples=20_000, min_piece_share=share)
        found = SampledMesh(segmenter, mesh, wanted).segment_all(settings)
        assert len(found.parts) == num_parts
    assert found.part_ids[-1] != found.part_ids[0]
    assert (found.part_ids[:-2] == found.part_ids[0]).all()


def test_levels_know_their_parents_on_faces(truth_system) -> None:
    mesh = plate(20)
    system = truth_system(levels=(_side_of, _quarter_of), iou_pred=(0.9, 0.9))
    sampled = SampledMesh(Segmenter(system), mesh, SETTINGS)
    levels = sampled.segment_levels((0.6, 0.9))
    assert [len(level.parts) for level in levels] == [2, 4]
    assert _share_in_place(levels[1].part_ids, _quarter_of(centers(mesh))) > 0.97
    for above, level in itertools.pairwise(levels):
        for part in level.parts:
            parents = above.part_ids[level.part_ids == part.part_id]
            assert np.unique(parents).tolist() == [part.parent_id]


def test_a_mesh_without_area_is_refused(truth_system) -> None:
    flat = Mesh(vertices=np.zeros((3, 3)), faces=[[0, 1, 2]])
    with pytest.raises(InputError, match='no area'):
        SampledMesh(Segmenter(truth_system(levels=(_side_of,), iou_pred=(0.9,))), flat, SETTINGS)
