# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which masks of a cloud are asked for, where they are clicked first, which points count."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

SINGLE_PART_WEIGHT = 4.0  # how much likelier one part is drawn than a union of parts


def choose_masks(
    masks: list[tuple[str, float, np.ndarray]],
    part_ids: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> list[tuple[str, float, np.ndarray]]:
    """Draw `count` of (label, granularity, mask), single parts more often than unions of several.

    Repeats only where there are fewer masks than asked for.
    """
    weight = np.array([_weight(part_ids[mask]) for _, _, mask in masks])
    order: list[int] = []
    while len(order) < count:
        size = min(count - len(order), len(masks))
        order += list(rng.choice(len(masks), size, replace=False, p=weight / weight.sum()))
    return [masks[i] for i in order]


def _weight(inside: np.ndarray) -> float:
    return SINGLE_PART_WEIGHT if (inside == inside[0]).all() else 1.0


def first_click(
    points: np.ndarray, mask: np.ndarray, anchors: np.ndarray, rng: np.random.Generator
) -> int:
    """Pick the row of the first click: the point deepest inside the mask, or now and then another.

    Depth is the distance to the nearest anchor outside the mask, as in the click protocol.
    """
    inside = np.flatnonzero(mask)
    if len(inside) > 256:
        inside = rng.choice(inside, 256, replace=False)
    outside = anchors[~mask[anchors]]
    if len(outside) == 0 or rng.random() < 0.15:
        return int(rng.choice(inside))
    depth = cKDTree(points[outside]).query(points[inside])[0]
    if rng.random() < 0.25:
        return int(rng.choice(inside, p=depth / depth.sum()))
    return int(inside[depth.argmax()])


def supervised_rows(
    points: np.ndarray, masks: np.ndarray, num_anchors: int, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose points to supervise beside the anchors, dense in and around every mask.

    Args:
        points: (N, 3).
        masks: (M, N) bool.
        num_anchors: Anchors, which are supervised too and count as a uniform sample.
        count: Points inside each mask, and as many close outside.
        rng: Source of randomness.

    Returns:
        rows (M * 2 * count,) int64, and density (N,) the expected number of times that each point
        is chosen, the anchors included; its inverse makes sums over the rows unbiased.
    """
    density = np.full(len(points), num_anchors / len(points))
    rows = []
    for mask in masks:
        inside = np.flatnonzero(mask)
        outside = np.flatnonzero(~mask)
        tried = rng.choice(outside, min(1024, len(outside)), replace=False)
        known = rng.choice(inside, min(512, len(inside)), replace=False)
        distance = cKDTree(points[known]).query(points[tried])[0]
        ring = tried[np.argsort(distance)[: max(count, len(tried) // 8)]]
        for pool in (inside, ring):
            rows.append(rng.choice(pool, count))
            density[pool] += count / len(pool)
    return np.concatenate(rows), density
