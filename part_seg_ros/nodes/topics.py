# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The topics that the node listens to: clouds, clicks, prompts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geometry_msgs.msg import PointStamped
from rclpy.node import Node
from rclpy.time import Time
from sensor_msgs.msg import PointCloud2

from part_seg_ros.msg import PartPrompt
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.clicks import ClickTarget
from part_seg_ros.nodes.dispatch import Dispatcher
from part_seg_ros.nodes.outputs import ResultPublishers
from part_seg_ros.nodes.requests import Outcome, RequestHandler
from part_seg_ros.nodes.settings import NodeSettings
from part_seg_ros.nodes.worker import Job
from part_seg_ros.srv import SegmentPart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatestCloud:
    """The newest cloud of the topic.

    Attributes:
        message: As it came.
        arrival: Steady time of its arrival [s].
        latency: Seconds from its stamp to its arrival, in ROS time.
    """

    message: PointCloud2
    arrival: float
    latency: float


class InputTopics:
    """Subscriptions while the node is active.

    Attributes:
        latest: The newest cloud, None before the first.
        is_auto: Whether every new cloud is segmented while someone listens.

    Args:
        node: Owner of the subscriptions.
        dispatcher: Takes the requests.
        results: Publishes their outcomes.
        settings: Returns the settings in force.
    """

    def __init__(
        self,
        node: Node,
        dispatcher: Dispatcher,
        results: ResultPublishers,
        settings: Callable[[], NodeSettings],
    ) -> None:
        self._node = node
        self._dispatcher = dispatcher
        self._results = results
        self._settings = settings
        self._subscriptions: list[Any] = []
        self._cloud_subscription: Any = None
        self._target = ClickTarget()
        self.latest: LatestCloud | None = None
        self.is_auto = False

    def open(self) -> None:
        """Subscribe."""
        self._subscriptions = [
            self._subscribe(PointStamped, 'clicked_point', self._on_foreground),
            self._subscribe(PointStamped, 'clicked_point_negative', self._on_background),
            self._subscribe(PartPrompt, 'prompts', self._on_prompt),
        ]
        self.update_cloud_subscription()

    def close(self) -> None:
        """Unsubscribe and forget the newest cloud."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        self._subscriptions = []
        self.update_cloud_subscription()
        self.forget()

    def forget(self) -> None:
        """Forget the newest cloud and which part the clicks were about."""
        self.latest = None
        self._target.forget()

    def update_cloud_subscription(self) -> None:
        """Subscribe to clouds where they are used, unsubscribe where they are not."""
        is_wanted = self._dispatcher.is_active and (
            self._settings().keep_latest_cloud or (self.is_auto and self._results.has_listeners())
        )
        if is_wanted and self._cloud_subscription is None:
            self._cloud_subscription = self._subscribe(
                PointCloud2, 'points', self._on_cloud, qos.newest_sensor_data()
            )
        elif not is_wanted and self._cloud_subscription is not None:
            self._node.destroy_subscription(self._cloud_subscription)
            self._cloud_subscription = None

    def _subscribe(
        self, kind: Any, topic: str, callback: Callable[[Any], None], profile: Any = None
    ) -> Any:
        return self._node.create_subscription(
            kind,
            topic,
            callback,
            profile or qos.commands(),
            event_callbacks=qos.subscription_events(self._node.get_logger(), topic),
            qos_overriding_options=qos.overrides(),
        )

    def _on_cloud(self, message: PointCloud2) -> None:
        latency = self._node.get_clock().now() - Time.from_msg(message.header.stamp)
        self.latest = LatestCloud(
            message=message, arrival=time.monotonic(), latency=latency.nanoseconds * 1e-9
        )
        if self.is_auto and self._results.has_listeners():
            self._submit(
                'auto', lambda handler, job: handler.segment_latest(job, message), is_latest=True
            )

    def _on_foreground(self, click: PointStamped) -> None:
        self._on_click(click, PartPrompt.FOREGROUND)

    def _on_background(self, click: PointStamped) -> None:
        self._on_click(click, PartPrompt.BACKGROUND)

    def _on_click(self, click: PointStamped, label: int) -> None:
        def call(handler: RequestHandler, job: Job) -> Outcome:
            request = self._target.request(click, label, self._settings().click_mode)
            outcome = handler.segment_part(job, request, SegmentPart.Response())
            self._target.follow(outcome)
            return outcome

        self._submit('click', call)

    def _on_prompt(self, prompt: PartPrompt) -> None:
        request = SegmentPart.Request(prompt=prompt)
        self._submit(
            'prompt',
            lambda handler, job: handler.segment_part(job, request, SegmentPart.Response()),
        )

    def _submit(
        self,
        name: str,
        call: Callable[[RequestHandler, Job], Outcome],
        *,
        is_latest: bool = False,
    ) -> None:
        """Queue a request that nobody awaits: its results are published, its errors logged."""

        def logged(handler: RequestHandler, job: Job) -> Outcome | None:
            try:
                return call(handler, job)
            except Exception as error:
                self._dispatcher.report(name, error, quiet=is_latest)
                return None

        try:
            self._dispatcher.submit(name, logged, self._results.publish, is_latest=is_latest)
        except Exception as error:
            self._dispatcher.report(name, error)
