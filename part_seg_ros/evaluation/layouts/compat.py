# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3DCoMPaT++: styled shapes as coloured clouds in HDF5, unstyled ones as glTF in an archive.

Source of the layout: https://github.com/Vision-CAIR/3DCoMPaT-v2, folders `download`, `loaders/3D`
and `metadata`. The clouds have the parts as meanings, named by `metadata/parts_LEVEL.json`; the
shapes have a node an instance, `PART_NUMBER`. The loaders of 3DCoMPaT200 expect the same.
"""

from __future__ import annotations

import json
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import (
    first_folder,
    join_meshes,
    need_file,
    need_folder,
    read_json,
)
from part_seg_ros.evaluation.layouts.hdf5 import read_hdf5
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.scenes import read_pieces
from part_seg_ros.structures import PointCloud

_ARCHIVE = '3DCoMPaT_ZIP.zip'


def read_3dcompat(root: Path, level: str = 'fine') -> LazyObjects[LabeledObject]:
    """Read the styled clouds of the test split.

    Args:
        root: Has the file itself or `test/` with it, as the download script puts it, and
            `metadata` of the repository.
        level: Of the parts, `fine` or `coarse`.

    Raises:
        BackendMissingError: h5py is not installed.
        InputError: a file is missing or has other arrays, or a label has no name.
    """
    path = first_folder(root, ('test',), f'test_{level}.hdf5') / f'test_{level}.hdf5'
    part_names = _read_names(root / 'metadata' / f'parts_{level}.json')
    kinds = _read_names(root / 'metadata' / 'classes.json')
    columns = read_hdf5(path, ('shape_id', 'style_id', 'shape_label'))
    labels = columns['shape_label'].astype(int).reshape(-1)
    if labels.max(initial=-1) >= len(kinds):
        raise InputError(
            f'{root / "metadata" / "classes.json"} must name every class, up to {labels.max()};'
            f' it has {len(kinds)}'
        )
    names = [
        f'{shape.decode()}_{style.decode()}'
        for shape, style in zip(columns['shape_id'], columns['style_id'], strict=True)
    ]
    found = {name: kinds[label] for name, label in zip(names, labels, strict=True)}
    return LazyObjects(
        {
            name: partial(_read_cloud, path, row, name, found[name], part_names)
            for row, name in enumerate(names)
        },
        found,
    )


def read_3dcompat_meshes(root: Path) -> LazyObjects[LabeledObject]:
    """Read the unstyled shapes of the test split, a part an instance, with fine names.

    Raises:
        InputError: the archive or a table is missing or malformed, or has none of the split; on
            reading an object, it is unreadable or has a node that is no part.
    """
    archive = need_file(root / _ARCHIVE, 'models/SHAPE.gltf')
    metadata = need_folder(root / 'metadata', 'split.json, classes.json, parts_fine.json')
    part_names = _read_names(metadata / 'parts_fine.json')
    kinds = _read_names(metadata / 'classes.json')
    split = read_json(metadata / 'split.json', dict, '{"test": [shapes]}')
    try:
        with zipfile.ZipFile(archive) as opened:
            held = set(opened.namelist())
        shapes = sorted(str(shape) for shape in split['test'])
        chosen = [shape for shape in shapes if f'models/{shape}.gltf' in held]
        found = {shape: kinds[int(shape[:2], 16)] for shape in chosen}
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(
            f'{archive} must be a zip, and {metadata / "split.json"} list shapes CLASS_NUMBER as'
            f' "test", got {error!r}'
        ) from None
    if not chosen:
        raise InputError(f'{archive} has no shape of the test split, as models/SHAPE.gltf')
    return LazyObjects(
        {
            shape: partial(_read_mesh, archive, shape, kind, part_names)
            for shape, kind in found.items()
        },
        found,
    )


def _read_names(path: Path) -> tuple[str, ...]:
    return tuple(str(name) for name in read_json(path, list, 'names in the order of the labels'))


def _read_cloud(
    path: Path, row: int, name: str, kind: str, part_names: tuple[str, ...]
) -> LabeledObject:
    arrays = read_hdf5(path, ('points', 'points_part_labels'), row)
    points, labels = arrays['points'], arrays['points_part_labels'].astype(np.int32)
    if points.ndim != 2 or points.shape[1] != 6 or labels.shape != points.shape[:1]:
        raise InputError(
            f'{path}: points must be (objects, N, 6) and points_part_labels (objects, N), got'
            f' rows of {points.shape} and {labels.shape}'
        )
    if labels.max(initial=-1) >= len(part_names):
        raise InputError(
            f'{path}: label {labels.max()} of {name} has no name; metadata has {len(part_names)}'
        )
    cloud = PointCloud(points=points[:, :3], colors=points[:, 3:] / 255)
    return LabeledObject(
        name=name,
        kind=kind,
        group='',
        part_names=part_names,
        shape=LabeledCloud(cloud=cloud, part_ids=labels),
    )


def _read_mesh(archive: Path, shape: str, kind: str, part_names: tuple[str, ...]) -> LabeledObject:
    file = PurePosixPath('models') / f'{shape}.gltf'
    with zipfile.ZipFile(archive) as opened:
        content = opened.read(str(file))
    pieces = read_pieces(archive / file, _without_materials(content, archive / file))
    names = tuple(_part_name(piece.node, part_names, archive / file) for piece in pieces)
    mesh = join_meshes([piece.mesh for piece in pieces])
    face_part_ids = np.repeat(
        np.arange(len(pieces), dtype=np.int32), [len(piece.mesh.faces) for piece in pieces]
    )
    return LabeledObject(
        name=shape,
        kind=kind,
        group='',
        part_names=names,
        shape=LabeledMesh(name=shape, mesh=mesh, face_part_ids=face_part_ids, part_names=names),
    )


def _without_materials(content: bytes, path: Path) -> bytes:
    """Leave out what names pictures: they are chosen by style, and the parts do not need them."""
    try:
        scene = json.loads(content)
        for mesh in scene.get('meshes', ()):
            for primitive in mesh['primitives']:
                primitive.pop('material', None)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise InputError(f'{path}: not a readable gltf: {error!r}') from None
    kept = {k: v for k, v in scene.items() if k not in ('images', 'textures', 'materials')}
    return json.dumps(kept).encode()


def _part_name(node: str, part_names: tuple[str, ...], path: Path) -> str:
    """Return the part of a node: its name, or what stands before the last underline.

    Raises:
        InputError: it is none of `part_names`.
    """
    for name in (node, node.rpartition('_')[0]):
        if name in part_names:
            return name
    raise InputError(
        f'{path}: node {node!r} is no part; it must be PART_NUMBER with one of parts_fine.json'
    )
