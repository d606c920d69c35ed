# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen: parts as colours that a generative model paints."""
