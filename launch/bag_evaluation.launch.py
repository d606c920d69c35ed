# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Evaluate on a bag: read it offline, or play it to the running node in real time."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, GroupAction, Shutdown
from launch.conditions import IfCondition, UnlessCondition
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import ExecutableInPackage, FindPackageShare


def generate_launch_description() -> LaunchDescription:
    """Return the arguments, the offline reader, and the node with the player of the bag."""
    return LaunchDescription([*_arguments(), _offline(), _realtime()])


def _arguments() -> list[DeclareLaunchArgument]:
    default_params = PathJoinSubstitution(
        [FindPackageShare('part_seg_ros'), 'config', 'part_segmentation_node.yaml']
    )
    return [
        DeclareLaunchArgument('bag', description='Folder of a ROS 2 bag, sqlite3 or MCAP.'),
        DeclareLaunchArgument(
            'model', default_value='compact', description='System; `part-seg models` lists them.'
        ),
        DeclareLaunchArgument(
            'device', default_value='auto', description='auto, cpu, cuda or cuda:N.'
        ),
        DeclareLaunchArgument(
            'report',
            default_value='bag_report',
            description='Folder of the report.',
        ),
        DeclareLaunchArgument(
            'prompt_topic',
            default_value='/clicked_point',
            description='Offline: topic of the clicks or prompts; none to find every part.',
        ),
        DeclareLaunchArgument(
            'annotated', default_value='', description='Offline: bag to write with the answers.'
        ),
        DeclareLaunchArgument(
            'storage',
            default_value='sqlite3',
            choices=['sqlite3', 'mcap'],
            description='Offline: format of the annotated bag.',
        ),
        DeclareLaunchArgument(
            'cloud_topic', default_value='/camera/points', description='Topic of the clouds.'
        ),
        DeclareLaunchArgument(
            'realtime',
            default_value='false',
            choices=['true', 'false'],
            description='Play the bag to the node and measure age and drops, not accuracy.',
        ),
        DeclareLaunchArgument(
            'rate', default_value='1.0', description='In real time: speed, 1.0 as recorded.'
        ),
        DeclareLaunchArgument(
            'timeout',
            default_value='300.0',
            description='In real time: longest wait for the node to load, and for an answer [s].',
        ),
        DeclareLaunchArgument(
            'params_file',
            default_value=default_params,
            description='In real time: YAML with parameters of the node.',
        ),
    ]


def _offline() -> ExecuteProcess:
    return ExecuteProcess(
        cmd=[
            ExecutableInPackage(package='part_seg_ros', executable='part-seg'),
            *('evaluate', 'bag', LaunchConfiguration('bag')),
            *('--model', LaunchConfiguration('model')),
            *('--device', LaunchConfiguration('device')),
            *('--topic', LaunchConfiguration('cloud_topic')),
            *('--prompt-topic', LaunchConfiguration('prompt_topic')),
            *('--annotated', LaunchConfiguration('annotated')),
            *('--storage', LaunchConfiguration('storage')),
            *('--report', LaunchConfiguration('report')),
        ],
        name='evaluate_bag',
        output='screen',
        condition=UnlessCondition(LaunchConfiguration('realtime')),
    )


def _realtime() -> GroupAction:
    model, device = LaunchConfiguration('model'), LaunchConfiguration('device')
    return GroupAction(
        [
            Node(
                package='part_seg_ros',
                executable='part_segmentation_node',
                name='part_segmentation_node',
                output='screen',
                parameters=[
                    LaunchConfiguration('params_file'),
                    {'model': model, 'device': device, 'use_sim_time': True},
                ],
                remappings=[('points', LaunchConfiguration('cloud_topic'))],
            ),
            Node(
                package='part_seg_ros',
                executable='bag_replay',
                name='bag_replay',
                output='screen',
                arguments=[
                    LaunchConfiguration('bag'),
                    *('--report', LaunchConfiguration('report')),
                    *('--rate', LaunchConfiguration('rate')),
                    *('--cloud-topic', LaunchConfiguration('cloud_topic')),
                    *('--timeout', LaunchConfiguration('timeout')),
                    '--clock',
                ],
                on_exit=Shutdown(reason='the bag has been played'),
            ),
        ],
        condition=IfCondition(LaunchConfiguration('realtime')),
    )
