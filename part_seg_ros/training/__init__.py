# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of the bundled network on procedural objects."""
