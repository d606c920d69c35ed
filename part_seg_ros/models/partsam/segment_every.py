# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of an encoded shape, as PartSAM's release does it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.errors import CanceledError
from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.models.part_masks import PartMasks, Progress, merged
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.models.system import Embedding, System
from part_seg_ros.structures import PointPrompt


def find_masks(
    system: System,
    embedding: Embedding,
    settings: SegmentEverySettings,
    *,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> PartMasks:
    """Ask everywhere and keep the best masks, those with most points first.

    Args:
        system: Answers the clicks.
        embedding: The shape.
        settings: Thresholds.
        progress: Told the share done in [0, 1] and the number of masks kept so far.
        should_stop: Asked before every batch of clicks.

    Returns:
        Masks of which no two overlap by more than the threshold; perhaps none.

    Raises:
        CanceledError: `should_stop` returned True.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.4, with the numbers of its release.
    """
    points = embedding.points
    clicks = points[block_farthest_point_sample(points, min(settings.num_prompts, len(points)))]
    kept: list[PartMasks] = []
    num_kept = 0
    for begin in range(0, len(clicks), settings.batch_size):
        if should_stop():
            raise CanceledError('the search for parts was cancelled before it was done')
        progress(begin / len(clicks), num_kept)
        batch = clicks[begin : begin + settings.batch_size]
        kept.append(_good_masks(system, embedding, batch, settings.min_score))
        num_kept += len(kept[-1])
    best = merged(kept, settings.nms_iou)
    progress(1.0, len(best))
    return best


def _good_masks(
    system: System, embedding: Embedding, clicks: np.ndarray, min_score: float
) -> PartMasks:
    prompts = [PointPrompt(prompt_coords=c[None], prompt_labels=np.ones(1)) for c in clicks]
    answers = system.predict_batch(embedding, prompts)
    found = PartMasks(
        masks=np.concatenate([answer.masks for answer in answers]),
        scores=np.concatenate([answer.iou_pred for answer in answers]),
        prompt_coords=np.repeat(clicks, [len(answer.iou_pred) for answer in answers], axis=0),
    )
    return found.select((found.scores > min_score) & found.masks.any(axis=1))
