# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From labels of points on a mesh to labels of its faces, as PartSAM's release does it."""

from __future__ import annotations

import numpy as np

from part_seg_ros.geometry.face_graph import FaceGraph, build_face_graph, connected_pieces
from part_seg_ros.geometry.face_labels import (
    NO_LABEL,
    FaceLabels,
    cut_at_creases,
    drop_small_pieces,
    fill_from_nearest,
    fill_from_neighbors,
    split_pieces,
    vote,
)
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.structures import Mesh


def label_faces(
    mesh: Mesh, face_idx: np.ndarray, labels: np.ndarray, settings: SegmentEverySettings
) -> FaceLabels:
    """Carry labels of points on a mesh to its faces, and tidy them up.

    Points vote for their face; faces without a vote take the label of the nearest that has one.
    Small pieces are given to their neighbours, pieces that do not touch become parts of their own,
    and the borders may be moved to creases.

    Args:
        mesh: The mesh.
        face_idx: (S,) int64 face of each point.
        labels: (S,) int64 label of each point, -1 for none.
        settings: What to do, and whether as the release does it.

    Returns:
        Labels of all faces; -1 everywhere if no point has one.

    Source:
        PartSAM's release; the tidying descends from SAMesh (Tang et al. 2024).
    """
    num_labels = int(labels.max(initial=NO_LABEL)) + 1
    if not num_labels:
        return FaceLabels(labels=np.full(len(mesh.faces), NO_LABEL), source=np.zeros(0, np.int64))
    if settings.reference_quirks:
        labels = np.where(labels == NO_LABEL, num_labels - 1, labels)
    graph = build_face_graph(mesh)
    links = _with_chain(graph) if settings.reference_quirks else graph.pairs
    face_labels = fill_from_nearest(vote(face_idx, labels, len(mesh.faces)), graph.centroids)
    face_labels = drop_small_pieces(face_labels, links, graph.areas, settings.min_piece_share)
    face_labels = fill_from_neighbors(
        face_labels, links, ignored=0 if settings.reference_quirks else NO_LABEL
    )
    if settings.reference_quirks:
        face_labels = np.maximum(face_labels, 0)
    else:
        face_labels = fill_from_nearest(face_labels, graph.centroids)
    result = FaceLabels(labels=face_labels, source=np.arange(num_labels))
    if settings.split_pieces:
        background = 0 if settings.reference_quirks else None
        result = split_pieces(face_labels, links, background=background)
    if settings.graph_cut:
        result = FaceLabels(labels=cut_at_creases(result.labels, graph), source=result.source)
    return result


def _with_chain(graph: FaceGraph) -> np.ndarray:
    """Link the lowest face of each piece of the mesh to that of the next one.

    Pieces come in the order of their first edges, as the release finds them. Faces without any
    neighbour stay alone.
    """
    pairs = graph.pairs[np.argsort(graph.edge_ranks)]
    if not len(pairs):
        return pairs
    pieces = connected_pieces(pairs, int(pairs.max()) + 1)
    _, first_pair = np.unique(pieces[pairs[:, 0]], return_index=True)
    _, lowest = np.unique(pieces, return_index=True)  # pieces are numbered by their lowest faces
    in_order = pieces[pairs[np.sort(first_pair), 0]]
    chain = lowest[in_order]
    return np.concatenate([pairs, np.stack([chain[:-1], chain[1:]], axis=1)])
