# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Batches of PartSAM's training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS
from part_seg_ros.models.partsam.config import PRESETS, PreparationSettings
from part_seg_ros.training.cloud_sources import CloudSource, cloud_generators
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.part_colors import colors_of
from part_seg_ros.training.partsam_augmentation import augment
from part_seg_ros.training.partsam_config import PartSamTraining
from part_seg_ros.training.prompted_clouds import (
    PromptedCloud,
    PromptedClouds,
    draw_parts,
    prompt_cloud,
    stack_clouds,
)
from part_seg_ros.training.tensor_records import moved
from part_seg_ros.training.triplets import draw_triplets

GREY = PreparationSettings().grey / 255  # what training takes shapes without colours for


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSamCloud:
    """One cloud.

    Attributes:
        prompted: With its parts and patches.
        normals: (N, 3) float32 unit vectors.
        triplet_rows: (M, 3, T) int64 triplets of points of each part.
    """

    prompted: PromptedCloud
    normals: np.ndarray
    triplet_rows: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSamClouds:
    """B clouds of a batch; see `PartSamCloud`.

    Attributes:
        prompted: With their parts and patches.
        normals: (B, N, 3).
        triplet_rows: (B, M, 3, T) int64.
    """

    prompted: PromptedClouds
    normals: Tensor
    triplet_rows: Tensor

    def to(self, device: str) -> PartSamClouds:
        """Return the clouds on a device."""
        return moved(self, device)


def partsam_batch(
    config: PartSamTraining, source: CloudSource, index: int, process: ProcessRank
) -> PartSamClouds:
    """Make a process's share of a batch; a cloud is the same however many processes there are.

    Raises:
        ConfigError: the clouds of a batch cannot be shared out evenly.
    """
    rngs = cloud_generators(config, index, process)
    clouds = [partsam_cloud(config, source, rng) for rng in rngs]
    return PartSamClouds(
        prompted=stack_clouds([cloud.prompted for cloud in clouds]),
        normals=torch.from_numpy(np.stack([cloud.normals for cloud in clouds])),
        triplet_rows=torch.from_numpy(np.stack([cloud.triplet_rows for cloud in clouds])),
    )


def partsam_cloud(
    config: PartSamTraining, source: CloudSource, rng: np.random.Generator
) -> PartSamCloud:
    """Draw a cloud and some of its parts, augment it, and draw triplets of its points.

    Patches have their exact neighbours, which the release rounds: see `layers.product_neighbors`.
    """
    cloud = source.draw(config.num_points, rng)
    colors = colors_of(cloud, GREY, config.painted_share, rng)
    targets = draw_parts(cloud.masks, config.num_masks, rng)
    augmented = augment(cloud.points, cloud.normals, colors, rng)
    sizes = PRESETS[config.preset]
    return PartSamCloud(
        prompted=prompt_cloud(
            augmented.points,
            augmented.colors,
            targets,
            num_patches=min(sizes.num_patches, config.num_points),
            patch_size=min(sizes.patch_size, config.num_points),
            rule=PARTSAM_CLICKS,
        ),
        normals=augmented.normals,
        triplet_rows=np.stack(
            [draw_triplets(augmented.points, part, config.triplets, rng) for part in targets]
        ),
    )
