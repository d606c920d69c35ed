# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM: promptable segmentation of coloured point clouds."""
