# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A growing tree of shapes with symmetric copies, the scaffold of free assemblies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.free_shapes import Shape
from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.data.procedural.surface import unit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """A placed shape and its copies.

    Attributes:
        shape: The shape in the frame of the object.
        T_object_shape: (4, 4) rigid frame of the shape's symmetries.
        copies: (transform (4, 4), copy of the parent that it is attached to) of every copy; the
            first transform is the identity.
        parent: Index of the parent node, -1 for the root.
    """

    shape: Shape
    T_object_shape: np.ndarray
    copies: tuple[tuple[np.ndarray, int], ...]
    parent: int

    def extents(self) -> np.ndarray:
        """Size (3,) along the shape's own axes."""
        vertices = np.concatenate([primitive.vertices for primitive in self.shape.primitives])
        return np.ptp(vertices @ self.T_object_shape[:3, :3], axis=0)


def expand(nodes: list[Node], family: str) -> ProceduralObject:
    """Turns nodes into parts, one for each copy; the copies of a node share a group."""
    parts: list[Part] = []
    first_part: list[int] = []
    for group, node in enumerate(nodes):
        first_part.append(len(parts))
        for copy_idx, (transform, parent_copy) in enumerate(node.copies):
            shape = node.shape if copy_idx == 0 else node.shape.transformed(transform)
            parent = -1 if node.parent < 0 else first_part[node.parent] + parent_copy
            parts.append(Part(name='', primitives=shape.primitives, group=group, parent=parent))
    return ProceduralObject(parts=tuple(parts), family=family)


def surface_points(
    primitives: tuple[Primitive, ...], number: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draws points evenly by area from primitives: points and normals, (number, 3) each."""
    corners = np.concatenate([p.vertices[p.faces] for p in primitives])
    corner_normals = np.concatenate([p.corner_normals for p in primitives])
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.cumsum(np.linalg.norm(spans, axis=1))
    faces = np.searchsorted(areas, rng.random(number) * areas[-1]).clip(max=len(areas) - 1)
    weights = rng.dirichlet(np.ones(3), number)
    points = np.einsum('nc,nci->ni', weights, corners[faces])
    return points, unit(np.einsum('nc,nci->ni', weights, corner_normals[faces]))


def covered(primitives: tuple[Primitive, ...], points: np.ndarray) -> np.ndarray:
    """Tells which points (N, 3) lie inside any of the primitives, (N,) bool."""
    result = np.zeros(len(points), dtype=bool)
    for primitive in primitives:
        result |= primitive.inside(points)
    return result


def touch(first: Shape, second: Shape) -> bool:
    """Tells whether two shapes overlap: a vertex or face centre of one lies in the other."""
    return bool(
        covered(second.primitives, _probes(first)).any()
        or covered(first.primitives, _probes(second)).any()
    )


def _probes(shape: Shape) -> np.ndarray:
    arrays = [primitive.vertices for primitive in shape.primitives]
    arrays += [p.vertices[p.faces].mean(axis=1) for p in shape.primitives]
    return np.concatenate(arrays)


def mirroring(T_object_shape: np.ndarray, axis: int) -> np.ndarray:
    """Mirror transform (4, 4) in a coordinate plane of a frame."""
    flip = np.eye(4)
    flip[axis, axis] = -1.0
    return T_object_shape @ flip @ np.linalg.inv(T_object_shape)


def turning(T_object_shape: np.ndarray, angle_rad: float) -> np.ndarray:
    """Rotation (4, 4) about the z axis of a frame."""
    turn = np.eye(4)
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    turn[:2, :2] = [[cosine, -sine], [sine, cosine]]
    return T_object_shape @ turn @ np.linalg.inv(T_object_shape)


def symmetric_copies(child: Shape, parent: Node, rng: np.random.Generator) -> list[np.ndarray]:
    """Draws transforms (4, 4) that repeat a child by the symmetries of its parent.

    Copies never overlap the child: it lies on one side of the mirrors, or within its sector.

    Returns:
        The identity first; alone if no symmetry is drawn or fits.
    """
    frame = parent.T_object_shape
    vertices = np.concatenate([primitive.vertices for primitive in child.primitives])
    local = (vertices - frame[:3, 3]) @ frame[:3, :3]
    draw = rng.random()
    if draw < 0.15 and parent.shape.is_round:
        return _repeated(local, frame, rng)
    if draw > 0.5:
        return [np.eye(4)]
    clear = [
        axis for axis in parent.shape.mirrors if abs(np.sign(local[:, axis]).sum()) == len(local)
    ]
    clear = list(rng.permutation(clear)[: 1 if rng.random() < 0.6 else 2])
    copies = [np.eye(4)]
    for axis in clear:
        mirror = mirroring(frame, int(axis))
        copies += [mirror @ transform for transform in copies]
    return copies


def _repeated(local: np.ndarray, frame: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    angle = np.arctan2(local[:, 1], local[:, 0])
    middle = np.arctan2(np.sin(angle).mean(), np.cos(angle).mean())
    half_sector = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi).max()
    most = min(8, int(np.pi / max(half_sector, 1e-3)))
    if most < 2:
        return [np.eye(4)]
    number = int(rng.integers(2, most + 1))
    return [turning(frame, 2 * np.pi * k / number) for k in range(number)]
