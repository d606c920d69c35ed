# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Patches by nearest neighbours whose distances are rounded as the originals round them."""

from __future__ import annotations

import torch
from torch import Tensor

from part_seg_ros.layers.grouping import PatchGroups, take_rows

# Floor of the squared distance in the weights of the interpolation.
_MIN_SQUARED = 1e-8
# Distances held at once, and fewest queries of a pass: products of few rows are rounded otherwise.
_PAIRS_PER_PASS = 1 << 22
_MIN_QUERIES = 64


def nearest(queries: Tensor, keys: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Find the K keys nearest to each query among distances as `torch.cdist` rounds them.

    It takes squared distances from products (|a|² + |b|² - 2ab), which costs half the digits of
    small ones. That decides which of two nearly equal neighbours counts and how much very near
    ones weigh: with exact distances a few patches of a cloud get another member, and the logits of
    the recording `partsam_a` move by up to 7e-5 instead of 1.4e-5.

    Args:
        queries: (B, M, 3).
        keys: (B, N, 3).
        k: K <= N.

    Returns:
        (B, M, K) distances and (B, M, K) int64 indices, nearest first.
    """
    rows = max(_MIN_QUERIES, _PAIRS_PER_PASS // keys.shape[1])
    passes = [
        torch.cdist(some, keys, compute_mode='use_mm_for_euclid_dist').topk(k, largest=False)
        for some in queries.split(rows, dim=1)
    ]
    return torch.cat([p.values for p in passes], 1), torch.cat([p.indices for p in passes], 1)


def group_by_products(points: Tensor, center_idx: Tensor, patch_size: int) -> PatchGroups:
    """Cut clouds into patches around given centres.

    Args:
        points: (B, N, 3) normalised: the floor of the weights is 1e-8 squared units.
        center_idx: (B, G) int64 points at the centres, G >= 3.
        patch_size: K <= N.

    Returns:
        The K points nearest to each centre, and the three centres nearest to each point with
        normalised inverse squared distances.
    """
    centers = take_rows(points, center_idx)
    _, neighbor_idx = nearest(centers, points, patch_size)
    distances, interp_idx = nearest(points, centers, 3)
    weights = 1.0 / distances.square().clamp(min=_MIN_SQUARED)
    return PatchGroups(
        centers=centers,
        neighbor_idx=neighbor_idx,
        offsets=take_rows(points, neighbor_idx) - centers.unsqueeze(2),
        interp_idx=interp_idx,
        interp_weights=weights / weights.sum(-1, keepdim=True),
    )
