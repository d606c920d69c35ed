# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reader and writer of PLY files, with any further property of the vertices kept by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError

_PLY_TYPES = {'f4': 'float', 'f8': 'double', 'u1': 'uchar', 'i4': 'int', 'u4': 'uint'}


def read_ply(path: Path) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    """Read the vertices and triangles of an ascii or binary ply.

    Args:
        path: The file.

    Returns:
        Property name to (N,) array, in file order, and (F, 3) vertex indices or None where the
        file has no faces. Quadrilaterals are split.

    Raises:
        InputError: the file is malformed, cut short or has no x, y and z.
    """
    from trimesh.exchange.ply import load_ply

    try:
        with path.open('rb') as stream:
            loaded = load_ply(stream, fix_texture=False, prefer_color=None)
        vertex = loaded['metadata']['_ply_raw']['vertex']['data']
        names = vertex.dtype.names if isinstance(vertex, np.ndarray) else tuple(vertex)
        columns = {name: np.asarray(vertex[name]).reshape(-1) for name in names}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise InputError(f'{path}: not a readable ply: {error or type(error).__name__}') from None
    if not all(name in columns for name in 'xyz'):
        raise InputError(f'{path}: vertices need x, y and z, the file has {", ".join(columns)}')
    faces = loaded.get('faces')
    return columns, faces if faces is not None and len(faces) else None


def write_ply(
    path: Path,
    columns: Mapping[str, np.ndarray],
    *,
    faces: np.ndarray | None = None,
    face_columns: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Write a binary little-endian ply of vertices and perhaps triangles.

    Args:
        path: The file.
        columns: Property name to (N,) array of float32, float64, uint8, int32 or uint32.
        faces: (F, 3) vertex indices, or None for a cloud.
        face_columns: Further properties of the faces, as `columns`.
    """
    vertices, properties = _element('vertex', columns)
    tables = [vertices.tobytes()]
    if faces is not None:
        triangles, of_faces = _element('face', face_columns or {}, np.asarray(faces))
        properties += of_faces
        tables.append(triangles.tobytes())
    header = f'ply\nformat binary_little_endian 1.0\n{properties}end_header\n'
    path.write_bytes(header.encode('ascii') + b''.join(tables))


def _element(
    name: str, columns: Mapping[str, np.ndarray], faces: np.ndarray | None = None
) -> tuple[np.ndarray, str]:
    """Return the rows of an element and the lines that declare it; corners of faces come first."""
    dtypes: list[tuple[Any, ...]] = []
    lines = []
    if faces is not None:
        dtypes = [('num_corners', 'u1'), ('corners', '<i4', 3)]
        lines = ['property list uchar int vertex_indices']
    for column, values in columns.items():
        dtype = np.asarray(values).dtype.newbyteorder('<')
        dtypes.append((column, dtype))
        lines.append(f'property {_PLY_TYPES[dtype.str[1:]]} {column}')
    num_rows = len(next(iter(columns.values()))) if faces is None else len(faces)
    table = np.zeros(num_rows, np.dtype(dtypes))
    if faces is not None:
        table['num_corners'], table['corners'] = 3, faces
    for column, values in columns.items():
        table[column] = values
    return table, '\n'.join([f'element {name} {num_rows}', *lines]) + '\n'
