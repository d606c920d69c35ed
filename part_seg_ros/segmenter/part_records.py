# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From answers of the segmenter to parts with an id, a name and a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from part_seg_ros.geometry.part_shape import PartShape, measure_part
from part_seg_ros.segmenter.part_ids import to_message_ids
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import PartSegmentation, PointCloud


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartRecord:
    """One part of a cloud.

    Attributes:
        part_id: Message id, from 1.
        name: Given by the caller, else by the network, else made from the id.
        mask: (N,) bool over the input points; at least one is set.
        shape: Where those points are.
        score: Quality estimate in [0, 1].
        history: The answers so far, oldest first, as the caller keeps them.
        given_name: What the caller called it, '' for nothing.
        name_probability: How probable the network holds `name` to be; 0 where it has no say.
        face_mask: (F,) bool its faces; None for a cloud.
    """

    part_id: int
    name: str
    mask: np.ndarray
    shape: PartShape
    score: float
    history: tuple[Any, ...] = ()
    given_name: str = ''
    name_probability: float = 0.0
    face_mask: np.ndarray | None = None


class Surface(Protocol):
    """A mesh that the points of a cloud were drawn from."""

    def face_labels(self, labels: np.ndarray) -> np.ndarray:
        """Carry (N,) labels >= 0 of the points to the (F,) faces."""
        ...


def record(
    part_id: int,
    cloud: PointCloud,
    prediction: Prediction,
    given_name: str = '',
    surface: Surface | None = None,
) -> PartRecord:
    """Describe the chosen mask of an answer on `cloud`, without a history."""
    has_say = not given_name or bool(prediction.wanted_name)
    return PartRecord(
        part_id=part_id,
        name=given_name or prediction.name or f'part_{part_id}',
        mask=prediction.mask,
        shape=measure_part(cloud.points[prediction.mask]),
        score=score(prediction.score),
        given_name=given_name,
        name_probability=prediction.name_probability if has_say else 0.0,
        face_mask=None if surface is None else surface.face_labels(prediction.mask) == 1,
    )


def part_records(
    segmentation: PartSegmentation,
    cloud: PointCloud,
    *,
    given_name: str = '',
    surface: Surface | None = None,
    history: Callable[[np.ndarray | None], tuple[Any, ...]] = lambda prompt_coord: (),
) -> dict[int, PartRecord]:
    """Describe all parts, by message id; `history` makes that of a part from its click."""
    message_ids = to_message_ids(segmentation.part_ids)
    ids = to_message_ids(np.array([part.part_id for part in segmentation.parts], np.int32))
    face_ids = None if surface is None else surface.face_labels(message_ids)
    return {
        int(part_id): PartRecord(
            part_id=int(part_id),
            name=given_name or part.name or f'part_{part_id}',
            mask=(mask := message_ids == part_id),
            shape=measure_part(cloud.points[mask], part.box),
            score=score(part.score),
            history=history(part.prompt_coord),
            given_name=given_name,
            name_probability=part.name_probability,
            face_mask=None if face_ids is None else face_ids == part_id,
        )
        for part_id, part in zip(ids, segmentation.parts, strict=True)
    }


def score(iou_pred: float) -> float:
    """Return a predicted IoU as it is told to callers, in [0, 1]."""
    return float(np.clip(iou_pred, 0.0, 1.0))
