# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The launch file starts the node; it becomes active under its namespace and ends cleanly."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_launch_file():
    for module in ('launch_testing', 'launch_ros'):
        pytest.importorskip(module, reason=f'launch tests need {module}, which apt ROS provides')
    environment = os.environ | {
        'ROS_DOMAIN_ID': '19',
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'OMP_NUM_THREADS': '1',
    }
    # In a process of its own: the pytest plugin of launch_testing fits some versions only.
    path = Path(__file__).parent / 'launched_node.py'
    run = subprocess.run(
        [sys.executable, '-m', 'launch_testing.launch_test', str(path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
