# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reading one channel of an OpenEXR picture: floats in scan lines, compressed by zlib."""

import struct
import zlib
from pathlib import Path

import numpy as np

_ZIP = 3
_LINES = 16  # of a block


def read_first_channel(path: Path) -> np.ndarray:
    """The (H, W) float32 values of the first channel.

    Source: "OpenEXR File Layout" and the ZIP compressor of the OpenEXR documentation.
    """
    data = path.read_bytes()
    assert data[:4] == b'v/1\x01'
    attributes, begin = {}, 8
    while data[begin]:
        name, kind = data[begin : begin + 64].split(b'\0')[:2]
        begin += len(name) + len(kind) + 2
        (size,) = struct.unpack_from('<i', data, begin)
        attributes[name.decode()] = data[begin + 4 : begin + 4 + size]
        begin += 4 + size
    assert attributes['compression'][0] == _ZIP
    left, top, right, bottom = struct.unpack('<4i', attributes['dataWindow'])
    width, height = right - left + 1, bottom - top + 1
    (kind,) = struct.unpack_from('<i', attributes['channels'], 2)  # behind a name of one letter
    dtype = {1: np.dtype('<f2'), 2: np.dtype('<f4')}[kind]
    num_channels = attributes['channels'].count(b'\1\0\0\0\1\0\0\0')
    num_blocks = -(-height // _LINES)
    offsets = struct.unpack_from(f'<{num_blocks}Q', data, begin + 1)
    picture = np.empty((height, width), np.float32)
    for offset in offsets:
        line, size = struct.unpack_from('<2i', data, offset)
        row, num_rows = line - top, min(_LINES, height - (line - top))
        num_bytes = dtype.itemsize * num_channels * width * num_rows
        values = _decompressed(data[offset + 8 : offset + 8 + size], num_bytes)
        picture[row : row + num_rows] = values.view(dtype).reshape(num_rows, num_channels, width)[
            :, 0
        ]
    return picture


def _decompressed(block: bytes, num_bytes: int) -> np.ndarray:
    if len(block) == num_bytes:
        return np.frombuffer(block, np.uint8)
    deltas = np.frombuffer(zlib.decompress(block), np.uint8).astype(np.int64)
    deltas[1:] -= 128
    values = (np.cumsum(deltas) % 256).astype(np.uint8)
    half = (len(values) + 1) // 2
    woven = np.empty_like(values)
    woven[::2], woven[1::2] = values[:half], values[half:]
    return woven
