# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The protocols of `part-seg evaluate`, a module each, and what they share."""
