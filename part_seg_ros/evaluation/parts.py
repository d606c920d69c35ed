# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Automatic evaluation: how well "segment every part" finds every true part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from part_seg_ros.evaluation.averages import mean_over_objects
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsConfig:
    """Protocol of the automatic evaluation."""

    view: ViewConfig = field(default_factory=ViewConfig)
    settings: SegmentAllSettings = field(default_factory=SegmentAllSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """A true part and how well it was found.

    Attributes:
        part: The true part.
        iou: Best IoU of it with any predicted part, 0 without one.
        num_found: Parts predicted on the whole object.
    """

    part: TruePart
    iou: float
    num_found: int


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: PartsConfig
) -> list[PartFound]:
    """Segment an object and look for every true part that counts."""
    seen = see_object(obj, config.view)
    found = segmenter.segment_all(segmenter.encode(seen.cloud), config.settings)
    return [
        PartFound(
            part=part,
            iou=best_iou(found.part_ids, seen.part_ids == part.part_id),
            num_found=len(found.parts),
        )
        for part in true_parts(obj, seen.part_ids)
    ]


def summarize(results: Sequence[PartFound], config: PartsConfig) -> dict[str, float]:
    """Best IoU in percent and number of predicted parts, mean over parts, then over objects."""
    return {
        'best IoU': 100 * mean_over_objects(results, lambda r: r.iou),
        'found at 50': 100 * mean_over_objects(results, lambda r: float(r.iou >= 0.5)),
        'predicted parts': mean_over_objects(results, lambda r: r.num_found),
    }
