# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Other objects close by, of which a robot's crop leaves pieces that belong to no part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.data.depth_camera import LabeledSurface, labeled_surface
from part_seg_ros.data.procedural import SurfaceSample, random_object, sample_surface
from part_seg_ros.data.procedural.surface import unit

POOL_SEED = 20_260
POOL_SIZE = 24
POOL_POINTS = 4096
MOST_FACES = 2500
COPY_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbor:
    """Another object and where it stands.

    Attributes:
        pool_idx: Which object of the pool it is; -1 for a copy of the object itself.
        size_ratio: Its diagonal over that of the object.
        rotation: (3, 3).
        scale: p_scene = scale * rotation @ p_neighbor + shift.
        shift: (3,) float64.
    """

    pool_idx: int
    size_ratio: float
    rotation: np.ndarray
    scale: float
    shift: np.ndarray

    def placed(self, points: np.ndarray) -> np.ndarray:
        """Move points (N, 3) of the neighbour into the scene, (N, 3) float32."""
        return (self.scale * points @ self.rotation.T + self.shift).astype(np.float32)


def random_neighbors(
    vertices: np.ndarray, rng: np.random.Generator, *, upright: bool
) -> list[Neighbor]:
    """Put one to three other objects, now and then copies, beside an object.

    A plane separates each of them from the object, 0.5 to 15 % of its size away. They may overlap
    each other.

    Args:
        vertices: (V, 3) of the object without what it stands on; z up where `upright`.
        rng: Source of randomness.
        upright: The neighbours stand beside it at its lowest point; else they lie anywhere.
    """
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    size = float(np.linalg.norm(high - low))
    neighbors = []
    for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))):
        pool_idx = -1 if rng.random() < COPY_SHARE else int(rng.integers(POOL_SIZE))
        source = vertices if pool_idx < 0 else _pool()[pool_idx][0].vertices
        size_ratio = float(np.exp(rng.uniform(np.log(0.4), np.log(1.6))))
        scale = size_ratio * size / float(np.linalg.norm(np.ptp(source, axis=0)))
        turn, direction = Rotation.random(random_state=rng), rng.normal(size=3)
        sideways = rng.uniform(-0.25, 0.25, 3) * size
        if upright:
            turn = Rotation.from_rotvec([0.0, 0.0, rng.uniform(0.0, 2.0 * np.pi)])
            direction[2] = sideways[2] = 0.0
        direction = unit(direction)
        placed = scale * source @ turn.as_matrix().T
        own_low, own_high = placed.min(axis=0), placed.max(axis=0)
        shift = 0.5 * (low + high) - 0.5 * (own_low + own_high) + sideways
        if upright:
            shift[2] = low[2] - own_low[2]
        gap = np.exp(rng.uniform(np.log(0.005), np.log(0.15))) * size
        start = ((placed + shift) @ direction).min()
        shift = shift + direction * ((vertices @ direction).max() + gap - start)
        neighbors.append(
            Neighbor(
                pool_idx=pool_idx,
                size_ratio=size_ratio,
                rotation=turn.as_matrix(),
                scale=scale,
                shift=shift,
            )
        )
    return neighbors


def with_neighbors(
    surface: LabeledSurface, own: LabeledSurface, neighbors: list[Neighbor]
) -> LabeledSurface:
    """Join neighbours, as part -1, to the surface of a scene.

    Args:
        surface: The object with what it stands on.
        own: The object, which copies repeat.
        neighbors: Where they stand.
    """
    sources = [own if n.pool_idx < 0 else _pool()[n.pool_idx][0] for n in neighbors]
    vertices, faces = [surface.vertices], [surface.faces]
    part_ids, normals = [surface.face_part_ids], [surface.corner_normals]
    num_vertices = len(surface.vertices)
    for neighbor, source in zip(neighbors, sources, strict=True):
        vertices.append(neighbor.placed(source.vertices))
        faces.append(source.faces + num_vertices)
        part_ids.append(np.full(len(source.faces), -1, dtype=np.int32))
        normals.append((source.corner_normals @ neighbor.rotation.T).astype(np.float32))
        num_vertices += len(source.vertices)
    return LabeledSurface(
        vertices=np.concatenate(vertices),
        faces=np.concatenate(faces).astype(np.int32),
        face_part_ids=np.concatenate(part_ids),
        corner_normals=np.concatenate(normals),
        is_solid=surface.is_solid,
    )


def neighbor_points(
    sample: SurfaceSample, neighbors: list[Neighbor], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Sample neighbours about as densely as the object.

    Args:
        sample: The object, which copies repeat.
        neighbors: Where they stand.
        rng: Source of randomness.

    Returns:
        points (M, 3) float32 and unit normals (M, 3) float32.
    """
    points, normals = [], []
    for neighbor in neighbors:
        source = sample if neighbor.pool_idx < 0 else _pool()[neighbor.pool_idx][1]
        number = int(len(sample.points) * min(1.0, neighbor.size_ratio**2)) + 1
        rows = rng.permutation(len(source.points))[:number]
        points.append(neighbor.placed(source.points[rows]))
        normals.append((source.normals[rows] @ neighbor.rotation.T).astype(np.float32))
    return np.concatenate(points), np.concatenate(normals)


@cache
def _pool() -> tuple[tuple[LabeledSurface, SurfaceSample], ...]:
    """Objects that serve as neighbours, the same in every process."""
    rng = np.random.default_rng(POOL_SEED)
    pool: list[tuple[LabeledSurface, SurfaceSample]] = []
    while len(pool) < POOL_SIZE:
        obj = random_object(rng)
        surface = labeled_surface(obj)
        if len(surface.faces) <= MOST_FACES:
            pool.append((surface, sample_surface(obj, POOL_POINTS, rng)))
    return tuple(pool)
