# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Surfaces of objects with all their true parts, to be looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.procedural.object import (
    MAX_MASK_FRACTION,
    MIN_MASK_POINTS,
    ProceduralObject,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskedSurface:
    """A surface, and what of it is a part.

    Attributes:
        vertices: (V, 3) float32.
        faces: (F, 3) int32.
        priority: (F,) integer; of faces in one place that with the highest is seen. None where
            that does not matter.
        masks_at: Given the faces, (N,) integer, that N places lie on, the (M, N) bool parts at
            every level; none is empty or all of the places, M may be 0.
    """

    vertices: np.ndarray
    faces: np.ndarray
    priority: np.ndarray | None
    masks_at: Callable[[np.ndarray], np.ndarray]


def procedural_surface(obj: ProceduralObject) -> MaskedSurface:
    """Return the surface of a procedural object, hidden faces included."""
    vertices, faces, part_ids, _ = obj.mesh()

    def masks_at(face_idx: np.ndarray) -> np.ndarray:
        found = [mask for _, _, mask in obj.masks(part_ids[face_idx])]
        return np.stack(found) if found else np.zeros((0, len(face_idx)), bool)

    return MaskedSurface(vertices=vertices, faces=faces, priority=part_ids, masks_at=masks_at)


def mesh_surface(labeled: LabeledMesh) -> MaskedSurface:
    """Return the surface of a labelled mesh."""
    return MaskedSurface(
        vertices=labeled.mesh.vertices,
        faces=labeled.mesh.faces,
        priority=None,
        masks_at=lambda face_idx: mesh_masks(labeled, face_idx),
    )


def mesh_masks(labeled: LabeledMesh, face_idx: np.ndarray) -> np.ndarray:
    """Return the (M, N) bool parts that N places on a mesh, (N,) faces, show.

    Those of its labels come first, then its own masks; without those that have too few places or
    nearly all.
    """
    part_ids = labeled.face_part_ids[face_idx]
    masks = part_ids == np.unique(part_ids[part_ids >= 0])[:, None]
    if labeled.face_masks is not None:
        masks = np.concatenate([masks, labeled.face_masks[:, face_idx]])
    sizes = masks.sum(axis=1)
    return masks[(sizes >= MIN_MASK_POINTS) & (sizes <= MAX_MASK_FRACTION * masks.shape[1])]
