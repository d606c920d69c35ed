# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""O-Voxels: an object as the voxels whose edges its surface crosses. NumPy and SciPy only."""
