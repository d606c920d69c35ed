# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Borders between parts of a mesh: votes, creases, majorities."""

import dataclasses

import numpy as np
import pytest

from part_seg_ros.geometry.face_borders import cut_between_votes, smooth_labels, vote_shares
from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.structures import Mesh


def strip(num_squares: int, bend_at: int) -> Mesh:
    """A row of unit squares of two faces along x, from a crease on along z."""
    steps = np.arange(num_squares + 1.0)
    x, z = np.minimum(steps, bend_at), np.maximum(steps - bend_at, 0.0)
    near = np.stack([x, np.zeros_like(x), z], axis=1)
    i = np.arange(num_squares)
    j = i + num_squares + 1
    faces = np.concatenate([np.stack([i, i + 1, j + 1], 1), np.stack([i, j + 1, j], 1)])
    faces = faces[np.argsort(np.tile(i, 2), kind='stable')]
    return Mesh(vertices=np.concatenate([near, near + [0, 1, 0]]), faces=faces)


def test_shares_count_points_and_the_label_of_the_face():
    shares = vote_shares(np.array([0, 0, 0, 2]), np.array([1, 1, -1, 0]), np.array([0, 2, 0]))
    assert shares == pytest.approx(np.array([[1 / 3, 2 / 3, 0], [0, 0, 1], [1, 0, 0]]))


def test_a_border_moves_to_the_crease_but_not_across_many_votes():
    graph = build_face_graph(strip(40, bend_at=20))  # faces 0 to 39 lie flat, 40 to 79 stand
    wanted = [0] * 40 + [1] * 40
    near, far = (np.where(np.arange(80) < border, 0, 1) for border in (37, 20))
    # The flat edge costs 6, the crease 0.7; each face that changes pays 1.
    assert cut_between_votes(near, np.eye(2)[near], graph).tolist() == wanted
    assert cut_between_votes(far, np.eye(2)[far], graph).tolist() == far.tolist()
    undecided = np.eye(2)[far]
    undecided[20:40] = 0.5
    assert cut_between_votes(far, undecided, graph).tolist() == wanted


def test_large_faces_weigh_more_than_small_ones():
    graph = build_face_graph(strip(10, bend_at=5))
    labels = np.where(np.arange(20) < 8, 0, 1)
    votes = np.eye(2)[labels]
    assert cut_between_votes(labels, votes, graph).tolist() == [0] * 10 + [1] * 10
    areas = np.repeat([20.0, 100.0, 0.5], [8, 2, 10])
    heavy = dataclasses.replace(graph, areas=areas)
    assert cut_between_votes(labels, votes, heavy).tolist() == labels.tolist()


def test_a_face_follows_more_than_half_of_its_neighbours():
    pairs = np.array([[0, 1], [1, 2], [1, 3], [3, 4], [4, 5]])
    labels = np.array([7, -1, 7, 2, 2, 2])
    assert smooth_labels(labels, pairs, num_sweeps=1).tolist() == [-1, 7, -1, 2, 2, 2]
    star = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [2, 3], [1, 3]])
    once = smooth_labels(np.array([5, 1, 1, 1]), star, num_sweeps=1)
    assert once.tolist() == [1, 1, 1, 1]
    assert smooth_labels(labels, pairs, num_sweeps=0).tolist() == labels.tolist()
    line = np.array([[0, 1], [1, 2]])
    assert smooth_labels(np.array([0, 1, 2]), line, num_sweeps=1).tolist() == [1, 1, 1]
