# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training and evaluation data: procedural objects and simulated depth cameras."""
