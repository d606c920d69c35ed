# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Rounded corners of outlines and profiles, and prisms with rounded rims."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.primitives import Primitive, extrusion
from part_seg_ros.data.procedural.surface import (
    CREASE_RAD,
    grid_quads,
    outline_normals,
    points_in_polygon,
    signed_area,
    split_quads,
    triangulate,
    unit,
)
from part_seg_ros.errors import InputError

NUM_RIM_LAYERS = 3


def fillet(outline: ArrayLike, radius: float, *, closed: bool = True) -> np.ndarray:
    """Rounds the corners of a planar line by parabolic arcs.

    Args:
        outline: (P, 2) float, P >= 3, no point repeated.
        radius: How far from a corner the rounding begins, at most; it takes less than half of
            an edge. Corners that turn by less than the crease angle stay.
        closed: Round the first and last point too; otherwise they are open ends.

    Returns:
        (Q, 2) float64 with Q >= P.

    Raises:
        InputError: bad shape or a negative radius.
    """
    corners = np.asarray(outline, dtype=np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or radius < 0.0:
        raise InputError(f'want outline (P >= 3, 2), radius >= 0; got {corners.shape}, {radius}')
    back, ahead = np.roll(corners, 1, axis=0) - corners, np.roll(corners, -1, axis=0) - corners
    back_length, ahead_length = np.linalg.norm(back, axis=1), np.linalg.norm(ahead, axis=1)
    reach = np.minimum(radius, 0.45 * np.minimum(back_length, ahead_length))
    turns = np.einsum('ij,ij->i', unit(back), unit(ahead)) > -np.cos(CREASE_RAD)
    result = []
    for idx, corner in enumerate(corners):
        if not turns[idx] or reach[idx] <= 0.0 or (not closed and idx in (0, len(corners) - 1)):
            result.append(corner[None])
            continue
        start = corner + reach[idx] / back_length[idx] * back[idx]
        end = corner + reach[idx] / ahead_length[idx] * ahead[idx]
        t = np.linspace(0.0, 1.0, 5)[:, None]
        result.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return np.concatenate(result)


def bevelled_prism(outline: ArrayLike, height: float, bevel: float) -> Primitive:
    """Extends an outline along z and rounds the rims of both caps.

    Args:
        outline: (P, 2) float, as for `extrusion`.
        height: Length along z; the body reaches from -height / 2 to height / 2.
        bevel: Radius of the rims; it is cut to 40 % of the height, and halved until the outline
            can be inset that far. Sharp if that fails.

    Raises:
        InputError: as for `extrusion`.
    """
    sharp = extrusion(outline, height)
    corners = np.asarray(outline, dtype=np.float64)
    corners = corners if signed_area(corners) > 0 else corners[::-1]
    bevel = min(float(bevel), 0.4 * float(height))
    for _ in range(4):
        inset = _inset(corners, bevel)
        if bevel <= 0.0 or _runs_alike(corners, inset):
            break
        bevel *= 0.5
    else:
        return sharp
    if bevel <= 0.0:
        return sharp
    half, number = 0.5 * float(height), len(corners)
    lean = np.linspace(0.5 * np.pi, 0.0, NUM_RIM_LAYERS)
    heights = np.concatenate(
        [-half + bevel * (1 - np.sin(lean)), half - bevel * (1 - np.sin(lean[::-1]))]
    )
    insets = bevel * (1.0 - np.cos(np.concatenate([lean, lean[::-1]])))
    tilt = np.concatenate([-lean, lean[::-1]])
    num_layers = len(heights)
    vertices = np.empty((num_layers, number, 3))
    vertices[..., :2] = corners + (insets / bevel)[:, None, None] * (inset - corners)
    vertices[..., 2] = heights[:, None]
    flat = outline_normals(corners)  # (P, 2, 2)
    at_layer = np.empty((num_layers, number, 2, 3))
    at_layer[..., :2] = np.cos(tilt)[:, None, None, None] * flat
    at_layer[..., 2] = np.sin(tilt)[:, None, None]
    quad_normals = np.stack(
        [at_layer[:-1, :, 0], at_layer[:-1, :, 1], at_layer[1:, :, 1], at_layer[1:, :, 0]], axis=2
    )
    cap = triangulate(inset)
    cap_normals = np.zeros((2, len(cap), 3, 3))
    cap_normals[0, ..., 2], cap_normals[1, ..., 2] = -1.0, 1.0
    last = (num_layers - 1) * number
    faces = [split_quads(grid_quads(num_layers, number)), cap[:, ::-1], cap + last]
    normals = [split_quads(quad_normals.reshape(-1, 4, 3)), *cap_normals]

    def inside(points: np.ndarray) -> np.ndarray:
        within = np.abs(points[:, 2]) < half
        within &= points_in_polygon(points[:, :2], corners)
        near_cap = np.flatnonzero(within & (np.abs(points[:, 2]) > half - bevel))
        rise = np.abs(points[near_cap, 2]) - (half - bevel)
        wanted = bevel - np.sqrt(np.maximum(bevel**2 - rise**2, 0.0))
        within[near_cap] = _distance_to_outline(points[near_cap, :2], corners) > wanted
        return within

    return Primitive(
        vertices=vertices.reshape(-1, 3).astype(np.float32),
        faces=np.concatenate(faces).astype(np.int32),
        corner_normals=np.concatenate(normals).astype(np.float32),
        inside=inside,
    )


def _inset(corners: np.ndarray, distance: float) -> np.ndarray:
    """Moves every edge of a counter-clockwise outline (P, 2) inwards."""
    edges = np.roll(corners, -1, axis=0) - corners
    ahead = unit(np.stack([-edges[:, 1], edges[:, 0]], axis=1))
    back = np.roll(ahead, 1, axis=0)
    spread = 1.0 + np.einsum('ij,ij->i', ahead, back)
    return corners + distance * (ahead + back) / np.maximum(spread, 0.1)[:, None]


def _runs_alike(corners: np.ndarray, inset: np.ndarray) -> bool:
    before = np.roll(corners, -1, axis=0) - corners
    after = np.roll(inset, -1, axis=0) - inset
    kept = np.einsum('ij,ij->i', before, after) > 0.1 * np.einsum('ij,ij->i', before, before)
    return bool(kept.all()) and bool(points_in_polygon(inset, corners).all())


def _distance_to_outline(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    edges = np.roll(corners, -1, axis=0) - corners
    offset = points[:, None] - corners
    along = np.einsum('npi,pi->np', offset, edges) / np.einsum('pi,pi->p', edges, edges)
    offset -= np.clip(along, 0.0, 1.0)[..., None] * edges
    return np.sqrt(np.einsum('npi,npi->np', offset, offset).min(axis=1, initial=np.inf))
