# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Points on the visible surface of a procedural object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.finish import finished
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError

PROBE = 1e-3
MAX_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurfaceSample:
    """Points on the surface of an object, in random order.

    Attributes:
        points: (N, 3) float32, in the object's frame and unit.
        normals: (N, 3) float32 outward unit normals.
        part_ids: (N,) int32 index of the part that each point belongs to.
    """

    points: np.ndarray
    normals: np.ndarray
    part_ids: np.ndarray


def sample_surface(
    obj: ProceduralObject,
    num_points: int,
    rng: np.random.Generator,
    *,
    keep_hidden: bool = False,
) -> SurfaceSample:
    """Samples the surface uniformly by area, with the object's finish.

    Args:
        obj: The object.
        num_points: N, at least 1.
        rng: Source of randomness.
        keep_hidden: Keep the points that lie inside another primitive or in a contact face.

    Raises:
        InputError: `num_points` below 1, or next to no surface is visible.
    """
    if num_points < 1:
        raise InputError(f'num_points must be at least 1, got {num_points}')
    primitives = [primitive for part in obj.parts for primitive in part.primitives]
    vertices, faces, face_part_ids, corner_normals = obj.mesh()
    corners = vertices[faces]  # (F, 3, 3)
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.cumsum(np.sqrt(np.einsum('ij,ij->i', spans, spans), dtype=np.float64))
    owners = np.repeat(np.arange(len(primitives)), [len(p.faces) for p in primitives])
    probe = PROBE * float(np.linalg.norm(np.ptp(vertices, axis=0)))
    kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    num_kept, visible_fraction = 0, 1.0 if keep_hidden else 0.75
    for _ in range(MAX_ROUNDS):
        number = int((num_points - num_kept) / max(visible_fraction, 0.05) * 1.1) + 32
        face_idx, points, normals = _draw(corners, corner_normals, areas, number, rng)
        if not keep_hidden:
            visible = ~hidden_points(primitives, points, normals, owners[face_idx], probe)
            visible_fraction = float(visible.mean())
            face_idx, points, normals = face_idx[visible], points[visible], normals[visible]
        kept.append((points, normals, face_part_ids[face_idx]))
        num_kept += len(points)
        if num_kept >= num_points:
            break
    else:
        raise InputError(f'only {num_kept} of {num_points} points are visible; is it inside out?')
    points, normals, part_ids = (np.concatenate(arrays) for arrays in zip(*kept, strict=True))
    order = rng.permutation(num_kept)[:num_points]
    points, normals = points[order], normals[order]
    if obj.finish is not None:
        points, normals = finished(points, normals, obj.finish, probe / PROBE)
    return SurfaceSample(points=points, normals=normals, part_ids=part_ids[order])


def _draw(
    corners: np.ndarray,
    corner_normals: np.ndarray,
    cumulative_areas: np.ndarray,
    number: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws points evenly by area: face index, point and normal of each."""
    targets = (np.arange(number) + rng.random()) * (cumulative_areas[-1] / number)
    face_idx = np.searchsorted(cumulative_areas, targets).clip(max=len(corners) - 1)
    uv = rng.random((2, number), dtype=np.float32)
    uv = np.where(uv.sum(axis=0) > 1.0, 1.0 - uv, uv)
    weights = np.stack([1.0 - uv[0] - uv[1], uv[0], uv[1]], axis=1)
    points = np.einsum('nc,nci->ni', weights, corners[face_idx])
    normals = unit(np.einsum('nc,nci->ni', weights, corner_normals[face_idx]))
    return face_idx, points, normals


def hidden_points(
    primitives: list[Primitive],
    points: np.ndarray,
    normals: np.ndarray,
    owners: np.ndarray,
    probe: float,
) -> np.ndarray:
    """Tells which surface points other primitives cover.

    A point is covered if the space just outside it lies inside another primitive; this also
    removes both sides of a contact face. Where two surfaces coincide and face the same way,
    the later primitive keeps the points.

    Args:
        primitives: All primitives of the object.
        points: (N, 3) float32 on their surfaces.
        normals: (N, 3) float32 outward.
        owners: (N,) index of the primitive that each point belongs to.
        probe: Distance to look off the surface, small against every feature.

    Returns:
        (N,) bool.
    """
    outer, inner = points + probe * normals, points - probe * normals
    hidden = np.zeros(len(points), dtype=bool)
    bodies = _body_indices(primitives)
    near = bodies[:, None] != bodies[owners]  # (P, N)
    counts = [len(primitive.vertices) for primitive in primitives]
    starts = np.cumsum(counts) - counts
    vertices = np.concatenate([primitive.vertices for primitive in primitives])
    lows = np.minimum.reduceat(vertices, starts, axis=0) - np.float32(probe)
    highs = np.maximum.reduceat(vertices, starts, axis=0) + np.float32(probe)
    for column, low, high in zip(np.ascontiguousarray(points.T), lows.T, highs.T, strict=True):
        near &= (column >= low[:, None]) & (column <= high[:, None])
    for index, primitive in enumerate(primitives):
        candidates = np.flatnonzero(near[index] & ~hidden)
        earlier = candidates[owners[candidates] < index]
        if not len(candidates):
            continue
        within = primitive.inside(np.concatenate([outer[candidates], inner[earlier]]))
        hidden[candidates] = within[: len(candidates)]
        hidden[earlier] |= within[len(candidates) :]
    return hidden


def _body_indices(primitives: list[Primitive]) -> np.ndarray:
    """Numbers (P,) of closed surfaces, the same for pieces of one."""
    first: dict[int, int] = {}
    return np.array(
        [
            index if primitive.body is None else first.setdefault(id(primitive.body), index)
            for index, primitive in enumerate(primitives)
        ]
    )
