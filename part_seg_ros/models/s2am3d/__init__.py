# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D: one click and the wanted size of the part, on the features of a triplane encoder."""
