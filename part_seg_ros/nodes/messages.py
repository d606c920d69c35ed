# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The results of a node as messages of rclpy; see `data.part_messages`."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from part_seg_ros.data import part_messages
from part_seg_ros.data.part_messages import MessageTypes, OutputFrame, PartMessages
from part_seg_ros.msg import Part, PartArray, PartLabels
from part_seg_ros.nodes.sessions import SessionRecord

__all__ = [
    'OutputFrame',
    'duration',
    'label_image',
    'labeled_cloud',
    'labels_message',
    'marker_array',
    'part_array',
    'part_cloud',
    'part_message',
    'point',
]

_MESSAGES = PartMessages(
    MessageTypes(
        ColorRGBA=ColorRGBA,
        Marker=Marker,
        MarkerArray=MarkerArray,
        Part=Part,
        PartArray=PartArray,
        PartLabels=PartLabels,
        Point=Point,
        PointCloud2=PointCloud2,
        PointField=PointField,
        Pose=Pose,
        Quaternion=Quaternion,
        Vector3=Vector3,
    )
)
point = _MESSAGES.point
part_message = _MESSAGES.part_message
part_array = _MESSAGES.part_array
labels_message = _MESSAGES.labels_message
labeled_cloud = _MESSAGES.labeled_cloud
part_cloud = _MESSAGES.part_cloud
marker_array = _MESSAGES.marker_array


def duration(milliseconds: float) -> Duration:
    """Return `milliseconds` as a Duration."""
    seconds, nanoseconds = divmod(round(milliseconds * 1e6), 10**9)
    return Duration(sec=int(seconds), nanosec=int(nanoseconds))


def label_image(session: SessionRecord) -> np.ndarray:
    """Return (N,) uint32 message ids; where parts overlap, the one updated last wins."""
    return part_messages.label_image(session.parts.values(), len(session.source.cloud))
