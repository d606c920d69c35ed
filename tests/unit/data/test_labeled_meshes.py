# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Files of labelled meshes, points on them and their surface for a camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data.labeled_meshes import (
    camera_surface,
    load_folder,
    load_labeled_mesh,
    sample_labeled_points,
)
from part_seg_ros.errors import InputError

VERTICES = np.array([[0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2]], float)
FACES = [[0, 2, 1], [0, 1, 3]]  # the first in z = 0, the second in y = 0


def write(path: Path) -> Path:
    np.savez(path, vertices=VERTICES, faces=FACES, labels=[3, 7], names=['a', 'b'])
    return path


def test_samples_lie_on_their_part_with_its_normal(tmp_path: Path) -> None:
    labeled = load_labeled_mesh(write(tmp_path / 'x.npz'))
    assert (labeled.name, labeled.part_names) == ('x', ('a', 'b'))
    cloud, part_ids = sample_labeled_points(labeled, 500, 0)
    assert set(part_ids.tolist()) == {3, 7}
    np.testing.assert_allclose(np.where(part_ids == 3, *cloud.points.T[[2, 1]]), 0.0, atol=1e-6)
    normals = np.where((part_ids == 3)[:, None], [0.0, 0, -1], [0.0, -1, 0])
    np.testing.assert_allclose(cloud.normals, normals, atol=1e-6)


def test_camera_surface_has_the_flat_normals_of_its_faces(tmp_path: Path) -> None:
    surface = camera_surface(load_labeled_mesh(write(tmp_path / 'x.npz')))
    assert not surface.is_solid
    assert surface.face_part_ids.tolist() == [3, 7]
    normals = np.repeat([[[0.0, 0, -1]], [[0.0, -1, 0]]], 3, axis=1)
    np.testing.assert_allclose(surface.corner_normals, normals, atol=1e-6)


def test_folders_and_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'no \.npz objects'):
        load_folder(tmp_path)
    path = tmp_path / 'x.npz'
    np.savez(path, vertices=np.eye(3), faces=[[0, 1, 2]])
    with pytest.raises(InputError, match=r"lacks \['labels'\]"):
        load_labeled_mesh(path)
    np.savez(path, vertices=np.eye(3), faces=[[0, 1, 2]], labels=[0, 1])
    with pytest.raises(InputError, match=r'one entry per face \(1\)'):
        load_labeled_mesh(path)


def test_masks_may_overlap_and_need_no_labels(tmp_path: Path) -> None:
    path = tmp_path / 'x.npz'
    masks = np.array([[True, True], [False, True]])
    np.savez(path, vertices=VERTICES, faces=FACES, masks=masks)
    labeled = load_labeled_mesh(path)
    np.testing.assert_array_equal(labeled.face_masks, masks)
    assert labeled.face_part_ids.tolist() == [-1, -1]
    assert labeled.scales is None
    np.savez(path, vertices=VERTICES, faces=FACES, masks=masks, labels=[0, 1], scales=[0.9, 0.2])
    labeled = load_labeled_mesh(path)
    assert labeled.face_part_ids.tolist() == [0, 1]
    assert labeled.scales.tolist() == [0.9, 0.2]
    colors = np.arange(12).reshape(4, 3) / 11
    arrays = {'labels': [-1, 2], 'scales': [0.0, 0.2, 0.5], 'vertex_colors': colors}
    np.savez(path, vertices=VERTICES, faces=FACES, **arrays)
    labeled = load_labeled_mesh(path)
    assert labeled.scales.tolist() == [0.0, 0.2, 0.5]
    np.testing.assert_array_equal(labeled.mesh.vertex_colors, colors)


@pytest.mark.parametrize(
    ('arrays', 'message'),
    [
        ({'masks': np.ones((2, 2), int)}, r'bool \(M, 2\).* int64 \(2, 2\)'),
        ({'masks': np.ones((2, 3), bool)}, r'bool \(M, 2\).* bool \(2, 3\)'),
        ({'masks': np.ones((1, 2), bool), 'scales': [1.0, 1]}, r'per mask \(1\), got \(2,\)'),
        ({'labels': [0, 1], 'scales': [1.0]}, r'one entry per label \(2\), got \(1,\)'),
    ],
)
def test_masks_that_do_not_fit_are_named(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    np.savez(tmp_path / 'x.npz', vertices=VERTICES, faces=FACES, **arrays)
    with pytest.raises(InputError, match=message):
        load_labeled_mesh(tmp_path / 'x.npz')
