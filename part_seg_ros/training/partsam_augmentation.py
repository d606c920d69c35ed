# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What PartSAM's training does to the place, pose and colours of a cloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.geometry.cube_fit import fit_cube
from part_seg_ros.models.partsam.preparation import HALF_SIDE

TURN_SHARE = 0.7
LARGEST_TURN = np.pi / 2  # [rad]
FLIP_SHARE = 0.5
CONTRAST_SHARE = 0.2
TRANSLATION_SHARE, LARGEST_TRANSLATION = 0.6, 0.05
JITTER_SHARE, JITTER = 0.6, 0.05
SMALLEST_SCALE, LARGEST_SCALE = 0.95, 1.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AugmentedCloud:
    """A cloud in the frame of the network.

    Attributes:
        points: (N, 3) float32, the longest side of the bounding box from -0.9 to 0.9 give or take
            a twentieth.
        normals: (N, 3) float32 unit vectors.
        colors: (N, 3) float32 in [0, 1].
    """

    points: np.ndarray
    normals: np.ndarray
    colors: np.ndarray


def augment(
    points: np.ndarray, normals: np.ndarray, colors: np.ndarray, rng: np.random.Generator
) -> AugmentedCloud:
    """Turn, mirror, recolour, fit and scale a cloud.

    Args:
        points: (N, 3) in any frame, N >= 1.
        normals: (N, 3) unit vectors.
        colors: (N, 3) in [0, 1].
        rng: Source of randomness.

    Raises:
        InputError: all points coincide.

    Source:
        PartSAM (arXiv 2509.21965), App. A.1.4, and release, which works on colours up to 255.
    """
    pose = random_pose(rng)
    # About which centre does not matter: the fit takes the shift away.
    points = (points - points.mean(axis=0)) @ pose.T
    points = fit_cube(points, HALF_SIDE).apply(points)
    return AugmentedCloud(
        points=(points * rng.uniform(SMALLEST_SCALE, LARGEST_SCALE)).astype(np.float32),
        normals=(normals @ pose.T).astype(np.float32),
        colors=recolored(colors, rng),
    )


def random_pose(rng: np.random.Generator) -> np.ndarray:
    """Draw a (3, 3) turn about z, x and y, one after the other, and perhaps mirrors of x and y."""
    pose = np.eye(3)
    for axis in 'zxy':
        if rng.random() < TURN_SHARE:
            angle = rng.uniform(-LARGEST_TURN, LARGEST_TURN)
            pose = Rotation.from_euler(axis, angle).as_matrix() @ pose
    signs = np.where(rng.random(3) < (FLIP_SHARE, FLIP_SHARE, 0.0), -1.0, 1.0)
    return signs[:, None] * pose


def recolored(colors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stretch the contrast, shift and disturb (N, 3) colours in [0, 1], each now and then."""
    if rng.random() < CONTRAST_SHARE:
        low, high = colors.min(axis=0), colors.max(axis=0)
        spread = np.where(high > low, high - low, 1.0)
        stretched = np.where(high > low, (colors - low) / spread, colors)
        colors = colors + rng.random() * (stretched - colors)
    if rng.random() < TRANSLATION_SHARE:
        shift = rng.uniform(-LARGEST_TRANSLATION, LARGEST_TRANSLATION, 3)
        colors = np.clip(colors + shift, 0.0, 1.0)
    if rng.random() < JITTER_SHARE:
        colors = np.clip(colors + rng.normal(0.0, JITTER, colors.shape), 0.0, 1.0)
    return colors.astype(np.float32)
