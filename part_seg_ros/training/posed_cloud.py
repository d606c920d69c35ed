# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training clouds: a procedural object as a robot might see it, in some pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.geometry.normals import local_normals
from part_seg_ros.training.config import SampleConfig, TrainConfig
from part_seg_ros.training.seen_object import see_object

ANY_ROTATION_SHARE = 0.4
MIN_SHELL_POINTS = 40  # parts with fewer points keep both sides


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedCloud:
    """What is seen of one object, in the unit ball.

    Attributes:
        obj: With what it stands on and before.
        points: (N, 3) float32.
        normals: (N, 3) float32 unit vectors.
        part_ids: (N,) int32, -1 for pieces of other objects.
    """

    obj: ProceduralObject
    points: np.ndarray
    normals: np.ndarray
    part_ids: np.ndarray


def make_cloud(
    config: TrainConfig, obj: ProceduralObject, num_points: int, rng: np.random.Generator
) -> PosedCloud | None:
    """See an object with at most `num_points`; None where too little is seen for the anchors."""
    sample = config.sample
    seen = see_object(obj, sample, num_points, rng)
    points, normals, part_ids = seen.points, seen.normals, seen.part_ids
    if not seen.is_partial and rng.random() < sample.open_share:
        kept = open_shells(points, normals, part_ids, rng)
        points, normals, part_ids = points[kept], normals[kept], part_ids[kept]
    if len(part_ids) < config.model.num_anchors:
        return None
    points, normals = transform_cloud(points, normals, random_pose(rng))
    normals = degrade_normals(
        points, normals, part_ids, sample, rng, is_partial=seen.is_partial
    ).astype(np.float32)
    noise = abs(rng.normal(0.0, 0.002)) if rng.random() < 0.5 else 0.0
    points = points + rng.normal(0.0, 1.0, points.shape).astype(np.float32) * np.float32(noise)
    points /= max(1.0, float(np.linalg.norm(points, axis=1).max()))
    return PosedCloud(obj=seen.obj, points=points, normals=normals, part_ids=part_ids)


def open_shells(
    points: np.ndarray, normals: np.ndarray, part_ids: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Leave only one side of some parts, as meshes made for looks do: sheets and open shells.

    Args:
        points: (N, 3).
        normals: (N, 3) unit vectors.
        part_ids: (N,) int.
        rng: Source of randomness.

    Returns:
        (N,) bool, the points that remain: of every part chosen those that do not look away from
        its thinnest direction, unless these are hardly any.
    """
    kept = np.ones(len(points), dtype=bool)
    for part_id in np.unique(part_ids):
        rows = np.flatnonzero(part_ids == part_id)
        if len(rows) < MIN_SHELL_POINTS or rng.random() < 0.5:
            continue
        centered = points[rows] - points[rows].mean(0)
        thin = np.linalg.svd(centered[:256], full_matrices=False)[2][2]
        away = normals[rows] @ (thin * rng.choice([-1.0, 1.0])) < -0.3
        if np.count_nonzero(~away) >= MIN_SHELL_POINTS // 2:
            kept[rows[away]] = False
    return kept


def degrade_normals(
    points: np.ndarray,
    normals: np.ndarray,
    part_ids: np.ndarray,
    config: SampleConfig,
    rng: np.random.Generator,
    *,
    is_partial: bool,
) -> np.ndarray:
    """Replace exact normals by estimated ones and flip some, as clouds have them.

    A camera's cloud turns its normals towards the camera, so only full clouds have flipped ones.
    """
    if rng.random() < config.estimated_normals_share:
        estimated = local_normals(points, k=int(rng.integers(8, 25)), workers=1)
        sign = np.sign((estimated * normals).sum(1, keepdims=True))
        normals = np.where(sign < 0, -estimated, estimated)
    if is_partial or rng.random() >= config.flipped_normals_share:
        return normals
    if rng.random() < 0.3:
        regions = part_ids
    else:
        seeds = points[rng.integers(len(points), size=int(rng.integers(2, 16)))]
        regions = cKDTree(seeds).query(points)[1]
    flipped = rng.random(int(regions.max()) + 2) < rng.uniform(0.05, 0.6)
    return np.where(flipped[regions, None], -normals, normals)


def random_pose(rng: np.random.Generator) -> np.ndarray:
    """Draw a (3, 3) linear map: any rotation or an upright one, with mild anisotropic scale.

    Upright is z up as in ROS, y up as in meshes, or y down as a camera sees.
    """
    if rng.random() < ANY_ROTATION_SHARE:
        rotation = Rotation.random(random_state=rng).as_matrix()
    else:
        yaw = Rotation.from_rotvec([0, 0, rng.uniform(0, 2 * np.pi)])
        tilt = rng.choice([0.0, -90.0, 90.0], p=[0.5, 0.25, 0.25])
        rotation = (Rotation.from_euler('x', tilt, degrees=True) * yaw).as_matrix()
    return rotation @ np.diag(np.exp(rng.normal(0.0, 0.12, 3)))


def transform_cloud(
    points: np.ndarray, normals: np.ndarray, linear: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply a linear map to points and its inverse transpose to normals; fit the unit ball."""
    points = points @ linear.T
    normals = normals @ np.linalg.inv(linear)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    points = points - points.mean(0)
    points /= np.linalg.norm(points, axis=1).max()
    return points.astype(np.float32), normals.astype(np.float32)
