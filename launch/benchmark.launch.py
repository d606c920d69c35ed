# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Measure how fast a system is here: `part-seg bench` as a launch file."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess
from launch.substitutions import LaunchConfiguration
from launch_ros.substitutions import ExecutableInPackage


def generate_launch_description() -> LaunchDescription:
    """Return the process and the arguments it takes."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'model', default_value='compact', description='System; `part-seg models` lists.'
            ),
            DeclareLaunchArgument(
                'num_points', default_value='10000', description='Points encoded.'
            ),
            DeclareLaunchArgument(
                'device', default_value='auto', description='auto, cpu, cuda or cuda:N.'
            ),
            DeclareLaunchArgument(
                'seconds',
                default_value='20.0',
                description='Time after which a stage of the measurement repeats no more [s].',
            ),
            DeclareLaunchArgument(
                'output',
                default_value='benchmark.json',
                description='JSON file with all figures.',
            ),
            ExecuteProcess(
                cmd=[
                    ExecutableInPackage(package='part_seg_ros', executable='part-seg'),
                    'bench',
                    *('--model', LaunchConfiguration('model')),
                    *('--num-points', LaunchConfiguration('num_points')),
                    *('--device', LaunchConfiguration('device')),
                    *('--seconds', LaunchConfiguration('seconds')),
                    *('--output', LaunchConfiguration('output')),
                ],
                name='benchmark',
                output='screen',
            ),
        ]
    )
