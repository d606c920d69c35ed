# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which faces of a mesh are neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.structures import Mesh


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceGraph:
    """Faces and their neighbours.

    Attributes:
        pairs: (E, 2) int64 faces that share an edge, the smaller index first; no pair twice.
        edge_ranks: (E,) int64 order of the shared edges, by the vertex that comes later in the
            mesh and then by the other one.
        angles: (E,) float64 angle between the normals of each pair [0 for flat to π].
        areas: (F,) float64 area of each face [squared units of the mesh].
        centroids: (F, 3) float64 mean of each face's corners.
    """

    pairs: np.ndarray
    edge_ranks: np.ndarray
    angles: np.ndarray
    areas: np.ndarray
    centroids: np.ndarray


def build_face_graph(mesh: Mesh) -> FaceGraph:
    """Find the neighbours of all faces.

    Neighbours share an edge that belongs to exactly two faces. Vertices at one place count as one,
    however often the file repeats them: seams of textures and normals cut nothing.
    """
    corners = mesh.vertices.astype(np.float64)[mesh.faces]
    normals, areas = face_normals(corners)
    pairs, edge_ranks = _adjacent(_welded(mesh))
    cosine = (normals[pairs[:, 0]] * normals[pairs[:, 1]]).sum(axis=1)
    return FaceGraph(
        pairs=pairs,
        edge_ranks=edge_ranks,
        angles=np.arccos(np.clip(cosine, -1.0, 1.0)),
        areas=areas,
        centroids=corners.mean(axis=1),
    )


def connected_pieces(pairs: np.ndarray, num_faces: int) -> np.ndarray:
    """Return the (F,) int64 piece of each face, numbered by their lowest face.

    Args:
        pairs: (E, 2) int64 connected faces.
        num_faces: F.
    """
    edges = (np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1]))
    graph = coo_matrix(edges, shape=(num_faces, num_faces))
    pieces = connected_components(graph, directed=False)[1]
    return _numbered_by_first(pieces)


def connected_faces(mesh: Mesh) -> np.ndarray:
    """Return the (F,) int64 connected piece of each face, numbered by their lowest face.

    Faces that share a vertex, or vertices at one place, are connected; so are those at edges of
    three faces and more, which are no neighbours in a `FaceGraph`.
    """
    corners = _welded(mesh)
    num_places = int(corners.max(initial=-1)) + 1
    edges = np.concatenate([corners[:, :2], corners[:, 1:]])
    piece_of_place = connected_pieces(edges, num_places)
    return _numbered_by_first(piece_of_place[corners[:, 0]])


def _numbered_by_first(values: np.ndarray) -> np.ndarray:
    """Return (F,) int64 numbers from 0 for equal values, by where each occurs first."""
    _, first, number = np.unique(values, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number.reshape(-1)]


def _welded(mesh: Mesh) -> np.ndarray:
    """Return (F, 3) faces over distinct places, numbered by the vertices that are there first."""
    # Adding zero makes -0.0 and 0.0 one place.
    _, place = np.unique(mesh.vertices + 0.0, axis=0, return_inverse=True)
    return _numbered_by_first(place.reshape(-1))[mesh.faces]


def _adjacent(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the `pairs` and `edge_ranks` of a `FaceGraph`."""
    # Sorting one number an edge takes a fraction of the memory that sorting rows does.
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1).astype(np.int64)
    edge_key = edges[:, 1] * (faces.max(initial=0) + np.int64(1)) + edges[:, 0]
    order = np.argsort(edge_key, kind='stable')
    begin = np.flatnonzero(np.diff(edge_key[order], prepend=-1))
    shared = begin[np.diff(begin, append=len(order)) == 2]
    first, second = order[shared] // 3, order[shared + 1] // 3  # ascending, the sort is stable
    pair_key = (first * len(faces) + second)[first != second]
    pair_key, edge_ranks = np.unique(pair_key, return_index=True)
    return np.stack(np.divmod(pair_key, max(len(faces), 1)), axis=1), edge_ranks
