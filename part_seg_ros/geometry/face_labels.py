# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels of the faces of a mesh: votes of points, filling, small pieces, borders at creases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.geometry.face_graph import FaceGraph, connected_pieces
from part_seg_ros.geometry.graph_cut import alpha_expansion

NO_LABEL = -1

_FILL_SWEEPS = 16
_CREASE_WEIGHT = 6.0
_FLAT_FLOOR = 1e-20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceLabels:
    """Labels of the faces of a mesh.

    Attributes:
        labels: (F,) int64, -1 for none.
        source: (L,) int64 label, among those before a split, that each label comes from.
    """

    labels: np.ndarray
    source: np.ndarray


def vote(face_idx: np.ndarray, labels: np.ndarray, num_faces: int) -> np.ndarray:
    """Give each face the label that most of its points have; the lowest at a tie.

    Args:
        face_idx: (S,) int64 face of each point.
        labels: (S,) int64; points with -1 have no vote.
        num_faces: F.

    Returns:
        (F,) int64, -1 for faces without a vote.
    """
    has_vote = labels >= 0
    ballots = np.stack([face_idx[has_vote], labels[has_vote]], axis=1)
    return _most_frequent(ballots, num_faces)


def fill_from_nearest(
    labels: np.ndarray, centroids: np.ndarray, *, num_neighbors: int = 1
) -> np.ndarray:
    """Give faces without a label that of the faces whose centroids are nearest among the others.

    Args:
        labels: (F,) int64, -1 for none.
        centroids: (F, 3) finite.
        num_neighbors: How many vote; the lowest label wins a tie.

    Returns:
        (F,) int64; -1 only if no face has a label.
    """
    is_known = labels >= 0
    if is_known.all() or not is_known.any():
        return labels
    count = min(num_neighbors, np.count_nonzero(is_known))
    nearest = cKDTree(centroids[is_known]).query(centroids[~is_known], np.arange(1, count + 1))[1]
    ballots = np.repeat(np.flatnonzero(~is_known), count), labels[is_known][nearest].ravel()
    voted = _most_frequent(np.stack(ballots, axis=1), len(labels))
    return np.where(is_known, labels, voted)


def drop_small_pieces(
    labels: np.ndarray, links: np.ndarray, areas: np.ndarray, min_share: float
) -> np.ndarray:
    """Take the labels off pieces that are small both in faces and in area.

    Args:
        labels: (F,) int64.
        links: (E, 2) int64 faces that touch.
        areas: (F,) float64.
        min_share: Of the most faces, and of the largest area, that any piece with a label has.

    Returns:
        (F,) int64, -1 for faces of small pieces.
    """
    pieces = label_pieces(labels, links)
    counts = np.bincount(pieces, labels >= 0)
    piece_areas = np.bincount(pieces, areas * (labels >= 0))
    is_small = (counts < min_share * counts.max()) & (piece_areas < min_share * piece_areas.max())
    return np.where(is_small[pieces], NO_LABEL, labels)


def fill_from_neighbors(
    labels: np.ndarray, links: np.ndarray, *, ignored: int, max_sweeps: int = _FILL_SWEEPS
) -> np.ndarray:
    """Let labels grow over faces without one, by one face in a sweep.

    All faces of a sweep look at the labels before it. Ties go to the lowest label; the releases
    leave them to the order of a set.

    Args:
        labels: (F,) int64, -1 for none.
        links: (E, 2) int64 faces that touch.
        ignored: A label that does not grow.
        max_sweeps: How far labels grow.

    Returns:
        (F,) int64, -1 for faces that no label reached.
    """
    both_ways = np.concatenate([links, links[:, ::-1]])
    for _ in range(max_sweeps):
        face, neighbor = both_ways.T
        grows = (labels[face] < 0) & (labels[neighbor] >= 0) & (labels[neighbor] != ignored)
        if not grows.any():
            break
        ballots = np.stack([face[grows], labels[neighbor[grows]]], axis=1)
        grown = _most_frequent(ballots, len(labels))
        labels = np.where(grown >= 0, grown, labels)
    return labels


def carry_to_faces(labels: np.ndarray, face_idx: np.ndarray, graph: FaceGraph) -> np.ndarray:
    """Give every face the label that most of its points have.

    Faces without a point are overgrown by their neighbours, or take the nearest label.

    Args:
        labels: (S,) int64, -1 for none.
        face_idx: (S,) int64 face of each point.
        graph: The F faces.

    Returns:
        (F,) int64; -1 only if no point has a label.
    """
    return fill(vote(face_idx, labels, len(graph.centroids)), graph)


def fill(labels: np.ndarray, graph: FaceGraph) -> np.ndarray:
    """Let labels grow over (F,) faces without one, and give the rest the nearest label."""
    grown = fill_from_neighbors(labels, graph.pairs, ignored=NO_LABEL)
    return fill_from_nearest(grown, graph.centroids)


def split_pieces(labels: np.ndarray, links: np.ndarray, *, background: int | None) -> FaceLabels:
    """Give pieces of one label that do not touch labels of their own.

    Args:
        labels: (F,) int64 >= 0.
        links: (E, 2) int64 faces that touch.
        background: A label none of whose pieces keeps it; None for no such label.

    Returns:
        New labels: the piece with the lowest face keeps its label, the others follow behind the
        highest label, by their lowest faces.
    """
    pieces = label_pieces(labels, links)
    _, first_face = np.unique(pieces, return_index=True)
    label_of_piece = labels[first_face]
    _, first_piece = np.unique(label_of_piece, return_index=True)
    keeps = np.zeros(len(label_of_piece), bool)
    keeps[first_piece] = True
    keeps &= label_of_piece != background
    num_labels = int(labels.max()) + 1
    new_label = label_of_piece.copy()
    new_label[~keeps] = num_labels + np.arange(np.count_nonzero(~keeps))
    source = np.concatenate([np.arange(num_labels), label_of_piece[~keeps]])
    return FaceLabels(labels=new_label[pieces], source=source)


def cut_at_creases(labels: np.ndarray, graph: FaceGraph) -> np.ndarray:
    """Move borders between labels to where the mesh bends, as far as few faces pay for it.

    Args:
        labels: (F,) int64 >= 0.
        graph: The faces.

    Returns:
        (F,) int64.
    """
    used, number = np.unique(labels, return_inverse=True)
    number = number.reshape(-1)
    data_cost = np.ones((len(labels), len(used)))
    data_cost[np.arange(len(labels)), number] = 0.0
    weights = -_CREASE_WEIGHT * np.log(graph.angles / np.pi + _FLAT_FLOOR)
    # Rounding can leave the logarithm of a face folded back by π a hair above zero.
    return used[alpha_expansion(number, data_cost, graph.pairs, np.maximum(weights, 0.0))]


def label_pieces(labels: np.ndarray, links: np.ndarray) -> np.ndarray:
    """Return (F,) the piece of each face: faces that touch and have the same label."""
    is_inside = labels[links[:, 0]] == labels[links[:, 1]]
    return connected_pieces(links[is_inside], len(labels))


def _most_frequent(ballots: np.ndarray, num_faces: int) -> np.ndarray:
    """Return (F,) the most frequent second entry for each first, the lowest at a tie, else -1."""
    winners = np.full(num_faces, NO_LABEL, np.int64)
    if not len(ballots):
        return winners
    choices, counts = np.unique(ballots, axis=0, return_counts=True)
    order = np.lexsort((choices[:, 1], -counts, choices[:, 0]))
    faces, first = np.unique(choices[order, 0], return_index=True)
    winners[faces] = choices[order, 1][first]
    return winners
