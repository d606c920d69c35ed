# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clouds with parts to click on, cut into patches: what Point-SAM and PartSAM learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.evaluation.metrics import ClickRule, next_click
from part_seg_ros.geometry.patches import Patches, find_patches
from part_seg_ros.layers.grouping import PatchGroups, group_points
from part_seg_ros.training.tensor_records import moved


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptedCloud:
    """One cloud.

    Attributes:
        points: (N, 3) float32 in the frame of the network.
        colors: (N, 3) float32 in the range of the network.
        targets: (M, N) bool parts that are asked for, none empty.
        first_rows: (M,) int64 points of the first clicks on them.
        patches: Of the points.
    """

    points: np.ndarray
    colors: np.ndarray
    targets: np.ndarray
    first_rows: np.ndarray
    patches: Patches


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptedClouds:
    """B clouds of a batch; see `PromptedCloud`.

    Attributes:
        points: (B, N, 3).
        colors: (B, N, 3).
        targets: (B, M, N) bool.
        first_rows: (B, M) int64.
        groups: Patches of the clouds.
    """

    points: Tensor
    colors: Tensor
    targets: Tensor
    first_rows: Tensor
    groups: PatchGroups

    def to(self, device: str) -> PromptedClouds:
        """Return the clouds on a device."""
        return moved(self, device)


def draw_parts(masks: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` of (L, N) masks, each at most once as long as there are enough."""
    rows = rng.permutation(len(masks))
    return masks[np.resize(rows, count)]


def prompt_cloud(
    points: np.ndarray,
    colors: np.ndarray,
    targets: np.ndarray,
    *,
    num_patches: int,
    patch_size: int,
    rule: ClickRule,
) -> PromptedCloud:
    """Cut a cloud into patches and click on its parts; see `PromptedCloud` for the arrays."""
    return PromptedCloud(
        points=points,
        colors=colors,
        targets=targets,
        first_rows=np.array([next_click(points, part, None, rule)[0] for part in targets]),
        patches=find_patches(points, num_patches, patch_size, workers=1),
    )


def stack_clouds(clouds: Sequence[PromptedCloud]) -> PromptedClouds:
    """Make a batch of clouds of equal sizes."""

    def stacked(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(cloud, name) for cloud in clouds]))

    points = stacked('points')
    return PromptedClouds(
        points=points,
        colors=stacked('colors'),
        targets=stacked('targets'),
        first_rows=stacked('first_rows'),
        groups=group_points(points, [cloud.patches for cloud in clouds]),
    )
