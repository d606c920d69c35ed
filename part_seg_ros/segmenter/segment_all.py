# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of a cloud, by prompting everywhere and keeping the best masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.models.system import System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.part_name import likeliest_name
from part_seg_ros.segmenter.proposals import (
    PROMPTING_SHARE,
    Progress,
    Proposals,
    Stage,
    check_stop,
    propose,
    spread_clicks,
)
from part_seg_ros.segmenter.suppression import distinct
from part_seg_ros.structures import MaskCandidates, PartSegmentation, SegmentedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentAllSettings:
    """Thresholds of "segment every part"."""

    num_prompts: int = setting(128, 'Clicks spread over the cloud.', minimum=1, maximum=100_000)
    granularity: float | None = setting(
        None,
        'Fineness in (0, 1]. For networks without a scale of their own it replaces max_overlap.',
    )
    min_score: float = setting(
        0.3, 'Candidates with a lower score are dropped.', minimum=0.0, maximum=1.0
    )
    nms_iou: float = setting(
        0.5,
        'Of two candidates that overlap by more than this IoU the worse is dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    max_overlap: float = setting(
        0.5,
        'Of two candidates that share more than this part of the smaller one, the worse is'
        ' dropped; 1 keeps parts that lie within others.',
        minimum=0.0,
        maximum=1.0,
    )
    min_points: int = setting(20, 'Parts with fewer input points are dropped.', minimum=1)
    max_parts: int = setting(0, 'At most so many parts, best first; 0 for no limit.', minimum=0)
    batch_size: int = setting(32, 'Clicks decoded at once.', minimum=1, maximum=4096)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
        if self.granularity is not None and not 0.0 < self.granularity <= 1.0:
            raise ConfigError(f'granularity must lie in (0, 1], got {self.granularity}')


def segment_all(
    system: System,
    encoded: EncodedCloud,
    settings: SegmentAllSettings,
    *,
    min_name_probability: float,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> PartSegmentation:
    """Segment every part of an encoded cloud.

    Clicks spread by farthest-point sampling are decoded in batches; of candidates that overlap,
    the one with the highest predicted IoU stays; what is left is painted from large to small, so
    that a part lies on top of the whole that it belongs to.

    Args:
        system: Answers the clicks.
        encoded: The cloud.
        settings: Thresholds.
        min_name_probability: A part whose likeliest name is less probable gets no name.
        progress: Told stage, share done in [0, 1] and number of candidates kept so far.
        should_stop: Asked between chunks of work.

    Returns:
        Part ids of all N input points, -1 where no mask covers or the point is invalid; the parts
        by descending score, so that part 0 is the best.

    Raises:
        CanceledError: `should_stop` returned True.

    Source:
        Segment Anything (Kirillov et al. 2023), appendix B, "Automatic mask generation", on points
        instead of pixels. Ours: painting from large to small and the limit on the share of the
        smaller mask, since part ids cannot overlap; no stability score, which asks for logits of a
        known scale.
    """
    proposals = propose(
        system,
        encoded,
        spread_clicks(encoded, settings.num_prompts),
        lambda candidates: _is_worth_keeping(candidates, settings.min_score),
        granularity=settings.granularity,
        batch_size=settings.batch_size,
        progress=progress,
        should_stop=should_stop,
    )
    check_stop(should_stop)
    kept = _suppress(proposals, system, settings)
    if settings.max_parts:
        kept = kept.select(np.arange(min(settings.max_parts, len(kept))))
    progress(Stage.MERGING, PROMPTING_SHARE, len(kept))
    kept_idx, part_ids = _paint(encoded, kept, settings.min_points, should_stop)
    progress(Stage.MERGING, 0.95, len(kept_idx))
    parts = _describe(
        encoded, kept.select(kept_idx), part_ids, system.part_names, min_name_probability
    )
    progress(Stage.MERGING, 1.0, len(parts))
    return PartSegmentation(part_ids=part_ids, parts=parts)


def _is_worth_keeping(candidates: MaskCandidates, min_score: float) -> np.ndarray:
    is_good = np.maximum(candidates.iou_pred, 0.0) >= min_score
    return is_good & candidates.masks.any(axis=1)


def _suppress(kept: Proposals, system: System, settings: SegmentAllSettings) -> Proposals:
    max_overlap = settings.max_overlap
    if settings.granularity is not None and not system.capabilities.granularity:
        max_overlap = settings.granularity
    candidates = kept.candidates
    return kept.select(
        distinct(
            candidates.masks,
            candidates.iou_pred,
            nms_iou=settings.nms_iou,
            max_overlap=max_overlap,
        )
    )


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
