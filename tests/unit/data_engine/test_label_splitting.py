# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Density clusters and the splitting of labels that do not hang together."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data_engine.density_clusters import density_clusters
from part_seg_ros.data_engine.label_splitting import SplitSettings, face_labels, split_labels
from part_seg_ros.structures import Mesh


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    matches = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(matches) == len(set(one.tolist())) == len(set(other.tolist()))


@pytest.mark.parametrize('min_points', [1, 3, 6])
def test_clusters_are_those_of_scikit_learn(min_points: int) -> None:
    cluster = pytest.importorskip('sklearn.cluster')
    rng = np.random.default_rng(min_points)
    points = np.concatenate([rng.normal(k, 0.25, (60, 3)) for k in (0, 2, 4)])
    found = density_clusters(points, 0.2, min_points)
    wanted = cluster.DBSCAN(eps=0.2, min_samples=min_points).fit(points)
    core = wanted.core_sample_indices_
    assert same_partition(found[core], wanted.labels_[core])
    np.testing.assert_array_equal(found == -1, wanted.labels_ == -1)
    assert len(core) < len(points) or min_points == 1


def test_the_radius_itself_is_within_reach_and_a_point_counts_itself() -> None:
    line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3.5, 0, 0]])
    assert density_clusters(line, 1.0, 2).tolist() == [0, 0, 0, -1]
    assert density_clusters(line, 1.0, 3).tolist() == [0, 0, 0, -1]  # the ends are borders
    assert density_clusters(line, 1.0, 4).tolist() == [-1] * 4


def test_a_border_point_joins_the_nearest_core_whatever_the_order() -> None:
    left = [[0, 0, 0], [-0.9, 0, 0], [-0.9, 0.1, 0], [-0.9, -0.1, 0]]
    right = [[2, 0, 0], [2.9, 0, 0], [2.9, 0.1, 0], [2.9, -0.1, 0]]
    points = np.array([*left, *right, [1.04, 0, 0]])  # in reach of the first of both
    found = density_clusters(points, 1.05, 4)
    assert found[8] == found[4] != found[0] >= 0
    turned = density_clusters(points[::-1], 1.05, 4)[::-1]
    assert turned[8] == turned[4] != turned[0] >= 0


def patch(x: float, count: int = 100, size: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(int(10 * x))
    return rng.random((count, 3)) * [size, size, 0] + [x, 0, 0]


def test_each_piece_of_a_label_gets_a_label() -> None:
    points = np.concatenate([patch(0), patch(5), patch(1), patch(20, 3, 0.01)])
    labels = np.repeat([4, 4, 9, 9], [100, 100, 100, 3])
    split = split_labels(points, labels, SplitSettings(radius=0.02, min_points=4))
    # 3 stray points are no cluster: they keep the label of the rest of theirs.
    assert split.tolist() == np.repeat([0, 1, 2], [100, 100, 103]).tolist()


def test_the_reach_is_relative_to_the_size_of_the_object() -> None:
    points = np.concatenate([patch(0), patch(2)])
    for scale in (1.0, 1e-3, 1e3):
        for radius, pieces in ((0.1, 2), (0.5, 1)):
            settings = SplitSettings(radius=radius)
            split = split_labels(scale * points, np.zeros(200, int), settings)
            assert len(np.unique(split)) == pieces


def test_a_label_of_stray_points_alone_stays_whole() -> None:
    points = np.array([[0.0, 0, 0], [5, 0, 0], [0, 5, 0]])
    assert split_labels(points, np.zeros(3, int), SplitSettings()).tolist() == [0, 0, 0]


def test_faces_take_the_label_of_most_of_their_points_or_the_nearest_of_their_part() -> None:
    squares = np.concatenate([[[k, 0, 0], [k + 1, 0, 0], [k, 1, 0]] for k in range(0, 12, 2)])
    mesh = Mesh(vertices=squares, faces=np.arange(18).reshape(6, 3))
    old = np.array([0, 0, 1, 0, 0, 2])
    face_idx = np.array([0, 0, 0, 4, 2])
    points = np.array([[0, 0, 0], [0.3, 0, 0], [0.3, 0.3, 0], [8, 0, 0], [4, 0, 0]], float)
    split = np.array([1, 0, 0, 1, 2])
    # Face 0 by majority; 1 nearest to face 0's points; 2 its own; 3 nearest of its part is on 4,
    # though points of another part are as near; 5 had no point at all.
    found = face_labels(mesh, old, points, face_idx, split)
    assert found.tolist() == [0, 0, 2, 1, 1, 3]
    assert found.dtype == np.int32
