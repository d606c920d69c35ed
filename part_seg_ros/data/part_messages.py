# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From results to messages: parts, labels, coloured clouds, markers.

Imports no message package: the classes are handed in, so that a node and a bag get equal messages.
"""

from __future__ import annotations

import array
import colorsys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from part_seg_ros.data.cloud_codec import encode_cloud, pack_rgb, points_columns
from part_seg_ros.geometry.part_shape import PartShape
from part_seg_ros.geometry.transforms import quat_xyzw_from_matrix, transform_points
from part_seg_ros.structures import Mesh, PointCloud

_GREY = 0.6
_AXIS_COLORS = ((1.0, 0.2, 0.2), (0.2, 0.9, 0.2), (0.3, 0.4, 1.0))
_LINE_WIDTH = 0.002


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MessageTypes:
    """Classes of messages, by any library whose messages begin with default values.

    Each is called with some of its fields by keyword; the others are set on the message.
    """

    ColorRGBA: Any
    Marker: Any
    MarkerArray: Any
    Part: Any
    PartArray: Any
    PartLabels: Any
    Point: Any
    PointCloud2: Any
    PointField: Any
    Pose: Any
    Quaternion: Any
    Vector3: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutputFrame:
    """Where results are expressed.

    Attributes:
        header: std_msgs/Header of every output: the cloud's own, or its stamp with the target
            frame.
        T_output_cloud: (4, 4) from the cloud's frame, or None where they are the same.
    """

    header: Any
    T_output_cloud: np.ndarray | None = None

    def points(self, points: np.ndarray) -> np.ndarray:
        """Express (N, 3) points of the cloud in the output frame."""
        if self.T_output_cloud is None:
            return points
        return transform_points(self.T_output_cloud, points)

    def axes(self, axes: np.ndarray) -> np.ndarray:
        """Express a (3, 3) rotation R_cloud_x in the output frame."""
        return axes if self.T_output_cloud is None else self.T_output_cloud[:3, :3] @ axes


class Described(Protocol):
    """What is told of a part: see `segmenter.part_records.PartRecord`."""

    part_id: int
    name: str
    mask: np.ndarray
    shape: PartShape
    score: float
    name_probability: float
    face_mask: np.ndarray | None


class MeshSurface(Protocol):
    """The mesh that the points of a cloud were drawn from."""

    mesh: Mesh


class Source(Protocol):
    """A cloud of `height` rows and `width` columns as it came in."""

    height: int
    width: int
    cloud: PointCloud
    surface: MeshSurface | None


class Parted(Protocol):
    """A cloud and its parts by message id, least recently updated first."""

    source: Source
    parts: Mapping[int, Described]


class PartMessages:
    """Makes messages of one library.

    Args:
        types: Its classes.
    """

    def __init__(self, types: MessageTypes) -> None:
        self._types = types

    def point(self, coordinates: np.ndarray) -> Any:
        """Return (3,) coordinates as a Point."""
        x, y, z = map(float, coordinates)
        return self._types.Point(x=x, y=y, z=z)

    def part_message(
        self, source: Source, part: Described, frame: OutputFrame, *, with_cloud: bool = False
    ) -> Any:
        """Describe one part: indices into the full cloud or of faces, centroid, box, axes.

        Args:
            source: The segmented cloud.
            part: The part; its mask refers to every input point.
            frame: Frame of the message.
            with_cloud: Whether to fill `cloud`.
        """
        message = self._types.Part(
            header=frame.header, id=part.part_id, name=part.name, score=float(part.score)
        )
        message.name_probability = float(part.name_probability)
        point_idx = np.flatnonzero(part.mask if part.face_mask is None else part.face_mask)
        message.point_indices = _packed('i', point_idx)
        message.num_points = len(point_idx)
        self._fill_shape(message, part.shape, frame)
        if with_cloud:
            message.cloud = self.part_cloud(source, part, frame)
        return message

    def part_array(
        self,
        session: Parted,
        frame: OutputFrame,
        *,
        session_id: str,
        with_clouds: bool = False,
    ) -> Any:
        """Describe all parts of a session, best first."""
        parts = sorted(session.parts.values(), key=lambda part: -part.score)
        return self._types.PartArray(
            header=frame.header,
            session_id=session_id,
            parts=[
                self.part_message(session.source, part, frame, with_cloud=with_clouds)
                for part in parts
            ],
        )

    def labels_message(
        self, session: Parted, labels: np.ndarray, frame: OutputFrame, *, session_id: str
    ) -> Any:
        """Return the (N,) uint32 `labels`, of a mesh those of its faces, and a table of parts."""
        parts = [session.parts[part_id] for part_id in sorted(session.parts)]
        kind = self._types.PartLabels
        domain, height, width = kind.POINTS, session.source.height, session.source.width
        if session.source.surface is not None:
            labels = _face_image(session, len(session.source.surface.mesh.faces))
            domain, height, width = kind.FACES, 1, len(labels)
        return kind(
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

    def labeled_cloud(self, source: Source, labels: np.ndarray, frame: OutputFrame) -> Any:
        """Return x y z rgb label in the input's size and order; parts in their colours."""
        rgb = np.where(
            (labels > 0)[:, None], part_colors(labels), _own_colors(source.cloud.colors)
        )
        columns = points_columns(frame.points(source.cloud.points))
        columns |= {'rgb': pack_rgb(rgb), 'label': labels}
        return encode_cloud(
            self._types.PointCloud2(header=frame.header),
            self._types.PointField,
            columns,
            height=source.height,
            is_dense=bool(np.isfinite(source.cloud.points).all()),
        )

    def part_cloud(self, source: Source, part: Described, frame: OutputFrame) -> Any:
        """Return the points of one part: unorganised, dense, x y z rgb at bytes 0 4 8 12."""
        labels = np.where(part.mask, np.uint32(part.part_id), np.uint32(0))
        return self._cloud(frame, self._columns(source, labels, frame))

    def parts_cloud(self, source: Source, labels: np.ndarray, frame: OutputFrame) -> Any:
        """Return the points of all parts: as `part_cloud`, with a field part_id (uint32)."""
        columns = self._columns(source, labels, frame) | {'part_id': labels[labels > 0]}
        return self._cloud(frame, columns)

    def marker_array(self, header: Any, parts: Iterable[Any]) -> Any:
        """Clear all earlier markers, then draw a box, three axes and the name of each part.

        Args:
            header: Frame and stamp of the parts.
            parts: Part messages to draw; none just clears.
        """
        kind = self._types.Marker
        markers = [kind(header=header, action=kind.DELETEALL)]
        for part in parts:
            markers += [self._box(part), self._axes(part), self._name(part)]
        return self._types.MarkerArray(markers=markers)

    def _columns(
        self, source: Source, labels: np.ndarray, frame: OutputFrame
    ) -> dict[str, np.ndarray]:
        """Return x y z rgb of the points with a label; without colours those of the parts."""
        cloud = source.cloud.select(labels > 0)
        colors = part_colors(labels[labels > 0]) if cloud.colors is None else cloud.colors
        return points_columns(frame.points(cloud.points)) | {'rgb': pack_rgb(colors)}

    def _cloud(self, frame: OutputFrame, columns: Mapping[str, np.ndarray]) -> Any:
        message = self._types.PointCloud2(header=frame.header)
        return encode_cloud(message, self._types.PointField, columns)

    def _fill_shape(self, message: Any, shape: PartShape, frame: OutputFrame) -> None:
        x, y, z, w = map(float, quat_xyzw_from_matrix(frame.axes(shape.box.axes)))
        message.centroid = self.point(frame.points(shape.centroid[None])[0])
        message.box_pose = self._types.Pose(
            position=self.point(frame.points(shape.box.center[None])[0]),
            orientation=self._types.Quaternion(x=x, y=y, z=z, w=w),
        )
        message.box_size = self._vector(shape.box.size)
        message.principal_axes = [self._vector(axis) for axis in frame.axes(shape.axes).T]
        message.principal_stddev = np.asarray(shape.stddev, dtype=np.float32)

    def _vector(self, coordinates: np.ndarray) -> Any:
        x, y, z = map(float, coordinates)
        return self._types.Vector3(x=x, y=y, z=z)

    def _marker(self, part: Any, namespace: str, kind: int) -> Any:
        marker = self._types.Marker(header=part.header, ns=namespace, id=int(part.id), type=kind)
        marker.action = self._types.Marker.ADD
        marker.pose.orientation.w = 1.0
        marker.frame_locked = False
        return marker

    def _box(self, part: Any) -> Any:
        marker = self._marker(part, 'box', self._types.Marker.CUBE)
        marker.pose = part.box_pose
        size = part.box_size
        # A flat box would have no volume to draw.
        x, y, z = (max(extent, 1e-4) for extent in (size.x, size.y, size.z))
        marker.scale = self._types.Vector3(x=x, y=y, z=z)
        marker.color = self._color(part_colors(np.array([part.id]))[0], 0.3)
        return marker

    def _axes(self, part: Any) -> Any:
        marker = self._marker(part, 'axes', self._types.Marker.LINE_LIST)
        marker.scale.x = _LINE_WIDTH
        for axis, length, color in zip(
            part.principal_axes, part.principal_stddev, _AXIS_COLORS, strict=True
        ):
            end = self._types.Point(
                x=part.centroid.x + 2.0 * float(length) * axis.x,
                y=part.centroid.y + 2.0 * float(length) * axis.y,
                z=part.centroid.z + 2.0 * float(length) * axis.z,
            )
            marker.points += [part.centroid, end]
            marker.colors += [self._color(color, 1.0)] * 2
        return marker

    def _name(self, part: Any) -> Any:
        marker = self._marker(part, 'name', self._types.Marker.TEXT_VIEW_FACING)
        marker.pose.position = part.centroid
        largest = max(part.box_size.x, part.box_size.y, part.box_size.z)
        marker.scale.z = max(0.15 * largest, 0.01)
        marker.color = self._color((1.0, 1.0, 1.0), 1.0)
        marker.text = f'{part.name} {part.score:.2f}'
        return marker

    def _color(self, rgb: Iterable[float], alpha: float) -> Any:
        red, green, blue = map(float, rgb)
        return self._types.ColorRGBA(r=red, g=green, b=blue, a=alpha)


