# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Part labels for unlabelled 3D files: the data engines of PartSAM, S2AM3D and Point-SAM."""
