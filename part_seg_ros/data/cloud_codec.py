# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PointCloud2 to and from arrays, any layout, by views instead of loops.

Duck-typed: works on the message objects of rclpy, rosbags and mcap alike and imports no message
package. Reading accepts fields in any order and of any numeric type, padding between points and
rows, both byte orders, organised clouds and non-finite points; the rows of the result are the
message's points in row-major order, so that row i is point i of the message.
"""

from __future__ import annotations

import array
from collections.abc import Mapping
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.structures import PointCloud

# sensor_msgs/PointField.datatype -> NumPy type without byte order, and back.
FIELD_TYPES = {1: 'i1', 2: 'u1', 3: 'i2', 4: 'u2', 5: 'i4', 6: 'u4', 7: 'f4', 8: 'f8'}
_TYPE_CODES = {code: number for number, code in FIELD_TYPES.items()}
_COORDINATES = ('x', 'y', 'z')
_NORMALS = ('normal_x', 'normal_y', 'normal_z')


class CloudFormatError(InputError):
    """A PointCloud2 lacks x, y, z, or its data do not fit the layout that it declares."""


def num_points(message: Any) -> int:
    """Return the number of points N that `message` declares, height * width."""
    return int(message.height) * int(message.width)


def decode_cloud(message: Any, *, viewpoint: np.ndarray | None = None) -> PointCloud:
    """Read a sensor_msgs/PointCloud2.

    Colours come from a packed `rgb` or `rgba` field or from `r`, `g`, `b`; normals from
    `normal_x`, `normal_y`, `normal_z`, unless one of a valid point is not finite. `is_dense` is
    not trusted.

    Args:
        message: A PointCloud2 of any library.
        viewpoint: (3,) sensor origin [m] in the frame of the cloud, or None.

    Returns:
        N = height * width points in row-major order, invalid ones included, in the frame and with
        the stamp of the header.

    Raises:
        CloudFormatError: x, y or z is missing or of an unusable type, or the data are too short.
    """
    records = _records(message)
    points = _columns(records, _COORDINATES)
    return PointCloud(
        points=points,
        colors=_colors(records),
        normals=_normals(records, points),
        viewpoint=viewpoint,
        frame_id=message.header.frame_id,
        stamp_ns=int(message.header.stamp.sec) * 10**9 + int(message.header.stamp.nanosec),
    )


def read_field(message: Any, name: str) -> np.ndarray:
    """Return the (N,) values of one field of a PointCloud2, in the type that it has.

    Raises:
        CloudFormatError: it has no such field, no x, y or z, or the data are too short.
    """
    records = _records(message)
    if name not in records.dtype.names:
        raise CloudFormatError(
            f'the cloud has no field {name!r}; it has {", ".join(records.dtype.names)}'
        )
    return records[name].ravel()


def encode_cloud(
    message: Any,
    field_type: Any,
    columns: Mapping[str, np.ndarray],
    *,
    height: int = 1,
    is_dense: bool = True,
) -> Any:
    """Fill a sensor_msgs/PointCloud2 with packed, little-endian columns.

    Args:
        message: An empty PointCloud2; its header is left as it is.
        field_type: The PointField class that goes with it.
        columns: Field name to (N,) array, in the order of the bytes; the field's type is the
            array's. `points_columns` and `pack_rgb` make the usual ones.
        height: Rows of an organised cloud; must divide N.
        is_dense: Whether every point is finite.

    Returns:
        `message`.
    """
    names = list(columns)
    dtype = np.dtype([(name, columns[name].dtype.newbyteorder('<')) for name in names])
    records = np.empty(len(columns[names[0]]), dtype)
    for name in names:
        records[name] = columns[name]
    message.height = height
    message.width = len(records) // height
    message.fields = [
        field_type(
            name=name,
            offset=int(dtype.fields[name][1]),
            datatype=_TYPE_CODES[dtype[name].str[1:]],
            count=1,
        )
        for name in names
    ]
    message.is_bigendian = False
    message.point_step = dtype.itemsize
    message.row_step = dtype.itemsize * message.width
    message.is_dense = is_dense
    # A buffer is copied once; a list or bytes would be checked element by element.
    data = array.array('B')
    data.frombytes(records.view(np.uint8).data)
    message.data = data
    return message


def points_columns(points: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns x, y, z of (N, 3) `points` as float32."""
    points = np.asarray(points, dtype=np.float32)
    return {name: points[:, i] for i, name in enumerate(_COORDINATES)}


