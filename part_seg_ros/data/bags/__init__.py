# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ROS 2 bags of simulated scenes with truth, written without ROS."""
