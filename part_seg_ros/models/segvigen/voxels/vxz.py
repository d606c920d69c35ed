# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Files of O-Voxels, `*.vxz`."""

from __future__ import annotations

import json
import lzma
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels, morton_codes

_MAGIC = b'VXZ\0'
_COORDINATE_BYTES = 12  # counted in the size before compression: three 32-bit integers


def read_vxz(data: bytes) -> OVoxels:
    """Read the bytes of a file, as SegviGen and this package write them.

    Returns:
        The voxels in the order of the file; the grid is the smallest number of whole chunks that
        is a power of two.

    Raises:
        InputError: no such file, cut short, or of a filter, compression or order that is not read.
    """
    if data[:4] != _MAGIC or len(data) < 8:
        raise InputError('these bytes are no .vxz file; one begins with VXZ and a zero')
    begin = int.from_bytes(data[4:8], 'big')
    try:
        header = json.loads(data[8:begin])
        _check(header)
        names = [name for name, _ in header['attr']]
        blocks: dict[str, list[np.ndarray]] = {name: [] for name in names}
        coords = [np.zeros((0, 3), np.int32)]
        size, level = header['chunk_size'], header['compression_level']
        for chunk in header['chunks']:
            start = begin + chunk['ptr'][0]
            local = _leaves(_block(data, start, chunk['svo'], level), size)
            coords.append(local + size * np.array(chunk['idx'], np.int32))
            for name, channels in header['attr']:
                raw = np.frombuffer(_block(data, start, chunk[name], level), np.uint8)
                blocks[name].append(raw.reshape(len(local), channels))
    except (ValueError, KeyError, TypeError, IndexError, lzma.LZMAError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f'the .vxz file is damaged or cut short ({error})') from error
    num_chunks = max((max(chunk['idx']) + 1 for chunk in header['chunks']), default=1)
    return OVoxels(
        coords=np.concatenate(coords),
        attributes={name: np.concatenate(parts) for name, parts in blocks.items() if parts},
        grid=size * 1 << (num_chunks - 1).bit_length(),
    )


def write_vxz(voxels: OVoxels, *, chunk_size: int = 256, level: int = 9) -> bytes:
    """Return the bytes of a file with these voxels.

    Args:
        voxels: In any order; the file has them chunk by chunk, in Morton order within a chunk.
        chunk_size: Side of a chunk, a power of two.
        level: Of the compression, 0 to 9.

    Returns:
        What `read_vxz` reads. Voxels that a file gave, with its chunk size, give the same bytes.

    Raises:
        InputError: the size of a chunk is no power of two.
    """
    if chunk_size < 2 or chunk_size & (chunk_size - 1):
        raise InputError(f'the chunk size must be a power of two above 1, got {chunk_size}')
    chunk_of = voxels.coords // chunk_size
    chunks: list[dict[str, Any]] = []
    body = b''
    for idx in np.unique(chunk_of, axis=0):
        rows = np.flatnonzero((chunk_of == idx).all(axis=1))
        codes = morton_codes(voxels.coords[rows] - idx * chunk_size)
        rows, codes = rows[codes.argsort()], np.sort(codes)
        chunk: dict[str, Any] = {'idx': idx.tolist()}
        blob = b''
        contents = {'svo': _octree(codes, chunk_size)}
        contents |= {name: values[rows].tobytes() for name, values in voxels.attributes.items()}
        for name, content in contents.items():
            packed = lzma.compress(content, lzma.FORMAT_RAW, filters=_filters(level))
            chunk[name] = [len(blob), len(packed)]
            blob += packed
        chunk['ptr'] = [len(body), len(blob)]
        chunks.append(chunk)
        body += blob
    channels = {name: values.shape[1] for name, values in voxels.attributes.items()}
    raw_size = len(voxels) * (_COORDINATE_BYTES + sum(channels.values()))
    header = {
        'num_voxel': len(voxels),
        'chunk_size': chunk_size,
        'filter': 'none',
        'compression': 'lzma',
        'compression_level': level,
        'raw_size': raw_size,
        'compressed_size': len(body),
        'compress_ratio': raw_size / max(len(body), 1),
        'attr_interleave': 'as_is',
        'attr': [list(item) for item in channels.items()],
        'chunks': chunks,
    }
    text = json.dumps(header).encode()
    return _MAGIC + (8 + len(text)).to_bytes(4, 'big') + text + body


def _check(header: dict[str, Any]) -> None:
    for key, wanted in (('filter', 'none'), ('compression', 'lzma'), ('attr_interleave', 'as_is')):
        if header[key] != wanted:
            raise InputError(
                f'a .vxz file of {key} {header[key]!r} is not read; wanted {wanted!r}'
            )


def _filters(level: int) -> list[dict[str, int]]:
    return [{'id': lzma.FILTER_LZMA2, 'preset': level}]


def _block(data: bytes, start: int, place: list[int], level: int) -> bytes:
    offset, length = place
    packed = data[start + offset : start + offset + length]
    return lzma.decompress(packed, lzma.FORMAT_RAW, filters=_filters(level))


def _octree(codes: np.ndarray, size: int) -> bytes:
    """Return the nodes of the octree over sorted Morton codes, parents before their children."""
    depth = size.bit_length() - 1
    masks, orders = [], []
    for level in range(depth):
        node = codes >> 3 * (depth - level)
        child = codes >> 3 * (depth - level - 1) & 7
        bits = np.left_shift(1, child)
        starts = np.flatnonzero(np.diff(node, prepend=-1))
        masks.append(np.bitwise_or.reduceat(bits, starts))
        # The first voxel below a node, then the level: depth-first order.
        orders.append(np.stack([starts, np.full_like(starts, level)]))
    first, level_of = np.concatenate(orders, axis=1)
    return np.concatenate(masks)[np.lexsort((level_of, first))].astype(np.uint8).tobytes()


def _leaves(tree: bytes, size: int) -> np.ndarray:
    """Return the (M, 3) int32 voxels of an octree, in ascending Morton order."""
    depth = size.bit_length() - 1
    masks = np.frombuffer(tree, np.uint8)
    num_children = np.unpackbits(masks[:, None], axis=1).sum(axis=1).tolist()
    # Nodes stand depth first: walk them once to learn each one's level.
    levels = np.zeros(len(masks), np.int64)
    pending: list[int] = []
    for row, count in enumerate(num_children):
        levels[row] = len(pending)
        if len(pending) < depth - 1:
            pending.append(count)
            continue
        while pending:
            pending[-1] -= 1
            if pending[-1]:
                break
            pending.pop()
    codes: np.ndarray = np.zeros(1, np.int64)
    for level in range(depth):
        parent, child = np.nonzero(
            np.unpackbits(masks[levels == level][:, None], axis=1, bitorder='little')
        )
        codes = codes[parent] << 3 | child
    coords = np.zeros((len(codes), 3), np.int32)
    for bit in range(depth):
        for axis in range(3):
            coords[:, axis] |= ((codes >> (3 * bit + 2 - axis) & 1) << bit).astype(np.int32)
    return coords
