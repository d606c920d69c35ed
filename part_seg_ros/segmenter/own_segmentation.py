# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of a cloud by a system that has a way of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import cast

from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.models.system import SegmentingSystem, System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.proposals import PROMPTING_SHARE, Progress, Stage, check_stop
from part_seg_ros.structures import PartSegmentation


def segment_by_system(
    system: System,
    encoded: EncodedCloud,
    *,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> PartSegmentation:
    """Let a system with `Capabilities.own_segmentation` find every part.

    Args:
        system: The system.
        encoded: The cloud.
        progress: Told stage, share done in [0, 1] and number of parts in view.
        should_stop: Asked between chunks of work.

    Returns:
        Part ids of all N input points: a point that the network did not see has the part that most
        of its three nearest seen points have, by weight. Parts in the system's order, with boxes.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    found = cast('SegmentingSystem', system).segment_all(
        encoded.embedding,
        progress=lambda share, num: progress(Stage.PROMPTING, PROMPTING_SHARE * share, num),
        should_stop=should_stop,
    )
    check_stop(should_stop)
    progress(Stage.MERGING, PROMPTING_SHARE, len(found.parts))
    propagation = encoded.propagation
    slot_ids = propagation.labels_to_slots(found.part_ids)
    part_ids = propagation.from_slots(slot_ids)
    points = encoded.cloud.points
    parts = tuple(
        dataclasses.replace(part, box=oriented_box(points[part_ids == part.part_id]))
        for part in found.parts
    )
    progress(Stage.MERGING, 1.0, len(parts))
    return PartSegmentation(part_ids=part_ids, parts=parts)
