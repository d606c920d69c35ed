# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ShapeNetPart: clouds with normals and one semantic label per point, by category.

Source of the layout: `shapenetcore_partanno_segmentation_benchmark_v0_normal`, as the public
readers of PointNet++ and Point-BERT describe it. Its labels number the parts of all categories
from 0 to 49; names of them are not in the folder.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import need_file, read_json
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.structures import PointCloud

_COLUMNS = 'x y z nx ny nz label'


def read_shapenet_part(root: Path, split: str = 'test') -> LazyObjects[LabeledObject]:
    """Read the objects of a split, `train`, `val` or `test`.

    Raises:
        InputError: the table of categories or the split is missing or malformed; on reading an
            object, its file is missing or has other columns.
    """
    kinds = _read_kinds(root / 'synsetoffset2category.txt')
    path = root / 'train_test_split' / f'shuffled_{split}_file_list.json'
    listed = read_json(path, list, '["shape_data/SYNSET/ID", ...]')
    readers, kind_of = {}, {}
    for entry in listed:
        words = str(entry).split('/')
        if len(words) != 3 or words[1] not in kinds:
            raise InputError(
                f'{path} lists {entry!r}; it must be shape_data/SYNSET/ID with a synset of'
                ' synsetoffset2category.txt'
            )
        name, kind = '_'.join(words[1:]), kinds[words[1]]
        readers[name] = partial(_read_object, root / words[1] / f'{words[2]}.txt', kind)
        kind_of[name] = kind
    if not readers:
        raise InputError(f'{path} lists no objects; it must list the {split} split')
    return LazyObjects(readers, kind_of)


def _read_kinds(path: Path) -> dict[str, str]:
    rows = [
        row.split() for row in need_file(path, 'lines CATEGORY SYNSET').read_text().split('\n')
    ]
    rows = [row for row in rows if row]
    if not all(len(row) == 2 for row in rows):
        raise InputError(f'{path} must have lines CATEGORY SYNSET')
    return {synset: kind for kind, synset in rows}


def _read_object(path: Path, kind: str) -> LabeledObject:
    need_file(path, f'a line {_COLUMNS} per point; the version without normals is another')
    try:
        table = np.loadtxt(path, ndmin=2)
    except ValueError as error:
        raise InputError(f'{path} must have a line {_COLUMNS} per point: {error}') from None
    if table.shape[1] != 7:
        raise InputError(
            f'{path} must have a line {_COLUMNS} per point, got {table.shape[1]} columns'
        )
    cloud = PointCloud(points=table[:, :3], normals=table[:, 3:6])
    return LabeledObject(
        name=f'{path.parent.name}_{path.stem}',
        kind=kind,
        group='',
        part_names=(),
        shape=LabeledCloud(cloud=cloud, part_ids=table[:, 6]),
        ids_are_meanings=True,
    )
