# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""IoU of parts in one cloud with the true ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from part_seg_ros.evaluation.bags.frames import Frame
from part_seg_ros.evaluation.bags.results import FOUND, PartResult
from part_seg_ros.evaluation.bags.tracking import Seen
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.evaluation.true_parts import MIN_PART_POINTS
from part_seg_ros.segmenter.part_records import PartRecord


def measure_followed(
    frame: Frame, seen: Seen, truth: np.ndarray | None, part_names: Mapping[int, str]
) -> PartResult:
    """Compare a followed part with the true part that was prompted.

    Args:
        frame: The cloud.
        seen: The part in it.
        truth: (N,) true part of each point, -1 for none; None where it is not known.
        part_names: Names of true parts.
    """
    part, found = seen.part, seen.record
    is_true = None if truth is None or part.true_id < 0 else truth == part.true_id
    iou = float('nan')
    if is_true is not None:
        mask = np.zeros(len(is_true), bool) if found is None else found.mask
        iou = mask_iou(mask, is_true)
    return PartResult(
        frame_idx=frame.idx,
        stamp_ns=frame.stamp_ns,
        part_id=part.part_id,
        name=part.given_name if found is None else found.name,
        state=seen.state,
        num_points=0 if found is None else int(found.mask.sum()),
        score=0.0 if found is None else found.score,
        iou=iou,
        true_id=part.true_id,
        true_name=part_names.get(part.true_id, ''),
        true_points=0 if is_true is None else int(is_true.sum()),
    )


def measure_every(
    frame: Frame,
    parts: Mapping[int, PartRecord],
    truth: np.ndarray | None,
    part_names: Mapping[int, str],
) -> list[PartResult]:
    """Find the best part for every true part with at least 10 points; see `measure_followed`."""
    if truth is None:
        return []
    rows = []
    for true_id, count in zip(*np.unique(truth, return_counts=True), strict=True):
        if true_id < 0 or count < MIN_PART_POINTS:
            continue
        ious = {part.part_id: mask_iou(part.mask, truth == true_id) for part in parts.values()}
        best = max(ious, key=lambda part_id: ious[part_id], default=0)
        iou = ious.get(best, 0.0)
        found = parts[best] if iou > 0.0 else None
        rows.append(
            PartResult(
                frame_idx=frame.idx,
                stamp_ns=frame.stamp_ns,
                part_id=0 if found is None else best,
                name='' if found is None else found.name,
                state=FOUND,
                num_points=0 if found is None else int(found.mask.sum()),
                score=0.0 if found is None else found.score,
                iou=iou,
                true_id=int(true_id),
                true_name=part_names.get(int(true_id), ''),
                true_points=int(count),
            )
        )
    return rows
