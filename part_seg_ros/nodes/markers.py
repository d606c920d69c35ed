# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Boxes, axes and names of parts for RViz and Foxglove."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from geometry_msgs.msg import Point, Vector3
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from part_seg_ros.msg import Part
from part_seg_ros.nodes.messages import part_colors

_AXIS_COLORS = ((1.0, 0.2, 0.2), (0.2, 0.9, 0.2), (0.3, 0.4, 1.0))
_LINE_WIDTH = 0.002


def marker_array(header: Header, parts: Iterable[Part]) -> MarkerArray:
    """Clear all earlier markers, then draw a box, three axes and the name of each part.

    Args:
        header: Frame and stamp of the parts.
        parts: The parts to draw; none just clears.
    """
    markers = [Marker(header=header, action=Marker.DELETEALL)]
    for part in parts:
        markers += [_box(part), _axes(part), _name(part)]
    return MarkerArray(markers=markers)


def _marker(part: Part, namespace: str, kind: int) -> Marker:
    marker = Marker(header=part.header, ns=namespace, id=int(part.id), type=kind)
    marker.action = Marker.ADD
    marker.pose.orientation.w = 1.0
    marker.frame_locked = False
    return marker


def _box(part: Part) -> Marker:
    marker = _marker(part, 'box', Marker.CUBE)
    marker.pose = part.box_pose
    # A flat box would have no volume to draw.
    size = (max(extent, 1e-4) for extent in (part.box_size.x, part.box_size.y, part.box_size.z))
    x, y, z = size
    marker.scale = Vector3(x=x, y=y, z=z)
    marker.color = _color(part_colors(np.array([part.id]))[0], 0.3)
    return marker


def _axes(part: Part) -> Marker:
    marker = _marker(part, 'axes', Marker.LINE_LIST)
    marker.scale.x = _LINE_WIDTH
    for axis, length, color in zip(
        part.principal_axes, part.principal_stddev, _AXIS_COLORS, strict=True
    ):
        end = Point(
            x=part.centroid.x + 2.0 * float(length) * axis.x,
            y=part.centroid.y + 2.0 * float(length) * axis.y,
            z=part.centroid.z + 2.0 * float(length) * axis.z,
        )
        marker.points += [part.centroid, end]
        marker.colors += [_color(color, 1.0)] * 2
    return marker


def _name(part: Part) -> Marker:
    marker = _marker(part, 'name', Marker.TEXT_VIEW_FACING)
    marker.pose.position = part.centroid
    largest = max(part.box_size.x, part.box_size.y, part.box_size.z)
    marker.scale.z = max(0.15 * largest, 0.01)
    marker.color = _color((1.0, 1.0, 1.0), 1.0)
    marker.text = f'{part.name} {part.score:.2f}'
    return marker


def _color(rgb: Iterable[float], alpha: float) -> ColorRGBA:
    red, green, blue = map(float, rgb)
    return ColorRGBA(r=red, g=green, b=blue, a=alpha)
