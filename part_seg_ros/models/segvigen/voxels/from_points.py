# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From points without faces to O-Voxels."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.voxels.dual_vertices import (
    least_points,
    point_forms,
    summed_forms,
    tangent_forms,
)
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels, morton_codes
from part_seg_ros.models.segvigen.voxels.paint import ALPHA, METALLIC, ROUGHNESS

_NEIGHBORS = 8
# Reach of a point along the surface, in distances to its sixth neighbour.
_REACH = 1.0
_SPACING_RANK = 6
_MIN_REACH = 1.5  # voxels
_MEAN_WEIGHT = np.float32(0.01)
_GREY = 0.5
_BATCH = 1 << 21


def points_to_voxels(
    points: np.ndarray, normals: np.ndarray, colors: np.ndarray | None, grid: int
) -> OVoxels:
    """Convert a cloud by the surface that its tangent planes make between them.

    The surface is where the mean signed distance from the planes of the nearest points changes its
    sign, at most as far from a point as points are from each other, so that it stays open where
    nothing was seen.

    Args:
        points: (N, 3) float in the cube from -0.5 to 0.5, N > 8.
        normals: (N, 3) unit normals, turned consistently.
        colors: (N, 3) in [0, 1]; None for grey.
        grid: Voxels along each side of the cube.

    Returns:
        The voxels in Morton order, not metallic, rough and opaque.

    Raises:
        InputError: points outside the cube, or a cloud that makes no surface.

    Source:
        Hoppe et al. 1992, Sec. 3.2, for the signed distance. The encoders were trained on meshes;
        what they make of such voxels is not known.
    """
    places = np.asarray(points, np.float64) + 0.5
    if places.size and not (0.0 <= places.min() and places.max() <= 1.0):
        raise InputError('points must lie in the cube from -0.5 to 0.5; fit the cloud into it')
    tree = cKDTree(places)
    spacing = np.median(tree.query(places, _SPACING_RANK + 1, workers=-1)[0][:, -1])
    reach = max(_REACH * float(spacing), _MIN_REACH / grid)
    corners = _corners_near(places, normals, reach, grid)
    distance, normal = _signed_distances(tree, places, normals, corners / grid, reach)
    voxels, crossings = _crossed(corners, distance, normal, grid)
    keys = voxels @ np.array([grid * grid, grid, 1])
    active, rows = np.unique(keys, return_inverse=True)
    if not len(active):
        raise InputError('the points make no surface; are the normals turned consistently?')
    rows = rows.reshape(-1)
    coords = np.stack(np.unravel_index(active, (grid,) * 3), axis=1)
    axis, place, across = crossings
    forms = tangent_forms(across.astype(np.float32), place.astype(np.float32))
    edges = np.tile(np.arange(len(place)), 4)
    counts = np.bincount(rows, minlength=len(active)).astype(np.float32)
    mean = np.stack([np.bincount(rows, place[edges, a], len(active)) for a in range(3)], axis=1)
    mean = (mean / counts[:, None]).astype(np.float32)
    total = summed_forms(rows, edges, forms, len(active))
    total += (_MEAN_WEIGHT * counts)[:, None] * point_forms(mean)
    dual = np.clip(least_points(total, coords, grid) * np.float32(grid) - coords, 0, 1)
    flags = np.zeros(len(active), np.uint8)
    np.bitwise_or.at(flags, rows[: len(place)], np.left_shift(1, axis).astype(np.uint8))
    base = np.full((len(active), 3), _GREY)
    if colors is not None:
        base = colors[tree.query((coords + 0.5) / grid, workers=-1)[1]]
    values = {
        'base_color': base,
        'metallic': np.full((len(active), 1), METALLIC),
        'roughness': np.full((len(active), 1), ROUGHNESS),
        'alpha': np.full((len(active), 1), ALPHA),
        'dual_vertices': dual,
    }
    attributes = {name: (255 * value).astype(np.uint8) for name, value in values.items()}
    attributes['intersected'] = flags[:, None]
    order = np.argsort(morton_codes(coords))
    return OVoxels(
        coords=coords[order].astype(np.int32),
        attributes={name: value[order] for name, value in attributes.items()},
        grid=grid,
        dual_places=dual[order].astype(np.float32),
    )


