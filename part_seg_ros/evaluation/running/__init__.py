# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Measuring many independent items: one after another, in processes or on a cluster, resumable."""
