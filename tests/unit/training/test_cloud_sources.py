# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clouds to train on agree with the objects that they were drawn from."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.training.cloud_sources import MeshFolderClouds, ProceduralClouds, cloud_source

# A unit square of two triangles per label: at z = 0 (label 0), z = 1 (label 1), z = 2 (no label).
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
VERTICES = np.concatenate([SQUARE + [0, 0, z] for z in range(3)]).astype(np.float32)
FACES = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * z for z in range(3)])
LABELS = np.array([0, 0, 1, 1, -1, -1])


def write(folder, **arrays):
    np.savez(folder / 'stack.npz', vertices=VERTICES, faces=FACES, **arrays)


def test_points_of_a_mesh_bear_the_labels_of_their_faces(tmp_path):
    write(tmp_path, labels=LABELS)
    cloud = MeshFolderClouds(tmp_path).draw(600, np.random.default_rng(0))
    height = np.rint(cloud.points[:, 2]).astype(int)
    assert np.array_equal(cloud.part_ids, np.where(height == 2, -1, height))
    assert np.array_equal(cloud.masks, height == np.arange(2)[:, None])
    assert np.allclose(np.abs(cloud.normals), [0, 0, 1])


def test_masks_of_a_mesh_join_its_labels_and_hardly_visible_ones_are_left_out(tmp_path):
    masks = np.array([LABELS >= 0, [True] * 6, [False] * 6])
    write(tmp_path, labels=LABELS, masks=masks)
    cloud = MeshFolderClouds(tmp_path).draw(600, np.random.default_rng(0))
    height = np.rint(cloud.points[:, 2])
    assert len(cloud.masks) == 3
    assert np.array_equal(cloud.masks[2], height < 2)


def test_the_same_state_draws_the_same_cloud(tmp_path):
    write(tmp_path, labels=LABELS)
    for source in (MeshFolderClouds(tmp_path), ProceduralClouds(free_share=0.5)):
        first, second = (source.draw(300, np.random.default_rng(5)) for _ in range(2))
        assert np.array_equal(first.points, second.points)
        assert np.array_equal(first.masks, second.masks)


def test_parts_of_procedural_clouds_are_neither_empty_nor_everything():
    rng = np.random.default_rng(1)
    for _ in range(5):
        cloud = ProceduralClouds(free_share=0.5).draw(400, rng)
        sizes = cloud.masks.sum(axis=1)
        assert cloud.points.shape == (400, 3) and cloud.masks.shape[1] == 400
        assert sizes.min() >= 8 and sizes.max() <= 0.92 * 400


def test_a_folder_without_parts_is_refused(tmp_path):
    write(tmp_path, labels=np.full(6, -1))
    with pytest.raises(InputError, match='no mesh in .* has a part'):
        MeshFolderClouds(tmp_path).draw(300, np.random.default_rng(0))


def test_the_source_is_a_folder_where_one_is_named(tmp_path):
    write(tmp_path, labels=LABELS)
    assert cloud_source(str(tmp_path), free_share=0.5).root == tmp_path
    assert cloud_source('', free_share=0.25) == ProceduralClouds(free_share=0.25)
    with pytest.raises(InputError, match='nowhere'):
        cloud_source('nowhere', free_share=0.5)