def _corners_near(places: np.ndarray, normals: np.ndarray, reach: float, grid: int) -> np.ndarray:
    """Find the corners of the voxels that tangent discs touch, and of their neighbours.

    Returns:
        (K, 3) int64 sorted by x, y, z.
    """
    helper = np.where(np.abs(normals[:, :1]) < 0.6, [[1.0, 0, 0]], [[0, 1.0, 0]])
    along = np.cross(normals, helper)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    other = np.cross(normals, along)
    steps = np.arange(-reach, reach + 1 / grid, 1 / grid)
    shifts = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    shifts = shifts[np.linalg.norm(shifts, axis=1) <= reach]
    size = grid + 1
    seen = [np.zeros(0, np.int64)]
    batch = max(_BATCH // len(shifts), 1)
    for begin in range(0, len(places), batch):
        part = slice(begin, begin + batch)
        disc = places[part, None] + shifts[:, :1] * along[part, None]
        disc = disc + shifts[:, 1:] * other[part, None]
        voxel = np.floor(disc.reshape(-1, 3) * grid).astype(np.int64)
        voxel = voxel[((voxel >= 0) & (voxel < grid)).all(axis=1)]
        seen.append(np.unique(voxel @ np.array([size * size, size, 1])))
    keys = np.unique(np.concatenate(seen))
    for step in (size * size, size, 1):
        place = keys // step % size
        shifted = [
            (keys + shift * step)[(place + shift >= 0) & (place + shift <= grid)]
            for shift in (-1, 0, 1, 2)
        ]
        keys = np.unique(np.concatenate(shifted))
    return np.stack(np.unravel_index(keys, (size,) * 3), axis=1)


def _signed_distances(
    tree: cKDTree, places: np.ndarray, normals: np.ndarray, corners: np.ndarray, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return (K,) distances along mean normals, NaN far from all points, and (K, 3) normals."""
    distance = np.full(len(corners), np.nan)
    normal = np.zeros((len(corners), 3))
    limit = 2 * reach  # across the surface an end of an edge may be farther than along it
    count = min(_NEIGHBORS, len(places))
    for begin in range(0, len(corners), _BATCH):
        part = slice(begin, begin + _BATCH)
        far, idx = tree.query(corners[part], count, distance_upper_bound=limit, workers=-1)
        is_near = np.isfinite(far)
        idx = np.where(is_near, idx, 0)
        weight = np.square(1 - np.where(is_near, far, limit) / limit)
        total = weight.sum(axis=1)
        offset = ((corners[part, None] - places[idx]) * normals[idx]).sum(axis=2)
        flat = np.linalg.norm(corners[part] - places[idx[:, 0]], axis=1)
        flat = np.sqrt(np.maximum(flat**2 - offset[:, 0] ** 2, 0.0))
        is_known = is_near[:, 0] & (total > 0) & (flat <= reach)
        safe = np.where(is_known, total, 1.0)
        distance[part] = np.where(is_known, (weight * offset).sum(axis=1) / safe, np.nan)
        mean = (weight[:, :, None] * normals[idx]).sum(axis=1)
        normal[part] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
    return distance, normal


def _crossed(
    corners: np.ndarray, distance: np.ndarray, normal: np.ndarray, grid: int
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Find the edges between corners of opposite sign.

    Returns:
        (4 P, 3) int64 voxels around P edges, first those whose edges they are, and axis (P,),
        place (P, 3) and unit normal (P, 3) of the crossings.
    """
    steps = np.array([(grid + 1) ** 2, grid + 1, 1])
    keys = corners @ steps
    found = []
    for axis in range(3):
        wanted = keys + steps[axis]
        there = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        is_edge = (keys[there] == wanted) & (corners[:, axis] < grid)
        one, two = distance, distance[there]
        is_edge &= (one < 0) != (two < 0)
        is_edge &= np.isfinite(one) & np.isfinite(two)
        is_edge &= (normal * normal[there]).sum(axis=1) > 0  # else two sides of a thin wall
        u, w = (axis + 1) % 3, (axis + 2) % 3
        is_edge &= (corners[:, [u, w]] > 0).all(axis=1) & (corners[:, [u, w]] < grid).all(axis=1)
        begin = np.flatnonzero(is_edge)
        end = there[begin]
        share = distance[begin] / (distance[begin] - distance[end])
        place = corners[begin] / grid
        place[:, axis] += share / grid
        across = (1 - share)[:, None] * normal[begin] + share[:, None] * normal[end]
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
        base = corners[begin].copy()
        base[:, [u, w]] -= 1
        unit = np.eye(3, dtype=np.int64)
        around = np.stack([base, base + unit[u], base + unit[w], base + unit[u] + unit[w]])
        found.append((around, np.full(len(begin), axis), place, across))
    voxels = np.concatenate([piece[0] for piece in found], axis=1).reshape(-1, 3)
    axes, places, normals = (np.concatenate([piece[i] for piece in found]) for i in (1, 2, 3))
    return voxels, (axes, places, normals)
