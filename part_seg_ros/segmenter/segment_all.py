# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of a cloud, by prompting everywhere and keeping the best masks."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import CanceledError, ConfigError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.geometry.normalization import fit_unit_sphere
from part_seg_ros.geometry.sampling import fast_farthest_point_sample
from part_seg_ros.models.system import System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.structures import MaskCandidates, PartSegmentation, PointPrompt, SegmentedPart

_PROMPTING_SHARE = 0.8


class Stage(enum.Enum):
    """What `segment_all` is doing."""

    PROMPTING = 'prompting'
    MERGING = 'merging'


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    """Candidates over the network's points: logits (M, S), scores (M,), clicks (M, 3)."""

    mask_logits: np.ndarray
    scores: np.ndarray
    prompt_coords: np.ndarray

    def select(self, idx: np.ndarray) -> _Kept:
        return _Kept(
            mask_logits=self.mask_logits[idx],
            scores=self.scores[idx],
            prompt_coords=self.prompt_coords[idx],
        )


def segment_all(
    system: System,
    encoded: EncodedCloud,
    settings: SegmentAllSettings,
    *,
    progress: Callable[[Stage, float, int], None],
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
    coords = _spread_clicks(encoded, settings.num_prompts)
    batches: list[_Kept] = []
    num_kept = 0
    progress(Stage.PROMPTING, 0.0, 0)
    for num_done, batch in _decode(system, encoded, coords, settings, should_stop):
        batches.append(batch)
        num_kept += len(batch.scores)
        progress(Stage.PROMPTING, _PROMPTING_SHARE * num_done / len(coords), num_kept)
    _check(should_stop)
    kept = _suppress(_joined(batches), system, settings)
    if settings.max_parts:
        kept = kept.select(np.arange(min(settings.max_parts, len(kept.scores))))
    progress(Stage.MERGING, _PROMPTING_SHARE, len(kept.scores))
    kept_idx, part_ids = _paint(encoded, kept, settings.min_points, should_stop)
    progress(Stage.MERGING, 0.95, len(kept_idx))
    parts = _describe(encoded, kept.select(kept_idx), part_ids)
    progress(Stage.MERGING, 1.0, len(parts))
    return PartSegmentation(part_ids=part_ids, parts=parts)


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


def _spread_clicks(encoded: EncodedCloud, num_prompts: int) -> np.ndarray:
    points = encoded.embedding.points
    unit = fit_unit_sphere(points).apply(points)
    return points[fast_farthest_point_sample(unit, min(num_prompts, len(points)))]


def _decode(
    system: System,
    encoded: EncodedCloud,
    coords: np.ndarray,
    settings: SegmentAllSettings,
    should_stop: Callable[[], bool],
) -> Iterator[tuple[int, _Kept]]:
    """Yield the number of clicks done so far and the candidates worth keeping, batch by batch."""
    granularity = settings.granularity if system.capabilities.granularity else None
    batch_size, begin = settings.batch_size, 0
    while begin < len(coords):
        _check(should_stop)
        chunk = coords[begin : begin + batch_size]
        prompts = [
            PointPrompt(
                prompt_coords=coord[None], prompt_labels=np.ones(1), granularity=granularity
            )
            for coord in chunk
        ]
        try:
            answers = system.predict_batch(encoded.embedding, prompts)
        except (MemoryError, RuntimeError) as error:
            if len(chunk) == 1 or not _is_out_of_memory(error):
                raise
            batch_size = (len(chunk) + 1) // 2
            continue
        begin += len(chunk)
        yield begin, _worth_keeping(answers, chunk, settings.min_score)


def _check(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise CanceledError('segmenting every part was cancelled before it was done')


def _is_out_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or 'out of memory' in text
        or "can't allocate memory" in text
    )


def _worth_keeping(answers: list[MaskCandidates], coords: np.ndarray, min_score: float) -> _Kept:
    logits = np.concatenate([answer.mask_logits for answer in answers])
    scores = np.concatenate([answer.iou_pred for answer in answers])
    clicks = np.repeat(coords, [len(answer.iou_pred) for answer in answers], axis=0)
    is_good = (scores >= min_score) & (logits > 0).any(axis=1)
    return _Kept(mask_logits=logits, scores=scores, prompt_coords=clicks).select(is_good)


def _joined(batches: list[_Kept]) -> _Kept:
    return _Kept(
        mask_logits=np.concatenate([batch.mask_logits for batch in batches]),
        scores=np.concatenate([batch.scores for batch in batches]),
        prompt_coords=np.concatenate([batch.prompt_coords for batch in batches]),
    )


def _suppress(kept: _Kept, system: System, settings: SegmentAllSettings) -> _Kept:
    max_overlap = settings.max_overlap
    if settings.granularity is not None and not system.capabilities.granularity:
        max_overlap = settings.granularity
    iou, share = pairwise_overlap(kept.mask_logits > 0)
    is_conflict = (iou > settings.nms_iou) | (share > max_overlap)
    return kept.select(suppress(kept.scores, is_conflict))


def _paint(
    encoded: EncodedCloud, kept: _Kept, min_points: int, should_stop: Callable[[], bool]
) -> tuple[np.ndarray, np.ndarray]:
    """Lay masks over each other, large ones first.

    Parts of which fewer than `min_points` points remain visible are left out, and what lies under
    them shows again.

    Returns:
        (K,) int64 candidates that became parts, ascending, and (N,) int32 part ids.
    """
    propagation = encoded.propagation
    counts = propagation.slot_counts
    masks = np.zeros((len(kept.scores), len(counts)), bool)
    for mask, logits in zip(masks, kept.mask_logits, strict=True):
        _check(should_stop)
        mask[:] = propagation.to_slots(logits[None], -np.inf)[0] > 0
    sizes = masks @ counts
    idx = np.flatnonzero(sizes >= min_points)
    while True:
        _check(should_stop)
        slot_ids = np.full(len(counts), -1, np.int32)
        for part_id in np.argsort(-sizes[idx], kind='stable'):
            slot_ids[masks[idx[part_id]]] = part_id
        is_covered = slot_ids >= 0
        visible = np.bincount(slot_ids[is_covered], counts[is_covered], minlength=len(idx))
        if (visible >= min_points).all():
            return idx, propagation.from_slots(slot_ids)
        idx = idx[visible >= min_points]


def _describe(
    encoded: EncodedCloud, kept: _Kept, part_ids: np.ndarray
) -> tuple[SegmentedPart, ...]:
    points = encoded.cloud.points
    return tuple(
        SegmentedPart(
            part_id=part_id,
            score=float(np.clip(kept.scores[part_id], 0.0, 1.0)),
            box=oriented_box(points[part_ids == part_id]),
            prompt_coord=kept.prompt_coords[part_id],
        )
        for part_id in range(len(kept.scores))
    )
