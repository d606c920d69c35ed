# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every layout of PointCloud2 is read exactly, and what is written is read back exactly."""

import array
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from part_seg_ros.data.cloud_codec import (
    FIELD_TYPES,
    CloudFormatError,
    decode_cloud,
    encode_cloud,
    num_points,
    pack_rgb,
    points_columns,
    read_field,
)

TYPE_CODES = {code: number for number, code in FIELD_TYPES.items()}


@dataclass
class Layout:
    """How a driver lays out its points, independent of the code under test."""

    fields: dict[str, str] = field(default_factory=lambda: {'x': 'f4', 'y': 'f4', 'z': 'f4'})
    offsets: list[int] | None = None
    point_step: int = 0
    row_padding: int = 0
    is_bigendian: bool = False
    height: int = 1
    width: int = 7


def build_message(layout: Layout, values: dict[str, np.ndarray], container=bytes):
    """Write the bytes point by point with a slow loop that shares nothing with the codec."""
    order = '>' if layout.is_bigendian else '<'
    sizes = [np.dtype(code).itemsize for code in layout.fields.values()]
    offsets = layout.offsets or np.cumsum([0, *sizes])[:-1].tolist()
    step = layout.point_step or max(o + s for o, s in zip(offsets, sizes, strict=True))
    row_step = layout.width * step + layout.row_padding
    data = bytearray(b'\xaa' * (row_step * layout.height))
    for row in range(layout.height):
        for column in range(layout.width):
            start = row * row_step + column * step
            for (name, code), offset in zip(layout.fields.items(), offsets, strict=True):
                scalar = values[name][row * layout.width + column]
                raw = np.array([scalar], dtype=order + code).tobytes()
                data[start + offset : start + offset + len(raw)] = raw
    return SimpleNamespace(
        header=SimpleNamespace(
            frame_id='camera', stamp=SimpleNamespace(sec=12, nanosec=345_000_000)
        ),
        height=layout.height,
        width=layout.width,
        fields=[
            SimpleNamespace(name=name, offset=offset, datatype=TYPE_CODES[code], count=1)
            for (name, code), offset in zip(layout.fields.items(), offsets, strict=True)
        ],
        is_bigendian=layout.is_bigendian,
        point_step=step,
        row_step=row_step,
        data=container(data),
        is_dense=True,
    )


