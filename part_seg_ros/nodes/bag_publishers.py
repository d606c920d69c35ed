# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Publishers for the topics of a bag, which send its messages as they are."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from part_seg_ros.evaluation.bags.stored_messages import StoredTopic

_USUAL_DEPTH = 10


class BagPublishers:
    """One publisher a topic, reliable as every subscriber accepts, latched where it was so.

    Args:
        node: Their owner.
        topics: Those of the bag that are to be published.

    Attributes:
        counts: Messages published by topic.
        unknown: Topics whose message package is not installed here, sorted.
    """

    def __init__(self, node: Node, topics: Iterable[StoredTopic]) -> None:
        self.counts: Counter[str] = Counter()
        self._publishers: dict[str, Any] = {}
        unknown = []
        for topic in topics:
            kind = _message_class(topic.type_name)
            if kind is None:
                unknown.append(topic.name)
            else:
                self._publishers[topic.name] = node.create_publisher(
                    kind, topic.name, _profile(topic.qos)
                )
        self.unknown = sorted(unknown)

    def num_subscribers(self, topic: str) -> int:
        """Return how many subscribers a topic has."""
        return self._publishers[topic].get_subscription_count()

    def publish(self, topic: str, data: bytes) -> None:
        """Publish the CDR bytes of a message; nothing where the topic has no publisher."""
        publisher = self._publishers.get(topic)
        if publisher is not None:
            publisher.publish(data)
            self.counts[topic] += 1


def _message_class(type_name: str) -> Any:
    """Return the class of `package/msg/Name`, None where the package is not installed."""
    package, _, name = type_name.split('/')
    try:
        return getattr(importlib.import_module(f'{package}.msg'), name, None)
    except ModuleNotFoundError:
        return None


def _profile(offered: Sequence[Any]) -> QoSProfile:
    """Return the QoS to publish with, from what the recorded publishers offered."""
    is_latched = any(profile.durability.name == 'TRANSIENT_LOCAL' for profile in offered)
    volatility = DurabilityPolicy.TRANSIENT_LOCAL if is_latched else DurabilityPolicy.VOLATILE
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=max((profile.depth for profile in offered), default=0) or _USUAL_DEPTH,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=volatility,
    )
