# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Object proposals: how many of the true parts are among masks that may overlap."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.evaluation.averages import averages_of, mean_over_objects
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import best_mask_iou
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.proposals import decode_clicks, spread_clicks
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.segmenter.suppression import distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsConfig:
    """Protocol of the evaluation of proposals; the defaults are those of Point-SAM on Replica."""

    view: ViewConfig = field(default_factory=ViewConfig)
    num_prompts: int = setting(1024, 'Clicks spread over the cloud.', minimum=1)
    nms_iou: float = setting(
        0.3, 'Of two masks that overlap by more than this IoU the worse is dropped.', minimum=0.0
    )
    max_proposals: int = setting(250, 'So many masks are kept, best first.', minimum=1)
    batch_size: int = setting(8, 'Clicks decoded at once.', minimum=1)
    ignored_names: tuple[str, ...] = setting(
        ('undefined', 'floor'), 'True parts of these names need not be found.'
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartProposed:
    """A true part and the proposal that fits it best.

    Attributes:
        part: The true part.
        iou: Best IoU of it with any proposal, 0 without one.
        num_found: Proposals for the whole object.
        encode_ms: Time that encoding the object took [ms].
        segment_ms: Time of proposing [ms].
    """

    part: TruePart
    iou: float
    num_found: int
    encode_ms: float = field(default=float('nan'), compare=False)
    segment_ms: float = field(default=float('nan'), compare=False)


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: ProposalsConfig
) -> list[PartProposed]:
    """Propose masks for an object and look for every true part that counts.

    Raises:
        InputError: the system takes no clicks.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 5.2: clicks by farthest-point sampling, all candidates
        of each, suppression by IoU over points, at most 250 proposals. It does not tell whether a
        mask must have a least score; here it need not.
    """
    seen = see_object(obj, config.view)
    encoded = segmenter.encode(seen.cloud)
    start = time.perf_counter()
    masks = propose_masks(segmenter, encoded, config)
    segment_ms = 1e3 * (time.perf_counter() - start)
    return [
        PartProposed(
            part=part,
            iou=best_mask_iou(masks, seen.part_ids == part.part_id),
            num_found=len(masks),
            encode_ms=encoded.encode_ms,
            segment_ms=segment_ms,
        )
        for part in true_parts(obj, seen.part_ids)
        if part.part_name not in config.ignored_names
    ]


def propose_masks(
    segmenter: Segmenter, encoded: EncodedCloud, config: ProposalsConfig
) -> np.ndarray:
    """Return (M, N) bool masks over all points of the cloud, the best first.

    A point that the network did not see is in a mask where most of its neighbours are; so logits
    of thousands of masks of a large scene need not be kept.
    """
    masks, scores = [], []
    for _, batch in decode_clicks(
        segmenter.system,
        encoded,
        spread_clicks(encoded, config.num_prompts),
        granularity=None,
        batch_size=config.batch_size,
        should_stop=lambda: False,
    ):
        found = batch.candidates.masks
        is_any = found.any(axis=1)
        masks.append(found[is_any])
        scores.append(batch.candidates.iou_pred[is_any])
    candidates = np.concatenate(masks)
    kept = distinct(candidates, np.concatenate(scores), nms_iou=config.nms_iou, max_overlap=1.0)
    best = candidates[kept[: config.max_proposals]]
    proposals = np.zeros((len(best), len(encoded.cloud)), bool)
    for proposal, mask in zip(proposals, best, strict=True):
        proposal[:] = encoded.to_all(mask[None].astype(np.float32) - 0.5)[0] > 0
    return proposals


def summarize(results: Sequence[PartProposed], config: ProposalsConfig) -> dict[str, float]:
    """Average over objects; percentages but for the number of proposals.

    Returns:
        - `AR@25`, `AR@50`: average recall, the share of the true parts of an object that some
          proposal fits with at least that IoU, mean over objects; a proposal may fit several;
        - `mIoU`: best IoU with any proposal, mean over the parts of an object, then over objects;
        - `proposals`: for an object.
    """
    means = averages(results, config)['per object']
    return {**means, 'proposals': mean_over_objects(results, lambda r: r.num_found)}


def averages(
    results: Sequence[PartProposed], config: ProposalsConfig
) -> dict[str, dict[str, float]]:
    """Average recall and IoU in percent, in every way of `averages_of`."""
    return averages_of(
        results,
        {
            'AR@25': lambda r: 100.0 * (r.iou >= 0.25),
            'AR@50': lambda r: 100.0 * (r.iou >= 0.5),
            'mIoU': lambda r: 100.0 * r.iou,
        },
    )
