# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parameters come from the settings dataclasses, and the YAML file says the same."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import rclpy
import yaml
from rclpy.exceptions import InvalidParameterValueException
from rclpy.node import Node

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.nodes import params
from part_seg_ros.nodes.settings import NodeSettings

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    size: int = setting(3, 'Size [points].', minimum=1)
    optional: float | None = setting(None, 'Left to each request.')


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    rate: float = setting(2.0, 'Rate [1/s].', minimum=0.5, maximum=4.0)
    mode: str = setting('a', 'Mode.', choices=('a', 'b'))
    fixed: bool = setting(True, 'Fixed.', read_only=True)
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self):
        check_limits(self)


@pytest.fixture
def make_node(ros):
    nodes = []

    def make(**overrides):
        values = [rclpy.Parameter(name, value=value) for name, value in overrides.items()]
        nodes.append(Node('params_test', parameter_overrides=values))
        return nodes[-1]

    yield make
    for node in nodes:
        node.destroy_node()


def test_each_field_becomes_one_described_parameter(make_node):
    node = make_node()
    params.declare(node, Outer())
    names = ('rate', 'mode', 'fixed', 'inner.size')
    rate, mode, fixed, size = (node.describe_parameter(name) for name in names)
    assert (rate.description, size.description) == ('Rate [1/s].', 'Size [points].')
    (limits,) = rate.floating_point_range
    assert (limits.from_value, limits.to_value) == (0.5, 4.0)
    assert size.integer_range[0].from_value == 1
    assert mode.additional_constraints == "one of: 'a', 'b'"
    assert (fixed.read_only, rate.read_only) == (True, False)
    assert not node.has_parameter('inner.optional')


def test_settings_are_read_back_nested(make_node):
    node = make_node(rate=3.5, **{'inner.size': 7})
    params.declare(node, Outer())
    assert params.read(node, Outer) == Outer(rate=3.5, inner=Inner(size=7))
    changes = [rclpy.Parameter('mode', value='b'), rclpy.Parameter('inner.size', value=9)]
    assert params.read(node, Outer, changes) == Outer(rate=3.5, mode='b', inner=Inner(size=9))
    with pytest.raises(ConfigError, match='mode must be one of'):
        params.read(node, Outer, [rclpy.Parameter('mode', value='c')])


def test_a_start_value_out_of_range_is_refused(make_node):
    with pytest.raises(InvalidParameterValueException):
        params.declare(make_node(rate=9.0), Outer())


def test_the_yaml_file_holds_exactly_the_declared_defaults():
    path = ROOT / 'config' / 'part_segmentation_node.yaml'
    document = yaml.safe_load(path.read_text())
    ((node_name, node),) = document['/**'].items()
    assert node_name == 'part_segmentation_node'

    def flat(values, prefix=''):
        for name, value in values.items():
            if isinstance(value, dict):
                yield from flat(value, f'{prefix}{name}.')
            else:
                yield prefix + name, value

    in_file = dict(flat(node['ros__parameters']))
    declared = {item.name: item.default for item in params.declarations(NodeSettings())}
    assert in_file == declared
    assert {name: type(value) for name, value in in_file.items()} == {
        name: type(value) for name, value in declared.items()
    }


def test_every_parameter_of_the_node_is_described():
    items = list(params.declarations(NodeSettings()))
    assert len(items) > 20
    for item in items:
        assert item.metadata['description'].endswith('.'), item.name


def test_the_documentation_names_every_parameter():
    text = (ROOT / 'docs' / 'ros.md').read_text()
    missing = [
        item.name for item in params.declarations(NodeSettings()) if f'`{item.name}`' not in text
    ]
    assert missing == []
