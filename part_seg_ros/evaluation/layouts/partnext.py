# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNeXt: textured meshes with the parts of a hierarchy, each leaf a mask of faces.

Source of the layout: README and example of https://github.com/AuthorityWang/PartNeXt, and its
toolkit https://github.com/AuthorityWang/PartNeXt_lib. Two releases of the annotations are read:
PartNeXt, Arrow files of strings, and PartNeXt_raw, a JSON an object; where the latter has its
folders is known from the example alone. The description counts the meshes of a file by its nodes,
the toolkit by its geometries: the order is taken whose numbers of faces are those annotated, that
of the toolkit where both are.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import (
    first_folder,
    join_meshes,
    need_folder,
    read_json,
)
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.scenes import ScenePiece, read_pieces

_KEYS = ('masks', 'mesh_face_num', 'hierarchyList')
_ROW = '{"masks", "mesh_face_num", "hierarchyList"}'


def read_partnext(root: Path) -> LazyObjects[LabeledObject]:
    """Read the annotated objects whose mesh is there; the leaves of the hierarchy are the parts.

    Faces in no mask have part -1, faces in several that of the last.

    Raises:
        BackendMissingError: there are Arrow files and pyarrow is not installed.
        InputError: meshes or annotations are missing, or none of the one belongs to the other; on
            reading an object, its annotation is malformed or does not fit its mesh.
    """
    meshes = need_folder(
        first_folder(root, ('PartNeXt_mesh',), 'glbs/TYPE/ID.glb') / 'glbs', 'TYPE/ID.glb'
    )
    tables = sorted(first_folder(root, ('PartNeXt',), 'data-*.arrow').glob('*.arrow'))
    found = _rows_of_tables(tables) if tables else _rows_of_folder(root / 'PartNeXt_raw')
    readers = {
        model_id: partial(_read_object, mesh, read_row)
        for type_id, model_id, read_row in found
        if (mesh := meshes / type_id / f'{model_id}.glb').is_file()
    }
    if not readers:
        raise InputError(f'{meshes} has none of the {len(found)} annotated objects, TYPE/ID.glb')
    return LazyObjects(readers)


_Row = tuple[str, str, Callable[[], dict[str, Any]]]
"""Type and name of an object, and what reads its annotation."""


def _rows_of_tables(paths: list[Path]) -> list[_Row]:
    found: list[_Row] = []
    for path in paths:
        table = _open_table(path)
        missing = {'type_id', 'model_id', *_KEYS} - set(table.column_names)
        if missing:
            raise InputError(f'{path} lacks {", ".join(sorted(missing))}; see {_ROW}')
        names = zip(table['type_id'].to_pylist(), table['model_id'].to_pylist(), strict=True)
        found += [
            (str(type_id), str(model_id), partial(_read_table_row, path, row))
            for row, (type_id, model_id) in enumerate(names)
        ]
    return found


def _open_table(path: Path) -> Any:
    """Map a file of the library `datasets` into memory."""
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            'Arrow files are read by pyarrow; install it with pip install pyarrow'
        ) from error
    try:
        return pyarrow.ipc.open_stream(pyarrow.memory_map(str(path))).read_all()
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise InputError(f'{path} is no readable stream of Arrow: {error}') from None


def _read_table_row(path: Path, row: int) -> dict[str, Any]:
    table = _open_table(path)
    where = f'{path}, row {row}'
    return {key: _literal(table[key][row].as_py(), f'{where}, {key}') for key in _KEYS}


def _literal(text: str, where: str) -> Any:
    """Return the value of JSON or of a Python literal."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        pass
    try:
        return ast.literal_eval(text)
    except (TypeError, ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise InputError(f'{where} must be the text of a list or mapping, got {error}') from None


def _rows_of_folder(folder: Path) -> list[_Row]:
    need_folder(folder, 'TYPE/ID/ID.json; or put data-*.arrow of PartNeXt beside it')
    return [
        (path.parts[-3], path.stem, partial(read_json, path, dict, _ROW))
        for path in sorted(folder.glob('*/*/*.json'))
        if path.parent.name == path.stem
    ]


def _read_object(path: Path, read_row: Callable[[], dict[str, Any]]) -> LabeledObject:
    row = read_row()
    pieces = read_pieces(path)
    try:
        counts = [n for _, n in sorted((int(k), n) for k, n in row['mesh_face_num'].items())]
        pieces = _in_annotated_order(pieces, counts, path)
        face_part_ids = _face_parts(row['masks'], counts)
        kind, names = _read_hierarchy(row['hierarchyList'])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f'the annotation of {path} is malformed: {error!r}') from None
    part_names = tuple(names.get(k, '') for k in range(max(names, default=-1) + 1))
    return LabeledObject(
        name=path.stem,
        kind=kind,
        group='',
        part_names=part_names,
        shape=LabeledMesh(
            name=path.stem,
            mesh=join_meshes([piece.mesh for piece in pieces]),
            face_part_ids=face_part_ids,
            part_names=part_names,
        ),
    )


def _in_annotated_order(
    pieces: list[ScenePiece], counts: list[int], path: Path
) -> list[ScenePiece]:
    orders = (sorted(pieces, key=lambda piece: piece.geometry_idx), pieces)
    for order in orders:
        if [len(piece.mesh.faces) for piece in order] == counts:
            return order
    raise InputError(
        f'{path} has meshes of {[len(piece.mesh.faces) for piece in pieces]} faces; the annotation'
        f' is of {counts}'
    )


def _face_parts(masks: dict[str, dict[str, list[int]]], counts: list[int]) -> np.ndarray:
    """Return the (F,) int32 mask of every face, -1 for none."""
    starts = np.cumsum([0, *counts])
    face_part_ids = np.full(starts[-1], -1, np.int32)
    for mask, faces_of_mesh in masks.items():
        for mesh, faces in faces_of_mesh.items():
            idx = np.asarray(faces, np.int64)
            if idx.size and not 0 <= idx.min() <= idx.max() < counts[int(mesh)]:
                raise IndexError(f'mask {mask} has a face that mesh {mesh} lacks')
            face_part_ids[starts[int(mesh)] + idx] = int(mask)
    return face_part_ids


def _read_hierarchy(nodes: list[dict[str, Any]]) -> tuple[str, dict[int, str]]:
    """Return what the object is, and {mask: name of its leaf}."""
    names = {}
    rest = list(nodes)
    while rest:
        node = rest.pop()
        if 'maskId' in node:
            names[int(node['maskId'])] = str(node['name'])
        rest += node.get('children', ())
    return str(nodes[0]['name']), names
