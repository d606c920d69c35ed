# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts that nobody could see are no parts, only bits of what carries them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.data.procedural.object import Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import Primitive
from part_seg_ros.data.procedural.sampling import PROBE, hidden_points
from part_seg_ros.data.procedural.surface import unit

POINTS_PER_PART = 20
MIN_VISIBLE_SHARE = 0.06  # of its own surface
MIN_AREA_SHARE = 0.0015  # of the visible surface of the object
MIN_GROUP_SHARE = 0.005  # likewise, for all copies of a part together


def merge_unseen_parts(obj: ProceduralObject, rng: np.random.Generator) -> ProceduralObject:
    """Gives parts that are nearly covered, or too small to be seen, to what they stand on.

    Args:
        obj: The object; a part without a parent always stays.
        rng: Source of randomness, for points on the surfaces.

    Returns:
        The object with the same surface, the parts that stay in the same order.
    """
    primitives = [primitive for part in obj.parts for primitive in part.primitives]
    vertices, faces, face_part_ids, corner_normals = obj.mesh()
    face_primitives = np.repeat(np.arange(len(primitives)), [len(p.faces) for p in primitives])
    corners = vertices[faces]
    spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area_until = np.cumsum(np.sqrt(np.einsum('ij,ij->i', spans, spans), dtype=np.float64))
    last_faces = np.searchsorted(face_part_ids, np.arange(len(obj.parts)), side='right') - 1
    part_areas = np.diff(area_until[last_faces], prepend=0.0)
    steps = (np.arange(POINTS_PER_PART) + rng.random(POINTS_PER_PART)) / POINTS_PER_PART
    targets = area_until[last_faces, None] + (steps - 1.0) * part_areas[:, None]
    face_idx = np.searchsorted(area_until, targets.ravel()).clip(max=len(faces) - 1)
    weights = rng.dirichlet(np.ones(3), len(face_idx))
    points = np.einsum('nc,nci->ni', weights, corners[face_idx])
    normals = unit(np.einsum('nc,nci->ni', weights, corner_normals[face_idx]))
    probe = PROBE * float(np.linalg.norm(np.ptp(vertices, axis=0)))
    hidden = hidden_points(primitives, points, normals, face_primitives[face_idx], probe)
    visible = 1.0 - hidden.reshape(len(obj.parts), -1).mean(axis=1)
    shown = visible * part_areas
    groups = np.unique([part.group for part in obj.parts], return_inverse=True)[1]
    group_shown = np.bincount(groups, weights=shown)[groups]
    stays = (visible > MIN_VISIBLE_SHARE) & (shown > MIN_AREA_SHARE * shown.sum())
    stays &= group_shown > MIN_GROUP_SHARE * shown.sum()
    if stays.all():
        return obj
    place: list[int] = []
    pieces: list[list[Primitive]] = []
    kept: list[Part] = []
    for part_idx, part in enumerate(obj.parts):
        parent = place[part.parent] if part.parent >= 0 else -1
        if stays[part_idx] or parent < 0:
            place.append(len(kept))
            pieces.append(list(part.primitives))
            kept.append(replace(part, parent=parent))
        else:
            place.append(parent)
            pieces[parent] += part.primitives
    parts = [replace(part, primitives=tuple(own)) for part, own in zip(kept, pieces, strict=True)]
    return replace(obj, parts=tuple(parts))
