# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The clouds of a bag, one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.data.cloud_codec import decode_cloud
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.reader import Bag
from part_seg_ros.evaluation.bags.stored_messages import StoredMessage
from part_seg_ros.evaluation.bags.transforms import stamp_ns
from part_seg_ros.structures import PointCloud

CLOUD_TYPE = 'sensor_msgs/msg/PointCloud2'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A cloud of a bag.

    Attributes:
        idx: Number of the message on its topic, from 0.
        stamp_ns: Time of its header, of its arrival where that has none [ns].
        arrival_ns: When it was recorded [ns].
        message: The sensor_msgs/PointCloud2 as it came; None where it cannot be read.
        problem: Why not; '' where it can.
        next_stamp_ns: Time of the next frame; None after the last.
        following: What the bag holds from this cloud, included, to the next frame.
    """

    idx: int
    stamp_ns: int
    arrival_ns: int
    message: Any
    problem: str = ''
    next_stamp_ns: int | None = None
    following: tuple[StoredMessage, ...] = ()

    @property
    def frame_id(self) -> str:
        """Frame of the cloud, '' where it cannot be read."""
        return '' if self.message is None else self.message.header.frame_id.lstrip('/')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceCloud:
    """A cloud as it came in; see `data.part_messages.Source`."""

    header: Any
    height: int
    width: int
    cloud: PointCloud
    surface: None = None


def check_cloud_topic(bag: Bag, topic: str) -> None:
    """Check that a topic has clouds.

    Raises:
        InputError: it has none, is of another type, or does not exist; the message lists what the
            bag has.
    """
    found = bag.topics.get(topic)
    if found is None or found.type_name != CLOUD_TYPE or not found.num_messages:
        clouds = ', '.join(t for t in bag.of_type(CLOUD_TYPE) if bag.topics[t].num_messages)
        raise InputError(
            f'{topic} must be a topic with messages of {CLOUD_TYPE};'
            f' {"clouds are on " + clouds if clouds else "the bag has no clouds"}. Its topics are'
            f' {bag.describe_topics()}'
        )


def frames(bag: Bag, topic: str, *, every: int, others: Collection[str] = ()) -> Iterator[Frame]:
    """Yield the clouds of a topic in the order in which they were recorded.

    Args:
        bag: The bag.
        topic: A topic of clouds.
        every: Take one of so many, beginning with the first.
        others: Further topics whose messages are handed on, too, as are clouds not taken. Those
            before the first frame go with it, at the front.
    """
    current: Frame | None = None
    held: list[StoredMessage] = []
    num_clouds = 0
    for stored in bag.messages({topic, *others}):
        if stored.topic == topic:
            if num_clouds % every == 0:
                frame = _frame(bag, stored, num_clouds)
                if current is not None:
                    yield _closed(current, held, frame.stamp_ns)
                    held = []
                current = frame
            num_clouds += 1
        if others:
            held.append(stored)
    if current is not None:
        yield _closed(current, held, None)


def decode(frame: Frame) -> SourceCloud:
    """Decode the cloud of a frame, seen from the origin of its own frame, as in the node.

    Raises:
        InputError: it cannot be read, or has no point.
    """
    message = frame.message
    if message is None:
        raise InputError(frame.problem)
    cloud = decode_cloud(message, viewpoint=np.zeros(3))
    if not len(cloud):
        raise InputError('the cloud has no point')
    return SourceCloud(
        header=message.header,
        height=int(message.height),
        width=int(message.width),
        cloud=dataclasses.replace(cloud, stamp_ns=frame.stamp_ns),
    )


def _frame(bag: Bag, stored: StoredMessage, idx: int) -> Frame:
    try:
        message, problem = bag.read(stored), ''
    except InputError as error:
        message, problem = None, str(error)
    stamp = 0 if message is None else stamp_ns(message.header)
    return Frame(
        idx=idx,
        stamp_ns=stamp or stored.time_ns,
        arrival_ns=stored.time_ns,
        message=message,
        problem=problem,
    )


def _closed(frame: Frame, held: list[StoredMessage], next_stamp_ns: int | None) -> Frame:
    return dataclasses.replace(frame, next_stamp_ns=next_stamp_ns, following=tuple(held))
