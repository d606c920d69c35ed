# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Batches of Point-SAM's training."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS
from part_seg_ros.models.point_sam.preparation import PointSamSettings, network_colors, place
from part_seg_ros.training.cloud_sources import CloudSource, cloud_generators
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.part_colors import colors_of
from part_seg_ros.training.point_sam_config import PointSamTraining
from part_seg_ros.training.prompted_clouds import (
    PromptedCloud,
    PromptedClouds,
    draw_parts,
    prompt_cloud,
    stack_clouds,
)

GREY = 0.5  # what the system takes clouds without colours for
SMALLEST_SCALE = 0.8
TILT, LARGEST_TILT = 0.06, 0.18  # standard deviation and limit of the small angles [rad]


def point_sam_batch(
    config: PointSamTraining, source: CloudSource, index: int, process: ProcessRank
) -> PromptedClouds:
    """Make a process's share of a batch; a cloud is the same however many processes there are.

    Raises:
        ConfigError: the clouds of a batch cannot be shared out evenly.
    """
    rngs = cloud_generators(config, index, process)
    return stack_clouds([point_sam_cloud(config, source, rng) for rng in rngs])


def point_sam_cloud(
    config: PointSamTraining, source: CloudSource, rng: np.random.Generator
) -> PromptedCloud:
    """Draw a cloud, some of its parts and of its points, and turn it.

    Source:
        Point-SAM (Zhou et al. 2024), App. A, and release: the order of the steps is its own.
    """
    cloud = source.draw(config.pool_points, rng)
    colors = network_colors(colors_of(cloud, GREY, config.painted_share, rng), len(cloud.points))
    points = place(cloud.points, PointSamSettings(up_axis=config.up_axis)).apply(cloud.points)
    targets = draw_parts(cloud.masks, config.num_masks, rng)
    rows = draw_points(targets, config.num_points, rng)
    return prompt_cloud(
        turned(points[rows], rng, tilted=config.tilted),
        colors[rows],
        without_empty(targets[:, rows]),
        num_patches=config.num_patches,
        patch_size=config.patch_size,
        rule=POINT_SAM_CLICKS,
    )


def draw_points(targets: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` rows of the points of a cloud, some of them on a part.

    Args:
        targets: (M, N) bool parts, at least one not empty.
        count: At most N.
        rng: Source of randomness.

    Returns:
        (count,) int64, each row at most once; with repetitions, and as many of the parts as is
        their share of the cloud, rounded up, where that would leave all parts out.
    """
    covered = targets.any(axis=0)
    rows = rng.choice(len(covered), count, replace=False)
    if covered[rows].any():
        return rows
    inside, outside = np.flatnonzero(covered), np.flatnonzero(~covered)
    num_covered = math.ceil(count * len(inside) / len(covered))
    drawn = np.concatenate(
        [rng.choice(inside, num_covered), rng.choice(outside, count - num_covered)]
    )
    return rng.permutation(drawn)


def without_empty(targets: np.ndarray) -> np.ndarray:
    """Replace empty parts of (M, N) by the first that is not."""
    is_empty = ~targets.any(axis=1)
    return np.where(is_empty[:, None], targets[is_empty.argmin()], targets)


def turned(points: np.ndarray, rng: np.random.Generator, *, tilted: bool = True) -> np.ndarray:
    """Shrink (N, 3) points a little, tilt them a little and turn them about y at will."""
    scale = rng.uniform(SMALLEST_SCALE, 1.0)
    angles = rng.normal(0.0, TILT, 3).clip(-LARGEST_TILT, LARGEST_TILT)
    turn = Rotation.from_euler('y', rng.uniform(-np.pi, np.pi))
    if tilted:
        turn = turn * Rotation.from_euler('XYZ', angles)
    return (scale * turn.apply(points)).astype(np.float32)
