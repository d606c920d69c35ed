# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A page on which one clicks on an object and sees its parts."""
