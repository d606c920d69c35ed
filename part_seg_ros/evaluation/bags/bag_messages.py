# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Messages of rosbags that begin with default values, as those of ROS do."""

from __future__ import annotations

from typing import Any

import numpy as np

from part_seg_ros.data.part_messages import MessageTypes, PartMessages

_PACKAGES = {
    'ColorRGBA': 'std_msgs',
    'Marker': 'visualization_msgs',
    'MarkerArray': 'visualization_msgs',
    'Part': 'part_seg_ros',
    'PartArray': 'part_seg_ros',
    'PartLabels': 'part_seg_ros',
    'Point': 'geometry_msgs',
    'PointCloud2': 'sensor_msgs',
    'PointField': 'sensor_msgs',
    'Pose': 'geometry_msgs',
    'Quaternion': 'geometry_msgs',
    'Vector3': 'geometry_msgs',
}
_EMPTY = {'string': '', 'bool': False, 'float32': 0.0, 'float64': 0.0}


def part_messages(types: Any) -> PartMessages:
    """Return the maker of our messages for a typestore of rosbags."""
    return PartMessages(
        MessageTypes(
            **{name: _Kind(types, f'{package}/msg/{name}') for name, package in _PACKAGES.items()}
        )
    )


def serialize(types: Any, message: Any) -> bytes:
    """Return the CDR bytes of a message whose arrays may be of any kind."""
    name = message.__msgtype__
    _with_numpy_arrays(types, message, name)
    return bytes(types.serialize_cdr(message, name))


class _Kind:
    """A class of messages that can be called with some of its fields; knows its constants."""

    def __init__(self, types: Any, name: str) -> None:
        self._types = types
        self._name = name

    def __call__(self, **fields: Any) -> Any:
        message = _default(self._types, self._name)
        for name, value in fields.items():
            setattr(message, name, value)
        return message

    def __getattr__(self, constant: str) -> Any:
        return getattr(self._types.types[self._name], constant)


def _default(types: Any, name: str) -> Any:
    """Return a message of zeros, empty texts and empty lists."""
    _, fields = types.fielddefs[name]
    return types.types[name](**{field: _zero(types, kind) for field, kind in fields})


def _zero(types: Any, kind: tuple[Any, Any]) -> Any:
    node, content = kind
    if node.name == 'BASE':
        return _EMPTY.get(content[0], 0)
    if node.name == 'NAME':
        return _default(types, content)
    element, length = content
    length = length if node.name == 'ARRAY' else 0
    if _is_numeric(element):
        return np.zeros(length, element[1][0])
    return [_zero(types, element) for _ in range(length)]


def _is_numeric(kind: tuple[Any, Any]) -> bool:
    return kind[0].name == 'BASE' and kind[1][0] != 'string'


def _with_numpy_arrays(types: Any, message: Any, name: str) -> None:
    """Turn all lists and arrays of numbers in a message into what rosbags serialises."""
    for field, (node, content) in types.fielddefs[name][1]:
        value = getattr(message, field)
        if node.name == 'NAME':
            _with_numpy_arrays(types, value, content)
        elif node.name in ('ARRAY', 'SEQUENCE'):
            element = content[0]
            if _is_numeric(element):
                setattr(message, field, np.asarray(value, dtype=element[1][0]))
            elif element[0].name == 'NAME':
                for member in value:
                    _with_numpy_arrays(types, member, element[1])
