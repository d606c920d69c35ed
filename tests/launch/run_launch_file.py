# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Run a launch file of this repository: `python run_launch_file.py FILE NAME:=VALUE …`."""

import sys
from pathlib import Path

from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    name, *words = sys.argv[1:]
    source = PythonLaunchDescriptionSource(str(ROOT / 'launch' / name))
    arguments = [tuple(word.split(':=', 1)) for word in words]
    service = LaunchService(noninteractive=True)
    service.include_launch_description(
        LaunchDescription([IncludeLaunchDescription(source, launch_arguments=arguments)])
    )
    return service.run()


if __name__ == '__main__':
    sys.exit(main())
