# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the documentation and the RViz configuration name exists and works."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml
from part_seg_ros.msg import ErrorCode
from sensor_msgs.msg import PointCloud2

from part_seg_ros.nodes import qos

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / 'docs' / 'ros.md').read_text()
COMMAND = re.compile(
    r'ros2 (?:service call|action send_goal(?: --feedback)?|topic pub --once) \S+ (\S+)\s*\\?\s*'
    r"(?:'(\{.*?\})')?$",
    re.MULTILINE,
)


def fill(message, values):
    """Set fields as the ros2 command does; an unknown name is an AttributeError."""
    for name, value in values.items():
        current = getattr(message, name)
        if isinstance(value, dict):
            fill(current, value)
        elif isinstance(value, list):
            kind = type(message).get_fields_and_field_types()[name]
            nested = re.fullmatch(r'sequence<(\w+)/(\w+)>', kind)
            if nested:
                package, element = nested.groups()
                element_type = getattr(importlib.import_module(f'{package}.msg'), element)
                value = [fill(element_type(), item) for item in value]
            setattr(message, name, value)
        else:
            setattr(message, name, value)
    return message


def test_every_command_line_fits_its_interface():
    commands = COMMAND.findall(DOCUMENT)
    assert len(commands) == 14
    for name, values in commands:
        package, group, kind = name.split('/')
        interface = getattr(importlib.import_module(f'{package}.{group}'), kind)
        part = {'msg': '', 'srv': 'Request', 'action': 'Goal'}[group]
        fill(getattr(interface, part, interface)(), yaml.safe_load(values or '{}'))


def test_every_error_code_is_listed():
    lines = (ROOT / 'msg' / 'ErrorCode.msg').read_text().splitlines()
    pairs = filter(None, (re.match(r'uint16 (\w+)=(\d+)', line) for line in lines))
    codes = {pair[1]: int(pair[2]) for pair in pairs}
    assert codes['UNKNOWN'] == ErrorCode.UNKNOWN and len(codes) > 15
    missing = [name for name, code in codes.items() if f'| {code} | {name} |' not in DOCUMENT]
    assert missing == ['NONE']


def test_the_example_runs(ros, start_node, ball, make_cloud):
    (example,) = re.findall(r'```python\n(.*?)```', DOCUMENT, re.DOTALL)
    rng = np.random.default_rng(0)
    points = rng.normal(0.0, 0.004, (400, 3))
    points[:200] += [0.05, 0.0, 0.6]
    points[200:] += [0.0, 0.0, 0.6]
    start_node(ball)
    with ros.publishing(PointCloud2, 'points', qos.newest_sensor_data()) as publisher:

        def has_cloud():
            publisher.publish(make_cloud(points))
            return ros.wait(ros.client.open_session()).success

        ros.wait_until(has_cloud, 'the cloud reaches the node')
        example += 'print(reply.success, reply.part.num_points)\n'
        run = subprocess.run(
            [sys.executable, '-c', example],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith('200 points') and run.stdout.endswith('True 200\n')


def test_the_rviz_configuration_shows_and_feeds_the_node():
    config = yaml.safe_load((ROOT / 'rviz' / 'part_segmentation.rviz').read_text())
    manager = config['Visualization Manager']
    tools = [tool for tool in manager['Tools'] if tool['Class'].endswith('/PublishPoint')]
    topics = [tool['Topic']['Value'] for tool in tools]
    assert topics == ['/clicked_point', '/clicked_point_negative']
    shown = {
        display['Topic']['Value']: display['Topic']
        for display in manager['Displays']
        if 'Topic' in display
    }
    assert set(shown) == {'/points', '/labeled_points', '/part_points', '/markers'}
    for topic in ('/part_points', '/markers'):
        assert shown[topic]['Durability Policy'] == 'Transient Local'
