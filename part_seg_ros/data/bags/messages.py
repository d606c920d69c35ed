# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The messages of a bag in the order of their times, serialised."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from part_seg_ros.data.bags import topics
from part_seg_ros.data.bags.camera import T_LINK_OPTICAL, CameraFrame, OrbitingCamera
from part_seg_ros.data.bags.clicks import CLICK_FRAMES, TrueClick, clicks_on_parts
from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.scene import TableScene, table_scene
from part_seg_ros.data.cloud_codec import encode_cloud, pack_rgb, points_columns
from part_seg_ros.geometry.transforms import quat_xyzw_from_matrix

TOPIC_TYPES = {
    topics.TF_STATIC_TOPIC: 'tf2_msgs/msg/TFMessage',
    topics.TRUTH_TOPIC: 'std_msgs/msg/String',
    topics.TF_TOPIC: 'tf2_msgs/msg/TFMessage',
    topics.CLOUD_TOPIC: 'sensor_msgs/msg/PointCloud2',
    topics.CLICK_TOPIC: 'geometry_msgs/msg/PointStamped',
}
START_NS = 1_700_000_000 * 10**9
# When a message reaches the recorder, after the time of its frame.
_TF_DELAY_NS = 2 * 10**6
_CLOUD_DELAY_NS = 12 * 10**6
_CLICK_DELAY_NS = 15 * 10**6
_LATCHED_LEAD_NS = 100 * 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMessage:
    """A message as a bag holds it: its topic, when it was received, its CDR bytes."""

    topic: str
    time_ns: int
    data: bytes


def recorded_messages(recipe: BagRecipe, types: Any) -> Iterator[RecordedMessage]:
    """Simulate a scene and yield what a recorder hears.

    Args:
        recipe: The scene, its camera and the clicks.
        types: rosbags' typestore of a ROS 2 distribution.

    Yields:
        First the latched messages; then, for each frame, the camera's pose, the cloud, and the
        clicks made in it, all stamped with the time of the frame.
    """
    scene = table_scene(recipe.objects, np.random.default_rng([recipe.seed, 0]))
    camera = OrbitingCamera(scene, resolution=recipe.resolution, seed=recipe.seed)
    messages = _MessageFactory(types)

    def record(topic: str, time_ns: int, message: Any) -> RecordedMessage:
        data = bytes(types.serialize_cdr(message, TOPIC_TYPES[topic]))
        return RecordedMessage(topic=topic, time_ns=time_ns, data=data)

    def take(idx: int) -> CameraFrame:
        return camera.frame(idx, (frame_stamp_ns(recipe, idx) - START_NS) * 1e-9)

    clicks: list[TrueClick] = []
    if recipe.with_clicks:
        num_first = min(recipe.num_frames, CLICK_FRAMES)
        clicks = clicks_on_parts([take(idx) for idx in range(num_first)])
    mount = messages.transform(START_NS, topics.LINK_FRAME, topics.OPTICAL_FRAME, T_LINK_OPTICAL)
    latched_ns = START_NS - _LATCHED_LEAD_NS
    yield record(topics.TF_STATIC_TOPIC, latched_ns, mount)
    yield record(topics.TRUTH_TOPIC, latched_ns, messages.text(truth_json(scene)))
    for idx in range(recipe.num_frames):
        stamp_ns, frame = frame_stamp_ns(recipe, idx), take(idx)
        pose = messages.transform(
            stamp_ns, topics.WORLD_FRAME, topics.LINK_FRAME, frame.T_world_link
        )
        yield record(topics.TF_TOPIC, stamp_ns + _TF_DELAY_NS, pose)
        yield record(
            topics.CLOUD_TOPIC, stamp_ns + _CLOUD_DELAY_NS, messages.cloud(stamp_ns, frame)
        )
        made_now = [click for click in clicks if click.frame_idx == idx]
        for order, click in enumerate(made_now):
            message = messages.point(stamp_ns, topics.WORLD_FRAME, click.coord)
            yield record(topics.CLICK_TOPIC, stamp_ns + _CLICK_DELAY_NS + order, message)


def frame_stamp_ns(recipe: BagRecipe, idx: int) -> int:
    """Return the time of frame number `idx` [ns]."""
    return START_NS + round(idx * 1e9 / recipe.rate_hz)


def truth_json(scene: TableScene) -> str:
    """Return the names of all labels as JSON: {"labels": {"0": {"name": …, "object": …}, …}}."""
    labels = {
        str(part_id): {'name': part.name, 'object': part.object_name}
        for part_id, part in enumerate(scene.parts)
    }
    return json.dumps({'labels': labels})


class _MessageFactory:
    """Builds messages of one distribution's types."""

    def __init__(self, types: Any) -> None:
        self._types = types.types

    def text(self, data: str) -> Any:
        return self._types['std_msgs/msg/String'](data=data)

    def point(self, stamp_ns: int, frame_id: str, coord: np.ndarray) -> Any:
        x, y, z = map(float, coord)
        return self._types['geometry_msgs/msg/PointStamped'](
            header=self._header(stamp_ns, frame_id),
            point=self._types['geometry_msgs/msg/Point'](x=x, y=y, z=z),
        )

    def transform(self, stamp_ns: int, parent: str, child: str, T_parent_child: np.ndarray) -> Any:
        x, y, z = map(float, T_parent_child[:3, 3])
        qx, qy, qz, qw = map(float, quat_xyzw_from_matrix(T_parent_child[:3, :3]))
        types = self._types
        transform = types['geometry_msgs/msg/Transform'](
            translation=types['geometry_msgs/msg/Vector3'](x=x, y=y, z=z),
            rotation=types['geometry_msgs/msg/Quaternion'](x=qx, y=qy, z=qz, w=qw),
        )
        stamped = types['geometry_msgs/msg/TransformStamped'](
            header=self._header(stamp_ns, parent), child_frame_id=child, transform=transform
        )
        return types['tf2_msgs/msg/TFMessage'](transforms=[stamped])

    def cloud(self, stamp_ns: int, frame: CameraFrame) -> Any:
        columns = points_columns(frame.points)
        columns |= {'rgb': pack_rgb(frame.colors), 'label': frame.part_ids}
        is_dense = bool(np.isfinite(frame.points).all())
        filled = encode_cloud(
            SimpleNamespace(),
            self._types['sensor_msgs/msg/PointField'],
            columns,
            height=frame.height,
            is_dense=is_dense,
        )
        filled.data = np.frombuffer(filled.data, np.uint8)
        header = self._header(stamp_ns, topics.OPTICAL_FRAME)
        return self._types['sensor_msgs/msg/PointCloud2'](header=header, **vars(filled))

    def _header(self, stamp_ns: int, frame_id: str) -> Any:
        sec, nanosec = divmod(stamp_ns, 10**9)
        stamp = self._types['builtin_interfaces/msg/Time'](sec=sec, nanosec=nanosec)
        return self._types['std_msgs/msg/Header'](stamp=stamp, frame_id=frame_id)
