# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where the borders between parts of a mesh run: at creases, or at least straight."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix

from part_seg_ros.geometry.face_graph import FaceGraph
from part_seg_ros.geometry.graph_cut import alpha_expansion

_MOST_CREASE_COST = 6.0


def vote_shares(face_idx: np.ndarray, labels: np.ndarray, face_labels: np.ndarray) -> np.ndarray:
    """Return which share of the points on each face has each label.

    Args:
        face_idx: (N,) int64 face of each point.
        labels: (N,) int label of each point, -1 for no vote.
        face_labels: (F,) int64 >= 0 label of each face; it counts as one vote more.

    Returns:
        (F, L) float32 shares, L one more than the highest label; rows sum to one.
    """
    num_faces = len(face_labels)
    has_vote = labels >= 0
    faces = np.concatenate([face_idx[has_vote], np.arange(num_faces)])
    ballots = np.concatenate([labels[has_vote], face_labels]).astype(np.int64)
    shape = (num_faces, int(ballots.max(initial=-1)) + 1)
    counts = coo_matrix((np.ones(len(faces), np.float32), (faces, ballots)), shape).toarray()
    return counts / counts.sum(axis=1, keepdims=True)


def cut_between_votes(face_labels: np.ndarray, shares: np.ndarray, graph: FaceGraph) -> np.ndarray:
    """Move borders between labels to where the mesh bends, as far as the votes allow.

    A face pays for a label in proportion to its area and to the share of votes for others; two
    neighbours of different labels pay minus the logarithm of the angle between them over π, at
    most 6, which a flat edge costs.

    Args:
        face_labels: (F,) int64 in [0, L) to begin with.
        shares: (F, L) float32 share of the votes on each face that each label has.
        graph: The faces.

    Returns:
        (F,) int64.

    Source:
        PartSAM (arXiv 2509.21965), appendix, graph cut over dihedral angles. Ours: faces pay by
        area and votes, and the cost of flat edges, there 276 faces, is bounded, so that parts that
        no crease bounds survive on coarse meshes.
    """
    used, number = np.unique(face_labels, return_inverse=True)
    weight = graph.areas / max(graph.areas.mean(), np.finfo(float).tiny)
    data_cost = weight[:, None] * (1.0 - shares[:, used])
    with np.errstate(divide='ignore'):
        crease_cost = -np.log(np.minimum(graph.angles / np.pi, 1.0))
    crease_cost = np.minimum(crease_cost, _MOST_CREASE_COST)
    return used[alpha_expansion(number.reshape(-1), data_cost, graph.pairs, crease_cost)]


def smooth_labels(face_labels: np.ndarray, pairs: np.ndarray, *, num_sweeps: int) -> np.ndarray:
    """Give each face the label that most of its neighbours have, if it is more than half of them.

    All faces of a sweep look at the labels before it.

    Args:
        face_labels: (F,) int64.
        pairs: (E, 2) int64 neighbours.
        num_sweeps: How often.

    Returns:
        (F,) int64.
    """
    num_faces = len(face_labels)
    both_ways = np.concatenate([pairs, pairs[:, ::-1]])
    degree = np.bincount(both_ways[:, 0], minlength=num_faces)
    lowest = int(face_labels.min(initial=0))
    num_labels = int(face_labels.max(initial=0)) - lowest + 1
    for _ in range(num_sweeps):
        face, neighbor = both_ways.T
        keys, counts = np.unique(
            face * num_labels + face_labels[neighbor] - lowest, return_counts=True
        )
        most, label = np.divmod(keys, num_labels)
        wins = 2 * counts > degree[most]
        smoothed = face_labels.copy()
        smoothed[most[wins]] = label[wins] + lowest
        if np.array_equal(smoothed, face_labels):
            break
        face_labels = smoothed
    return face_labels
