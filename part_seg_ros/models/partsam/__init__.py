# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM: promptable part segmentation on a triplane encoder of two branches."""
