# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Dropping masks that say the same as a better one."""

from __future__ import annotations

import numpy as np

# Number of bits in every byte; numpy.bitwise_count needs NumPy 2.
_NUM_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(1).astype(np.uint8)


def pairwise_overlap(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much (M, S) bool masks overlap.

    Returns:
        (M, M) float32 IoU, and (M, M) float32 share of the smaller of both; 0 for empty masks.
    """
    counts = masks.astype(np.float32)
    shared = counts @ counts.T
    size = counts.sum(axis=1)
    union = size[:, None] + size[None, :] - shared
    smaller = np.minimum(size[:, None], size[None, :])
    return shared / np.maximum(union, 1.0), shared / np.maximum(smaller, 1.0)


def suppress(scores: np.ndarray, is_conflict: np.ndarray) -> np.ndarray:
    """Keep candidates, best first, that are in conflict with no better one that was kept.

    Args:
        scores: (M,) float.
        is_conflict: (M, M) bool.

    Returns:
        (K,) int64 indices by descending score; equal scores keep their order.
    """
    kept: list[int] = []
    for idx in np.argsort(-scores, kind='stable'):
        if not is_conflict[idx, kept].any():
            kept.append(int(idx))
    return np.array(kept, dtype=np.int64)


def distinct(
    masks: np.ndarray, scores: np.ndarray, *, nms_iou: float, max_overlap: float
) -> np.ndarray:
    """Keep masks, best first, that overlap too much with no better one that was kept.

    Masks are compared with the kept ones alone, bit by bit, so that thousands of them take
    neither a table of all pairs nor a float for each point.

    Args:
        masks: (M, S) bool.
        scores: (M,) float.
        nms_iou: Largest IoU of two kept masks.
        max_overlap: Largest share of the smaller of two kept masks that lies in the other; empty
            masks lie in none.

    Returns:
        (K,) int64 indices by descending score; equal scores keep their order.
    """
    order = np.argsort(-scores, kind='stable')
    packed = np.packbits(masks[order], axis=1)
    sizes = np.count_nonzero(masks, axis=1)[order]
    kept: list[int] = []
    while len(order):
        kept.append(int(order[0]))
        shared = _NUM_BITS[packed & packed[0]].sum(axis=1, dtype=np.int64)
        iou = shared / np.maximum(sizes + sizes[0] - shared, 1)
        share = shared / np.maximum(np.minimum(sizes, sizes[0]), 1)
        remains = (iou <= nms_iou) & (share <= max_overlap)
        remains[0] = False
        order, packed, sizes = order[remains], packed[remains], sizes[remains]
    return np.array(kept, dtype=np.int64)
