# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Triplets of points: two of a part shall be more alike than either is to one outside."""

from __future__ import annotations

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor
from torch.nn import functional as F


def draw_triplets(
    points: np.ndarray, part: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw triplets for one part.

    Args:
        points: (N, 3).
        part: (N,) bool, neither empty nor the whole cloud.
        count: T.
        rng: Source of randomness.

    Returns:
        (3, T) int64 rows: two of the part and one outside, half of the latter from anywhere and
        half the points nearest to the part. Rows repeat only where there are fewer.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.3 and release, after PartField (Liu et al. 2025).
    """
    inside, outside = np.flatnonzero(part), np.flatnonzero(~part)

    def drawn(rows: np.ndarray, number: int) -> np.ndarray:
        return rng.choice(rows, number, replace=len(rows) < number)

    num_near = count // 2
    distances = cKDTree(points[inside]).query(points[outside])[0]
    nearest = outside[np.argsort(distances)[:num_near]]
    return np.stack(
        [
            drawn(inside, count),
            drawn(inside, count),
            np.concatenate([drawn(outside, count - num_near), drawn(nearest, num_near)]),
        ]
    )


def triplet_loss(features: Tensor, rows: Tensor) -> Tensor:
    """Return the () mean over all triplets, each seen from both of its points on the part.

    Args:
        features: (B, N, C) of the points.
        rows: (B, M, 3, T) int64 from `draw_triplets`, for M parts of each cloud.

    Source:
        As for `draw_triplets`: with s the exponential of a cosine, the mean over the two points of
        the part of -ln(s_within / (s_within + s_across)), here as softplus of a difference.
    """
    units = F.normalize(features.float(), dim=-1)
    own = torch.arange(len(rows), device=rows.device)[:, None, None]
    first, second, outside = (units[own, rows[:, :, i]] for i in range(3))  # (B, M, T, C)
    within = (first * second).sum(dim=-1)
    across = [(one * outside).sum(dim=-1) for one in (first, second)]
    return torch.stack([F.softplus(cosine - within) for cosine in across]).mean()
