# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tiny bags of two discs that rest in the world while the camera passes them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='bags need the package rosbags')

from rosbags.rosbag2 import StoragePlugin, Writer

from part_seg_ros.data.cloud_codec import encode_cloud, points_columns
from part_seg_ros.evaluation.bags.message_types import known_types
from part_seg_ros.evaluation.bags.reader import open_bag
from part_seg_ros.geometry.transforms import (
    quat_xyzw_from_matrix,
    rigid_transform,
    transform_points,
)

SECOND = 10**9
START = 1000 * SECOND
T_LINK_OPTICAL = rigid_transform([0.0, 0.0, 0.1], [-0.5, 0.5, -0.5, 0.5])
CENTRES = np.array([[0.0, 0.0, 0.0], [0.4, 0.0, 0.0]])
CLOUDS, CLICKS = '/camera/points', '/clicked_point'


def disc_points(spacing: float = 0.01, radius: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Two discs in the plane z = 0 of the world, and the disc of each point."""
    steps = np.arange(-radius, radius + 1e-9, spacing)
    x, y = (grid.ravel() for grid in np.meshgrid(steps, steps))
    disc = np.stack([x, y, np.zeros_like(x)], axis=1)[np.hypot(x, y) <= radius + 1e-9]
    points = np.concatenate([disc + centre for centre in CENTRES])
    return points, np.repeat([0, 1], len(disc))


def camera_pose(idx: int) -> np.ndarray:
    """T_world_link of frame `idx`: it moves along x and turns about z."""
    angle = -0.2 * idx
    return rigid_transform([0.17 * idx, -0.5, 0.5], [0, 0, np.sin(angle / 2), np.cos(angle / 2)])


def stamp_of(idx: int) -> int:
    return START + idx * SECOND // 10


@dataclass(frozen=True, kw_only=True)
class TinyBag:
    """How a bag is written; every frame has a NaN point in front of the discs.

    Attributes:
        clicks: (frame, world coordinates) of the clicks.
        without_pose: Frames for which no transform is known.
        extra: Further (topic, type, time, message factory).
    """

    num_frames: int = 4
    storage: str = 'sqlite3'
    clicks: Sequence[tuple[int, Sequence[float]]] = ((0, CENTRES[0]), (1, CENTRES[1]))
    without_pose: Sequence[int] = ()
    with_label: bool = True
    frame_id: str = 'optical'
    extra: Sequence[tuple[str, str, int, Callable[[Any], Any]]] = field(default_factory=tuple)


def header(types: Any, stamp_ns: int, frame_id: str) -> Any:
    stamp = types.types['builtin_interfaces/msg/Time'](
        sec=stamp_ns // SECOND, nanosec=stamp_ns % SECOND
    )
    return types.types['std_msgs/msg/Header'](stamp=stamp, frame_id=frame_id)


def tf_message(types: Any, stamp_ns: int, parent: str, child: str, matrix: np.ndarray) -> Any:
    names = types.types
    x, y, z, w = map(float, quat_xyzw_from_matrix(matrix[:3, :3]))
    transform = names['geometry_msgs/msg/Transform'](
        translation=names['geometry_msgs/msg/Vector3'](*map(float, matrix[:3, 3])),
        rotation=names['geometry_msgs/msg/Quaternion'](x=x, y=y, z=z, w=w),
    )
    stamped = names['geometry_msgs/msg/TransformStamped'](
        header=header(types, stamp_ns, parent), child_frame_id=child, transform=transform
    )
    return names['tf2_msgs/msg/TFMessage'](transforms=[stamped])


def click_message(types: Any, stamp_ns: int, coord: Sequence[float], frame_id='world') -> Any:
    point = types.types['geometry_msgs/msg/Point'](*map(float, coord))
    return types.types['geometry_msgs/msg/PointStamped'](
        header=header(types, stamp_ns, frame_id), point=point
    )


def cloud_message(
    types: Any, stamp_ns: int, points: np.ndarray, labels: np.ndarray | None, frame_id: str
) -> Any:
    columns = points_columns(points)
    if labels is not None:
        columns['label'] = labels.astype(np.int32)
    filled = encode_cloud(
        SimpleNamespace(), types.types['sensor_msgs/msg/PointField'], columns, is_dense=False
    )
    filled.data = np.frombuffer(filled.data, np.uint8)
    return types.types['sensor_msgs/msg/PointCloud2'](
        header=header(types, stamp_ns, frame_id), **vars(filled)
    )


def written_messages(recipe: TinyBag, types: Any) -> list[tuple[str, str, int, Any]]:
    """Topic, type, time [ns] and message of everything in the bag, by time."""
    tf = 'tf2_msgs/msg/TFMessage'
    mount = tf_message(types, START, 'link', 'optical', T_LINK_OPTICAL)
    found = [('/tf_static', tf, START - SECOND, mount)]
    world, disc_ids = disc_points()
    for idx in range(recipe.num_frames):
        stamp, T_world_link = stamp_of(idx), camera_pose(idx)
        if idx not in recipe.without_pose:
            pose = tf_message(types, stamp, 'world', 'link', T_world_link)
            found.append(('/tf', tf, stamp + 1000, pose))
        local = transform_points(np.linalg.inv(T_world_link @ T_LINK_OPTICAL), world)
        cloud = cloud_message(
            types,
            stamp,
            np.concatenate([np.full((1, 3), np.nan), local]),
            np.concatenate([[-1], disc_ids]) if recipe.with_label else None,
            recipe.frame_id,
        )
        found.append((CLOUDS, 'sensor_msgs/msg/PointCloud2', stamp + 2000, cloud))
    for order, (idx, coord) in enumerate(recipe.clicks):
        message = click_message(types, stamp_of(idx), coord)
        found.append(
            (CLICKS, 'geometry_msgs/msg/PointStamped', stamp_of(idx) + 3000 + order, message)
        )
    found += [(topic, kind, time, make(types)) for topic, kind, time, make in recipe.extra]
    return sorted(found, key=lambda entry: entry[2])


def write_tiny_bag(path: Path, recipe: TinyBag) -> list[tuple[str, int, bytes]]:
    """Write a bag; return topic, time and bytes of every message."""
    types = known_types()
    written = []
    with Writer(path, version=9, storage_plugin=StoragePlugin[recipe.storage.upper()]) as writer:
        connections: dict[str, Any] = {}
        for topic, kind, time_ns, message in written_messages(recipe, types):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, kind, typestore=types)
            data = bytes(types.serialize_cdr(message, kind))
            writer.write(connections[topic], time_ns, data)
            written.append((topic, time_ns, data))
    return written


@pytest.fixture
def tiny() -> SimpleNamespace:
    """What the tiny bags are made of."""
    return SimpleNamespace(
        centres=CENTRES,
        clouds=CLOUDS,
        clicks=CLICKS,
        disc_points=disc_points,
        camera_pose=camera_pose,
        stamp_of=stamp_of,
        T_link_optical=T_LINK_OPTICAL,
        click=click_message,
        cloud=cloud_message,
        header=header,
        names=names_message,
    )


@pytest.fixture
def write_bag(tmp_path: Path) -> Callable[..., tuple[Path, list[tuple[str, int, bytes]]]]:
    """Write a tiny bag; return its path, and topic, time and bytes of every message."""

    def write(name: str = 'bag', **recipe: Any) -> tuple[Path, list[tuple[str, int, bytes]]]:
        return tmp_path / name, write_tiny_bag(tmp_path / name, TinyBag(**recipe))

    return write


@pytest.fixture
def tiny_bag(write_bag: Callable[..., Any]) -> Callable[..., Any]:
    """Write a tiny bag and open it: `with tiny_bag(storage='mcap') as bag`."""
    numbers = itertools.count()
    return lambda **recipe: open_bag(write_bag(name=f'bag_{next(numbers)}', **recipe)[0])


def names_message(types: Any) -> Any:
    names = {'0': {'name': 'left', 'object': 'pair'}, '1': {'name': 'right', 'object': 'pair'}}
    return types.types['std_msgs/msg/String'](data=json.dumps({'labels': names}))
