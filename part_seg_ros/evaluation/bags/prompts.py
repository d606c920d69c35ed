# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prompts on the parts of a bag: from a topic, or from a file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.reader import Bag
from part_seg_ros.evaluation.bags.transforms import stamp_ns

CLICK_TYPE = 'geometry_msgs/msg/PointStamped'
PROMPT_TYPE = 'part_seg_ros/msg/PartPrompt'
_NEAR = 2
_ENTRY_KEYS = {'frame', 'time', 'frame_id', 'points', 'labels', 'name', 'granularity'}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prompt:
    """What opens a part: clicks, or a name to search for, and when.

    One of the three times is given.

    Attributes:
        stamp_ns: ROS time [ns].
        frame_idx: Number of the cloud, from 0.
        seconds: Time since the first cloud [s].
        frame_id: Frame of `coords` and `near`; '' for that of the cloud.
        coords: (Q, 3) float64 clicks [m].
        labels: (Q + I,) int8, 1 on the part, 0 off it.
        point_idx: (I,) int64 clicks by row of the cloud.
        name: What the part is called, '' for nothing.
        granularity: In (0, 1], or None.
        near: (3,) float64 [m]: of the parts of that name the one nearest to it is meant; or None.
    """

    coords: np.ndarray
    labels: np.ndarray
    point_idx: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))
    stamp_ns: int | None = None
    frame_idx: int | None = None
    seconds: float | None = None
    frame_id: str = ''
    name: str = ''
    granularity: float | None = None
    near: np.ndarray | None = None

    def __post_init__(self) -> None:
        num_clicks = len(self.coords) + len(self.point_idx)
        if not np.isfinite(self.coords).all():
            raise InputError(f'points must be finite, got {self.coords.tolist()}')
        if self.labels.shape != (num_clicks,) or not np.isin(self.labels, (0, 1)).all():
            raise InputError(
                f'labels must be 1 (on the part) or 0 (off it), one for each of {num_clicks}'
                f' clicks, got {self.labels.tolist()}'
            )
        if num_clicks and not (self.labels == 1).any():
            raise InputError('a prompt needs a click on the part (label 1), got only others')
        if not num_clicks and not self.name:
            raise InputError('a prompt needs points or a name, got neither')

    def is_due(self, *, first_stamp_ns: int, next_stamp_ns: int | None, next_idx: int) -> bool:
        """Return whether the cloud before the next one is the newest at the time of the prompt.

        Args:
            first_stamp_ns: Time of the first cloud.
            next_stamp_ns: Time of the next cloud that is looked at; None after the last.
            next_idx: Its number.
        """
        if self.frame_idx is not None:
            return self.frame_idx < next_idx
        time_ns = self.stamp_ns
        if time_ns is None:
            assert self.seconds is not None
            time_ns = first_stamp_ns + round(1e9 * self.seconds)
        return next_stamp_ns is None or time_ns < next_stamp_ns


def prompts_from_topic(bag: Bag, topic: str) -> list[Prompt]:
    """Read the clicks (PointStamped) or prompts (PartPrompt) of a topic.

    A message that cannot be read or used is left out, as the node would refuse it.

    Raises:
        InputError: there is no such topic, it is of another type, or has no usable message.
    """
    found = bag.topics.get(topic)
    if found is None or found.type_name not in (CLICK_TYPE, PROMPT_TYPE):
        raise InputError(
            f'{topic} must be a topic of {CLICK_TYPE} or {PROMPT_TYPE}; the bag has the topics'
            f' {bag.describe_topics()}'
        )
    prompts, reason = [], 'it has no message'
    for stored in bag.messages([topic]):
        try:
            message = bag.read(stored)
            stamp = stamp_ns(message.header) or stored.time_ns
            convert = _of_click if found.type_name == CLICK_TYPE else _of_prompt
            prompts.append(convert(message, stamp))
        except InputError as error:
            reason = str(error)
    if not prompts:
        raise InputError(f'no prompt can be read from {topic}: {reason}')
    return prompts


def read_prompts(path: Path) -> list[Prompt]:
    """Read prompts from YAML or JSON: a list of entries, one a part.

    An entry has `frame` (number of the cloud, from 0) or `time` (seconds since the first cloud),
    `points` ([[x, y, z], …] [m]) or `name`, and may have `labels` (1 or 0 a point), `frame_id`
    (of the points; default that of the cloud), `name` and `granularity`.

    Raises:
        InputError: the file is missing or malformed; the message names the entry.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise InputError(f'{path} cannot be read: {error.strerror}') from error
    import yaml

    try:
        entries = json.loads(text) if path.suffix == '.json' else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise InputError(f'{path} is no YAML or JSON: {error}') from error
    if not isinstance(entries, list) or not entries:
        raise InputError(f'{path} must hold a list of prompts, got {type(entries).__name__}')
    prompts = []
    for number, entry in enumerate(entries):
        try:
            prompts.append(_of_entry(entry))
        except (InputError, TypeError, ValueError) as error:
            raise InputError(f'{path}, entry {number}: {error}') from error
    return prompts


def _of_click(message: Any, stamp: int) -> Prompt:
    """Read a geometry_msgs/PointStamped: one click on the part."""
    point = message.point
    return Prompt(
        stamp_ns=stamp,
        frame_id=message.header.frame_id.lstrip('/'),
        coords=np.array([[point.x, point.y, point.z]]),
        labels=np.ones(1, np.int8),
    )


def _of_prompt(message: Any, stamp: int) -> Prompt:
    """Read a part_seg_ros/PartPrompt; see msg/PartPrompt.msg."""
    coords = np.array([(p.x, p.y, p.z) for p in message.points], np.float64).reshape(-1, 3)
    point_idx = np.asarray(message.indices, dtype=np.int64)
    labels = np.asarray(message.labels, dtype=np.int8)
    near = None
    if labels.tolist() == [_NEAR] and len(coords) == 1:
        coords, labels, near = coords[:0], labels[:0], coords[0]
    elif not len(labels):
        labels = np.ones(len(coords) + len(point_idx), np.int8)
    granularity = float(message.granularity)
    return Prompt(
        stamp_ns=stamp,
        frame_id=message.header.frame_id.lstrip('/'),
        coords=coords,
        labels=labels,
        point_idx=point_idx,
        name=message.part_name.strip(),
        granularity=None if granularity < 0.0 else max(granularity, 1e-3),
        near=near,
    )


def _of_entry(entry: Any) -> Prompt:
    if not isinstance(entry, Mapping):
        raise InputError(f'must be a mapping, got {type(entry).__name__}')
    unknown = sorted(set(entry) - _ENTRY_KEYS)
    if unknown:
        raise InputError(
            f'has no {", ".join(map(str, unknown))}; known are {", ".join(sorted(_ENTRY_KEYS))}'
        )
    if ('frame' in entry) == ('time' in entry):
        raise InputError('needs either frame (number of the cloud) or time (seconds)')
    coords = np.array(entry.get('points', []), np.float64)
    if coords.size and (coords.ndim != 2 or coords.shape[1] != 3):
        raise InputError(f'points must be [[x, y, z], …], got shape {coords.shape}')
    coords = coords.reshape(-1, 3)
    granularity = entry.get('granularity')
    return Prompt(
        frame_idx=int(entry['frame']) if 'frame' in entry else None,
        seconds=float(entry['time']) if 'time' in entry else None,
        frame_id=str(entry.get('frame_id', '')),
        coords=coords,
        labels=np.array(entry.get('labels', [1] * len(coords)), np.int8),
        name=str(entry.get('name', '')).strip(),
        granularity=None if granularity is None else float(granularity),
    )
