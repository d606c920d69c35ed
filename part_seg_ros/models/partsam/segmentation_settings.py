# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Thresholds of PartSAM's own way to segment everything."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import check_limits, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEverySettings:
    """How every part is found; the defaults are those of the release, but for its quirks."""

    num_prompts: int = setting(512, 'Clicks spread over the shape.', minimum=1, maximum=100_000)
    batch_size: int = setting(32, 'Clicks decoded at once.', minimum=1, maximum=4096)
    min_score: float = setting(0.65, 'Only masks with a higher predicted IoU are kept.')
    nms_iou: float = setting(
        0.3,
        'Of two masks that overlap by more than this IoU the worse is dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    min_piece_share: float = setting(
        0.01,
        'Pieces of a mesh are given to their neighbours if they have less than this share of the'
        ' faces of the largest piece, and of the area of the one with most.',
        minimum=0.0,
        maximum=1.0,
    )
    split_pieces: bool = setting(
        True, 'Pieces of a mesh part that do not touch each other become parts of their own.'
    )
    graph_cut: bool = setting(
        False,
        'Move the borders on a mesh to creases. A face weighs 1 and a flat edge 276, so coarse'
        ' meshes lose all parts that no crease bounds; above 50 000 faces it is slow.',
    )
    reference_quirks: bool = setting(
        False,
        'Do what the release does by accident: points of no part vote for the smallest part, the'
        ' largest part is the background, and separate pieces of a mesh are chained by the'
        ' numbers of their vertices.',
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
