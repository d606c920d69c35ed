# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Nodes of shapes that stand in several places, and whole trees of nodes moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.assembly import Node
from part_seg_ros.data.procedural.free_shapes import Shape

ROOT = ((np.eye(4), -1),)


def translation(x: float, y: float, z: float) -> np.ndarray:
    """Shift (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def root_node(shape: Shape, frame: np.ndarray | None = None) -> Node:
    """A node that is attached to nothing."""
    return Node(
        shape=shape,
        T_object_shape=np.eye(4) if frame is None else frame,
        copies=ROOT,
        parent=-1,
    )


def repeated_node(
    shape: Shape,
    places: Sequence[ArrayLike],
    parent: int,
    *,
    parent_copies: Sequence[int] | None = None,
) -> Node:
    """Puts copies of a shape in several places.

    Args:
        shape: Around its own origin.
        places: (4, 4) each, object from shape; at least one.
        parent: Index of the parent node.
        parent_copies: Copy of the parent that each copy is attached to; the first by default.
    """
    first = np.asarray(places[0], dtype=np.float64)
    back = np.linalg.inv(first)
    owners = [0] * len(places) if parent_copies is None else list(parent_copies)
    return Node(
        shape=shape.transformed(first),
        T_object_shape=first,
        copies=tuple(
            (np.eye(4) if idx == 0 else np.asarray(place) @ back, owner)
            for idx, (place, owner) in enumerate(zip(places, owners, strict=True))
        ),
        parent=parent,
    )


def moved_nodes(nodes: list[Node], T_target_source: np.ndarray) -> list[Node]:
    """Maps all nodes by a rigid motion (4, 4)."""
    back = np.linalg.inv(T_target_source)
    return [
        Node(
            shape=node.shape.transformed(T_target_source),
            T_object_shape=T_target_source @ node.T_object_shape,
            copies=tuple((T_target_source @ copy @ back, owner) for copy, owner in node.copies),
            parent=node.parent,
        )
        for node in nodes
    ]


def random_facing(rng: np.random.Generator) -> np.ndarray:
    """Rotation (4, 4) that turns +z up, to the front or to a side, rarely down."""
    turn = np.eye(4)
    draw = rng.random()
    if draw < 0.45:
        return turn
    towards_front = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    turn[:3, :3] = towards_front
    if draw > 0.85:
        turn[:3, :3] = (
            np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ turn[:3, :3]
        )
    return turn
