# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes of blended bodies, divided between the parts whose borders lie in the smooth seams."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.blobs import BlobField
from part_seg_ros.data.procedural.clipping import split_triangles
from part_seg_ros.data.procedural.primitives import InsideTest, Primitive
from part_seg_ros.data.procedural.surface import split_quads, unit
from part_seg_ros.data.procedural.surface_nets import surface_nets
from part_seg_ros.errors import InputError

NEWTON_LIMIT = 0.7  # of the grid's spacing, how far a vertex may move onto the surface


def blended_pieces(field: BlobField, resolution: int) -> list[Primitive | None]:
    """Meshes a field and gives each face to the part whose blobs are nearest.

    The grid is symmetric about the plane y = 0, so that the pieces of parts that mirror each
    other meet their neighbours alike.

    Args:
        field: The smooth union.
        resolution: Cells along the longest side; features thinner than about two are lost.

    Returns:
        A piece for each owner, None where it reaches the surface nowhere.

    Raises:
        InputError: resolution below 8, or no surface.
    """
    if resolution < 8:
        raise InputError(f'resolution must be at least 8, got {resolution}')
    low, high = field.bounds()
    side = max(-low[1], high[1])
    low[1], high[1] = -side, side
    spacing = float((high - low).max()) / resolution
    swell = field.softness * np.log(2.0 + len(field.blobs))
    counts = np.ceil((high - low + 2.0 * swell) / spacing).astype(int) + 3
    origin = 0.5 * (low + high) - 0.5 * spacing * (counts - 1)
    grid = field.on_grid(origin, spacing, tuple(counts))
    vertices, quads = surface_nets(grid)
    if not len(quads):
        raise InputError('the blobs have no surface at this resolution; make it finer')
    points = origin + spacing * vertices
    limit = NEWTON_LIMIT * spacing
    value, gradient, _ = field.values(points)
    points -= np.clip(value, -limit, limit)[:, None] * gradient
    value, normals, nearness = field.values(points)
    points -= np.clip(value, -0.5 * limit, 0.5 * limit)[:, None] * normals
    corners = np.concatenate([points, normals], axis=1)[split_quads(quads)]  # (F, 3, 6)
    body = object()
    return [
        _piece(piece, _owned(field, owner), body) if len(piece) else None
        for owner, piece in enumerate(_divided(corners, nearness[:, split_quads(quads)]))
    ]


def _divided(corners: np.ndarray, nearness: np.ndarray) -> list[np.ndarray]:
    """Cuts triangles (F, 3, C) along the borders between parts; nearness is (P, F, 3)."""
    owner = nearness.argmin(axis=0)  # (F, 3)
    least, most = owner.min(axis=1), owner.max(axis=1)
    face = np.arange(len(owner))
    difference = nearness[least, face] - nearness[most, face]
    mixed = least != most
    below, above = split_triangles(
        np.concatenate([corners, np.broadcast_to(face[:, None, None], (*owner.shape, 1))], axis=2)[
            mixed
        ],
        difference[mixed],
    )
    owners = [least[~mixed]]
    pieces = [corners[~mixed]]
    for part, source in ((below, least), (above, most)):
        pieces.append(part[..., :-1])
        owners.append(source[np.rint(part[:, 0, -1]).astype(np.int64)])
    all_owners, all_pieces = np.concatenate(owners), np.concatenate(pieces)
    return [all_pieces[all_owners == index] for index in range(len(nearness))]


def _owned(field: BlobField, owner: int) -> InsideTest:
    def inside(points: np.ndarray) -> np.ndarray:
        value, _, nearness = field.values(points)
        return (value < 0.0) & (nearness.argmin(axis=0) == owner)

    return inside


def _piece(corners: np.ndarray, inside: InsideTest, body: object) -> Primitive:
    return Primitive(
        vertices=corners[..., :3].reshape(-1, 3).astype(np.float32),
        faces=np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3),
        corner_normals=unit(corners[..., 3:]).astype(np.float32),
        inside=inside,
        body=body,
    )