def random_values(layout: Layout, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    count = layout.height * layout.width
    values = {}
    for name, code in layout.fields.items():
        if np.dtype(code).kind == 'f':
            values[name] = rng.normal(size=count).astype(code)
        else:
            low = max(np.iinfo(code).min, -1000)
            values[name] = rng.integers(low, min(np.iinfo(code).max, 1000), count).astype(code)
    return values


XYZ = {'x': 'f4', 'y': 'f4', 'z': 'f4'}
LAYOUTS = {
    'packed': Layout(),
    'organised': Layout(height=3, width=5),
    'row padding': Layout(height=4, width=3, row_padding=11),
    'point padding': Layout(point_step=32),
    'big endian': Layout(is_bigendian=True, height=2, width=4),
    'big endian, padded, organised': Layout(
        is_bigendian=True, height=3, width=4, point_step=20, row_padding=7
    ),
    'fields in another order': Layout(fields={'z': 'f4', 'x': 'f4', 'y': 'f4'}),
    'gap between y and z': Layout(offsets=[0, 4, 12], point_step=16),
    'not aligned': Layout(offsets=[1, 5, 9], point_step=13),
    'float64': Layout(fields={'x': 'f8', 'y': 'f8', 'z': 'f8'}),
    'mixed types': Layout(fields={'x': 'f8', 'y': 'f4', 'z': 'i2'}),
    'integers': Layout(fields={'x': 'i4', 'y': 'u2', 'z': 'i1'}),
    'intensity and ring': Layout(fields={**XYZ, 'intensity': 'f4', 'ring': 'u2', 't': 'f8'}),
    'one point': Layout(width=1),
}


@pytest.mark.parametrize('container', [bytes, bytearray, lambda d: array.array('B', bytes(d))])
@pytest.mark.parametrize('name', LAYOUTS)
def test_points_of_every_layout_are_exact(name, container):
    layout = LAYOUTS[name]
    values = random_values(layout)
    cloud = decode_cloud(build_message(layout, values, container))
    wanted = np.stack([values[axis].astype(np.float32) for axis in 'xyz'], axis=1)
    np.testing.assert_array_equal(cloud.points, wanted)
    assert cloud.colors is None and cloud.normals is None
    assert cloud.frame_id == 'camera' and cloud.stamp_ns == 12_345_000_000


def test_numpy_data_of_other_libraries_is_read():
    layout = LAYOUTS['organised']
    values = random_values(layout)
    message = build_message(layout, values, lambda data: np.frombuffer(bytes(data), np.uint8))
    np.testing.assert_array_equal(decode_cloud(message).points[:, 0], values['x'])


def test_invalid_points_keep_their_rows():
    layout = Layout(height=2, width=3)
    values = random_values(layout)
    values['x'][1], values['z'][4] = np.nan, -np.inf
    points = decode_cloud(build_message(layout, values)).points
    assert np.isfinite(points).all(axis=1).tolist() == [True, False, True, True, False, True]
    np.testing.assert_array_equal(points[5], [values[axis][5] for axis in 'xyz'])


@pytest.mark.parametrize('is_bigendian', [False, True])
@pytest.mark.parametrize(('name', 'code'), [('rgb', 'f4'), ('rgb', 'u4'), ('rgba', 'u4')])
def test_packed_colours_are_read(name, code, is_bigendian):
    layout = Layout(fields={**XYZ, name: code}, is_bigendian=is_bigendian, width=3)
    values = random_values(layout)
    packed = np.array([0x00FF8001, 0xFF0000FF, 0x00123456], np.uint32)
    values[name] = packed.view(code)
    if code == 'f4':
        values[name] = values[name].copy()
    cloud = decode_cloud(build_message(layout, values))
    wanted = np.array([[255, 128, 1], [0, 0, 255], [0x12, 0x34, 0x56]])
    np.testing.assert_array_equal(np.rint(cloud.colors * 255), wanted)


def test_colours_in_separate_fields_are_read():
    layout = Layout(fields={**XYZ, 'r': 'u1', 'g': 'u1', 'b': 'u1'}, width=2)
    values = random_values(layout)
    values |= {'r': [255, 0], 'g': [51, 102], 'b': [0, 1]}
    colors = decode_cloud(build_message(layout, values)).colors
    np.testing.assert_array_equal(colors * 255, [[255, 51, 0], [0, 102, 1]])


def test_normals_are_read_unless_a_valid_point_lacks_one():
    fields = {**XYZ, 'normal_x': 'f4', 'normal_y': 'f4', 'normal_z': 'f4'}
    layout = Layout(fields=fields, width=4)
    values = random_values(layout)
    values['x'][2], values['normal_y'][2] = np.nan, np.nan
    normals = decode_cloud(build_message(layout, values)).normals
    np.testing.assert_array_equal(normals[:, 0], values['normal_x'])
    values['normal_z'][1] = np.nan
    assert decode_cloud(build_message(layout, values)).normals is None


@pytest.mark.parametrize(('height', 'width'), [(0, 0), (1, 0), (0, 5)])
def test_a_cloud_without_points_is_empty(height, width):
    message = build_message(Layout(height=height, width=width), {'x': [], 'y': [], 'z': []})
    assert num_points(message) == 0
    assert decode_cloud(message).points.shape == (0, 3)


def test_row_step_of_a_single_row_does_not_matter():
    layout = Layout()
    values = random_values(layout)
    message = build_message(layout, values)
    message.row_step = 0
    np.testing.assert_array_equal(decode_cloud(message).points[:, 2], values['z'])


def test_missing_coordinates_are_named():
    layout = Layout(fields={'x': 'f4', 'depth': 'f4'})
    with pytest.raises(CloudFormatError, match='missing y, z, got x, depth'):
        decode_cloud(build_message(layout, random_values(layout)))


def test_unknown_field_types_are_passed_over_or_missed():
    layout = Layout(fields={**XYZ, 'extra': 'f4'})
    values = random_values(layout)
    message = build_message(layout, values)
    message.fields[3].datatype = 99
    np.testing.assert_array_equal(decode_cloud(message).points[:, 0], values['x'])
    message.fields[2].datatype = 0
    with pytest.raises(CloudFormatError, match='missing z'):
        decode_cloud(message)


def test_truncated_data_is_refused_with_both_sizes():
    layout = Layout(height=2, width=4, row_padding=4)
    message = build_message(layout, random_values(layout))
    message.data = message.data[:-4]  # the last row needs no padding
    assert len(decode_cloud(message)) == 8
    message.data = message.data[:-1]
    with pytest.raises(CloudFormatError, match=r'must hold 100 bytes, got 99.*truncated'):
        decode_cloud(message)


def test_steps_that_do_not_fit_are_refused():
    layout = Layout(height=2, width=4)
    message = build_message(layout, random_values(layout))
    message.row_step = 40
    with pytest.raises(CloudFormatError, match=r'row_step must be at least .* 48 bytes, got 40'):
        decode_cloud(message)
    message = build_message(layout, random_values(layout))
    message.point_step = 10
    with pytest.raises(CloudFormatError, match="'z' ends at byte 12, beyond point_step 10"):
        decode_cloud(message)


def plain_message():
    stamp = SimpleNamespace(sec=0, nanosec=0)
    return SimpleNamespace(header=SimpleNamespace(frame_id='f', stamp=stamp))


@pytest.mark.parametrize(('count', 'height'), [(12, 1), (12, 3), (0, 1), (1, 1)])
def test_what_is_written_is_read_back(count, height):
    rng = np.random.default_rng(1)
    points = rng.normal(size=(count, 3)).astype(np.float32)
    points[count // 2 :: 5] = np.nan
    colors = rng.integers(0, 256, (count, 3)).astype(np.float32) / np.float32(255)
    labels = rng.integers(0, 9, count).astype(np.uint32)
    columns = points_columns(points) | {'rgb': pack_rgb(colors), 'label': labels}
    message = encode_cloud(plain_message(), SimpleNamespace, columns, height=height)
    cloud = decode_cloud(message)
    np.testing.assert_array_equal(cloud.points, points)
    if count:
        np.testing.assert_array_equal(cloud.colors, colors)
    assert (message.height, message.width) == (height, count // height)
    assert [f.offset for f in message.fields] == [0, 4, 8, 12, 16]
    assert [f.name for f in message.fields] == ['x', 'y', 'z', 'rgb', 'label']
    data = np.frombuffer(message.data, np.uint32).reshape(count, 5)
    np.testing.assert_array_equal(data[:, 4], labels)


def test_the_sender_may_go_on_using_its_arrays():
    points = np.ones((4, 3), np.float32)
    message = encode_cloud(plain_message(), SimpleNamespace, points_columns(points))
    cloud = decode_cloud(message)
    points[:] = 0
    message.data[:4] = array.array('B', b'\0\0\0\0')
    np.testing.assert_array_equal(cloud.points, np.ones((4, 3)))


def test_a_field_is_read_in_its_own_type():
    message = encode_cloud(
        SimpleNamespace(),
        SimpleNamespace,
        points_columns(np.zeros((3, 3))) | {'label': np.array([-1, 0, 7], np.int32)},
    )
    labels = read_field(message, 'label')
    assert labels.dtype == np.int32 and labels.tolist() == [-1, 0, 7]
    with pytest.raises(CloudFormatError, match="no field 'part'; it has x, y, z, label"):
        read_field(message, 'part')