def label_image(parts: Iterable[Described], num_points: int) -> np.ndarray:
    """Return (N,) uint32 message ids; where parts overlap, the later one wins.

    Args:
        parts: Least recently updated first.
        num_points: N.
    """
    labels = np.zeros(num_points, np.uint32)
    for part in parts:
        labels[part.mask] = part.part_id
    return labels


def part_colors(part_ids: np.ndarray) -> np.ndarray:
    """Return (N, 3) float32 colours for (N,) message ids; neighbours in id differ clearly."""
    return _PALETTE[np.asarray(part_ids) % len(_PALETTE)]


def _face_image(session: Parted, num_faces: int) -> np.ndarray:
    """Return (F,) uint32 message ids of the faces of a mesh, as `label_image`."""
    labels = np.zeros(num_faces, np.uint32)
    for part in session.parts.values():
        labels[part.face_mask] = part.part_id
    return labels


def _palette(num_colors: int = 256) -> np.ndarray:
    # Steps of the golden ratio spread hues evenly however many ids are in use.
    hues = (np.arange(num_colors) * 0.618034) % 1.0
    rows = [colorsys.hsv_to_rgb(hue, 0.75, 0.95) for hue in hues]
    return np.array(rows, dtype=np.float32)


_PALETTE = _palette()


def _own_colors(colors: np.ndarray | None) -> np.ndarray | np.floating[Any]:
    return np.float32(_GREY) if colors is None else colors


def _packed(typecode: str, values: Sequence[int] | np.ndarray) -> array.array[int]:
    """Return an array that a message takes over as it is, without a check per element."""
    packed: array.array[int] = array.array(typecode)
    packed.frombytes(np.ascontiguousarray(values, dtype=np.dtype(typecode)).tobytes())
    return packed
