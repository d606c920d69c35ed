# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The region that a robot cuts out of its cloud around an object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crop:
    """A box or an ellipsoid.

    Attributes:
        centre: (3,) float64.
        T_unit_offset: (3, 3) float64; maps offsets from the centre so that the box becomes the
            cube, the ellipsoid the ball, of half width one.
        is_box: A box, not an ellipsoid.
    """

    centre: np.ndarray
    T_unit_offset: np.ndarray
    is_box: bool

    def contains(self, points: np.ndarray) -> np.ndarray:
        """Tell which points (N, 3) lie inside, (N,) bool."""
        local = (points - self.centre) @ self.T_unit_offset.T
        if self.is_box:
            return (np.abs(local) <= 1.0).all(axis=1)
        return np.einsum('ij,ij->i', local, local) <= 1.0


def random_crop(vertices: np.ndarray, rng: np.random.Generator) -> Crop:
    """Draw a region around an object: a ball (40 %) or a box, upright (40 %) or turned (20 %).

    Args:
        vertices: (V, 3) of the object, z up; all lie inside the region.
        rng: Source of randomness.

    Returns:
        A region 2 to 50 % larger than the least one of its kind about the object's centre.
    """
    margin = 1.0 + np.exp(rng.uniform(np.log(0.02), np.log(0.5)))
    kind = rng.random()
    if kind < 0.4:
        centre = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0)).astype(np.float64)
        radius = float(np.linalg.norm(vertices - centre, axis=1).max())
        return Crop(centre=centre, T_unit_offset=np.eye(3) / (margin * radius), is_box=False)
    if kind < 0.8:
        axes = Rotation.from_rotvec([0.0, 0.0, rng.uniform(0.0, np.pi)]).as_matrix()
    else:
        axes = Rotation.random(random_state=rng).as_matrix()
    local = vertices.astype(np.float64) @ axes.T
    low, high = local.min(axis=0), local.max(axis=0)
    half = margin * 0.5 * np.maximum(high - low, 1e-6 * np.linalg.norm(high - low))
    return Crop(centre=0.5 * (low + high) @ axes, T_unit_offset=axes / half[:, None], is_box=True)
