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
    columns, faces, _ = _load(path)
    return columns, None if faces is None else _triangles(faces)[0]


def read_labeled_ply(path: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read a mesh and a number per face.

    Args:
        path: A ply whose faces are all triangles or all quadrilaterals.
        name: Property of the faces.

    Returns:
        (V, 3) vertices, (F, 3) vertex indices of triangles and (F,) the property of each.

    Raises:
        InputError: the file is malformed, cut short or has no faces with that property.
    """
    columns, faces, face_columns = _load(path)
    if faces is None or name not in face_columns:
        held = ', '.join(face_columns) or 'none'
        raise InputError(f'{path}: faces need a property {name}, the file has {held}')
    triangles, face_idx = _triangles(faces)
    vertices = np.stack([columns[axis] for axis in 'xyz'], axis=1)
    return vertices, triangles, face_columns[name].reshape(-1)[face_idx]


def _load(path: Path) -> tuple[dict[str, np.ndarray], np.ndarray | None, dict[str, np.ndarray]]:
    """Return columns of the vertices, (F, 3) or (F, 4) faces or None, and columns of the faces."""
    from trimesh.exchange.ply import load_ply

    try:
        with path.open('rb') as stream:
            loaded = load_ply(stream, fix_texture=False, prefer_color=None)
        elements = loaded['metadata']['_ply_raw']
        columns = {
            name: column.reshape(-1) for name, column in _columns(elements['vertex']).items()
        }
        face_columns = _columns(elements['face']) if 'face' in elements else {}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise InputError(f'{path}: not a readable ply: {error or type(error).__name__}') from None
    if not all(name in columns for name in 'xyz'):
        raise InputError(f'{path}: vertices need x, y and z, the file has {", ".join(columns)}')
    faces = loaded.get('faces')
    return columns, faces if faces is not None and len(faces) else None, face_columns


def _columns(element: Mapping[str, Any]) -> dict[str, np.ndarray]:
    data = element.get('data', {})
    names = data.dtype.names if isinstance(data, np.ndarray) else tuple(data)
    return {name: np.asarray(data[name]) for name in names or ()}


def _triangles(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split quadrilaterals; return (T, 3) triangles and (T,) the face that each is of."""
    if faces.shape[1] == 3:
        return faces, np.arange(len(faces))
    return faces[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3), np.repeat(np.arange(len(faces)), 2)


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
