# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clusters of neighbouring faces with like features."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree

from part_seg_ros.errors import BackendMissingError
from part_seg_ros.geometry.face_graph import FaceGraph, connected_pieces

_NEAR_PIECES = 10


def check_backend() -> None:
    """Check that faces can be clustered here.

    Raises:
        BackendMissingError: scikit-learn is not installed.
    """
    try:
        import sklearn.cluster  # noqa: F401
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            'clustering faces needs scikit-learn; install it with pip install scikit-learn'
        ) from error


def connect(graph: FaceGraph) -> np.ndarray:
    """Return pairs of faces that connect a mesh, however many pieces it has.

    Each piece stands for itself by the face that lies nearest to the mean of its faces. Such faces
    are linked to those of the ten nearest pieces, and where groups of pieces remain, group to
    group where they are nearest.

    Args:
        graph: Faces and their neighbours.

    Returns:
        (E, 2) int64 neighbours and linked faces.

    Source:
        PartSAM's release, second stage of its curation. It adds a minimum spanning tree of the
        ten-nearest graph too: edges that are there already. What it leaves apart is joined here.
    """
    num_faces = len(graph.areas)
    piece = connected_pieces(graph.pairs, num_faces)
    num_pieces = int(piece.max()) + 1
    if num_pieces == 1:
        return graph.pairs
    counts = np.bincount(piece)[:, None]
    means = np.stack([np.bincount(piece, axis) for axis in graph.centroids.T], axis=1) / counts
    away = np.linalg.norm(graph.centroids - means[piece], axis=1)
    order = np.lexsort((away, piece))
    nearest_face = order[np.searchsorted(piece[order], np.arange(num_pieces))]
    links = _joined_groups(graph.centroids[nearest_face])
    return np.concatenate([graph.pairs, nearest_face[links]])


def _joined_groups(places: np.ndarray) -> np.ndarray:
    """Return (L, 2) int64 links that connect (P, 3) places."""
    num_places = len(places)
    _, near = cKDTree(places).query(places, min(_NEAR_PIECES + 1, num_places))
    near = near[:, 1:]
    first = np.repeat(np.arange(num_places), near.shape[1])
    links = np.stack([first, near.ravel()], axis=1)
    links = links[links[:, 0] != links[:, 1]]
    while (group := connected_pieces(links, num_places)).any():
        inside = np.flatnonzero(group == 0)
        outside = np.flatnonzero(group != 0)
        distances, idx = cKDTree(places[inside]).query(places[outside])
        nearest = int(distances.argmin())
        links = np.concatenate([links, [[inside[idx[nearest]], outside[nearest]]]])
    return links


def cluster_faces(
    features: np.ndarray, pairs: np.ndarray, counts: Sequence[int]
) -> list[np.ndarray]:
    """Cluster faces by Ward's criterion, joining neighbours only, at several numbers of clusters.

    Args:
        features: (F, C) float32.
        pairs: (E, 2) int64 neighbours; they connect all faces.
        counts: Numbers of clusters; where F is smaller, every face is a cluster.

    Returns:
        For each count (F,) int64 cluster of every face, numbered by their lowest face. The tree is
        grown once, so clusters of a coarse answer are unions of those of a fine one.

    Raises:
        BackendMissingError: scikit-learn is not installed.
    """
    check_backend()
    from sklearn.cluster import ward_tree

    num_faces = len(features)
    if num_faces == 1:
        return [np.zeros(1, np.int64) for _ in counts]
    both = np.concatenate([pairs, pairs[:, ::-1]])
    connectivity = coo_matrix((np.ones(len(both)), both.T), shape=(num_faces, num_faces)).tolil()
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)  # an unconnected graph would be completed
        children = ward_tree(features.astype(np.float64), connectivity=connectivity)[0]
    return [_cut(children, num_faces, count) for count in counts]


def _cut(children: np.ndarray, num_leaves: int, count: int) -> np.ndarray:
    """Undo the last merges of a tree, so that `count` clusters of its leaves remain."""
    num_merges = max(0, num_leaves - count)
    merged = np.arange(num_leaves, num_leaves + num_merges)
    edges = np.stack([np.repeat(merged, 2), children[:num_merges].ravel()], axis=1)
    return connected_pieces(edges, num_leaves + num_merges)[:num_leaves]
