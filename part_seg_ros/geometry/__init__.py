# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Geometry on NumPy arrays: sampling, neighbours, normals, interpolation, boxes, transforms.

Functions take (N, 3) arrays in any right-handed frame; lengths are in the unit of the input.
"""
