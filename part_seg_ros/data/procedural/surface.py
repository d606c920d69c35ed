# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Building blocks of tessellated surfaces: grids, creases, polygons."""

from __future__ import annotations

import numpy as np

CREASE_RAD = np.deg2rad(35.0)


def grid_quads(num_rows: int, num_columns: int, *, wrap_rows: bool = False) -> np.ndarray:
    """Lists the quads of a grid whose columns are closed.

    Args:
        num_rows: Rows R of vertices; vertex (i, j) has index i * num_columns + j.
        num_columns: Columns; the last one is joined to the first one.
        wrap_rows: Also join the last row to the first one.

    Returns:
        (Q, 4) int32 corners (i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j), row by row. They
        run counter-clockwise seen from the side of (column direction) x (row direction).
    """
    rows = np.arange(num_rows if wrap_rows else num_rows - 1)[:, None]
    columns = np.arange(num_columns)[None, :]
    next_rows, next_columns = (rows + 1) % num_rows, (columns + 1) % num_columns
    quads = np.stack(
        [
            rows * num_columns + columns,
            rows * num_columns + next_columns,
            next_rows * num_columns + next_columns,
            next_rows * num_columns + columns,
        ],
        axis=-1,
    )
    return quads.reshape(-1, 4).astype(np.int32)


def split_quads(quads: np.ndarray) -> np.ndarray:
    """Splits per-corner values of quads, (Q, 4, ...), into those of triangles (2Q, 3, ...)."""
    return quads[:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3, *quads.shape[2:])


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scales vectors (..., D) to length one; a zero vector stays zero."""
    length = np.sqrt(np.einsum('...i,...i->...', vectors, vectors))
    return vectors / np.maximum(length, 1e-30)[..., None]


def signed_area(outline: np.ndarray) -> float:
    """Area of a closed polygon (P, 2), positive if it runs counter-clockwise."""
    x, y = outline.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def outline_normals(outline: np.ndarray, *, axis: bool = False) -> np.ndarray:
    """Outward normals at both ends of each edge of a closed counter-clockwise polygon.

    Neighbouring edges share a normal where they meet at less than `CREASE_RAD`. Long edges
    dominate that normal, so that a flat side next to a fillet stays flat.

    Args:
        outline: (P, 2) float64; edge k runs from corner k to corner k + 1 (cyclic).
        axis: The polygon is the profile of a body of revolution around x = 0, so at x = 0 an
            edge meets its own mirror image.

    Returns:
        (P, 2, 2) float64 unit normals at the start and the end of each edge.
    """
    edges = np.roll(outline, -1, axis=0) - outline
    length = np.sqrt(np.einsum('ij,ij->i', edges, edges))
    own = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / np.maximum(length, 1e-30)[:, None]
    previous, previous_length = np.roll(own, 1, axis=0), np.roll(length, 1)
    following, following_length = np.roll(own, -1, axis=0), np.roll(length, -1)
    if axis:
        on_axis = outline[:, 0] < 1e-9
        ends_on_axis = np.roll(on_axis, -1)
        mirrored = own * [-1.0, 1.0]
        previous = np.where(on_axis[:, None], mirrored, previous)
        following = np.where(ends_on_axis[:, None], mirrored, following)
        previous_length = np.where(on_axis, length, previous_length)
        following_length = np.where(ends_on_axis, length, following_length)
    result = np.empty((len(outline), 2, 2))
    for end, (other, other_length) in enumerate(
        [(previous, previous_length), (following, following_length)]
    ):
        mixed = unit(own * length[:, None] ** 2 + other * other_length[:, None] ** 2)
        smooth = np.einsum('ij,ij->i', own, other) > np.cos(CREASE_RAD)
        result[:, end] = np.where(smooth[:, None], mixed, own)
    return result


def points_in_polygon(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Even-odd test of points against a closed polygon.

    Args:
        points: (N, 2) float.
        outline: (P, 2) float, either direction, not self-intersecting.

    Returns:
        (N,) bool; points on the outline fall on either side.
    """
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = outline.T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide='ignore', invalid='ignore'):
        slope = (x1 - x0) / (y1 - y0)
        left = x < np.where(np.isfinite(slope), slope, 0.0) * (y - y0) + x0
    return (np.count_nonzero(crosses & left, axis=1) & 1).astype(bool)


def triangulate(outline: np.ndarray) -> np.ndarray:
    """Triangulates a simple counter-clockwise polygon.

    A convex polygon becomes a fan, any other is cut ear by ear.

    Args:
        outline: (P, 2) float64, P >= 3.

    Returns:
        (P - 2, 3) int32 corners, counter-clockwise; fewer if the outline touches itself.
    """
    edges = np.roll(outline, -1, axis=0) - outline
    following = np.roll(edges, -1, axis=0)
    if np.all(edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0] >= -1e-12):
        corners = np.arange(1, len(outline) - 1)
        fan = np.stack([np.zeros_like(corners), corners, corners + 1], axis=1)
        return fan.astype(np.int32)
    return _cut_ears(outline.tolist())


def _cut_ears(outline: list[list[float]]) -> np.ndarray:
    remaining = list(range(len(outline)))
    triangles = []
    at = 0
    misses = 0
    while len(remaining) > 3 and misses <= len(remaining):
        count = len(remaining)
        before, tip, after = (remaining[(at + k) % count] for k in (-1, 0, 1))
        if _is_ear(outline, remaining, before, tip, after):
            triangles.append((before, tip, after))
            remaining.pop(at % count)
            misses = 0
        else:
            at += 1
            misses += 1
        at %= len(remaining)
    triangles.append(tuple(remaining[:3]))
    return np.array(triangles, dtype=np.int32)


def _is_ear(
    outline: list[list[float]], remaining: list[int], before: int, tip: int, after: int
) -> bool:
    (ax, ay), (bx, by), (cx, cy) = outline[before], outline[tip], outline[after]
    if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) <= 0.0:
        return False
    for other in remaining:
        if other in (before, tip, after):
            continue
        px, py = outline[other]
        if (
            (bx - ax) * (py - ay) - (by - ay) * (px - ax) >= 0.0
            and (cx - bx) * (py - by) - (cy - by) * (px - bx) >= 0.0
            and (ax - cx) * (py - cy) - (ay - cy) * (px - cx) >= 0.0
        ):
            return False
    return True
