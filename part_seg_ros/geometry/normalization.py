# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fitting a cloud into the unit ball, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.geometry.point_arrays import check_points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitSphere:
    """A ball that holds a cloud: p_unit = (p - center) / scale.

    Attributes:
        center: (3,) float64 [unit of the cloud].
        scale: Radius > 0 [unit of the cloud].
    """

    center: np.ndarray
    scale: float

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) `points` in the unit ball, float32."""
        return ((points - self.center) / self.scale).astype(np.float32)

    def invert(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) `points` of the unit ball in the cloud's frame, float32."""
        return (np.float64(points) * self.scale + self.center).astype(np.float32)


def fit_unit_sphere(points: np.ndarray) -> UnitSphere:
    """Return the ball around the mean of a cloud that reaches its farthest point.

    The arithmetic is float64, so clouds far from their origin keep their shape. A cloud whose
    points coincide gets scale 1.

    Args:
        points: (N, 3) finite.

    Returns:
        The ball.

    Raises:
        InputError: `points` is empty, not (N, 3) or not finite.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1, which normalises objects to a unit sphere.
    """
    points = check_points(points)
    center = points.mean(axis=0, dtype=np.float64)
    scale = float(np.sqrt(((points - center) ** 2).sum(axis=1).max()))
    return UnitSphere(center=center, scale=scale if scale > 0.0 else 1.0)
