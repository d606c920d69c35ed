# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Averages along a surface that do not cross its creases."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

_NUM_NEIGHBORS = 12
_LEAST_PER_NEIGHBOR = 40
_MIN_COSINE = 0.9
# On an even sample the twelfth point is 1.7 times as far as the fourth.
_USUAL_RANK = 5  # itself included
_MAX_USUAL_DISTANCES = 3.0


def surface_average(
    points: np.ndarray, normals: np.ndarray, pieces: np.ndarray | None = None
) -> csr_matrix:
    """Return the matrix whose product with values of points averages each with its neighbours.

    A point's neighbours are those of the twelve nearest points whose normal is within 26° of its
    own, and itself. Points much farther than neighbours usually are, are none, and of small clouds
    at most a fortieth of the points.

    Args:
        points: (S, 3) finite.
        normals: (S, 3) unit vectors; a point without one is averaged with nothing.
        pieces: (S,) int connected piece that each point lies on; pieces are not mixed. None where
            that is not known.

    Returns:
        (S, S) float32, rows sum to one.
    """
    num_points = len(points)
    ranks = np.arange(1, max(1, min(_NUM_NEIGHBORS, num_points // _LEAST_PER_NEIGHBOR)) + 1)
    distances, near = cKDTree(points).query(points, ranks)
    is_alike = np.einsum('sd,skd->sk', normals, normals[near]) > _MIN_COSINE
    usual = np.median(distances[:, min(_USUAL_RANK, len(ranks)) - 1])
    is_alike &= distances <= _MAX_USUAL_DISTANCES * usual
    if pieces is not None:
        is_alike &= pieces[near] == pieces[:, None]
    rows, columns = np.nonzero(is_alike)
    columns = near[rows, columns]
    is_other = rows != columns
    own = np.arange(num_points)
    rows = np.concatenate([own, rows[is_other]])
    columns = np.concatenate([own, columns[is_other]])
    weights = 1.0 / np.bincount(rows, minlength=num_points)[rows]
    return csr_matrix((weights.astype(np.float32), (rows, columns)), (num_points, num_points))
