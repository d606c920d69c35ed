# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D's labels on files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh

from part_seg_ros.data.labeled_meshes import load_labeled_mesh
from part_seg_ros.data_engine.engine import UnsuitableShapeError, shape_seed
from part_seg_ros.data_engine.labels_file import write_labels
from part_seg_ros.data_engine.scale_labels import ScaleLabelEngine, ScaleLabelSettings

SEED = shape_seed(0, 'a.glb')


@pytest.fixture
def legs(tmp_path: Path) -> Path:
    """A board as one node, four legs that do not touch as another."""
    board = trimesh.creation.box(bounds=[[0, 0, 1], [2, 1, 1.2]])
    four = trimesh.util.concatenate(
        [
            trimesh.creation.box(bounds=[[x, y, 0], [x + 0.2, y + 0.2, 1]])
            for x in (0, 1.8)
            for y in (0, 0.8)
        ]
    )
    trimesh.Scene([board, four]).export(tmp_path / 'a.glb')
    return tmp_path / 'a.glb'


def test_pieces_of_a_node_become_parts_with_their_share_of_the_area(
    legs: Path, tmp_path: Path
) -> None:
    labels = ScaleLabelEngine().label(legs, SEED)
    assert sorted(np.bincount(labels.face_part_ids).tolist()) == [12] * 5
    middles = labels.mesh.vertices[labels.mesh.faces].mean(axis=1)
    for mask in labels.parts:
        heights = middles[mask][:, 2]
        assert (heights >= 1).all() or (heights <= 1).all()
    assert labels.face_masks is None
    write_labels(tmp_path / 'a.npz', labels, {})
    scales = np.sort(load_labeled_mesh(tmp_path / 'a.npz').scales)
    leg, board = 2 * 0.04 + 4 * 0.2, 2 * (2 + 0.4 + 0.2)
    np.testing.assert_allclose(
        scales, np.array([*[leg] * 4, board]) / (4 * leg + board), atol=1e-5
    )


def test_shapes_of_poor_labels_are_left_out(legs: Path) -> None:
    seen = []

    def quality(points: np.ndarray, labels: np.ndarray) -> float:
        seen.append((points, labels))
        return 0.5

    assert len(ScaleLabelEngine(quality).label(legs, SEED).parts) == 5
    points, labels = seen[0]
    assert points.shape == (10_000, 3)
    is_board = labels == labels[points[:, 2].argmax()]  # judged before the split: two labels
    away = np.abs(points[:, 2] - 1) > 1e-6
    np.testing.assert_array_equal(is_board[away], points[away, 2] > 1)
    strict = ScaleLabelEngine(quality, ScaleLabelSettings(min_quality=0.51))
    with pytest.raises(UnsuitableShapeError, match=r'score 0\.50, wanted at least 0\.51'):
        strict.label(legs, SEED)
    nan = ScaleLabelEngine(lambda points, labels: float('nan'))
    with pytest.raises(UnsuitableShapeError):
        nan.label(legs, SEED)


def test_a_shape_of_one_part_is_left_out(write_single_node: Callable[..., Path]) -> None:
    path = write_single_node('one.glb', [((1, 1, 1), (0, 0, 0))])
    with pytest.raises(UnsuitableShapeError, match='one part'):
        ScaleLabelEngine().label(path, SEED)
