# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Start part_segmentation_node with a parameter file."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare


def generate_launch_description() -> LaunchDescription:
    """Return the node and the arguments it takes."""
    default_params = PathJoinSubstitution(
        [FindPackageShare('part_seg_ros'), 'config', 'part_segmentation_node.yaml']
    )
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'namespace', default_value='', description='Namespace of the node and its topics.'
            ),
            DeclareLaunchArgument(
                'params_file', default_value=default_params, description='YAML with parameters.'
            ),
            DeclareLaunchArgument(
                'use_sim_time',
                default_value='false',
                choices=['true', 'false'],
                description='Take the time from /clock, as with a bag that is played back.',
            ),
            DeclareLaunchArgument(
                'log_level',
                default_value='info',
                choices=['debug', 'info', 'warn', 'error', 'fatal'],
                description='Least severe messages that are logged.',
            ),
            Node(
                package='part_seg_ros',
                executable='part_segmentation_node',
                name='part_segmentation_node',
                namespace=LaunchConfiguration('namespace'),
                output='screen',
                parameters=[
                    LaunchConfiguration('params_file'),
                    {
                        'use_sim_time': ParameterValue(
                            LaunchConfiguration('use_sim_time'), value_type=bool
                        )
                    },
                ],
                arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
            ),
        ]
    )
