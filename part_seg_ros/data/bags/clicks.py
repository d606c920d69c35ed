# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where somebody clicks: on points that the camera sees, one for each of some parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.bags.camera import CameraFrame
from part_seg_ros.geometry.transforms import transform_points

CLICK_FRAMES = 3  # clicks come with the first frames
MAX_CLICKS = 8
MIN_SHARE = 1e-3  # of the pixels, that a part must fill to be clicked on


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrueClick:
    """A click on a part.

    Attributes:
        frame_idx: Frame in which it was made.
        part_id: The part that it is on.
        coord: (3,) float64 world frame [m], a point of that frame.
    """

    frame_idx: int
    part_id: int
    coord: np.ndarray


def clicks_on_parts(frames: Sequence[CameraFrame]) -> list[TrueClick]:
    """Choose the parts that show best in the first frame, and a point of each.

    The parts take turns with the frames, so that clicks come while the camera moves. A click is
    the visible point of its part that is nearest to the mean of all of them.

    Args:
        frames: The first frames, one or more.

    Returns:
        At most `MAX_CLICKS`, ordered by frame; parts that have gone out of sight have none.
    """
    first = frames[0].part_ids
    counts = np.bincount(first[first >= 0])
    wanted = np.argsort(-counts, kind='stable')[:MAX_CLICKS]
    wanted = wanted[counts[wanted] >= MIN_SHARE * len(first)]
    turns = [(turn % len(frames), int(part_id)) for turn, part_id in enumerate(wanted)]
    clicks = (
        _click(frames[frame_idx], frame_idx, part_id) for frame_idx, part_id in sorted(turns)
    )
    return [click for click in clicks if click is not None]


def _click(frame: CameraFrame, frame_idx: int, part_id: int) -> TrueClick | None:
    points = frame.points[frame.part_ids == part_id].astype(np.float64)
    if not len(points):
        return None
    nearest = np.linalg.norm(points - points.mean(axis=0), axis=1).argmin()
    coord = transform_points(frame.T_world_optical, points[nearest])
    return TrueClick(frame_idx=frame_idx, part_id=part_id, coord=coord)
