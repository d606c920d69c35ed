# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A tree of blended parts, mirrored in the plane y = 0, and the nodes that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.assembly import Node
from part_seg_ros.data.procedural.blending import blended_pieces
from part_seg_ros.data.procedural.blobs import Blob, BlobField, capsule_blob, ellipsoid_blob
from part_seg_ros.data.procedural.free_shapes import Shape

MIN_FACES = 12
MIN_THICKNESS = 1.1  # cells; thinner blobs are thickened, or the grid would lose them


@dataclass(slots=True)
class BlendPlan:
    """Parts under construction; x is forward, z up.

    Attributes:
        parents: Parent of each part, -1 for the root.
        is_paired: Whether a part has a mirror image.
        blobs: What the parts are made of, right-hand images not included.
    """

    parents: list[int] = field(default_factory=list)
    is_paired: list[bool] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)

    def part(self, parent: int, *, paired: bool | None = None) -> int:
        """Begins a part and returns its index; by default it is paired if its parent is."""
        above = parent >= 0 and self.is_paired[parent]
        self.parents.append(parent)
        self.is_paired.append(above if paired is None else paired or above)
        return len(self.parents) - 1

    def capsule(
        self,
        part: int,
        start: ArrayLike,
        end: ArrayLike,
        radii: tuple[float, float],
        *,
        flat_axis: ArrayLike | None = None,
        flatness: float = 1.0,
    ) -> None:
        """Adds a tapered capsule to a part, arguments as for `capsule_blob`."""
        self.blobs.append(
            capsule_blob(part, start, end, radii, flat_axis=flat_axis, flatness=flatness)
        )

    def ellipsoid(
        self, part: int, centre: ArrayLike, radii: ArrayLike, rotation: ArrayLike | None = None
    ) -> None:
        """Adds an ellipsoid to a part, arguments as for `ellipsoid_blob`."""
        self.blobs.append(ellipsoid_blob(part, centre, radii, rotation))

    def path(
        self, part: int, points: np.ndarray, radii: np.ndarray, **flat: ArrayLike | float
    ) -> None:
        """Adds a chain of capsules along points (P, 3) with radii (P,)."""
        for idx in range(len(points) - 1):
            ends = (float(radii[idx]), float(radii[idx + 1]))
            self.capsule(part, points[idx], points[idx + 1], ends, **flat)  # type: ignore[arg-type]


def plan_nodes(plan: BlendPlan, softness: float, resolution: int) -> list[Node]:
    """Blends a plan and makes a node of every part that reaches the surface.

    Args:
        plan: At least one part, each with a blob.
        softness: Width of the seams over the longest side of all blobs.
        resolution: Cells along the longest side.

    Returns:
        Nodes with their mirror images as copies, of longest side 1, the centre of the bounding
        box at x = z = 0. Children of a part that is hidden go to its parent.

    Raises:
        InputError: no part or no surface.
    """
    num_parts = len(plan.parents)
    images = {}
    for part in range(num_parts):
        if plan.is_paired[part]:
            images[part] = num_parts + len(images)
    blobs = plan.blobs + [
        blob.mirrored(images[blob.owner]) for blob in plan.blobs if blob.owner in images
    ]
    pieces = blended_pieces(_normalized(blobs, softness, resolution), resolution)
    nodes: list[Node] = []
    node_of: list[int] = []
    mirror = np.diag([1.0, -1.0, 1.0, 1.0])
    for part, parent in enumerate(plan.parents):
        piece = pieces[part]
        above = node_of[parent] if parent >= 0 else -1
        if piece is None or len(piece.faces) < MIN_FACES:
            node_of.append(above)
            continue
        paired = plan.is_paired[part]
        frame = np.eye(4)
        middle = 0.5 * (piece.vertices.min(axis=0) + piece.vertices.max(axis=0))
        frame[:3, 3] = middle if paired else middle * [1.0, 0.0, 1.0]
        copies: tuple[tuple[np.ndarray, int], ...] = ((np.eye(4), 0 if above >= 0 else -1),)
        if paired:
            copies += ((mirror, len(nodes[above].copies) - 1 if above >= 0 else -1),)
        shape = Shape(primitives=(piece,), mirrors=() if paired else (1,))
        node_of.append(len(nodes))
        nodes.append(Node(shape=shape, T_object_shape=frame, copies=copies, parent=above))
    return nodes


def _normalized(blobs: list[Blob], softness: float, resolution: int) -> BlobField:
    """Scales blobs to longest side 1 around x = z = 0, and thickens those that are too thin."""
    low, high = BlobField(blobs, softness).bounds()
    scale = 1.0 / float((high - low).max())
    centre = 0.5 * (low + high) * [1.0, 0.0, 1.0]
    least = MIN_THICKNESS / resolution
    scaled = []
    for blob in blobs:
        sizes, axes = np.linalg.eigh(blob.warp)  # small eigenvalues stretch
        unwarped = 1.0 / sizes
        thinnest = scale * min(blob.radii) * unwarped
        factor = np.maximum(1.0, least / thinnest)
        unwarp = axes @ np.diag(unwarped * factor) @ axes.T
        warp = np.linalg.inv(unwarp)
        step = scale * (warp @ (np.linalg.inv(blob.warp) @ blob.step))
        scaled.append(
            Blob(
                owner=blob.owner,
                start=scale * (blob.start - centre),
                warp=warp,
                step=step,
                radii=(scale * blob.radii[0], scale * blob.radii[1]),
            )
        )
    return BlobField(scaled, softness)
