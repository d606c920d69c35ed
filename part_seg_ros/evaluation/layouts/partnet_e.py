# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNetE (PartNet-Ensembled): coloured clouds of objects with part instances, by category.

Source of the layout: the README of PartSLIP, https://github.com/Colin97/PartSLIP.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from part_seg_ros.data.files import read_cloud
from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import (
    checked_labels,
    instance_names,
    need_file,
    need_folder,
    read_json,
)
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.pickled_arrays import read_array_dict


def read_partnet_e(root: Path) -> LazyObjects[LabeledObject]:
    """Read the objects of the test split.

    `test` may lie in the root or in `data` there. Points of no part instance have part -1.

    Raises:
        InputError: the list of part names or `test` is missing, or holds no object or a category
            without names; on reading an object, its cloud or labels are missing or do not fit.
    """
    meta = root / 'PartNetE_meta.json'
    names = read_json(meta, dict, '{category: [part names]}')
    below = root / 'data' if (root / 'data').is_dir() else root
    test = need_folder(below / 'test', 'CATEGORY/ID/pc.ply and label.npy')
    folders = [path for path in sorted(test.glob('*/*')) if path.is_dir()]
    if not folders:
        raise InputError(f'{test} has no objects; put them there as CATEGORY/ID/pc.ply')
    unnamed = sorted({folder.parent.name for folder in folders} - names.keys())
    if unnamed:
        raise InputError(f'{meta} names no parts of {", ".join(unnamed)}; it must, for all')
    return LazyObjects(
        {
            _name_of(folder): partial(
                _read_object, folder, [str(name) for name in names[folder.parent.name]]
            )
            for folder in folders
        },
        {_name_of(folder): folder.parent.name for folder in folders},
    )


def _name_of(folder: Path) -> str:
    return f'{folder.parent.name}_{folder.name}'


def _read_object(folder: Path, names: list[str]) -> LabeledObject:
    cloud = read_cloud(need_file(folder / 'pc.ply', 'the points')).cloud
    path = need_file(folder / 'label.npy', 'semantic_seg and instance_seg, one per point')
    labels = read_array_dict(path, ('semantic_seg', 'instance_seg'))
    instances = checked_labels(labels['instance_seg'], len(cloud), 'point', path)
    meanings = checked_labels(labels['semantic_seg'], len(cloud), 'point', path)
    return LabeledObject(
        name=_name_of(folder),
        kind=folder.parent.name,
        group='',
        part_names=instance_names(instances, meanings, names),
        shape=LabeledCloud(cloud=cloud, part_ids=instances),
    )
