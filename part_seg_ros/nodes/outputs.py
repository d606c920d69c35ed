# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The topics on which the node publishes its results."""

from __future__ import annotations

from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Header
from visualization_msgs.msg import MarkerArray

from part_seg_ros.msg import PartArray, PartLabels
from part_seg_ros.nodes import messages, qos
from part_seg_ros.nodes.requests import Outcome


class ResultPublishers:
    """Publishes outcomes; silent while the node is inactive.

    Args:
        node: The node that owns the publishers.
    """

    def __init__(self, node: LifecycleNode) -> None:
        self._node = node
        latched = qos.latched_results
        self._labeled_points = self._publisher(PointCloud2, 'labeled_points', qos.results())
        self._part_labels = self._publisher(PartLabels, 'part_labels', latched())
        self._parts = self._publisher(PartArray, 'parts', latched())
        self._part_points = self._publisher(PointCloud2, 'part_points', latched())
        self._markers = self._publisher(MarkerArray, 'markers', latched())

    def has_listeners(self) -> bool:
        """Return whether anybody subscribes to any result."""
        publishers = (
            self._labeled_points,
            self._part_labels,
            self._parts,
            self._part_points,
            self._markers,
        )
        return any(publisher.get_subscription_count() for publisher in publishers)

    def publish(self, outcome: Outcome) -> None:
        """Publish labels, parts and markers of a session, and the part that was asked for."""
        session, frame = outcome.session, outcome.frame
        labels = messages.label_image(session)
        parts = messages.part_array(session, frame, session_id=session.session_id)
        self._part_labels.publish(
            messages.labels_message(session, labels, frame, session_id=session.session_id)
        )
        self._parts.publish(parts)
        self._markers.publish(messages.marker_array(frame.header, parts.parts))
        if outcome.part_id is not None:
            part = session.parts[outcome.part_id]
            self._part_points.publish(messages.part_cloud(session.source, part, frame))
        if self._labeled_points.get_subscription_count():
            self._labeled_points.publish(messages.labeled_cloud(session.source, labels, frame))

    def clear(self) -> None:
        """Publish that there are no parts any more, so that no stale result stays on screen."""
        header = Header(stamp=self._node.get_clock().now().to_msg())
        self._parts.publish(PartArray(header=header))
        self._part_labels.publish(PartLabels(header=header))
        self._markers.publish(messages.marker_array(header, []))

    def _publisher(self, kind: Any, topic: str, profile: QoSProfile) -> Any:
        return self._node.create_lifecycle_publisher(
            kind,
            topic,
            profile,
            event_callbacks=qos.publisher_events(self._node.get_logger(), topic),
            qos_overriding_options=qos.overrides(),
        )
