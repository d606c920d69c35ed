# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From O-Voxels back to a mesh."""

from __future__ import annotations

import numpy as np

# The four voxels around the edge of each axis, in order around it.
_AROUND = np.array(
    [
        [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]],
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]],
    ]
)


def voxel_faces(
    coords: np.ndarray, crossed: np.ndarray, split_weights: np.ndarray | None = None
) -> np.ndarray:
    """Join the voxels around every crossed edge by two triangles.

    Args:
        coords: (M, 3) int voxels.
        crossed: (M, 3) bool, which edges the surface crosses.
        split_weights: (M,) float that say along which diagonal to split; None for always the same.

    Returns:
        (F, 3) int64 triangles over the voxels, by voxel, then by axis; edges with less than four
        voxels around them have none. Which side is outside is not known.

    Source:
        O-Voxel of TRELLIS.2. Its choice of the diagonal without weights compares with an entry
        that is always zero, and so has no effect; the same comes out here.
    """
    low = coords.min(axis=0, initial=0)
    sizes = coords.max(axis=0, initial=0) - low + 2
    steps = np.array([sizes[1] * sizes[2], sizes[2], 1])
    keys = (coords - low) @ steps
    order = np.argsort(keys)
    voxel, axis = np.nonzero(crossed)
    wanted = keys[voxel, None] + _AROUND[axis] @ steps
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), max(len(keys) - 1, 0))
    quads = order[place]
    quads = quads[(keys[quads] == wanted).all(axis=1)]
    faces = quads[:, [0, 1, 2, 0, 2, 3]]
    if split_weights is not None:
        weights = split_weights[quads]
        is_first = weights[:, 0] * weights[:, 2] > weights[:, 1] * weights[:, 3]
        faces = np.where(is_first[:, None], faces, quads[:, [0, 1, 3, 3, 1, 2]])
    return faces.reshape(-1, 3)


def voxel_vertices(coords: np.ndarray, inside: np.ndarray, grid: int) -> np.ndarray:
    """Return (M, 3) float32 vertices in the cube from -0.5 to 0.5 of places `inside` voxels."""
    return ((coords + inside) / grid - 0.5).astype(np.float32)