def pack_rgb(colors: np.ndarray) -> np.ndarray:
    """Pack (N, 3) colours in [0, 1] into (N,) float32 bit patterns 0x00RRGGBB, as RViz wants."""
    rgb = (np.clip(colors, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint32)
    return ((rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2]).view(np.float32)


def _records(message: Any) -> np.ndarray:
    """View the data as (height, width) records without copying."""
    height, width = int(message.height), int(message.width)
    step = int(message.point_step)
    dtype = _record_type(message.fields, step, '>' if message.is_bigendian else '<')
    # The row step of a single row says nothing, and some drivers leave it zero.
    row_step = int(message.row_step) if height > 1 else width * step
    if row_step < width * step:
        raise CloudFormatError(
            f'row_step must be at least width * point_step = {width * step} bytes, got {row_step}'
        )
    wanted = (height - 1) * row_step + width * step if height * width else 0
    buffer = memoryview(message.data).cast('B')
    if len(buffer) < wanted:
        raise CloudFormatError(
            f'the cloud declares {height} x {width} points of {step} bytes: data must hold'
            f' {wanted} bytes, got {len(buffer)}; the message is truncated'
        )
    if not wanted:
        return np.empty((height, width), dtype)
    return np.ndarray((height, width), dtype, buffer=buffer, strides=(row_step, step))


def _record_type(fields: Any, point_step: int, order: str) -> np.dtype:
    """Return the NumPy type of one point; fields of unknown type are left out."""
    layout = {}
    for field in fields:
        code = FIELD_TYPES.get(int(field.datatype))
        if code is None:
            continue
        end = int(field.offset) + np.dtype(code).itemsize
        if end > point_step:
            raise CloudFormatError(
                f'field {field.name!r} ends at byte {end}, beyond point_step {point_step}'
            )
        layout[field.name] = (order + code, int(field.offset))
    missing = [name for name in _COORDINATES if name not in layout]
    if missing:
        names = ', '.join(field.name for field in fields) or 'none'
        raise CloudFormatError(
            f'the cloud needs numeric fields x, y and z; missing {", ".join(missing)}, got {names}'
        )
    return np.dtype(
        {
            'names': list(layout),
            'formats': [code for code, _ in layout.values()],
            'offsets': [offset for _, offset in layout.values()],
            'itemsize': point_step,
        }
    )


def _columns(records: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Copy three fields into (N, 3) float32, at one go where they are neighbours of one type."""
    types = [records.dtype.fields[name] for name in names]
    size = types[0][0].itemsize
    if types[0][0].str in ('<f4', '>f4') and all(
        dtype == types[0][0] and offset == types[0][1] + i * size
        for i, (dtype, offset) in enumerate(t[:2] for t in types)
    ):
        block = np.dtype(
            {
                'names': ['block'],
                'formats': [(types[0][0], (3,))],
                'offsets': [types[0][1]],
                'itemsize': records.dtype.itemsize,
            }
        )
        return records.view(block)['block'].astype(np.float32, copy=True).reshape(-1, 3)
    columns = [records[name].ravel().astype(np.float32) for name in names]
    return np.stack(columns, axis=1)


def _colors(records: np.ndarray) -> np.ndarray | None:
    """Return (N, 3) float32 colours in [0, 1], or None where the cloud has none."""
    names = records.dtype.names
    for name in ('rgb', 'rgba'):
        if name in names and records.dtype[name].itemsize == 4:
            return _unpack_rgb(records, name)
    if not {'r', 'g', 'b'} <= set(names):
        return None
    colors = _columns(records, ('r', 'g', 'b'))
    if records.dtype['r'].kind in 'ui':
        colors /= np.float32(np.iinfo(records.dtype['r']).max)
    return colors


def _unpack_rgb(records: np.ndarray, name: str) -> np.ndarray:
    order = records.dtype[name].byteorder
    bits = np.dtype(
        {
            'names': [name],
            'formats': [np.dtype('u4').newbyteorder(order)],
            'offsets': [records.dtype.fields[name][1]],
            'itemsize': records.dtype.itemsize,
        }
    )
    packed = records.view(bits)[name].ravel().astype('<u4')
    bytes_bgra = packed.view(np.uint8).reshape(-1, 4)
    # One pass for all three channels: the copy reverses the order, the table divides.
    return _BYTE_TO_UNIT[bytes_bgra[:, 2::-1]]


_BYTE_TO_UNIT = np.arange(256, dtype=np.float32) / np.float32(255.0)


def _normals(records: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """Return (N, 3) float32 normals, or None where absent or not finite at a valid point."""
    if not set(_NORMALS) <= set(records.dtype.names):
        return None
    normals = _columns(records, _NORMALS)
    usable = np.isfinite(normals).all(axis=1) | ~np.isfinite(points).all(axis=1)
    return normals if usable.all() else None
