# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From request messages to checked values of the core."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from part_seg_ros.data import cloud_codec
from part_seg_ros.errors import ConfigError
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.msg import ErrorCode, PartPrompt
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.sessions import SourceCloud
from part_seg_ros.nodes.transforms import FrameResolver

T = TypeVar('T')

# The core wants a granularity above 0; the message allows 0 for the coarsest.
_COARSEST = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clicks:
    """The clicks of one prompt message, or what to search for where it has none.

    Attributes:
        coords: (Q, 3) float32 [m] in the frame of the cloud; none where a name alone was given.
        labels: (Q,) int8, 1 foreground, 0 background.
        granularity: In (0, 1], or None where the model decides.
        name: Name of the part, as the caller words it; '' for none.
        near: (3,) float32 [m] in the frame of the cloud, of several parts of that name the one
            nearest to it is meant; None where the best is meant, or there are clicks.
    """

    coords: np.ndarray
    labels: np.ndarray
    granularity: float | None
    name: str
    near: np.ndarray | None = None

    @property
    def is_search(self) -> bool:
        """Whether the part is to be found by its name."""
        return len(self.coords) == 0


def is_given(cloud_message: Any) -> bool:
    """Return whether a request carries a cloud; an all-empty message means "none"."""
    return bool(
        cloud_codec.num_points(cloud_message) or cloud_message.fields or len(cloud_message.data)
    )


def check_size(cloud_message: Any, max_points: int) -> None:
    """Refuse clouds that are empty or too large before any work.

    Raises:
        RequestError: EMPTY_CLOUD or TOO_MANY_POINTS.
    """
    count = cloud_codec.num_points(cloud_message)
    if count == 0:
        raise RequestError(
            ErrorCode.EMPTY_CLOUD,
            f'the cloud must have points, got height {cloud_message.height} and width'
            f' {cloud_message.width}',
        )
    if count > max_points:
        raise RequestError(
            ErrorCode.TOO_MANY_POINTS,
            f'a cloud may have {max_points} points (parameter max_cloud_points), got {count};'
            ' crop or downsample it',
        )


def source_cloud(
    message: Any, *, max_points: int, viewpoint: np.ndarray | None = None
) -> SourceCloud:
    """Decode and check a PointCloud2.

    Args:
        message: The cloud.
        max_points: Most points accepted.
        viewpoint: (3,) sensor origin in the cloud's frame [m], or None.

    Raises:
        RequestError: EMPTY_CLOUD or TOO_MANY_POINTS.
        CloudFormatError: fields or data do not fit.
    """
    check_size(message, max_points)
    cloud = cloud_codec.decode_cloud(message, viewpoint=viewpoint)
    if not np.isfinite(cloud.points).all(axis=1).any():
        raise RequestError(
            ErrorCode.EMPTY_CLOUD,
            f'the cloud must have points with finite x, y and z, got none among {len(cloud)}',
        )
    return SourceCloud(
        header=message.header, height=message.height, width=message.width, cloud=cloud
    )


def clicks(
    prompt: Any, source: SourceCloud, frames: FrameResolver, *, tf_timeout: float
) -> Clicks:
    """Check a PartPrompt and express its positions in the frame of the cloud.

    Points in another frame are transformed at the stamp of the cloud; points by index need no
    transform.

    Raises:
        RequestError: BAD_PROMPT, BAD_GRANULARITY or TF_ERROR.
    """
    granularity = wanted_granularity(prompt.granularity)
    labels = _labels(prompt)
    coords = [np.array([(p.x, p.y, p.z) for p in prompt.points], np.float64).reshape(-1, 3)]
    if not np.isfinite(coords[0]).all():
        raise RequestError(
            ErrorCode.BAD_PROMPT, f'prompt points must be finite, got {coords[0].tolist()}'
        )
    if len(coords[0]):
        stamp, frame = source.header.stamp, source.header.frame_id
        T_cloud_prompt = frames.lookup(frame, prompt.header.frame_id, stamp, tf_timeout)
        coords[0] = transform_points(T_cloud_prompt, coords[0])
    coords.append(_indexed_points(np.asarray(prompt.indices, dtype=np.int64), source))
    positions, near = np.concatenate(coords).astype(np.float32), None
    if PartPrompt.NEAR in labels:
        positions, labels, near = positions[:0], labels[:0], positions[0]
    return Clicks(
        coords=positions,
        labels=labels,
        granularity=granularity,
        name=prompt.part_name.strip(),
        near=near,
    )


def wanted_granularity(value: float) -> float | None:
    """Return a granularity in (0, 1], or None for negative values: the model decides.

    Raises:
        RequestError: BAD_GRANULARITY.
    """
    if math.isnan(value) or value > 1.0:
        raise RequestError(
            ErrorCode.BAD_GRANULARITY,
            f'granularity must lie between 0 (coarse) and 1 (fine), or be negative to let the'
            f' network decide, got {value:g}',
        )
    return None if value < 0.0 else max(float(value), _COARSEST)


def with_goal(goal: Any, defaults: T) -> T:
    """Lay the thresholds of a goal that are set over the node's parameters.

    Raises:
        RequestError: BAD_PROMPT, a value is out of range.
    """
    changes: dict[str, Any] = {
        name: value
        for name in ('max_parts', 'min_points', 'num_prompts')
        if (value := int(getattr(goal, name))) > 0
    }
    changes |= {
        name: value
        for name in ('min_score', 'nms_iou')
        if not (value := float(getattr(goal, name))) < 0.0
    }
    try:
        return dataclasses.replace(defaults, **changes)
    except ConfigError as error:
        raise RequestError(ErrorCode.BAD_PROMPT, str(error)) from error


def _labels(prompt: Any) -> np.ndarray:
    num_clicks = len(prompt.points) + len(prompt.indices)
    if num_clicks == 0 and not prompt.part_name.strip():
        raise RequestError(
            ErrorCode.BAD_PROMPT, 'the prompt needs points or indices, or a part_name, got none'
        )
    labels = np.asarray(prompt.labels, dtype=np.int64)
    if len(labels) == 0:
        return np.ones(num_clicks, np.int8)
    if len(labels) != num_clicks:
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'labels must have one entry per click ({len(prompt.points)} points +'
            f' {len(prompt.indices)} indices = {num_clicks}) or be empty, got {len(labels)}',
        )
    if PartPrompt.NEAR in labels and (num_clicks > 1 or not prompt.part_name.strip()):
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            'the label 2 (near) goes with a part_name and one position alone, got part_name'
            f' {prompt.part_name!r} and labels {labels.tolist()}',
        )
    if not np.isin(labels, (PartPrompt.BACKGROUND, PartPrompt.FOREGROUND, PartPrompt.NEAR)).all():
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            'labels must be 1 (foreground), 0 (background) or 2 (near, with a name), got'
            f' {labels.tolist()}',
        )
    return labels.astype(np.int8)


def _indexed_points(point_idx: np.ndarray, source: SourceCloud) -> np.ndarray:
    count = len(source.cloud)
    outside = point_idx[(point_idx < 0) | (point_idx >= count)]
    if len(outside):
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'prompt indices must lie in 0 … {count - 1} for this cloud, got {outside.tolist()}',
        )
    points = source.cloud.points[point_idx].astype(np.float64)
    invalid = point_idx[~np.isfinite(points).all(axis=1)]
    if len(invalid):
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'prompt indices must name points with finite x, y and z, got {invalid.tolist()}',
        )
    return points
