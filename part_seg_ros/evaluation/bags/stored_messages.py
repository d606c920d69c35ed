# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a bag holds, whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTopic:
    """A topic of a bag.

    Attributes:
        name: Its name.
        type_name: Such as `sensor_msgs/msg/PointCloud2`.
        num_messages: As far as the bag can be read.
        definition: Text of the message definition, '' where the bag has none.
        is_idl: Whether that text is IDL, not msg.
        qos: The offered profiles, as rosbags has them.
    """

    name: str
    type_name: str
    num_messages: int
    definition: str = ''
    is_idl: bool = False
    qos: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message as a bag has it: topic, when it was received [ns], CDR bytes."""

    topic: str
    time_ns: int
    data: bytes


class Storage(Protocol):
    """One or more files of a bag.

    Attributes:
        topics: By name.
        damage: Where and why reading ends before the end; '' where it does not. May be found only
            while the messages are read.
    """

    topics: dict[str, StoredTopic]
    damage: str

    def messages(self, names: Collection[str]) -> Iterator[StoredMessage]:
        """Yield the messages of some topics in the order of their times, to the damage."""
        ...
