# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a point cloud to the index tables that the network reads; NumPy and k-d trees only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.geometry.interpolation import three_nearest
from part_seg_ros.geometry.sampling import fast_farthest_point_sample
from part_seg_ros.models.compact.config import CompactConfig


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighborhoods:
    """Index tables of one cloud; `rows` are the points for which features are wanted.

    Attributes:
        anchor_idx: (A,) int64 points chosen by farthest-point sampling; the first G are centres.
        rows: (R,) int64 points with local features; the first A are the anchors themselves.
        near_idx: (R, K) int64 nearest points of the whole cloud, the point itself left out.
        wide_idx: (R, K) int64 nearest anchors.
        patch_idx: (G, P) int64 positions in `anchor_idx` of each patch's members.
        interp_idx: (R, 3) int64 patches whose centres are nearest to each row.
        interp_weights: (R, 3) float32 inverse squared distance weights, summing to one.
    """

    anchor_idx: np.ndarray
    rows: np.ndarray
    near_idx: np.ndarray
    wide_idx: np.ndarray
    patch_idx: np.ndarray
    interp_idx: np.ndarray
    interp_weights: np.ndarray


def find_neighborhoods(
    points: np.ndarray,
    config: CompactConfig,
    *,
    rows: np.ndarray | None = None,
    workers: int = -1,
) -> Neighborhoods:
    """Choose anchors and patches of a cloud and find the neighbours of its points.

    Args:
        points: (N, 3) float32, finite, N >= 16, normalised to the unit ball.
        config: Sizes; all counts shrink to what a small cloud has.
        rows: (S,) int64 points wanted beside the anchors; None for all points of the cloud, in
            their order, in which case the anchors are not repeated in front.
        workers: Threads of the tree queries, -1 for all cores.

    Returns:
        The tables.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.1: patches around farthest-point centres, 3-NN
        interpolation. Two neighbourhood scales and patches on anchors are ours: they keep what the
        network sees independent of the density of the cloud.
    """
    num_anchors = min(config.num_anchors, len(points))
    anchor_idx = fast_farthest_point_sample(points, num_anchors)
    anchors = points[anchor_idx]
    wanted = np.arange(len(points)) if rows is None else np.concatenate([anchor_idx, rows])
    targets = points[wanted]

    num_neighbors = min(config.num_neighbors, num_anchors - 1)
    tree = cKDTree(points, compact_nodes=False, balanced_tree=False)
    anchor_tree = cKDTree(anchors, compact_nodes=False, balanced_tree=False)
    near_idx = tree.query(targets, num_neighbors + 1, workers=workers)[1][:, 1:]
    wide_idx = anchor_idx[anchor_tree.query(targets, num_neighbors, workers=workers)[1]]

    num_patches = min(config.num_patches, num_anchors)
    centers = anchors[:num_patches]
    patch_size = min(config.patch_size, num_anchors)
    patch_idx = anchor_tree.query(centers, patch_size, workers=workers)[1]
    interp_idx, interp_weights = three_nearest(centers, targets, workers=workers)
    return Neighborhoods(
        anchor_idx=anchor_idx,
        rows=wanted,
        near_idx=near_idx,
        wide_idx=wide_idx,
        patch_idx=patch_idx,
        interp_idx=interp_idx,
        interp_weights=interp_weights,
    )
