# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What test_launch_file.py has launch_testing run."""

import tempfile
import time
import unittest
from pathlib import Path

import launch
import launch_testing.actions
import launch_testing.asserts
import rclpy
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = """\
/**:
  part_segmentation_node:
    ros__parameters:
      model: compact-tiny
"""


def generate_test_description():
    params_file = Path(tempfile.mkdtemp()) / 'params.yaml'
    params_file.write_text(PARAMETERS)
    source = PythonLaunchDescriptionSource(str(ROOT / 'launch' / 'part_segmentation.launch.py'))
    arguments = {'namespace': 'robot', 'params_file': str(params_file), 'log_level': 'warn'}
    return launch.LaunchDescription(
        [
            IncludeLaunchDescription(source, launch_arguments=arguments.items()),
            launch_testing.actions.ReadyToTest(),
        ]
    )


class TestNode(unittest.TestCase):
    """While the node runs."""

    def test_it_becomes_active(self):
        rclpy.init()
        node = rclpy.create_node('launch_test_client')
        try:
            client = node.create_client(GetState, '/robot/part_segmentation_node/get_state')
            deadline = time.monotonic() + 120.0
            state = None
            while state != State.PRIMARY_STATE_ACTIVE and time.monotonic() < deadline:
                if client.wait_for_service(timeout_sec=1.0):
                    future = client.call_async(GetState.Request())
                    rclpy.spin_until_future_complete(node, future, timeout_sec=5.0)
                    state = future.result().current_state.id if future.done() else None
            self.assertEqual(state, State.PRIMARY_STATE_ACTIVE)
        finally:
            node.destroy_node()
            rclpy.try_shutdown()


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After the node was told to stop."""

    def test_the_exit_code_is_zero(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
