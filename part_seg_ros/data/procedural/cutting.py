# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Holes, notches and pockets: convex bodies taken out of a convex body."""

from __future__ import annotations

import numpy as np

from part_seg_ros.data.procedural.clipping import split_triangles
from part_seg_ros.data.procedural.primitives import InsideTest, Primitive
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError

TOLERANCE = 1e-5  # a corner this close to a plane is not cut off again
MAX_CROSSED_PLANES = 48
DENT = 0.01  # of its size, how far facets of a convex body may bend inwards


def cut(solid: Primitive, cutters: list[Primitive]) -> tuple[Primitive, list[Primitive]]:
    """Takes convex bodies out of a convex body.

    Args:
        solid: Convex.
        cutters: Convex; they do not overlap each other, and each reaches into the solid.

    Returns:
        What remains of the solid's surface, and the new walls that each cutter leaves. They are
        pieces of one body; only the first has an inside, that of the whole rest.

    Raises:
        InputError: a body is not convex, a cutter leaves the solid through more than
            `MAX_CROSSED_PLANES` planes, or nothing remains.
    """
    body = object()
    solid_planes = convex_planes(solid)
    rest = _corners_of(solid)
    walls = []
    tests = [cutter.inside for cutter in cutters]
    for cutter in cutters:
        rest = _outside(rest, convex_planes(cutter))
        walls.append(_within(_corners_of(cutter), solid_planes))
    if not len(rest):
        raise InputError('nothing of the solid is left; make the cutters smaller')

    def inside(points: np.ndarray) -> np.ndarray:
        within = solid.inside(points)
        for test in tests:
            within &= ~test(points)
        return within

    return _piece(rest, inside, body), [
        _piece(wall[:, ::-1] * _FLIPPED, _nowhere, body) for wall in walls
    ]


def convex_planes(solid: Primitive) -> np.ndarray:
    """Planes (P, 4) of a convex body's faces: outward unit normal and offset.

    Raises:
        InputError: the body is not convex.
    """
    corners = solid.vertices[solid.faces].astype(np.float64)
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    large = np.einsum('ij,ij->i', spans, spans) > 1e-20
    normals = unit(spans[large])
    offsets = np.einsum('ij,ij->i', normals, corners[large, 0])
    planes = np.concatenate([normals, offsets[:, None]], axis=1)
    mixed = np.round(planes, 4) @ _MIXING  # equal for equal planes, and only for these
    planes = planes[np.unique(np.round(mixed, 9), return_index=True)[1]]
    size = float(np.ptp(solid.vertices, axis=0).max())
    beyond = solid.vertices @ planes[:, :3].T - planes[:, 3]
    if beyond.max() > DENT * size:
        raise InputError('only convex bodies can be cut and can cut; this one is not convex')
    return planes


_MIXING = np.array([1.0, np.sqrt(2.0), np.sqrt(3.0), np.sqrt(5.0)])
_FLIPPED = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])


def _corners_of(primitive: Primitive) -> np.ndarray:
    """Position and normal (F, 3, 6) at the corners."""
    return np.concatenate(
        [primitive.vertices[primitive.faces], primitive.corner_normals], axis=2
    ).astype(np.float64)


def _outside(corners: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """Drops what lies within all planes; triangles clear of them stay whole."""
    height = corners[..., :3] @ planes[:, :3].T - planes[:, 3]  # (F, 3, P)
    clear = np.any(height.min(axis=1) > -TOLERANCE, axis=1)
    kept, left = [corners[clear]], corners[~clear]
    for plane in planes:
        left, beyond = split_triangles(left, left[..., :3] @ plane[:3] - plane[3] - TOLERANCE)
        kept.append(beyond)
        if not len(left):
            return np.concatenate(kept)
    return np.concatenate(kept)


def _within(corners: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """Keeps what lies within all planes."""
    beyond = np.any(corners[..., :3] @ planes[:, :3].T - planes[:, 3] > TOLERANCE, axis=(0, 1))
    if np.count_nonzero(beyond) > MAX_CROSSED_PLANES:
        raise InputError('the cutter leaves too round a body; let it reach out less far')
    for plane in planes[beyond]:
        corners, _ = split_triangles(corners, corners[..., :3] @ plane[:3] - plane[3] - TOLERANCE)
    return corners


def _piece(corners: np.ndarray, inside: InsideTest, body: object) -> Primitive:
    return Primitive(
        vertices=corners[..., :3].reshape(-1, 3).astype(np.float32),
        faces=np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3),
        corner_normals=unit(corners[..., 3:]).astype(np.float32),
        inside=inside,
        body=body,
    )


def _nowhere(points: np.ndarray) -> np.ndarray:
    return np.zeros(len(points), dtype=bool)
