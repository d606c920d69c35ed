# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Values of voxels at points on the surface."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree


class ReadOut:
    """Carries values from M voxels to P points; made once for a shape, used for every answer.

    Values are interpolated between the centres of the eight nearest voxels, of those that there
    are. A point near none takes the nearest voxel's, or zero where that is not wanted.

    Attributes:
        nearest: (P,) int64 voxel whose centre is nearest to each point.
    """

    def __init__(
        self, coords: np.ndarray, grid: int, points: np.ndarray, *, is_total: bool = True
    ) -> None:
        """Find which voxels count for which point.

        Args:
            coords: (M, 3) int voxels, in any order; M >= 1.
            grid: Voxels along each side of the cube.
            points: (P, 3) float in the cube from -0.5 to 0.5.
            is_total: Points near no voxel take the nearest one's values instead of zero.
        """
        steps = np.array([(grid + 2) ** 2, grid + 2, 1])
        keys = (coords.astype(np.int64) + 1) @ steps
        order = np.argsort(keys)
        place = (np.asarray(points, np.float64) + 0.5) * grid
        base = np.clip(np.floor(place - 0.5).astype(np.int64), -1, grid - 1)
        rows, columns, weights = [], [], []
        for corner in itertools.product((0, 1), repeat=3):
            voxel = base + np.array(corner)
            weight = np.prod(1 - np.abs(place - voxel - 0.5), axis=1)
            wanted = (voxel + 1) @ steps
            found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
            is_there = (keys[found] == wanted) & (weight > 0)
            rows.append(np.flatnonzero(is_there))
            columns.append(found[is_there])
            weights.append(weight[is_there])
        row, column, weight = (np.concatenate(parts) for parts in (rows, columns, weights))
        total = np.bincount(row, weight, len(place))
        weight = weight / total[row]
        self.nearest = cKDTree(coords + 0.5).query(place, workers=-1)[1]
        if is_total:
            alone = np.flatnonzero(total == 0)
            row, column = np.append(row, alone), np.append(column, self.nearest[alone])
            weight = np.append(weight, np.ones(len(alone)))
        self._weights = csr_matrix((weight, (row, column)), shape=(len(place), len(coords)))

    def at_points(self, values: np.ndarray) -> np.ndarray:
        """Return (P, C) float32 of (M, C) values."""
        return (self._weights @ values).astype(np.float32)

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        held = (self._weights.data, self._weights.indices, self._weights.indptr, self.nearest)
        return sum(array.nbytes for array in held)
