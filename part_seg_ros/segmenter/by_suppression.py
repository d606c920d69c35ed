# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts from the best masks: worse ones that overlap them are dropped, the rest is painted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.part_limits import PartLimits
from part_seg_ros.segmenter.part_name import likeliest_name
from part_seg_ros.segmenter.proposals import Proposals, check_stop
from part_seg_ros.segmenter.suppression import distinct
from part_seg_ros.structures import PartSegmentation, SegmentedPart


def parts_of_best_masks(
    encoded: EncodedCloud,
    proposals: Proposals,
    *,
    part_names: tuple[str, ...],
    nms_iou: float,
    max_overlap: float,
    limits: PartLimits,
    should_stop: Callable[[], bool],
) -> PartSegmentation:
    """Drop masks that overlap a better one, and paint the rest from large to small.

    Args:
        encoded: The cloud.
        proposals: Masks over the network's points.
        part_names: The names of the system.
        nms_iou: As for `suppression.distinct`.
        max_overlap: As for `suppression.distinct`.
        limits: Which parts are told, and how.
        should_stop: Asked between masks.

    Returns:
        Part ids of all N input points, -1 where no mask covers or the point is invalid; the parts
        by descending score.

    Raises:
        CanceledError: `should_stop` returned True.

    Source:
        Segment Anything (Kirillov et al. 2023), appendix B, "Automatic mask generation", on points
        instead of pixels. Ours: painting from large to small and the limit on the share of the
        smaller mask, since part ids cannot overlap.
    """
    candidates = proposals.candidates
    kept = proposals.select(
        distinct(candidates.masks, candidates.iou_pred, nms_iou=nms_iou, max_overlap=max_overlap)
    )
    if limits.max_parts:
        kept = kept.select(np.arange(min(limits.max_parts, len(kept))))
    kept_idx, part_ids = _paint(encoded, kept, limits.min_points, should_stop)
    parts = _describe(
        encoded, kept.select(kept_idx), part_ids, part_names, limits.min_name_probability
    )
    return PartSegmentation(part_ids=part_ids, parts=parts)


def _paint(
    encoded: EncodedCloud, kept: Proposals, min_points: int, should_stop: Callable[[], bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Lay masks over each other, large ones first.

    Parts of which fewer than `min_points` points remain visible are left out, and what lies under
    them shows again.

    Returns:
        (K,) int64 candidates that became parts, ascending, and (N,) int32 part ids.
    """
    propagation = encoded.propagation
    counts = propagation.slot_counts
    masks = np.zeros((len(kept), len(counts)), bool)
    for mask, logits in zip(masks, kept.candidates.mask_logits, strict=True):
        check_stop(should_stop)
        mask[:] = propagation.to_slots(logits[None], -np.inf)[0] > 0
    sizes = masks @ counts
    idx = np.flatnonzero(sizes >= min_points)
    while True:
        check_stop(should_stop)
        slot_ids = np.full(len(counts), -1, np.int32)
        for part_id in np.argsort(-sizes[idx], kind='stable'):
            slot_ids[masks[idx[part_id]]] = part_id
        is_covered = slot_ids >= 0
        visible = np.bincount(slot_ids[is_covered], counts[is_covered], minlength=len(idx))
        if (visible >= min_points).all():
            return idx, propagation.from_slots(slot_ids)
        idx = idx[visible >= min_points]


def _describe(
    encoded: EncodedCloud,
    kept: Proposals,
    part_ids: np.ndarray,
    part_names: tuple[str, ...],
    min_name_probability: float,
) -> tuple[SegmentedPart, ...]:
    points, candidates = encoded.cloud.points, kept.candidates
    parts = []
    for part_id, coord in enumerate(kept.prompt_coords):
        name, probability = likeliest_name(candidates, part_id, part_names, min_name_probability)
        parts.append(
            SegmentedPart(
                part_id=part_id,
                score=float(np.clip(candidates.iou_pred[part_id], 0.0, 1.0)),
                name=name,
                name_probability=probability,
                box=oriented_box(points[part_ids == part_id]),
                prompt_coord=coord,
            )
        )
    return tuple(parts)
