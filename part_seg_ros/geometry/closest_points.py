# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is nearest to points on a mesh."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree


def closest_on_faces(corners: np.ndarray, point: np.ndarray) -> tuple[int, np.ndarray, float]:
    """Find the place on triangles that is nearest to a point.

    Args:
        corners: (F, 3, 3) finite, F >= 1; triangles without area count as their edges.
        point: (3,).

    Returns:
        The face, the lower one at a tie, the (3,) float64 place on it and its distance.
    """
    corners, point = np.asarray(corners, np.float64), np.asarray(point, np.float64)
    following = np.roll(corners, -1, axis=1)
    along = following - corners  # (F, 3, 3), one row an edge
    lengths = np.square(along).sum(axis=2)
    share = ((point - corners) * along).sum(axis=2) / np.where(lengths > 0.0, lengths, 1.0)
    on_edges = corners + share.clip(0.0, 1.0)[..., None] * along
    across = np.cross(along[:, 0], along[:, 1])
    areas = np.square(across).sum(axis=1)
    height = ((point - corners[:, 0]) * across).sum(axis=1) / np.where(areas > 0.0, areas, 1.0)
    foot = point - height[:, None] * across
    turns = (np.cross(along, foot[:, None] - corners) * across[:, None]).sum(axis=2)
    is_inside = (turns >= 0.0).all(axis=1) & (areas > 0.0)
    places = np.concatenate([on_edges, foot[:, None]], axis=1)  # (F, 4, 3)
    distances = np.linalg.norm(places - point, axis=2)
    distances[~is_inside, 3] = np.inf
    face, which = np.unravel_index(distances.argmin(), distances.shape)
    return int(face), places[face, which], float(distances[face, which])


def nearest_on_same_face(
    sources: np.ndarray, source_faces: np.ndarray, targets: np.ndarray, target_faces: np.ndarray
) -> np.ndarray:
    """Find for each target the nearest source on its face, or of all where that face has none.

    Args:
        sources: (S, 3) finite, S >= 1.
        source_faces: (S,) int64 face of a mesh on which each lies.
        targets: (N, 3) finite, in the frame of `sources`.
        target_faces: (N,) int64.

    Returns:
        (N,) int64 rows of `sources`.
    """
    extent = np.ptp(np.concatenate([sources, targets]), axis=0).sum() + 1.0
    apart = extent * source_faces[:, None], extent * target_faces[:, None]
    tree = cKDTree(np.hstack([sources, apart[0]]))
    nearest = tree.query(np.hstack([targets, apart[1]]), workers=-1)[1]
    is_elsewhere = source_faces[nearest] != target_faces
    if is_elsewhere.any():
        nearest[is_elsewhere] = cKDTree(sources).query(targets[is_elsewhere], workers=-1)[1]
    return nearest
