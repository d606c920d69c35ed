# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What all tests share: an isolated ROS graph, skips for what this machine lacks, the data."""

import importlib.util
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HAS_ROS = importlib.util.find_spec('rclpy') is not None

# A graph of our own, whatever the shell says: never talk to a robot, nor to another test run.
os.environ['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'  # Jazzy
if os.environ.get('ROS_DISTRO') == 'humble':
    os.environ['ROS_LOCALHOST_ONLY'] = '1'

collect_ignore = [] if HAS_ROS else ['launch', 'nodes']


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker('ros') and not HAS_ROS:
            item.add_marker(pytest.mark.skip(reason='rclpy is not installed'))
        if item.get_closest_marker('gpu') and not has_cuda():
            item.add_marker(pytest.mark.skip(reason='no CUDA device'))


def has_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


@pytest.fixture(scope='session')
def shared_path() -> Path:
    """The folder of recorded data: PART_SEG_SHARED or ../shared; without it tests are skipped."""
    path = Path(os.environ.get('PART_SEG_SHARED', ROOT.parent / 'shared'))
    if not path.is_dir():
        pytest.skip(f'{path} does not exist; set PART_SEG_SHARED to the folder of recorded data')
    return path
