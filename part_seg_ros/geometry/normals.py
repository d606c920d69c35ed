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
_NUM_DIRECTIONS = 32
_CELL = 0.7  # size of a pixel, in distances to the last of the neighbours of a plane
_GRAZING = 0.25  # least cosine of a surface that a direction is asked about


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
            None for a scan of all sides: normals are turned to where they can be seen from, and
            what is hidden from everywhere agrees with its neighbours.
        workers: Threads of the neighbour search, -1 for all cores.

    Returns:
        (N, 3) float32 unit normals; see `local_normals` for degenerate neighbourhoods.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, k < 1, or `viewpoint` is not 3
            finite numbers.

    Source:
        Planes and agreement of neighbours: Hoppe et al. 1992, Sec. 3.1 to 3.3. That views from
        outside decide the side, not one extreme point, is the idea of Katz et al. 2007, "Direct
        Visibility of Point Sets", done here with depth maps instead of convex hulls.
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
    """Return (N,) float32 ±1 that turn normals to where they are seen from.

    Hidden points agree with their neighbours; a piece that is hidden as a whole is turned so that
    its normals point out of the volume that it encloses (divergence theorem).
    """
    side = _seen_side(points, normals, distances)
    if side.all():
        return np.sign(side)
    tree, pieces = _alignment_tree(normals, idx)
    first = np.unique(pieces, return_index=True)[1]
    is_hidden = np.bincount(pieces, side != 0.0) == 0
    parent = _parents(tree, np.union1d(np.flatnonzero(side), first[is_hidden]))
    signs = np.where((normals * normals[parent]).sum(axis=1) >= 0.0, 1.0, -1.0)
    while (parent != parent[parent]).any():
        # Pointer doubling: after n rounds every sign is relative to the ancestor 2^n above.
        signs *= signs[parent]
        parent = parent[parent]
    area = np.square(distances[:, -1], dtype=np.float64)
    num_points = np.bincount(pieces)
    center = np.stack([np.bincount(pieces, points[:, i]) / num_points for i in range(3)], axis=1)
    height = ((points - center[pieces]) * normals).sum(axis=1) * signs
    volume = np.bincount(pieces, height * area)
    decides = np.where(is_hidden[pieces], volume[pieces], side[parent])
    return (signs * np.where(decides < 0.0, -1.0, 1.0)).astype(np.float32)


def _seen_side(points: np.ndarray, normals: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Look at the points from all around, and say on which side of each its viewers are.

    Args:
        points: (N, 3).
        normals: (N, 3) unit vectors of any sign.
        distances: (N, K) to the nearest points, ascending.

    Returns:
        (N,) float32 sum over the directions that see a point of the cosine between its normal and
        the direction; positive where it looks at its viewers, 0 where none sees it.
    """
    cell = _CELL * max(float(np.median(distances[:, -1])), 1e-12)
    side = np.zeros(len(points), np.float32)
    for direction in _directions(_NUM_DIRECTIONS):
        across = np.linalg.svd(direction[None])[2][1:]
        pixels = np.floor((points @ across.T) / cell).astype(np.int64)
        pixels -= pixels.min(axis=0)
        pixel = pixels[:, 0] * (pixels[:, 1].max() + 1) + pixels[:, 1]
        _, pixel = np.unique(pixel, return_inverse=True)
        height = points @ direction
        front = np.full(pixel.max() + 1, -np.inf)
        np.maximum.at(front, pixel, height)
        cosine = normals @ direction
        # How far a surface through the point rises within its pixel.
        rise = (
            cell * np.sqrt(1.0 - np.minimum(cosine**2, 1.0)) / np.maximum(np.abs(cosine), _GRAZING)
        )
        is_seen = (height >= front[pixel] - rise) & (np.abs(cosine) > _GRAZING)
        side += np.where(is_seen, cosine, 0.0)
    return side


def _directions(count: int) -> np.ndarray:
    """Return (count, 3) unit vectors spread evenly by the golden angle."""
    rank = np.arange(count) + 0.5
    height = 1.0 - 2.0 * rank / count
    angle = np.pi * (1.0 + np.sqrt(5.0)) * rank
    radius = np.sqrt(1.0 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)


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


def _parents(tree: csr_matrix, roots: np.ndarray) -> np.ndarray:
    """Return (N,) the parent of every point on its way to the nearest of (R,) `roots`.

    Roots are their own parents; every piece of the forest has at least one.
    """
    num_points = tree.shape[0]
    # An extra node joins the roots, so that one search reaches all points.
    joined = coo_matrix(tree)
    rows = np.concatenate([joined.row, np.full(len(roots), num_points)])
    columns = np.concatenate([joined.col, roots])
    size = (num_points + 1, num_points + 1)
    graph = coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), size).tocsr()
    parent = breadth_first_order(graph, num_points, directed=False)[1][:num_points]
    parent = parent.astype(np.int64)
    parent[roots] = roots
    return parent
