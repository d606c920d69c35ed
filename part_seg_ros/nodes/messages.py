# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From results to messages: parts, labels, coloured clouds."""

from __future__ import annotations

import array
import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from part_seg_ros.data.cloud_codec import encode_cloud, pack_rgb, points_columns
from part_seg_ros.geometry.transforms import quat_xyzw_from_matrix, transform_points
from part_seg_ros.msg import Part, PartArray, PartLabels
from part_seg_ros.nodes.part_shape import PartShape
from part_seg_ros.nodes.sessions import PartRecord, SessionRecord, SourceCloud

_GREY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutputFrame:
    """Where results are expressed.

    Attributes:
        header: Header of every output: the cloud's own, or its stamp with the target frame.
        T_output_cloud: (4, 4) from the cloud's frame, or None where they are the same.
    """

    header: Header
    T_output_cloud: np.ndarray | None = None

    def points(self, points: np.ndarray) -> np.ndarray:
        """Express (N, 3) points of the cloud in the output frame."""
        if self.T_output_cloud is None:
            return points
        return transform_points(self.T_output_cloud, points)

    def axes(self, axes: np.ndarray) -> np.ndarray:
        """Express a (3, 3) rotation R_cloud_x in the output frame."""
        return axes if self.T_output_cloud is None else self.T_output_cloud[:3, :3] @ axes


def duration(milliseconds: float) -> Duration:
    """Return `milliseconds` as a Duration."""
    seconds, nanoseconds = divmod(round(milliseconds * 1e6), 10**9)
    return Duration(sec=int(seconds), nanosec=int(nanoseconds))


def point(coordinates: np.ndarray) -> Point:
    """Return (3,) coordinates as a Point."""
    x, y, z = map(float, coordinates)
    return Point(x=x, y=y, z=z)


def part_message(
    source: SourceCloud, part: PartRecord, frame: OutputFrame, *, with_cloud: bool = False
) -> Part:
    """Describe one part: indices into the full cloud or of faces, centroid, box, principal axes.

    Args:
        source: The segmented cloud.
        part: The part; its mask refers to every input point.
        frame: Frame of the message.
        with_cloud: Whether to fill `cloud`.
    """
    message = Part(header=frame.header, id=part.part_id, name=part.name, score=float(part.score))
    message.name_probability = float(part.name_probability)
    point_idx = np.flatnonzero(part.mask if part.face_mask is None else part.face_mask)
    message.point_indices = _packed('i', point_idx)
    message.num_points = len(point_idx)
    _fill_shape(message, part.shape, frame)
    if with_cloud:
        message.cloud = part_cloud(source, part, frame)
    return message


def part_array(
    session: SessionRecord,
    frame: OutputFrame,
    *,
    session_id: str,
    with_clouds: bool = False,
) -> PartArray:
    """Describe all parts of a session, best first."""
    parts = sorted(session.parts.values(), key=lambda part: -part.score)
    return PartArray(
        header=frame.header,
        session_id=session_id,
        parts=[
            part_message(session.source, part, frame, with_cloud=with_clouds) for part in parts
        ],
    )


def label_image(session: SessionRecord) -> np.ndarray:
    """Return (N,) uint32 message ids; where parts overlap, the one updated last wins."""
    labels = np.zeros(len(session.source.cloud), np.uint32)
    for part in session.parts.values():
        labels[part.mask] = part.part_id
    return labels


def _face_image(session: SessionRecord, num_faces: int) -> np.ndarray:
    """Return (F,) uint32 message ids of the faces of a mesh, as `label_image`."""
    labels = np.zeros(num_faces, np.uint32)
    for part in session.parts.values():
        labels[part.face_mask] = part.part_id
    return labels


def labels_message(
    session: SessionRecord, labels: np.ndarray, frame: OutputFrame, *, session_id: str
) -> PartLabels:
    """Return the (N,) uint32 `labels`, of a mesh those of its faces, with a table of the parts."""
    parts = [session.parts[part_id] for part_id in sorted(session.parts)]
    domain, height, width = PartLabels.POINTS, session.source.height, session.source.width
    if session.source.surface is not None:
        labels = _face_image(session, len(session.source.surface.mesh.faces))
        domain, height, width = PartLabels.FACES, 1, len(labels)
    return PartLabels(
        header=frame.header,
        session_id=session_id,
        domain=domain,
        height=height,
        width=width,
        labels=_packed('I', labels),
        part_ids=[part.part_id for part in parts],
        part_names=[part.name for part in parts],
        part_scores=[float(part.score) for part in parts],
    )


def labeled_cloud(source: SourceCloud, labels: np.ndarray, frame: OutputFrame) -> PointCloud2:
    """Return x y z rgb label in the input's size and order; parts are painted in their colours."""
    rgb = np.where((labels > 0)[:, None], part_colors(labels), _own_colors(source.cloud.colors))
    columns = points_columns(frame.points(source.cloud.points))
    columns |= {'rgb': pack_rgb(rgb), 'label': labels}
    is_dense = bool(np.isfinite(source.cloud.points).all())
    message = PointCloud2(header=frame.header)
    return encode_cloud(message, PointField, columns, height=source.height, is_dense=is_dense)


def part_cloud(source: SourceCloud, part: PartRecord, frame: OutputFrame) -> PointCloud2:
    """Return the points of one part alone: unorganised, dense, x y z rgb at bytes 0 4 8 12."""
    cloud = source.cloud.select(part.mask)
    colors = cloud.colors
    if colors is None:
        colors = part_colors(np.full(len(cloud), part.part_id, np.uint32))
    columns = points_columns(frame.points(cloud.points)) | {'rgb': pack_rgb(colors)}
    return encode_cloud(PointCloud2(header=frame.header), PointField, columns)


def part_colors(part_ids: np.ndarray) -> np.ndarray:
    """Return (N, 3) float32 colours for (N,) message ids; neighbours in id differ clearly."""
    return _PALETTE[np.asarray(part_ids) % len(_PALETTE)]


def _palette(num_colors: int = 256) -> np.ndarray:
    # Steps of the golden ratio spread hues evenly however many ids are in use.
    hues = (np.arange(num_colors) * 0.618034) % 1.0
    rows = [colorsys.hsv_to_rgb(hue, 0.75, 0.95) for hue in hues]
    return np.array(rows, dtype=np.float32)


_PALETTE = _palette()


def _own_colors(colors: np.ndarray | None) -> np.ndarray | float:
    return np.float32(_GREY) if colors is None else colors


def _fill_shape(message: Part, shape: PartShape, frame: OutputFrame) -> None:
    x, y, z, w = map(float, quat_xyzw_from_matrix(frame.axes(shape.box.axes)))
    message.centroid = point(frame.points(shape.centroid[None])[0])
    message.box_pose = Pose(
        position=point(frame.points(shape.box.center[None])[0]),
        orientation=Quaternion(x=x, y=y, z=z, w=w),
    )
    message.box_size = _vector(shape.box.size)
    message.principal_axes = [_vector(axis) for axis in frame.axes(shape.axes).T]
    message.principal_stddev = np.asarray(shape.stddev, dtype=np.float32)


def _vector(coordinates: np.ndarray) -> Vector3:
    x, y, z = map(float, coordinates)
    return Vector3(x=x, y=y, z=z)


def _packed(typecode: str, values: Sequence[int] | np.ndarray) -> array.array:
    """Return an array that a message takes over as it is, without a check per element."""
    packed = array.array(typecode)
    packed.frombytes(np.ascontiguousarray(values, dtype=np.dtype(typecode)).tobytes())
    return packed
