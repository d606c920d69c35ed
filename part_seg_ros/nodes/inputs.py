# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From request messages to checked values of the core."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import cloud_codec
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.sessions import SourceCloud
from part_seg_ros.nodes.transforms import FrameResolver

# The core wants a granularity above 0; the message allows 0 for the coarsest.
_COARSEST = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clicks:
    """The clicks of one prompt message.

    Attributes:
        coords: (Q, 3) float32 [m] in the frame of the cloud.
        labels: (Q,) int8, 1 foreground, 0 background.
        granularity: In (0, 1], or None where the model decides.
        name: Name for the part, '' for none.
    """

    coords: np.ndarray
    labels: np.ndarray
    granularity: float | None
    name: str


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
    """Check a PartPrompt and express its clicks in the frame of the cloud.

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
    return Clicks(
        coords=np.concatenate(coords).astype(np.float32),
        labels=labels,
        granularity=granularity,
        name=prompt.part_name,
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


def _labels(prompt: Any) -> np.ndarray:
    num_clicks = len(prompt.points) + len(prompt.indices)
    if num_clicks == 0:
        name = f'; the name {prompt.part_name!r} alone says nothing' if prompt.part_name else ''
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'the prompt needs points or indices, got none{name}: this network takes clicks only',
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
    if not np.isin(labels, (0, 1)).all():
        raise RequestError(
            ErrorCode.BAD_PROMPT,
            f'labels must be 1 (foreground) or 0 (background), got {labels.tolist()}',
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
