# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ScanObjectNN: real scans of objects, with parts as raw files and with background as HDF5.

Source of the layout: README and FAQ of https://github.com/hkust-vgd/scanobjectnn. Only
`object_dataset_complete_with_parts.zip` has parts. That its `ID_part.bin` is the number of points
and then two numbers a point, the last of them the part, is not described there: it is how that
repository writes such files and how public readers read them. Neither is the range of colours:
they are taken as 0 to 255 where any exceeds one.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import first_folder, need_file, need_folder
from part_seg_ros.evaluation.layouts.hdf5 import read_hdf5
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.structures import PointCloud

_PARTS = 'object_dataset_complete_with_parts'
_KINDS = (
    'bag bin box cabinet chair desk display door shelf table bed pillow sink sofa toilet'.split()
)
_SURROUNDINGS = (0, 1, 2)
"""Semantic labels of points of no object, of walls and of floors."""


def read_scanobjectnn(root: Path) -> LazyObjects[LabeledObject]:
    """Read every object that has parts, without its surroundings; the parts are meanings.

    Points are the object's if they have the most frequent semantic label that is not of the
    surroundings, as in the readers of the data set. Points of an unknown part have part -1.

    Raises:
        InputError: a folder is missing or no object has parts; on reading an object, one of its
            files is missing or malformed.
    """
    folder = first_folder(root, (_PARTS, f'{_PARTS}_'), 'CLASS/ID.bin and ID_part.bin')
    meanings = need_folder(
        root / 'training_data' / 'part_labels', 'CLASS_meta.xml, from the repository'
    )
    paths = sorted(folder.glob('*/*_part.bin'))
    if not paths:
        raise InputError(f'{folder} has no parts; put them there as CLASS/ID_part.bin')
    return LazyObjects(
        {_name_of(path): partial(_read_object, path, meanings) for path in paths},
        {_name_of(path): path.parent.name for path in paths},
    )


def read_scanobjectnn_h5(root: Path) -> LazyObjects[LabeledObject]:
    """Read the test split of OBJ_BG: the object is the one part, its background has part -1.

    Raises:
        BackendMissingError: h5py is not installed.
        InputError: the file is missing or has other arrays.
    """
    below = (Path('h5_files') / 'main_split', 'main_split')
    folder = first_folder(root, below, 'test_objectdataset.h5')
    path = folder / 'test_objectdataset.h5'
    labels = read_hdf5(path, ('label',))['label'].reshape(-1)
    if not np.isin(labels, np.arange(len(_KINDS))).all():
        raise InputError(
            f'{path}: labels must be 0 to {len(_KINDS) - 1}, got {sorted(set(labels.tolist()))}'
        )
    kinds = {f'{_KINDS[label]}_{row}': _KINDS[label] for row, label in enumerate(labels)}
    return LazyObjects(
        {name: partial(_read_row, path, row, name, kinds[name]) for row, name in enumerate(kinds)},
        kinds,
    )


def _name_of(part_path: Path) -> str:
    return f'{part_path.parent.name}_{part_path.name.removesuffix("_part.bin")}'


def _read_object(part_path: Path, meanings: Path) -> LabeledObject:
    kind = part_path.parent.name
    point_file = part_path.name.removesuffix('_part.bin') + '.bin'
    rows = _read_rows(part_path.with_name(point_file), 11)
    parts = _read_rows(part_path, 2)[:, 1]
    if len(parts) != len(rows):
        raise InputError(f'{part_path} must have a part per point ({len(rows)}), got {len(parts)}')
    is_object = _is_object(rows[:, 10])
    rows, part_ids = rows[is_object], parts[is_object].astype(np.int32)
    colors = rows[:, 6:9]
    cloud = PointCloud(
        points=rows[:, :3],
        normals=rows[:, 3:6],
        colors=colors / 255 if colors.max(initial=0) > 1 else colors,
    )
    return LabeledObject(
        name=_name_of(part_path),
        kind=kind,
        group='',
        part_names=_read_meanings(meanings / f'{kind}_meta.xml'),
        shape=LabeledCloud(cloud=cloud, part_ids=np.where(part_ids > 0, part_ids, -1)),
    )


def _read_rows(path: Path, width: int) -> np.ndarray:
    """Return (N, width) float32 from a file of N and then `width` numbers a point."""
    wanted = f'the number of points and {width} float32 for each'
    content = need_file(path, wanted).read_bytes()
    values = np.frombuffer(content[: len(content) // 4 * 4], dtype='<f4')
    if len(values) < 1 or 4 * (1 + width * values[0]) != len(content):
        raise InputError(f'{path} has {len(content)} bytes; it must have {wanted}')
    return values[1:].reshape(-1, width)


def _is_object(labels: np.ndarray) -> np.ndarray:
    """Return (N,) bool, the points with the most frequent label; all where none is known."""
    known, counts = np.unique(labels[~np.isin(labels, _SURROUNDINGS)], return_counts=True)
    return labels == known[counts.argmax()] if len(known) else np.full(len(labels), True)


def _read_meanings(path: Path) -> tuple[str, ...]:
    """Return the name of part k at position k, '' for the unknown part 0."""
    wanted = '<class id="NUMBER" text="NAME"/> for every part'
    try:
        table = ElementTree.fromstring(need_file(path, wanted).read_text(encoding='utf-8'))
        names = {int(row.attrib['id']): row.attrib['text'] for row in table.iterfind('class')}
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise InputError(f'{path} must have {wanted}, got {error!r}') from None
    if not names:
        raise InputError(f'{path} must have {wanted}, got none')
    return tuple(names.get(number, '') if number else '' for number in range(max(names) + 1))


def _read_row(path: Path, row: int, name: str, kind: str) -> LabeledObject:
    arrays = read_hdf5(path, ('data', 'mask'), row)
    points, mask = arrays['data'], arrays['mask']
    if points.ndim != 2 or points.shape[1] != 3 or mask.shape != points.shape[:1]:
        raise InputError(
            f'{path}: data must be (objects, N, 3) and mask (objects, N), got rows of'
            f' {points.shape} and {mask.shape}'
        )
    return LabeledObject(
        name=name,
        kind=kind,
        group='',
        part_names=(kind,),
        shape=LabeledCloud(cloud=PointCloud(points=points), part_ids=np.where(mask == -1, -1, 0)),
    )
