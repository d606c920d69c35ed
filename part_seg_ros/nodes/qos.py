# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Quality of service of every topic, and a log line for whoever does not match it."""

from __future__ import annotations

from typing import Any

from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    QoSPolicyKind,
    QoSProfile,
    ReliabilityPolicy,
)
from rclpy.qos_overriding_options import QoSOverridingOptions

try:
    from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import PublisherEventCallbacks, SubscriptionEventCallbacks


def newest_sensor_data() -> QoSProfile:
    """Best effort, keep last 1: matches every publisher and never queues old clouds."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT
    )


def commands() -> QoSProfile:
    """Reliable, keep last 10: no click is lost."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=10, reliability=ReliabilityPolicy.RELIABLE
    )


def results() -> QoSProfile:
    """Reliable, keep last 1: matches every subscriber, default RViz included."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.RELIABLE
    )


def latched_results() -> QoSProfile:
    """As `results`, and the last message reaches those who subscribe later."""
    profile = results()
    profile.durability = DurabilityPolicy.TRANSIENT_LOCAL
    return profile


def overrides() -> QoSOverridingOptions:
    """Let `qos_overrides.<topic>.…` parameters change history, depth, reliability, durability."""
    return QoSOverridingOptions(
        (
            QoSPolicyKind.HISTORY,
            QoSPolicyKind.DEPTH,
            QoSPolicyKind.RELIABILITY,
            QoSPolicyKind.DURABILITY,
        )
    )


def subscription_events(logger: Any, topic: str) -> SubscriptionEventCallbacks:
    """Log publishers of `topic` whose offer this node cannot take."""

    def warn(event: Any) -> None:
        logger.warning(
            f'a publisher of {topic!r} offers an incompatible QoS ({_policy(event)});'
            f' nothing arrives from it; set qos_overrides.{topic}.subscription.*'
        )

    return SubscriptionEventCallbacks(incompatible_qos=warn)


def publisher_events(logger: Any, topic: str) -> PublisherEventCallbacks:
    """Log subscribers of `topic` that ask for more than this node offers."""

    def warn(event: Any) -> None:
        logger.warning(
            f'a subscriber of {topic!r} asks for an incompatible QoS ({_policy(event)});'
            f' it receives nothing; set qos_overrides.{topic}.publisher.*'
        )

    return PublisherEventCallbacks(incompatible_qos=warn)


def _policy(event: Any) -> str:
    try:
        return QoSPolicyKind(event.last_policy_kind).name.lower()
    except ValueError:
        return f'policy {event.last_policy_kind}'
