# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Networks on the occupied cells of a grid: rows of features beside rows of coordinates."""
