# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From answers of the core to the parts of a session."""

from __future__ import annotations

import numpy as np

from part_seg_ros.nodes import answers
from part_seg_ros.nodes.part_ids import to_message_ids
from part_seg_ros.nodes.part_shape import measure_part
from part_seg_ros.nodes.sessions import PartRecord, SourceCloud
from part_seg_ros.segmenter import Prediction
from part_seg_ros.structures import PartSegmentation


def record(
    part_id: int, source: SourceCloud, prediction: Prediction, given_name: str
) -> PartRecord:
    """Describe the chosen mask of an answer, without a history."""
    has_say = not given_name or bool(prediction.wanted_name)
    return PartRecord(
        part_id=part_id,
        name=given_name or prediction.name or f'part_{part_id}',
        mask=prediction.mask,
        shape=measure_part(source.cloud.points[prediction.mask]),
        score=score(prediction.score),
        given_name=given_name,
        name_probability=prediction.name_probability if has_say else 0.0,
        face_mask=None
        if source.surface is None
        else source.surface.face_labels(prediction.mask) == 1,
    )


def part_records(
    segmentation: PartSegmentation, source: SourceCloud, *, given_name: str = ''
) -> dict[int, PartRecord]:
    """Describe all parts, by message id; clicks may refine each from the one that found it."""
    message_ids = to_message_ids(segmentation.part_ids)
    ids = to_message_ids(np.array([part.part_id for part in segmentation.parts], np.int32))
    surface = source.surface
    face_ids = None if surface is None else surface.face_labels(message_ids)
    return {
        int(part_id): PartRecord(
            part_id=int(part_id),
            name=given_name or part.name or f'part_{part_id}',
            mask=(mask := message_ids == part_id),
            shape=measure_part(source.cloud.points[mask], part.box),
            score=score(part.score),
            history=answers.seed(part.prompt_coord),
            given_name=given_name,
            name_probability=part.name_probability,
            face_mask=None if face_ids is None else face_ids == part_id,
        )
        for part_id, part in zip(ids, segmentation.parts, strict=True)
    }


def score(iou_pred: float) -> float:
    """Return a predicted IoU as it is told to callers, in [0, 1]."""
    return float(np.clip(iou_pred, 0.0, 1.0))
