# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Published folder layouts of data sets, a file each, read into labelled objects."""
