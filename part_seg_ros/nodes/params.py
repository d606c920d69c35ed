# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ROS parameters from settings dataclasses: one place for type, default, description and range."""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from part_seg_ros.config import from_mapping

T = TypeVar('T')


@dataclasses.dataclass(frozen=True, slots=True)
class Declaration:
    """One ROS parameter.

    Attributes:
        name: Dotted name.
        default: Default value.
        metadata: As given to `config.setting`.
    """

    name: str
    default: Any
    metadata: Mapping[str, Any]


def declarations(config: Any, prefix: str = '') -> Iterator[Declaration]:
    """Yield one declaration per field of the dataclass value `config`, nested ones dotted.

    Fields whose default is None have no ROS type and are left to the caller of each request.
    """
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            yield from declarations(value, f'{prefix}{field.name}.')
        elif value is not None:
            yield Declaration(prefix + field.name, value, field.metadata)


def declare(node: Node, defaults: Any) -> None:
    """Declare one parameter per field of the settings value `defaults` on `node`."""
    for item in declarations(defaults):
        node.declare_parameter(item.name, item.default, descriptor(item))


def descriptor(item: Declaration) -> ParameterDescriptor:
    """Return description, range or choices, and whether the parameter is read-only."""
    metadata = item.metadata
    result = ParameterDescriptor(
        name=item.name,
        description=metadata.get('description', ''),
        read_only=bool(metadata.get('read_only', False)),
    )
    if metadata.get('choices'):
        result.additional_constraints = 'one of: ' + ', '.join(map(repr, metadata['choices']))
    minimum, maximum = metadata.get('minimum'), metadata.get('maximum')
    if minimum is None and maximum is None:
        return result
    if isinstance(item.default, float):
        low = -sys.float_info.max if minimum is None else float(minimum)
        high = sys.float_info.max if maximum is None else float(maximum)
        result.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    elif isinstance(item.default, int):
        low = -(2**63) if minimum is None else int(minimum)
        high = 2**63 - 1 if maximum is None else int(maximum)
        result.integer_range = [IntegerRange(from_value=low, to_value=high, step=1)]
    return result


def read(node: Node, config_type: type[T], changes: typing.Iterable[Parameter] = ()) -> T:
    """Build the settings of `node`, with `changes` that are not set yet laid over them.

    Raises:
        ConfigError: a value is not allowed, alone or together with others.
    """
    values = {item.name: item.default for item in declarations(config_type())}
    values = {name: node.get_parameter(name).value for name in values}
    values |= {change.name: change.value for change in changes if change.name in values}
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *groups, leaf = name.split('.')
        level = nested
        for group in groups:
            level = level.setdefault(group, {})
        level[leaf] = value
    return from_mapping(config_type, nested)


def acts_on_configure(item: Declaration) -> bool:
    """Return whether a parameter is read on configure only."""
    return bool(item.metadata.get('when_unconfigured')) or item.name.startswith('segmenter.')
