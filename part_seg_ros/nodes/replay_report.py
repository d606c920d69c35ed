# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What came of playing a bag to the node: ages, latencies and drops as numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The node's answer about one part of one cloud.

    Attributes:
        click_idx: The part asked for, by its click.
        cloud_stamp_ns: The cloud that it is about [ns].
        error_code: Constant of ErrorCode; 0 for a part.
        message: The node's, '' for nothing to say.
        num_points: Of the part; 0 where there is none.
        age_ms: From the publication of the cloud to the arrival of the answer.
        round_trip_ms: From the question to the answer.
        encode_ms: Time of the network's encoder, None where the embedding was cached or the
            answer is an error.
        decode_ms: Of its decoder, None where no answer came.
    """

    click_idx: int
    cloud_stamp_ns: int
    error_code: int
    message: str
    num_points: int
    age_ms: float
    round_trip_ms: float
    encode_ms: float | None
    decode_ms: float | None


def summary(
    answers: Sequence[Answer], published_ns: Sequence[int], *, first_click_ns: int
) -> dict[str, Any]:
    """Return counts and times for the report.

    Args:
        answers: All of them, errors included.
        published_ns: Stamps of the clouds that were played, in order [ns].
        first_click_ns: When the first click was played, on the clock of the stamps [ns]; earlier
            clouds could not be asked about.

    Returns:
        `frames`: clouds played; `frames_asked_for`: those not older than the last one before the
        first click; `frames_answered`: those of them with an answer; `frames_dropped`: the rest.
        `answers`, `errors`: counts. `age_ms`, `round_trip_ms`, `encode_ms`, `decode_ms`: mean,
        median, p90 and max over answers without error, None where there are none. `records`: all
        answers.
    """
    # The cloud that is the newest when the first click comes is the first to be asked about.
    before = [stamp for stamp in published_ns if stamp <= first_click_ns]
    asked_for = [stamp for stamp in published_ns if not before or stamp >= before[-1]]
    answered = {answer.cloud_stamp_ns for answer in answers} & set(asked_for)
    parts = [answer for answer in answers if answer.error_code == 0]
    times = {
        name: statistics(getattr(answer, name) for answer in parts)
        for name in ('age_ms', 'round_trip_ms', 'encode_ms', 'decode_ms')
    }
    return {
        'frames': len(published_ns),
        'frames_asked_for': len(asked_for),
        'frames_answered': len(answered),
        'frames_dropped': len(asked_for) - len(answered),
        'answers': len(answers),
        'errors': len(answers) - len(parts),
        **times,
        'records': [dataclasses.asdict(answer) for answer in answers],
    }


def statistics(values: Iterable[float | None]) -> dict[str, float] | None:
    """Return mean, median, 90th percentile and maximum of what is not None; None without any."""
    numbers = np.array([value for value in values if value is not None])
    if not len(numbers):
        return None
    return {
        'mean': float(numbers.mean()),
        'median': float(np.median(numbers)),
        'p90': float(np.quantile(numbers, 0.9)),
        'max': float(numbers.max()),
    }
