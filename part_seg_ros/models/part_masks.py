# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From masks of single parts to one part for every point, for systems that search on their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.structures import PartSegmentation, SegmentedPart

Progress = Callable[[float, int], None]
_UNION_FLOOR = 1e-8


def silent(share: float, num_kept: int) -> None:
    """Progress that nobody is told."""


def never() -> bool:
    """Go on to the end."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartMasks:
    """M masks over the S points of an embedding.

    Attributes:
        masks: (M, S) bool, none empty.
        scores: (M,) float32 predicted IoU.
        prompt_coords: (M, 3) float32 the click that each answers [m].
    """

    masks: np.ndarray
    scores: np.ndarray
    prompt_coords: np.ndarray

    def __len__(self) -> int:
        """Return M."""
        return len(self.scores)

    def select(self, idx: np.ndarray) -> PartMasks:
        """Return the masks `idx` ((K,) integer or (M,) bool), in that order."""
        return PartMasks(
            masks=self.masks[idx], scores=self.scores[idx], prompt_coords=self.prompt_coords[idx]
        )


def merged(batches: Sequence[PartMasks], nms_iou: float) -> PartMasks:
    """Drop masks that overlap too much with a better one, and order the rest by size.

    Args:
        batches: At least one.
        nms_iou: As for `suppress`.

    Returns:
        Masks with most points first.
    """
    candidates = PartMasks(
        masks=np.concatenate([batch.masks for batch in batches]),
        scores=np.concatenate([batch.scores for batch in batches]),
        prompt_coords=np.concatenate([batch.prompt_coords for batch in batches]),
    )
    best = candidates.select(suppress(candidates.masks, candidates.scores, nms_iou))
    return best.select(np.argsort(-best.masks.sum(axis=1), kind='stable'))


def suppress(masks: np.ndarray, scores: np.ndarray, nms_iou: float) -> np.ndarray:
    """Drop masks that overlap too much with a better one.

    Args:
        masks: (M, S) bool.
        scores: (M,) float.
        nms_iou: Masks whose IoU with a kept one is higher are dropped.

    Returns:
        (K,) int64 indices by descending score; equal scores keep their order.
    """
    order = np.argsort(-scores, kind='stable')
    counts = masks.sum(axis=1)
    kept: list[int] = []
    while len(order):
        best, order = int(order[0]), order[1:]
        kept.append(best)
        shared = masks[order] @ masks[best].astype(np.float32)
        union = counts[order] + counts[best] - shared
        order = order[shared / (union + _UNION_FLOOR) <= nms_iou]
    return np.array(kept, dtype=np.int64)


def paint(masks: np.ndarray) -> np.ndarray:
    """Lay masks over each other in their order, so that later ones cover earlier ones.

    Args:
        masks: (M, S) bool.

    Returns:
        (S,) int64 mask on top of each point, -1 where there is none.
    """
    on_top = np.full(masks.shape[1], -1, np.int64)
    for idx, mask in enumerate(masks):
        on_top[mask] = idx
    return on_top


def as_segmentation(labels: np.ndarray, found: PartMasks, source: np.ndarray) -> PartSegmentation:
    """Number the labels that occur from 0, in their order, and describe their parts.

    Args:
        labels: (S,) int64 labels, -1 for none.
        found: The masks that they come from.
        source: (L,) int64 mask of each label.

    Returns:
        Part ids; parts by ascending label.
    """
    used, number = np.unique(labels[labels >= 0], return_inverse=True)
    part_ids = np.full(len(labels), -1, np.int32)
    part_ids[labels >= 0] = number.reshape(-1)
    parts = tuple(
        SegmentedPart(
            part_id=part_id,
            score=float(np.clip(found.scores[mask], 0.0, 1.0)),
            prompt_coord=found.prompt_coords[mask],
        )
        for part_id, mask in enumerate(source[used])
    )
    return PartSegmentation(part_ids=part_ids, parts=parts)
