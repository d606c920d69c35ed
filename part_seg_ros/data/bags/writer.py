# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Write a generated bag in either storage format, by the package rosbags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from part_seg_ros.data.bags import topics
from part_seg_ros.data.bags.messages import TOPIC_TYPES, RecordedMessage, recorded_messages
from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.errors import BackendMissingError, InputError

STORAGES = ('sqlite3', 'mcap')
LATCHED_TOPICS = (topics.TF_STATIC_TOPIC, topics.TRUTH_TOPIC)
BAG_VERSION: Final = 9  # Jazzy's


def write_bag(path: Path, recipe: BagRecipe, *, storage: str = 'sqlite3') -> dict[str, int]:
    """Simulate a scene and write it as a bag.

    Args:
        path: Folder of the bag; must not exist.
        recipe: What the bag shows.
        storage: One of `STORAGES`.

    Returns:
        How many messages each topic has; 0 for clicks that were not asked for.

    Raises:
        BackendMissingError: the package rosbags is not installed.
        InputError: an unknown storage, or something is at `path` already.
    """
    if storage not in STORAGES:
        raise InputError(f'storage must be one of {", ".join(STORAGES)}, got {storage!r}')
    if path.exists():
        raise InputError(f'{path} exists already; a bag needs a new folder')
    types = jazzy_types()
    counts = Counter(dict.fromkeys(TOPIC_TYPES, 0))
    _write(path, storage, types, _counted(recorded_messages(recipe, types), counts))
    return dict(counts)


def jazzy_types() -> Any:
    """Return rosbags' typestore of ROS 2 Jazzy.

    Raises:
        BackendMissingError: the package rosbags is not installed.
    """
    try:
        from rosbags.typesys import Stores, get_typestore
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            'bags need the Python package rosbags; install it with pip install rosbags'
        ) from error
    return get_typestore(Stores.ROS2_JAZZY)


def _counted(
    messages: Iterable[RecordedMessage], counts: Counter[str]
) -> Iterable[RecordedMessage]:
    for message in messages:
        counts[message.topic] += 1
        yield message


def _write(path: Path, storage: str, types: Any, messages: Iterable[RecordedMessage]) -> None:
    from rosbags.rosbag2 import StoragePlugin, Writer

    plugin = {'sqlite3': StoragePlugin.SQLITE3, 'mcap': StoragePlugin.MCAP}[storage]
    with Writer(path, version=BAG_VERSION, storage_plugin=plugin) as writer:
        connections = {
            topic: writer.add_connection(
                topic,
                kind,
                typestore=types,
                offered_qos_profiles=[reliable_qos(is_latched=topic in LATCHED_TOPICS)],
            )
            for topic, kind in TOPIC_TYPES.items()
        }
        for message in messages:
            writer.write(connections[message.topic], message.time_ns, message.data)


def reliable_qos(*, is_latched: bool) -> Any:
    """Return rosbags' profile of a topic: reliable, keep last; transient local if latched."""
    from rosbags.interfaces import (
        Qos,
        QosDurability,
        QosHistory,
        QosLiveliness,
        QosReliability,
        QosTime,
    )

    forever = QosTime(9223372036, 854775807)
    return Qos(
        history=QosHistory.KEEP_LAST,
        depth=1 if is_latched else 10,
        reliability=QosReliability.RELIABLE,
        durability=QosDurability.TRANSIENT_LOCAL if is_latched else QosDurability.VOLATILE,
        deadline=forever,
        lifespan=forever,
        liveliness=QosLiveliness.AUTOMATIC,
        liveliness_lease_duration=forever,
        avoid_ros_namespace_conventions=False,
    )
