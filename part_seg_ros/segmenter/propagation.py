# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the points that a network saw to all points of a cloud."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from part_seg_ros.geometry.interpolation import interpolate, three_nearest

_BYTES_PER_POINT = 3 * (4 + 4) + 8


class Propagation:
    """Carries values of some points of a cloud to its others by their three nearest.

    The table is computed when first needed and then kept; it is the only thing that changes.

    Args:
        points: (N, 3) points of the cloud; rows outside `valid_idx` are never read.
        valid_idx: (V,) int64 rows that are finite.
        network_idx: (S,) int64 rows whose values are known, a subset of `valid_idx`.
    """

    def __init__(self, points: np.ndarray, valid_idx: np.ndarray, network_idx: np.ndarray) -> None:
        """Keep references; nothing is copied."""
        self._points = points
        self._valid_idx = valid_idx
        self._network_idx = network_idx

    @property
    def num_bytes(self) -> int:
        """Memory of the table once it is computed [bytes]."""
        return (len(self._valid_idx) - len(self._network_idx)) * _BYTES_PER_POINT

    def apply(self, values: np.ndarray, fill: float) -> np.ndarray:
        """Return (O, N) float32 for (O, S) `values`; rows that are not valid get `fill`."""
        spread = np.full((len(values), len(self._points)), fill, np.float32)
        spread[:, self._network_idx] = values
        if len(self._network_idx) < len(self._valid_idx):
            other_idx, near_idx, weights = self._table
            for row, out in zip(values, spread, strict=True):
                out[other_idx] = interpolate(row[None], near_idx, weights)[0]
        return spread

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows to fill (R,) int64, their sources (R, 3) int32, weights (R, 3) float32."""
        is_other = np.zeros(len(self._points), bool)
        is_other[self._valid_idx] = True
        is_other[self._network_idx] = False
        other_idx = np.flatnonzero(is_other)
        sources = self._points[self._network_idx]
        near_idx, weights = three_nearest(sources, self._points[other_idx])
        return other_idx, near_idx.astype(np.int32), weights
