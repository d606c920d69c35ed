# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The transforms that a bag tells."""

from __future__ import annotations

from typing import Any

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.reader import Bag
from part_seg_ros.geometry.frame_tree import FrameTree
from part_seg_ros.geometry.transforms import rigid_transform

TF_TYPE = 'tf2_msgs/msg/TFMessage'
_STATIC_SUFFIX = 'tf_static'


def read_transforms(bag: Bag) -> FrameTree:
    """Read all transforms of a bag: static ones from topics that end so, moving ones from others.

    A message that cannot be read is left out.
    """
    tree = FrameTree()
    for stored in bag.messages(bag.of_type(TF_TYPE)):
        is_static = stored.topic.endswith(_STATIC_SUFFIX)
        try:
            for transform in bag.read(stored).transforms:
                _add(tree, transform, is_static)
        except InputError:
            continue
    return tree


def stamp_ns(header: Any) -> int:
    """Return the time of a std_msgs/Header [ns]; 0 where it has none."""
    return int(header.stamp.sec) * 10**9 + int(header.stamp.nanosec)


def _add(tree: FrameTree, message: Any, is_static: bool) -> None:
    """Note a geometry_msgs/TransformStamped."""
    parent, child = message.header.frame_id.lstrip('/'), message.child_frame_id.lstrip('/')
    position, rotation = message.transform.translation, message.transform.rotation
    matrix = rigid_transform(
        (position.x, position.y, position.z), (rotation.x, rotation.y, rotation.z, rotation.w)
    )
    if is_static:
        tree.set_static(parent, child, matrix)
    else:
        tree.add(parent, child, stamp_ns(message.header), matrix)
