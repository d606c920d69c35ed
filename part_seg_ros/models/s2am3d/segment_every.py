# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of an encoded shape: clicks all over it, each at several scales.

Ours, not the published method: the release has no search for all parts and the paper's is not
known. The thresholds are not tuned on data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import CanceledError, ConfigError
from part_seg_ros.geometry.sampling import fast_farthest_point_sample
from part_seg_ros.models.part_masks import PartMasks, Progress, merged
from part_seg_ros.structures import MaskCandidates

# From (M,) int64 rows of clicked points and a scale to their M masks.
Decode = Callable[[np.ndarray, float | None], MaskCandidates]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEverySettings:
    """How every part is found.

    Attributes:
        scales: Shares of the points that every click is asked at, beside no scale.
    """

    num_prompts: int = setting(256, 'Clicks spread over the shape.', minimum=1, maximum=100_000)
    batch_size: int = setting(32, 'Clicks decoded between two looks at the time.', minimum=1)
    scales: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4)
    min_share: float = setting(
        0.001, 'Masks with a smaller share of the points are dropped.', minimum=0.0, maximum=1.0
    )
    min_score: float = setting(
        0.5, 'Only masks with a higher score are kept.', minimum=0.0, maximum=1.0
    )
    nms_iou: float = setting(
        0.3,
        'Of two masks that overlap by more than this IoU the worse is dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    fill: bool = setting(True, 'Points that no mask covers get the part of the nearest that has.')

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
        if not all(0.0 < scale <= 1.0 for scale in self.scales):
            raise ConfigError(f'scales must lie in (0, 1], got {self.scales}')


def find_masks(
    decode: Decode,
    points: np.ndarray,
    settings: SegmentEverySettings,
    *,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> PartMasks:
    """Ask everywhere at every scale and keep the best masks, those with most points first.

    Scales are asked one after the other, so that the work before the click is done once for each.

    Args:
        decode: Answers clicks.
        points: (S, 3) float32 points that masks refer to [m].
        settings: Thresholds.
        progress: Told the share done in [0, 1] and the number of masks kept so far.
        should_stop: Asked before every batch of clicks.

    Returns:
        Masks of which no two overlap by more than the threshold; perhaps none.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    click_idx = fast_farthest_point_sample(points, min(settings.num_prompts, len(points)))
    scales = (None, *settings.scales)
    num_asked, num_kept = 0, 0
    kept: list[PartMasks] = []
    for scale in scales:
        for begin in range(0, len(click_idx), settings.batch_size):
            if should_stop():
                raise CanceledError('the search for parts was cancelled before it was done')
            progress(num_asked / (len(scales) * len(click_idx)), num_kept)
            batch = click_idx[begin : begin + settings.batch_size]
            kept.append(_good_masks(decode(batch, scale), points, batch, settings))
            num_asked += len(batch)
            num_kept += len(kept[-1])
    best = merged(kept, settings.nms_iou)
    progress(1.0, len(best))
    return best


def _good_masks(
    answers: MaskCandidates,
    points: np.ndarray,
    click_idx: np.ndarray,
    settings: SegmentEverySettings,
) -> PartMasks:
    masks = answers.masks
    holds_its_click = masks[np.arange(len(masks)), click_idx]
    is_large_enough = masks.mean(axis=1) >= settings.min_share
    found = PartMasks(masks=masks, scores=answers.iou_pred, prompt_coords=points[click_idx])
    return found.select(
        holds_its_click & is_large_enough & (answers.iou_pred > settings.min_score)
    )


def fill_gaps(labels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Give points without a label that of the nearest point with one; as they are if none has.

    Args:
        labels: (S,) int64, -1 for none.
        points: (S, 3).
    """
    is_labeled = labels >= 0
    if not is_labeled.any():
        return labels
    nearest = cKDTree(points[is_labeled]).query(points[~is_labeled])[1]
    filled = labels.copy()
    filled[~is_labeled] = labels[is_labeled][nearest]
    return filled
