# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a mesh to O-Voxels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.models.segvigen.voxels.crossings import find_crossings
from part_seg_ros.models.segvigen.voxels.dual_vertices import (
    least_points,
    line_forms,
    point_forms,
    summed_forms,
    tangent_forms,
    unit_normals,
)
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels, morton_codes
from part_seg_ros.models.segvigen.voxels.overlaps import segment_voxels, triangle_voxels
from part_seg_ros.models.segvigen.voxels.paint import MaterialPaint, Paint
from part_seg_ros.models.segvigen.voxels.textures import texel_sides

_BOUNDARY_WEIGHT = np.float32(0.2)
_MEAN_WEIGHT = np.float32(0.01)
_MIN_BOUNDARY = 1e-6
# The squares of a smaller area have no float32.
_MIN_AREA = 1e-18
# Rounding may leave the byte of a colour just below a whole number.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """M active voxels as ascending keys, and which triangles make them so.

    Attributes:
        keys: (M,) int64.
        pairs: (P, 2) int64 rows of voxels and triangles, one for each crossing.
        flags: (M,) uint8 crossed edges.
        places: (M, 3) float64 sum of the crossings' places.
        counts: (M,) float64 number of the crossings.
    """

    keys: np.ndarray
    pairs: np.ndarray
    flags: np.ndarray
    places: np.ndarray
    counts: np.ndarray


def mesh_to_voxels(vertices: np.ndarray, faces: np.ndarray, paint: Paint, grid: int) -> OVoxels:
    """Convert a mesh.

    Args:
        vertices: (V, 3) float32 in the cube from -0.5 to 0.5.
        faces: (F, 3) int; open meshes are fine. Faces without area count for nothing. An edge of
            one face alone, by the numbers of its vertices, holds the surface's border in place.
        paint: Colours of the faces.
        grid: Voxels along each side of the cube.

    Returns:
        The voxels in Morton order, with `base_color`, `metallic`, `roughness`, `alpha`,
        `dual_vertices` and `intersected`.

    Raises:
        InputError: vertices outside the cube, or a mesh so small that it crosses no edge.
    """
    return painted_voxels(vertices, faces, (paint,), grid)[0]


def painted_voxels(
    vertices: np.ndarray, faces: np.ndarray, paints: Sequence[Paint], grid: int
) -> list[OVoxels]:
    """Convert a mesh in several colourings, the geometry once; see `mesh_to_voxels`.

    Returns:
        One for each of `paints`; all have the same voxels in the same order.

    Raises:
        InputError: as for `mesh_to_voxels`.
    """
    vertices = np.asarray(vertices, np.float32)
    if vertices.size and not np.abs(vertices).max() <= 0.5:
        raise InputError('vertices must lie in the cube from -0.5 to 0.5; fit the mesh into it')
    vertices = (vertices + np.float32(0.5)).astype(np.float64)
    faces = np.asarray(faces, np.int64).reshape(-1, 3)
    corners = vertices[faces]
    normals, areas = face_normals(corners)
    solid = np.flatnonzero(areas > _MIN_AREA)
    corners, normals = corners[solid], normals[solid]
    cells = _active_cells(corners, grid)
    if not len(cells.keys):
        raise InputError('the mesh crosses no edge of the grid; it needs faces with area')
    coords = np.stack(np.unravel_index(cells.keys, (grid,) * 3), axis=1)
    boundary = _boundary_edges(vertices, faces)
    duals = _dual_vertices(corners, boundary, cells, coords, grid)
    order = np.argsort(morton_codes(coords))
    found = []
    for paint in paints:
        colors = _colors(corners, normals, solid, paint, cells.pairs, coords, grid)
        values = {name: colors[:, part] for name, part in _PAINTED.items()}
        values['dual_vertices'] = (255 * duals).astype(np.uint8)
        values['intersected'] = cells.flags[:, None]
        found.append(
            OVoxels(
                coords=coords[order].astype(np.int32),
                attributes={name: value[order] for name, value in values.items()},
                grid=grid,
                dual_places=duals[order],
            )
        )
    return found


_PAINTED = {
    'base_color': slice(0, 3),
    'metallic': slice(3, 4),
    'roughness': slice(4, 5),
    'alpha': slice(5, 6),
}


def _active_cells(corners: np.ndarray, grid: int) -> _Cells:
    """Find the voxels that touch an edge of the grid which a triangle crosses."""
    steps = np.array([grid * grid, grid, 1])
    keys, flagged, triangles, places = [], [], [], []
    for axis in range(3):
        found = find_crossings(corners, grid, axis)
        base = found.voxel @ steps
        one, other = steps[(axis + 1) % 3], steps[(axis + 2) % 3]
        keys.append(np.concatenate([base, base + one, base + other, base + one + other]))
        flagged.append((base, 1 << axis))
        triangles.append(np.tile(found.triangle, 4))
        places.append(np.tile(found.place, (4, 1)))
    all_keys = np.concatenate(keys)
    active, rows = np.unique(all_keys, return_inverse=True)
    flags = np.zeros(len(active), np.uint8)
    for base, bit in flagged:
        flags[np.searchsorted(active, base)] |= bit
    place = np.concatenate(places)
    return _Cells(
        keys=active,
        pairs=np.stack([rows.reshape(-1), np.concatenate(triangles)], axis=1),
        flags=flags,
        places=np.stack(
            [np.bincount(rows.reshape(-1), place[:, a], len(active)) for a in range(3)], axis=1
        ),
        counts=np.bincount(rows.reshape(-1), minlength=len(active)).astype(float),
    )


def _boundary_edges(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return (E, 2, 3) ends of the edges that one face alone has."""
    edges = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    _, first, counts = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    return vertices[edges[np.sort(first[counts == 1])]]


