# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Names of parts: the one vocabulary and how free wording finds its place in it."""

from part_seg_ros.names.lookup import find_part_name
from part_seg_ros.names.vocabulary import PART_NAMES

__all__ = ['PART_NAMES', 'find_part_name']
