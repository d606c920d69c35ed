# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is measured in a bag, frame by frame and part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

OPENED, FOLLOWED, LOST, FOUND = 'opened', 'followed', 'lost', 'found'
"""States of a part in a frame: just prompted, found again, not found again; and a true part that
"segment every part" was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameResult:
    """One cloud.

    Attributes:
        frame_idx: Its number on the topic, from 0.
        stamp_ns: Its time [ns].
        num_points: Points N.
        not_finite: Points without finite x, y, z.
        outside_region: Finite points that lie in no region that was looked at.
        not_sampled: Points of such regions that the network did not see itself.
        num_parts: Parts found or followed.
        encode_ms: Time of encoding, of all regions together [ms].
        predict_ms: Time of answers [ms].
        total_ms: From the message to the labels of all points [ms].
        stability: See `stability.label_stability`, against the frame before; NaN without one.
        has_transform: Whether the bag joins its frame to the target frame at its time.
        problem: Why it could not be evaluated; '' where it could.
    """

    frame_idx: int
    stamp_ns: int
    num_points: int = 0
    not_finite: int = 0
    outside_region: int = 0
    not_sampled: int = 0
    num_parts: int = 0
    encode_ms: float = 0.0
    predict_ms: float = 0.0
    total_ms: float = 0.0
    stability: float = float('nan')
    has_transform: bool = True
    problem: str = ''


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One part in one cloud.

    Attributes:
        frame_idx: Number of the cloud.
        stamp_ns: Its time [ns].
        part_id: Message id of the part that was followed; of every part, the best one for the true
            part, 0 without one.
        name: What it is called.
        state: OPENED, FOLLOWED, LOST or FOUND.
        num_points: Points of the answer.
        score: The network's own estimate of the IoU; 0 without an answer.
        iou: IoU of the answer with the true part; NaN where that is not known or not seen.
        true_id: The true part, -1 where it is not known.
        true_name: Its name, '' where it is not known.
        true_points: Points of the true part in this cloud.
    """

    frame_idx: int
    stamp_ns: int
    part_id: int
    name: str
    state: str
    num_points: int
    score: float
    iou: float
    true_id: int
    true_name: str
    true_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPrompt:
    """A prompt that opened no part: at which cloud, and why."""

    frame_idx: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BagResults:
    """All of a bag.

    Attributes:
        frames: The clouds in their order.
        parts: By cloud, then by part.
        refused: Prompts that opened no part.
        num_unreached: Prompts for which no cloud came.
        damage: Where and why the bag ends early; '' where it does not.
        target_frame: The frame in which parts were followed and compared.
        is_tracked: Whether prompts opened parts; else every part was searched for.
    """

    frames: Sequence[FrameResult]
    parts: Sequence[PartResult]
    refused: Sequence[RefusedPrompt] = ()
    num_unreached: int = 0
    damage: str = ''
    target_frame: str = ''
    is_tracked: bool = True

    @property
    def evaluated(self) -> list[FrameResult]:
        """The frames that could be evaluated."""
        return [frame for frame in self.frames if not frame.problem]


def summarize(results: BagResults) -> dict[str, float]:
    """Means over the evaluated frames, IoU in percent over parts and frames; for a table.

    A part that was lost while its true part was seen counts with IoU 0. `lost` is the share of
    the frames after that of its prompt in which a part was not found again. Times and dropped
    points are those of the frames in which the network was asked something.
    """
    done, parts = results.evaluated, results.parts
    asked = [frame for frame in done if frame.encode_ms > 0.0]
    row = {
        'frames': len(done),
        'parts': max((frame.num_parts for frame in done), default=0),
        'IoU': 100 * _mean(part.iou for part in parts),
    }
    if results.is_tracked:
        row |= {
            'parts': len({part.part_id for part in parts}),
            'IoU at prompt': 100 * _mean(part.iou for part in parts if part.state == OPENED),
            'lost': 100 * _lost_share(parts),
        }
    return row | {
        'stability': 100 * _mean(frame.stability for frame in done),
        'dropped points': 100 * _mean(_dropped_share(frame) for frame in asked),
        'encode [ms]': _mean(frame.encode_ms for frame in asked),
        'predict [ms]': _mean(frame.predict_ms for frame in asked),
        'total [ms]': _mean(frame.total_ms for frame in asked),
        'no transform': sum(not frame.has_transform for frame in results.frames),
        'failed': len(results.frames) - len(done),
    }


def by_part(results: BagResults) -> dict[str, dict[str, float]]:
    """Summarise every followed part, or true part, over the frames: {name: columns}."""
    rows: dict[str, dict[str, float]] = {}
    for key in dict.fromkeys(map(part_key, results.parts)):
        members = [part for part in results.parts if part_key(part) == key]
        rows[key] = {
            'frames': len(members),
            'IoU': 100 * _mean(part.iou for part in members),
            'first IoU': 100 * members[0].iou,
            'last IoU': 100 * members[-1].iou,
        }
        if results.is_tracked:
            rows[key]['lost'] = 100 * _lost_share(members)
    return rows


def part_key(part: PartResult) -> str:
    """Name the followed part, or the true part, that a result is about."""
    truth = part.true_name or (f'true part {part.true_id}' if part.true_id >= 0 else '')
    if part.state == FOUND:
        return truth
    return f'{part.part_id} ({truth})' if truth else f'{part.part_id} {part.name}'


def _lost_share(parts: Iterable[PartResult]) -> float:
    """Share of the frames after that of the prompt in which a part was lost."""
    return _mean(float(part.state == LOST) for part in parts if part.state != OPENED)


def _dropped_share(frame: FrameResult) -> float:
    dropped = frame.not_finite + frame.outside_region + frame.not_sampled
    return dropped / frame.num_points


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float('nan')
