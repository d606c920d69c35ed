# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""torch blocks that two or more systems use identically, with the names of released weights.

Shape letters: B clouds, M prompt sets a cloud, Q clicks a set, N points, G patches, K points a
patch, T tokens, O mask candidates, C channels. Where prompt sets share a value, its M is 1 and
broadcasts: nothing of a cloud is repeated for each prompt.
"""
