# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reader of PCD files (Point Cloud Library, version 0.7): ascii, binary, binary_compressed."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from part_seg_ros.errors import InputError

_KINDS = {'F': 'f', 'U': 'u', 'I': 'i'}
_LONGEST_HEADER_LINES = 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PcdData:
    """The content of one PCD file.

    Attributes:
        fields: Field name to (N,) array, or (N, count) where a field has several elements.
        height: Rows of an organised cloud, 1 for an unorganised one.
        width: Points per row; N = height * width.
        viewpoint: (7,) float64 sensor position [m] and quaternion w x y z.
    """

    fields: dict[str, np.ndarray]
    height: int
    width: int
    viewpoint: np.ndarray


def read_pcd(path: Path) -> PcdData:
    """Read a PCD file.

    Args:
        path: The file.

    Returns:
        Its fields in file order, untouched (invalid points stay NaN).

    Raises:
        InputError: the header is malformed or the data is shorter than the header says.

    Source:
        The PCD file format, version 0.7, of the Point Cloud Library documentation.
    """
    raw = path.read_bytes()
    header, body_start = _read_header(raw, path)
    body = memoryview(raw)[body_start:]
    dtype = _point_dtype(header, path)
    width, height = _whole(header, 'WIDTH', path), _whole(header, 'HEIGHT', path)
    num_points = _whole(header, 'POINTS', path) if 'POINTS' in header else width * height
    if num_points != width * height:
        raise InputError(
            f'{path}: POINTS must equal WIDTH * HEIGHT = {width * height}, got {num_points}'
        )
    encoding = ' '.join(header['DATA'])
    readers = {'ascii': _ascii, 'binary': _binary, 'binary_compressed': _binary_compressed}
    if encoding not in readers:
        raise InputError(f'{path}: DATA must be one of {", ".join(readers)}, got {encoding!r}')
    fields = readers[encoding](body, dtype, num_points, path)
    return PcdData(fields=fields, height=height, width=width, viewpoint=_viewpoint(header, path))


def lzf_decompress(data: bytes, num_bytes: int) -> bytes:
    """Undo LZF compression.

    Args:
        data: The compressed stream.
        num_bytes: Length of the result, as stored beside the stream.

    Returns:
        The `num_bytes` original bytes.

    Raises:
        InputError: the stream is damaged.

    Source:
        LibLZF's stream format: a control byte below 32 announces control + 1 literal bytes,
        any other a copy of (control >> 5) + 2 bytes from a 13-bit distance behind the output,
        where a length field of 7 is continued in the next byte.
    """
    out = bytearray()
    pos, end = 0, len(data)
    try:
        while pos < end:
            control = data[pos]
            pos += 1
            if control < 32:
                out += data[pos : pos + control + 1]
                pos += control + 1
                continue
            length = control >> 5
            if length == 7:
                length += data[pos]
                pos += 1
            source = len(out) - ((control & 31) << 8) - data[pos] - 1
            pos += 1
            if source < 0:
                raise InputError('LZF data is damaged: a copy starts before the first byte')
            _copy_back(out, source, length + 2)
    except IndexError:
        raise InputError('LZF data is damaged: it ends inside a copy') from None
    if pos != end or len(out) != num_bytes:
        raise InputError(f'LZF data is damaged: wanted {num_bytes} bytes, got {len(out)}')
    return bytes(out)


