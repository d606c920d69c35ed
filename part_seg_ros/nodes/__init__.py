# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The ROS 2 side: nodes, message conversion, clients. The only room that imports rclpy."""
