# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A bag with the answers beside the original messages, as if the node had published them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from part_seg_ros.data.bags.writer import BAG_VERSION, STORAGES, reliable_qos
from part_seg_ros.data.part_messages import OutputFrame
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.bag_messages import part_messages, serialize
from part_seg_ros.evaluation.bags.protocol import FrameAnswer
from part_seg_ros.evaluation.bags.reader import Bag

RESULT_TYPES = {
    '/part_labels': 'part_seg_ros/msg/PartLabels',
    '/parts': 'part_seg_ros/msg/PartArray',
    '/labeled_points': 'sensor_msgs/msg/PointCloud2',
    '/part_points': 'sensor_msgs/msg/PointCloud2',
    '/markers': 'visualization_msgs/msg/MarkerArray',
}
"""Topics and types of the node, docs/ros.md. /part_points has the points of all parts of a cloud
with the field part_id, because here no part is the one that was asked for."""
_LATCHED_TOPICS = RESULT_TYPES.keys() - {'/labeled_points'}


class AnnotatedBag:
    """Writes all messages of a bag, and the results after each cloud; use `with`.

    Results have the header of their cloud, are recorded at the same time, and belong to no
    session. Topics of types that nobody defines are left out.

    Args:
        path: Folder of the bag to write; must not exist.
        bag: The original.
        topic: Of the clouds.
        storage: One of `STORAGES`.

    Raises:
        InputError: an unknown storage, something is at `path`, or the original has results.
    """

    def __init__(self, path: Path, bag: Bag, topic: str, *, storage: str = STORAGES[0]) -> None:
        if storage not in STORAGES:
            raise InputError(f'storage must be one of {", ".join(STORAGES)}, got {storage!r}')
        if path.exists():
            raise InputError(f'{path} exists already; a bag needs a new folder')
        taken = sorted(RESULT_TYPES.keys() & bag.topics.keys())
        if taken:
            raise InputError(
                f'{bag.path} has the topics {", ".join(taken)} already; answers beside other'
                ' answers could not be told apart'
            )
        from rosbags.rosbag2 import StoragePlugin, Writer

        self._writer = Writer(
            path, version=BAG_VERSION, storage_plugin=StoragePlugin[storage.upper()]
        )
        self._bag = bag
        self._topic = topic
        self._messages = part_messages(bag.types)
        self._connections: dict[str, Any] = {}

    def __enter__(self) -> AnnotatedBag:
        self._writer.__enter__()
        for topic in self._bag.topics.values():
            if topic.type_name in self._bag.types.types:
                self._connect(topic.name, topic.type_name, topic.qos)
        for name, kind in RESULT_TYPES.items():
            self._connect(name, kind, (reliable_qos(is_latched=name in _LATCHED_TOPICS),))
        return self

    def __exit__(self, *error: Any) -> None:
        self._writer.__exit__(*error)

    def keep(self, answer: FrameAnswer) -> None:
        """Write a cloud, the answer to it, and what follows up to the next."""
        is_written = False
        for stored in answer.frame.following:
            if stored.topic in self._connections:
                self._write(stored.topic, stored.time_ns, stored.data)
            if (
                not is_written
                and stored.topic == self._topic
                and stored.time_ns == answer.frame.arrival_ns
            ):
                self._write_results(answer)
                is_written = True

    def _connect(self, topic: str, kind: str, qos: tuple[Any, ...]) -> None:
        self._connections[topic] = self._writer.add_connection(
            topic, kind, typestore=self._bag.types, offered_qos_profiles=qos
        )

    def _write(self, topic: str, time_ns: int, data: bytes) -> None:
        self._writer.write(self._connections[topic], time_ns, data)

    def _write_results(self, answer: FrameAnswer) -> None:
        source = answer.source
        if source is None:
            return
        frame = OutputFrame(header=source.header)
        make = self._messages
        parts = make.part_array(answer, frame, session_id='')
        results = {
            '/part_labels': make.labels_message(answer, answer.labels, frame, session_id=''),
            '/parts': parts,
            '/labeled_points': make.labeled_cloud(source, answer.labels, frame),
            '/part_points': make.parts_cloud(source, answer.labels, frame),
            '/markers': make.marker_array(source.header, parts.parts),
        }
        for topic, message in results.items():
            self._write(topic, answer.frame.arrival_ns, serialize(self._bag.types, message))
