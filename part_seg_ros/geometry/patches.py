# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cutting a cloud into overlapping patches, and carrying values of patches back to points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.geometry.interpolation import three_nearest
from part_seg_ros.geometry.neighbors import k_nearest

# Floor of the squared distance in the weights of `interp_weights`.
_MIN_SQUARED = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """Index tables of a cloud of N points in G patches of K points.

    Attributes:
        center_idx: (G,) int64 points at the centres, in the order they were picked.
        neighbor_idx: (G, K) int64 points of each patch, the centre among them.
        interp_idx: (N, 3) int64 patches whose centres are nearest to each point.
        interp_weights: (N, 3) float32, normalised inverse squared distances to these centres.
    """

    center_idx: np.ndarray
    neighbor_idx: np.ndarray
    interp_idx: np.ndarray
    interp_weights: np.ndarray


def find_patches(
    points: np.ndarray, num_patches: int, patch_size: int, *, workers: int = -1
) -> Patches:
    """Choose patch centres by farthest-point sampling and find the neighbours of all.

    Args:
        points: (N, 3) float32, finite, normalised: the floor of the weights is 1e-8 squared units.
        num_patches: G, with 3 <= G <= N.
        patch_size: K, with 1 <= K <= N.
        workers: Threads of the tree queries, -1 for all cores.

    Returns:
        The tables.

    Raises:
        InputError: `points` is not (N, 3) or not finite, or G or K is out of range.
        BackendMissingError: fpsample is not installed.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1; PointNet++ (Qi et al. 2017), Sec. 3.4. Neighbours
        by exact distances from a k-d tree.
    """
    center_idx = block_farthest_point_sample(points, num_patches)
    centers = points[center_idx]
    _, neighbor_idx = k_nearest(points, centers, patch_size, workers=workers)
    interp_idx, interp_weights = three_nearest(
        centers, points, min_squared=_MIN_SQUARED, workers=workers
    )
    return Patches(
        center_idx=center_idx,
        neighbor_idx=neighbor_idx,
        interp_idx=interp_idx,
        interp_weights=interp_weights,
    )