def _dual_vertices(
    corners: np.ndarray,
    boundary: np.ndarray,
    cells: _Cells,
    coords: np.ndarray,
    grid: int,
) -> np.ndarray:
    """Return (M, 3) float32 places of the surface in the voxels, 0 to 1."""
    size = len(coords)
    flat = corners.astype(np.float32)
    normals = unit_normals(flat)
    triangle, voxel = triangle_voxels(flat, normals, grid)
    rows, is_active = _rows_of(voxel, cells.keys, grid)
    rows, triangle = rows[is_active], triangle[is_active]
    # All crossings first, then all overlaps, each from the first triangle to the last.
    crossing, overlap = (np.argsort(t, kind='stable') for t in (cells.pairs[:, 1], triangle))
    rows = np.concatenate([cells.pairs[crossing, 0], rows[overlap]])
    columns = np.concatenate([cells.pairs[crossing, 1], triangle[overlap]])
    forms = summed_forms(rows, columns, tangent_forms(normals, flat[:, 0]), size)
    along = boundary[:, 1] - boundary[:, 0]
    lengths = np.linalg.norm(along, axis=1)
    is_long = lengths > _MIN_BOUNDARY
    boundary, lengths = boundary[is_long], lengths[is_long]
    directions = along[is_long] / lengths[:, None]
    edge, voxel = segment_voxels(boundary[:, 0], directions, lengths, grid)
    rows, is_active = _rows_of(voxel, cells.keys, grid)
    lines = _BOUNDARY_WEIGHT * line_forms(*np.moveaxis(boundary.astype(np.float32), 1, 0))
    forms += summed_forms(rows[is_active], edge[is_active], lines, size)
    mean = (cells.places / cells.counts[:, None]).astype(np.float32)
    weights = _MEAN_WEIGHT * cells.counts.astype(np.float32)
    forms += weights[:, None] * point_forms(mean)
    best = least_points(forms, coords, grid)
    return np.clip(best * np.float32(grid) - coords, 0, 1).astype(np.float32)


def _rows_of(voxel: np.ndarray, keys: np.ndarray, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of voxels among ascending `keys`, and whether they are there."""
    wanted = voxel @ np.array([grid * grid, grid, 1])
    rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    is_there = (keys[rows] == wanted) & ((voxel >= 0) & (voxel < grid)).all(axis=1)
    return rows, is_there


def _colors(
    corners: np.ndarray,
    normals: np.ndarray,
    solid: np.ndarray,
    paint: Paint,
    pairs: np.ndarray,
    coords: np.ndarray,
    grid: int,
) -> np.ndarray:
    """Return (M, 6) uint8 values of the voxels, averaged over the triangles that cross them."""
    together = coo_matrix(
        (np.ones(len(pairs), np.int32), (pairs[:, 0], pairs[:, 1])),
        shape=(len(coords), len(corners)),
    ).tocsr()
    rows = np.repeat(np.arange(len(coords)), np.diff(together.indptr))
    columns = together.indices
    sides = np.zeros(len(corners))
    if isinstance(paint, MaterialPaint) and paint.uv is not None:
        sides = texel_sides(corners, paint.uv[solid], 1 / grid)
    totals, weights = np.zeros((len(coords), 6)), np.zeros(len(coords))
    for begin in range(0, len(rows), 1 << 20):
        part = slice(begin, begin + (1 << 20))
        row, triangle = rows[part], columns[part]
        center = (coords[row] + 0.5) / grid
        distance = ((center - corners[triangle, 0]) * normals[triangle]).sum(axis=1)
        shares = _barycentric(corners[triangle], center)
        values = paint.values(solid[triangle], shares, sides[triangle])
        weight = 1 - distance
        weights += np.bincount(row, weight, len(coords))
        for channel in range(6):
            totals[:, channel] += np.bincount(row, weight * values[:, channel], len(coords))
    means = totals / weights[:, None]
    return np.clip(255 * means + _ROUNDING, 0, 255).astype(np.uint8)


def _barycentric(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return (P, 3) weights of the points' projections onto the planes of (P, 3, 3) triangles."""
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    out = points - corners[:, 0]
    d11, d12, d22 = (edge1**2).sum(1), (edge1 * edge2).sum(1), (edge2**2).sum(1)
    p1, p2 = (out * edge1).sum(1), (out * edge2).sum(1)
    size = d11 * d22 - d12**2
    second = (d22 * p1 - d12 * p2) / np.where(size == 0.0, 1.0, size)
    third = (d11 * p2 - d12 * p1) / np.where(size == 0.0, 1.0, size)
    return np.stack([1 - second - third, second, third], axis=1)
