# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts in recorded bags: clouds, clicks and transforms from the bag, answers beside the truth."""
