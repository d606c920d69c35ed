# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fitting a cloud into a cube around the origin by its bounding box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.point_arrays import check_points, extent

# A cloud that fits to within so much of the cube's half side is left as it is.
_FITS = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CubeFit:
    """A shift and a scale: p_cube = (p - center) * scale.

    Attributes:
        center: (3,) float64 centre of the bounding box [unit of the cloud].
        scale: > 0 [1 / unit of the cloud].
    """

    center: np.ndarray
    scale: float

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) `points` in the cube, float32."""
        return ((np.float64(points) - self.center) * self.scale).astype(np.float32)


def fit_cube(points: np.ndarray, half_side: float) -> CubeFit:
    """Return the fit by which the longest side of the bounding box spans the cube.

    A cloud that fits already, up to rounding, is left exactly as it is, so that what was prepared
    elsewhere is not rounded again.

    Args:
        points: (N, 3) finite.
        half_side: The cube reaches from minus this to this.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite, or all of them coincide.
    """
    low, high = extent(check_points(points).astype(np.float64))
    side = float((high - low).max())
    if not side > 0.0:
        raise InputError(f'the cloud must have extent, but all points lie at {low.tolist()}')
    center, scale = (low + high) / 2.0, 2.0 * half_side / side
    if np.abs(center).max() <= _FITS * half_side and abs(scale - 1.0) <= _FITS:
        return CubeFit(center=np.zeros(3), scale=1.0)
    return CubeFit(center=center, scale=scale)
