# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The triplane trunk of PartField, on which PartSAM and S2AM3D are built.

From points to three axis-aligned planes of features: point-voxel block, scatter onto the planes, a
U-Net and a transformer over them, sampling back at any place.
"""
