# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""GeoSAM2: part segmentation through twelve rendered views."""