def _copy_back(out: bytearray, source: int, length: int) -> None:
    """Append `length` bytes of `out` from `source` on; the copy may overlap its own result."""
    distance = len(out) - source
    if distance >= length:
        out += out[source : source + length]
    else:
        pattern = bytes(out[source:])
        out += (pattern * (length // distance + 1))[:length]


def _read_header(raw: bytes, path: Path) -> tuple[dict[str, list[str]], int]:
    header: dict[str, list[str]] = {}
    pos = 0
    for _ in range(_LONGEST_HEADER_LINES):
        end = raw.find(b'\n', pos)
        if end < 0:
            break
        words = raw[pos:end].decode('latin-1').split()
        pos = end + 1
        if words and not words[0].startswith('#'):
            header[words[0].upper()] = words[1:]
            if words[0].upper() == 'DATA':
                return header, pos
    raise InputError(f'{path}: no PCD header; a PCD file has a line `DATA ascii|binary|...`')


def _whole(header: dict[str, list[str]], key: str, path: Path) -> int:
    words = header.get(key, [])
    if len(words) != 1 or not words[0].isdigit():
        raise InputError(f'{path}: {key} must be one whole number, got {words or "no such line"}')
    return int(words[0])


def _point_dtype(header: dict[str, list[str]], path: Path) -> np.dtype:
    names = header.get('FIELDS', [])
    sizes, kinds = header.get('SIZE', []), header.get('TYPE', [])
    counts = header.get('COUNT', ['1'] * len(names))
    if not names or not len(names) == len(sizes) == len(kinds) == len(counts):
        raise InputError(
            f'{path}: FIELDS, SIZE, TYPE and COUNT must have one entry per field, got'
            f' {len(names)}, {len(sizes)}, {len(kinds)} and {len(counts)}'
        )
    columns: list[tuple[str, str, int]] = []
    for idx, (name, size, kind, count) in enumerate(zip(names, sizes, kinds, counts, strict=True)):
        try:
            code = np.dtype(f'<{_KINDS[kind]}{size}').str
        except (KeyError, TypeError):
            raise InputError(f'{path}: field {name} has unknown type {kind}{size}') from None
        unique = f'_{idx}' if name == '_' else name  # PCL pads with fields named `_`
        columns.append((unique, code, int(count)))
    shaped = [(name, code) if num == 1 else (name, code, (num,)) for name, code, num in columns]
    return np.dtype(shaped)


def _viewpoint(header: dict[str, list[str]], path: Path) -> np.ndarray:
    words = header.get('VIEWPOINT', ['0', '0', '0', '1', '0', '0', '0'])
    try:
        values = np.array([float(word) for word in words])
    except ValueError:
        values = np.zeros(0)
    if values.shape != (7,):
        raise InputError(f'{path}: VIEWPOINT must be 7 numbers, got {" ".join(words)!r}')
    return values


def _ascii(body: memoryview, dtype: np.dtype, num: int, path: Path) -> dict[str, np.ndarray]:
    num_columns = sum(int(np.prod(dtype[name].shape, dtype=int)) for name in dtype.names or ())
    try:
        table = np.loadtxt(io.BytesIO(bytes(body)), dtype=np.float64, ndmin=2, max_rows=num or 1)
    except ValueError as error:
        raise InputError(f'{path}: ascii data is not a table of numbers: {error}') from None
    if num and table.shape != (num, num_columns):
        raise InputError(
            f'{path}: the header promises {num} points of {num_columns} numbers, got {table.shape}'
        )
    fields, column = {}, 0
    for name in dtype.names or ():
        shape = dtype[name].shape
        values = table[:num, column] if not shape else table[:num, column : column + shape[0]]
        fields[name] = values.astype(dtype[name].base)
        column += shape[0] if shape else 1
    return fields


def _binary(body: memoryview, dtype: np.dtype, num: int, path: Path) -> dict[str, np.ndarray]:
    _check_length(len(body), num * dtype.itemsize, path)
    records = np.frombuffer(body, dtype, count=num)
    return {name: records[name] for name in dtype.names or ()}


def _binary_compressed(
    body: memoryview, dtype: np.dtype, num: int, path: Path
) -> dict[str, np.ndarray]:
    _check_length(len(body), 8, path)
    num_compressed, num_bytes = struct.unpack('<II', body[:8])
    _check_length(len(body) - 8, num_compressed, path)
    if num_bytes != num * dtype.itemsize:
        raise InputError(
            f'{path}: {num} points need {num * dtype.itemsize} bytes, the file holds {num_bytes}'
        )
    plain = lzf_decompress(bytes(body[8 : 8 + num_compressed]), num_bytes)
    fields, start = {}, 0
    for name in dtype.names or ():  # stored field by field, not point by point
        column = dtype[name]
        values = np.frombuffer(
            plain, column.base, num * (column.itemsize // column.base.itemsize), start
        )
        fields[name] = values.reshape(num, *column.shape)
        start += num * column.itemsize
    return fields


def _check_length(got: int, wanted: int, path: Path) -> None:
    if got < wanted:
        raise InputError(
            f'{path}: wanted {wanted} bytes of point data, got {got}; the file is cut short'
        )
