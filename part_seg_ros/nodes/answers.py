# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The answers to the clicks on one part, oldest first, and how each prompt mode changes them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import inputs
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.segmenter import EncodedCloud, Prediction
from part_seg_ros.segmenter.part_records import PartRecord
from part_seg_ros.srv import SegmentPart
from part_seg_ros.structures import PointPrompt

# Answers of a part that UNDO can go back to.
_MAX_HISTORY = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """One answered prompt of a part.

    Attributes:
        prompt: The clicks in use, as they were given (not snapped).
        prediction: The segmenter's answer to them; None for the click from which "segment all"
            found the part. In a history its candidates are left out: they are as large as the
            cloud, and made again from what the network said.
        further: Other parts that a search by name found; none in a history.
        is_refinable: Whether later clicks can refine the mask, since they look at the same points.
    """

    prompt: PointPrompt
    prediction: Prediction | None
    further: tuple[Prediction, ...] = ()
    is_refinable: bool = True

    def alternatives(self) -> Iterator[Prediction]:
        """Yield the other candidates that have a point, best first, then the other parts."""
        for idx in range(len(self.prediction.candidates.iou_pred)):
            if idx != self.prediction.chosen_idx:
                other = self.prediction.refine_from(idx)
                if other.mask.any():
                    yield other
        yield from self.further


def merged(clicks: inputs.Clicks, last: Answer | None) -> PointPrompt:
    """Return the clicks in use: those of the last answer, if any, and the new ones.

    Raises:
        RequestError: BAD_PROMPT, none of them is a foreground click.
    """
    coords, labels, granularity = clicks.coords, clicks.labels, clicks.granularity
    if last is not None:
        coords = np.concatenate([last.prompt.prompt_coords, coords])
        labels = np.concatenate([last.prompt.prompt_labels, labels])
        granularity = last.prompt.granularity if granularity is None else granularity
    if not (labels == 1).any():
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            'the prompt needs at least one foreground click (label 1), got only background; to'
            ' refine a part send its session_id and part_id with prompt_mode ADD',
        )
    return PointPrompt(prompt_coords=coords, prompt_labels=labels, granularity=granularity)


def undone(part: PartRecord | None) -> Answer:
    """Return the answer before the latest one of `part`; see `restored`.

    Raises:
        RequestError: BAD_PROMPT, there is none.
    """
    if part is None:
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            'UNDO needs session_id and part_id of the part whose clicks to take back',
        )
    if len(part.history) < 2 or part.history[-2].prediction is None:
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'part {part.part_id} has no earlier answer to go back to; send new clicks with'
            ' prompt_mode REPLACE',
        )
    return part.history[-2]


def with_points(prediction: Prediction) -> Prediction:
    """Choose the best candidate that has a point.

    Raises:
        RequestError: BAD_PROMPT, all are empty.
    """
    found = prediction.with_points()
    if found is None:
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            'the network found no part at these clicks; move them or add a foreground click',
        )
    return found


def history(request: Any, part: PartRecord | None, answer: Answer) -> tuple[Answer, ...]:
    """Return the history of `part`, None for a new one, after `answer` to `request`."""
    if part is None:
        return (_without_candidates(answer),)
    if request.prompt_mode == SegmentPart.Request.UNDO:
        return part.history[:-1]
    if request.prompt_mode == SegmentPart.Request.ADD:
        return (*part.history, _without_candidates(answer))[-_MAX_HISTORY:]
    return (_without_candidates(answer),)


def restored(answer: Answer, encoded: EncodedCloud) -> Answer:
    """Give an answer of a history its candidates again."""
    start = time.perf_counter()
    logits = encoded.to_all(answer.prediction.network_logits)
    prediction = dataclasses.replace(
        answer.prediction,
        candidates=dataclasses.replace(answer.prediction.candidates, mask_logits=logits),
        decode_ms=1e3 * (time.perf_counter() - start),
    )
    return dataclasses.replace(answer, prediction=prediction)


def seed(prompt_coord: np.ndarray | None) -> tuple[Answer, ...]:
    """Let clicks that are added to a found part begin from the click that found it."""
    if prompt_coord is None:
        return ()
    prompt = PointPrompt(
        prompt_coords=np.reshape(prompt_coord, (1, 3)), prompt_labels=np.ones(1, np.int8)
    )
    return (Answer(prompt=prompt, prediction=None),)


def _without_candidates(answer: Answer) -> Answer:
    if not answer.is_refinable:
        return Answer(prompt=answer.prompt, prediction=None)
    candidates = dataclasses.replace(
        answer.prediction.candidates, mask_logits=np.zeros((0, 0), np.float32)
    )
    prediction = dataclasses.replace(answer.prediction, candidates=candidates)
    return dataclasses.replace(answer, prediction=prediction, further=())
