# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of a cloud, by prompting everywhere and merging what the masks say."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.models.system import System
from part_seg_ros.segmenter.by_agreement import Agreement, Pieces
from part_seg_ros.segmenter.by_suppression import parts_of_best_masks
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.part_limits import PartLimits
from part_seg_ros.segmenter.part_votes import VoteCounter
from part_seg_ros.segmenter.proposals import (
    PROMPTING_SHARE,
    Progress,
    Proposals,
    Stage,
    check_stop,
    decode_clicks,
    joined,
    spread_clicks,
)
from part_seg_ros.structures import MaskCandidates, PartSegmentation

AGREEMENT, SUPPRESSION = 'agreement', 'suppression'
DEFAULT_GRANULARITY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentAllSettings:
    """Thresholds of "segment every part"."""

    num_prompts: int = setting(128, 'Clicks spread over the cloud.', minimum=1, maximum=100_000)
    granularity: float | None = setting(
        None,
        'Fineness in (0, 1]; without one 0.6, or with suppression what the network takes for'
        ' parts. With suppression it replaces max_overlap for networks without a scale.',
    )
    merging: str = setting(
        AGREEMENT,
        'agreement: a part is where clicks vote for each other. suppression: a part is a mask'
        ' that overlaps no better one.',
        choices=(AGREEMENT, SUPPRESSION),
    )
    min_score: float = setting(
        0.3, 'Candidates with a lower score are dropped.', minimum=0.0, maximum=1.0
    )
    min_stability: float = setting(
        0.0,
        'Candidates are dropped whose masks at logits 1 and -1 have a lower IoU; for networks'
        ' whose logits are probabilities.',
        minimum=0.0,
        maximum=1.0,
    )
    nms_iou: float = setting(
        0.5,
        'With suppression: of two candidates that overlap by more than this IoU the worse is'
        ' dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    max_overlap: float = setting(
        0.5,
        'With suppression: of two candidates that share more than this part of the smaller one,'
        ' the worse is dropped; 1 keeps parts that lie within others.',
        minimum=0.0,
        maximum=1.0,
    )
    min_points: int = setting(20, 'Parts with fewer input points are dropped.', minimum=1)
    max_parts: int = setting(0, 'At most so many parts, best first; 0 for no limit.', minimum=0)
    batch_size: int = setting(
        8,
        'Clicks decoded at once; more outgrow the cache of a CPU, and are faster on a GPU.',
        minimum=1,
        maximum=4096,
    )
    time_budget: float = setting(
        0.0,
        'Time after which no further click is decoded and the parts are made of what is there [s];'
        ' 0 for no limit.',
        minimum=0.0,
    )

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
    pieces: Pieces | None = None,
) -> PartSegmentation:
    """Segment every part of an encoded cloud.

    Clicks spread by farthest-point sampling are decoded in batches. Their candidates then vote on
    which points belong together (`by_agreement`), or the best ones that do not overlap are painted
    (`by_suppression`).

    Args:
        system: Answers the clicks.
        encoded: The cloud.
        settings: Thresholds.
        min_name_probability: A part whose likeliest name is less probable gets no name.
        progress: Told stage, share done in [0, 1] and number of candidates kept so far.
        should_stop: Asked between chunks of work.
        pieces: Connection of the surface, which agreement takes into account; None for a cloud.

    Returns:
        Part ids of all N input points, -1 where no mask covers or the point is invalid; the parts
        by descending score, so that part 0 is the best.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    if settings.merging == AGREEMENT:
        granularity = settings.granularity or DEFAULT_GRANULARITY
        return segment_levels(
            system,
            encoded,
            settings,
            (granularity,),
            min_name_probability=min_name_probability,
            progress=progress,
            should_stop=should_stop,
            pieces=pieces,
        )[0]
    batches: list[Proposals] = []
    is_complete = _decode(system, encoded, settings, batches.append, progress, should_stop)
    max_overlap = settings.max_overlap
    if settings.granularity is not None and not system.capabilities.granularity:
        max_overlap = settings.granularity
    progress(Stage.MERGING, PROMPTING_SHARE, sum(map(len, batches)))
    found = parts_of_best_masks(
        encoded,
        joined(batches),
        part_names=system.part_names,
        nms_iou=settings.nms_iou,
        max_overlap=max_overlap,
        limits=_limits(settings, min_name_probability),
        should_stop=should_stop,
    )
    progress(Stage.MERGING, 1.0, len(found.parts))
    return dataclasses.replace(found, is_complete=is_complete)


def segment_levels(
    system: System,
    encoded: EncodedCloud,
    settings: SegmentAllSettings,
    granularities: Sequence[float],
    *,
    min_name_probability: float,
    progress: Progress,
    should_stop: Callable[[], bool],
    pieces: Pieces | None = None,
    nested: bool = True,
) -> tuple[PartSegmentation, ...]:
    """Segment every part at several granularities, the clicks decoded once.

    Args:
        system: As for `segment_all`.
        encoded: As for `segment_all`.
        settings: As for `segment_all`; merging is by agreement.
        granularities: Ascending, each in (0, 1].
        min_name_probability: As for `segment_all`.
        progress: As for `segment_all`.
        should_stop: As for `segment_all`.
        pieces: As for `segment_all`.
        nested: As for `Agreement.levels`.

    Returns:
        A segmentation for each granularity, as from `segment_all`.

    Raises:
        CanceledError: `should_stop` returned True.
        InputError: the granularities are not ascending within (0, 1].
    """
    if list(granularities) != sorted(granularities) or not all(0 < g <= 1 for g in granularities):
        raise InputError(f'granularities must ascend within (0, 1], got {list(granularities)}')
    counter = VoteCounter(encoded.embedding.points)
    asked = dataclasses.replace(settings, granularity=None)
    is_complete = _decode(system, encoded, asked, counter.add, progress, should_stop)
    votes = counter.total()
    progress(Stage.MERGING, PROMPTING_SHARE, len(votes.iou_pred))
    agreement = Agreement(encoded, votes, part_names=system.part_names, pieces=pieces)
    found = agreement.levels(
        granularities, _limits(settings, min_name_probability), should_stop, nested=nested
    )
    progress(Stage.MERGING, 1.0, len(found[-1].parts))
    return tuple(dataclasses.replace(level, is_complete=is_complete) for level in found)


def _decode(
    system: System,
    encoded: EncodedCloud,
    settings: SegmentAllSettings,
    take: Callable[[Proposals], None],
    progress: Progress,
    should_stop: Callable[[], bool],
) -> bool:
    """Answer clicks and hand on the candidates worth keeping, until all are done or the time is.

    Returns:
        Whether all clicks were answered.
    """
    start = time.perf_counter()
    coords = spread_clicks(encoded, settings.num_prompts)
    num_kept, num_done = 0, 0
    progress(Stage.PROMPTING, 0.0, 0)
    for num_done, batch in decode_clicks(
        system,
        encoded,
        coords,
        granularity=settings.granularity,
        batch_size=settings.batch_size,
        should_stop=should_stop,
    ):
        kept = batch.select(_is_worth_keeping(batch.candidates, settings))
        take(kept)
        num_kept += len(kept)
        progress(Stage.PROMPTING, PROMPTING_SHARE * (num_done / len(coords)), num_kept)
        if 0.0 < settings.time_budget < time.perf_counter() - start:
            break
    check_stop(should_stop)
    return num_done == len(coords)


def _is_worth_keeping(candidates: MaskCandidates, settings: SegmentAllSettings) -> np.ndarray:
    is_good = np.maximum(candidates.iou_pred, 0.0) >= settings.min_score
    is_good &= candidates.masks.any(axis=1)
    if settings.min_stability > 0.0:
        sure = np.count_nonzero(candidates.mask_logits > 1.0, axis=1)
        possible = np.count_nonzero(candidates.mask_logits > -1.0, axis=1)
        is_good &= sure >= settings.min_stability * possible
    return is_good


def _limits(settings: SegmentAllSettings, min_name_probability: float) -> PartLimits:
    return PartLimits(
        min_points=settings.min_points,
        max_parts=settings.max_parts,
        min_name_probability=min_name_probability,
    )
