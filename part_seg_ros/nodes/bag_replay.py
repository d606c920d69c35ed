# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Play a bag to the running node, ask for the parts clicked on, and report age and drops.

`python -m part_seg_ros.nodes.bag_replay BAG --report FOLDER` sends every message of the bag
at the time at which it was recorded, but for the clicks: those it asks the node for itself, by
`segment_part` on the newest cloud, and again as soon as an answer is there and another cloud is.
How long the answer about a cloud came after the cloud is its age; clouds that never got an answer
after the first click were dropped. The node must listen to the topic of the clouds:
`part_segmentation_node --ros-args -r points:=/camera/points`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.utilities import remove_ros_args
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import PointCloud2

from part_seg_ros.data.bags.topics import CLICK_TOPIC, CLOUD_TOPIC
from part_seg_ros.errors import InputError, PartSegError
from part_seg_ros.evaluation.bags.frames import check_cloud_topic
from part_seg_ros.evaluation.bags.prompts import CLICK_TYPE
from part_seg_ros.evaluation.bags.reader import Bag, open_bag
from part_seg_ros.evaluation.bags.stored_messages import StoredMessage
from part_seg_ros.evaluation.bags.transforms import read_transforms, stamp_ns
from part_seg_ros.nodes import qos
from part_seg_ros.nodes.bag_publishers import BagPublishers
from part_seg_ros.nodes.clicked_parts import Click, ClickedParts
from part_seg_ros.nodes.client import PartSegClient
from part_seg_ros.nodes.replay_report import summary

REPORT_FILE = 'replay.json'
_SLICE_S = 0.01
_GRACE_S = 5.0


class BagReplay:
    """Plays one bag to one node.

    Args:
        node: Owner of the publishers and of the client; spun here, and by nobody else.
        bag: What to play.
        server: Name of the part segmentation node.
        cloud_topic: Topic of the clouds.
        click_topic: Topic of the clicks, which are not published.
        rate: Seconds of the bag in a second, 1 for the recorded speed.
        with_clock: Publish the time of the bag on `/clock`.
        timeout: Seconds to wait at most for the node, and for an answer.

    Raises:
        InputError: the bag has no such topic, or no click; the rate is not positive.
    """

    def __init__(
        self,
        node: Node,
        bag: Bag,
        *,
        server: str,
        cloud_topic: str,
        click_topic: str,
        rate: float,
        with_clock: bool,
        timeout: float,
    ) -> None:
        if not (math.isfinite(rate) and rate > 0.0):
            raise InputError(f'the rate must be a positive number, got {rate}')
        check_cloud_topic(bag, cloud_topic)
        clicks = bag.topics.get(click_topic)
        if clicks is None or clicks.type_name != CLICK_TYPE or not clicks.num_messages:
            raise InputError(
                f'{click_topic} must be a topic with clicks, messages of {CLICK_TYPE}; the bag has'
                f' the topics {bag.describe_topics()}'
            )
        self._node = node
        self._bag = bag
        self._rate = rate
        self._timeout = timeout
        self._cloud_topic = cloud_topic
        self._click_topic = click_topic
        self._client = PartSegClient(node, server, timeout=timeout)
        played = [topic for name, topic in bag.topics.items() if name != click_topic]
        self._publishers = BagPublishers(node, played)
        self._clock = node.create_publisher(Clock, '/clock', 10) if with_clock else None
        self._parts = ClickedParts(self._client.segment_part, read_transforms(bag))
        self._published_ns: list[int] = []
        self._first_click_ns: int | None = None
        self._worst_lag_s = 0.0
        self._num_unreadable = 0
        node.create_subscription(PointCloud2, self._cloud_topic, self._on_cloud, qos.results())

    def run(self) -> dict[str, Any]:
        """Wait for the node, play the whole bag, wait for the last answer, and report.

        Raises:
            TimeoutError: the node did not become active, or does not listen to the clouds.
        """
        self._client.wait_until_active(self._timeout)
        # Our own subscription is one of them.
        if not self._spin_until(
            lambda: self._publishers.num_subscribers(self._cloud_topic) >= 2, self._timeout
        ):
            raise TimeoutError(
                f'nobody listens to {self._cloud_topic} within {self._timeout:g} s; start the node'
                f' with --ros-args -r points:={self._cloud_topic}'
            )
        self._play()
        last_ns = max(self._published_ns, default=0)
        # A question without an answer ends by itself, as an error.
        is_complete = self._spin_until(
            lambda: self._parts.is_done(last_ns), self._timeout + _GRACE_S
        )
        return self._report(is_complete)

    def _play(self) -> None:
        start_s, first_ns = time.monotonic(), None
        for stored in self._bag.messages():
            first_ns = stored.time_ns if first_ns is None else first_ns
            due_s = start_s + (stored.time_ns - first_ns) * 1e-9 / self._rate
            self._spin_to(due_s, stored.time_ns)
            self._worst_lag_s = max(self._worst_lag_s, time.monotonic() - due_s)
            try:
                self._send(stored)
            except InputError:
                self._num_unreadable += 1

    def _send(self, stored: StoredMessage) -> None:
        """Publish a message, or take note of a click.

        Raises:
            InputError: its bytes do not fit its type.
        """
        if stored.topic == self._click_topic:
            self._click(self._bag.read(stored), stored.time_ns)
            return
        if stored.topic == self._cloud_topic:
            stamp = stamp_ns(self._bag.read(stored).header)
            self._published_ns.append(stamp)
            self._parts.note_publication(stamp)
        self._publishers.publish(stored.topic, stored.data)

    def _click(self, message: Any, time_ns: int) -> None:
        if self._first_click_ns is None:
            self._first_click_ns = time_ns
        point = message.point
        self._parts.add_click(
            Click(
                frame_id=message.header.frame_id,
                stamp_ns=stamp_ns(message.header),
                coord=np.array([point.x, point.y, point.z]),
            )
        )

    def _on_cloud(self, message: PointCloud2) -> None:
        self._parts.add_cloud(stamp_ns(message.header), message.header.frame_id)

    def _spin_to(self, due_s: float, time_ns: int) -> None:
        """Serve callbacks until the monotonic clock shows `due_s`, the bag's `time_ns`."""
        while True:
            left_s = due_s - time.monotonic()
            if self._clock is not None:
                now_ns = time_ns - round(max(left_s, 0.0) * self._rate * 1e9)
                message = Clock()
                message.clock.sec, message.clock.nanosec = divmod(now_ns, 10**9)
                self._clock.publish(message)
            rclpy.spin_once(self._node, timeout_sec=min(max(left_s, 0.0), _SLICE_S))
            if left_s <= 0.0:
                return

    def _spin_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Serve callbacks until `condition()` is true, and return whether it is in time."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                return False
            rclpy.spin_once(self._node, timeout_sec=0.05)
        return True

    def _report(self, is_complete: bool) -> dict[str, Any]:
        numbers = summary(
            self._parts.answers,
            self._published_ns,
            first_click_ns=self._first_click_ns or 0,
        )
        return {
            'bag': str(self._bag.path),
            'damage': self._bag.damage,
            'unreadable_messages': self._num_unreadable,
            'is_complete': is_complete,
            'cloud_topic': self._cloud_topic,
            'rate': self._rate,
            'played': dict(self._publishers.counts),
            'not_played': self._publishers.unknown,
            'worst_lag_ms': 1e3 * self._worst_lag_s,
            'questions_before_any_cloud': self._parts.num_too_early,
            **numbers,
        }


