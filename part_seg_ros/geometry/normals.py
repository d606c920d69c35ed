# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Surface normals from neighbouring points."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.neighbors import k_nearest
from part_seg_ros.geometry.point_arrays import check_points

_CHUNK = 65_536


def local_normals(points: np.ndarray, *, k: int = 16, workers: int = -1) -> np.ndarray:
    """Estimate the direction across the surface at every point; the sign is arbitrary.

    Args:
        points: (N, 3) finite.
        k: Neighbours that define a tangent plane, the point itself included; shrinks to N.
        workers: Threads of the neighbour search, -1 for all cores.

    Returns:
        (N, 3) float32 unit vectors. Where neighbours are collinear or coincide, a unit vector
        across the line, or any.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, or k < 1.

    Source:
        Hoppe et al. 1992, "Surface Reconstruction from Unorganized Points", Sec. 3.1.
    """
    points = check_points(points)
    return _plane_normals(points, _neighbors(points, k, workers)[1])


def estimate_normals(
    points: np.ndarray,
    *,
    k: int = 16,
    viewpoint: np.ndarray | None = None,
    workers: int = -1,
) -> np.ndarray:
    """Estimate normals and turn them consistently.

    Args:
        points: (N, 3) finite.
        k: Neighbours that define a tangent plane, the point itself included; shrinks to N.
        viewpoint: (3,) sensor position in the frame of `points`; normals are turned towards it.
            None for a scan of all sides: signs are carried from neighbour to neighbour, and each
            connected piece is turned so that its normals point out of the volume it encloses.
        workers: Threads of the neighbour search, -1 for all cores.

    Returns:
        (N, 3) float32 unit normals; see `local_normals` for degenerate neighbourhoods.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, k < 1, or `viewpoint` is not 3
            finite numbers.

    Source:
        Hoppe et al. 1992, Sec. 3.1 to 3.3. Where Hoppe starts from the highest point, the whole
        piece decides here, by the sign of its volume (divergence theorem): one badly estimated
        normal cannot turn a piece inside out.
    """
    points = check_points(points)
    distances, idx = _neighbors(points, k, workers)
    normals = _plane_normals(points, idx)
    if viewpoint is not None:
        return _turn_towards(points, normals, viewpoint)
    return normals * _outward_signs(points, normals, distances, idx)[:, None]


def _neighbors(points: np.ndarray, k: int, workers: int) -> tuple[np.ndarray, np.ndarray]:
    if k < 1:
        raise InputError(f'k must be at least 1, got {k}')
    return k_nearest(points, points, min(k, len(points)), workers=workers)


def _plane_normals(points: np.ndarray, idx: np.ndarray) -> np.ndarray:
    normals = np.zeros((len(points), 3), np.float32)
    for begin in range(0, len(points), _CHUNK):
        near = points[idx[begin : begin + _CHUNK]].astype(np.float64)
        near -= near.mean(axis=1, keepdims=True)
        covariance = near.transpose(0, 2, 1) @ near  # (n, 3, 3)
        normals[begin : begin + _CHUNK] = np.linalg.eigh(covariance)[1][:, :, 0]
    return normals


def _turn_towards(points: np.ndarray, normals: np.ndarray, viewpoint: np.ndarray) -> np.ndarray:
    viewpoint = np.asarray(viewpoint, dtype=np.float64)
    if viewpoint.shape != (3,) or not np.isfinite(viewpoint).all():
        raise InputError(f'viewpoint must be 3 finite numbers, got {viewpoint.tolist()}')
    away = ((viewpoint - points) * normals).sum(axis=1) < 0.0
    return np.where(away[:, None], -normals, normals)


def _outward_signs(
    points: np.ndarray, normals: np.ndarray, distances: np.ndarray, idx: np.ndarray
) -> np.ndarray:
    """Return (N,) float32 ±1 that make neighbouring normals agree and point outwards."""
    tree, pieces = _alignment_tree(normals, idx)
    parent, root = _parents(tree, pieces)
    agrees = (normals * normals[parent]).sum(axis=1) >= 0.0
    signs = np.where(agrees, 1.0, -1.0)
    signs[root] = 1.0
    while (parent != parent[parent]).any():
        # Pointer doubling: after n rounds every sign is relative to the ancestor 2^n above.
        signs *= signs[parent]
        parent = parent[parent]
    area = np.square(distances[:, -1], dtype=np.float64)
    num_points = np.maximum(np.bincount(pieces), 1)
    center = np.stack([np.bincount(pieces, points[:, i]) / num_points for i in range(3)], axis=1)
    height = ((points - center[pieces]) * normals).sum(axis=1) * signs
    volume = np.bincount(pieces, height * area)
    return (signs * np.where(volume < 0.0, -1.0, 1.0)[pieces]).astype(np.float32)


def _alignment_tree(normals: np.ndarray, idx: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """Return the spanning forest along which signs change least, and (N,) its pieces."""
    num_points, k = idx.shape
    rows = np.repeat(np.arange(num_points), k)
    columns = idx.reshape(-1)
    # Zero would mean "no edge" in a sparse matrix.
    cost = 1.001 - np.abs(np.einsum('nc,nkc->nk', normals, normals[idx])).reshape(-1)
    other = rows != columns
    graph = coo_matrix((cost[other], (rows[other], columns[other])), (num_points, num_points))
    tree = minimum_spanning_tree(graph.tocsr())
    return tree, connected_components(tree, directed=False)[1]


def _parents(tree: csr_matrix, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root every piece at its first point: (N,) parents (roots are their own), (R,) roots."""
    num_points = len(pieces)
    _, root = np.unique(pieces, return_index=True)
    # An extra node joins the roots, so that one search reaches all pieces.
    joined = coo_matrix(tree)
    rows = np.concatenate([joined.row, np.full(len(root), num_points)])
    columns = np.concatenate([joined.col, root])
    size = (num_points + 1, num_points + 1)
    graph = coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), size).tocsr()
    parent = breadth_first_order(graph, num_points, directed=False)[1][:num_points].astype(
        np.int64
    )
    parent[root] = root
    return parent, root