def as_text(report: dict[str, Any]) -> str:
    """Return the report in a few lines, for people."""
    lines = [
        f'{report["frames"]} clouds played, {report["frames_asked_for"]} since the first click:'
        f' {report["frames_answered"]} answered, {report["frames_dropped"]} dropped',
        f'{report["answers"]} answers, {report["errors"]} of them errors',
    ]
    for name, what in (('age_ms', 'age of the answers'), ('round_trip_ms', 'round trip')):
        times = report[name]
        if times is not None:
            lines.append(
                f'{what} [ms]: median {times["median"]:.0f}, 90 % within {times["p90"]:.0f},'
                f' at most {times["max"]:.0f}'
            )
    if report['not_played']:
        lines.append(f'message types not installed here: {", ".join(report["not_played"])}')
    return '\n'.join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Play the bag and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('bag', type=Path, help='folder of a ROS 2 bag, sqlite3 or MCAP')
    parser.add_argument(
        '--report', type=Path, metavar='FOLDER', help=f'write all figures there, as {REPORT_FILE}'
    )
    parser.add_argument('--server', default='part_segmentation_node', help='name of the node')
    parser.add_argument(
        '--cloud-topic', default=CLOUD_TOPIC, help='topic of the clouds (default: %(default)s)'
    )
    parser.add_argument(
        '--click-topic', default=CLICK_TOPIC, help='topic of the clicks (default: %(default)s)'
    )
    parser.add_argument(
        '--rate', type=float, default=1.0, help='speed, 1.0 as recorded (default: %(default)s)'
    )
    parser.add_argument(
        '--clock', action='store_true', help='publish the time of the bag on /clock'
    )
    parser.add_argument(
        '--timeout', type=float, default=60.0, help='longest wait [s] (default: %(default)s)'
    )
    words = sys.argv if arguments is None else ['bag_replay', *arguments]
    options = parser.parse_args(remove_ros_args(words)[1:])
    rclpy.init(args=words)
    node = Node('bag_replay')
    try:
        with open_bag(options.bag) as bag:
            replay = BagReplay(
                node,
                bag,
                server=options.server,
                cloud_topic=options.cloud_topic,
                click_topic=options.click_topic,
                rate=options.rate,
                with_clock=options.clock,
                timeout=options.timeout,
            )
            report = replay.run()
    except (PartSegError, TimeoutError) as error:
        sys.stderr.write(f'bag_replay: {error}\n')
        return 1
    except (KeyboardInterrupt, ExternalShutdownException):
        return 130
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    if options.report is not None:
        options.report.mkdir(parents=True, exist_ok=True)
        (options.report / REPORT_FILE).write_text(json.dumps(report, indent=1) + '\n')
    sys.stdout.write(f'{as_text(report)}\n')
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
