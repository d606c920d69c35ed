# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes as AGILE3D prepares them: S3DIS and KITTI-360 among others, coloured clouds of objects.

Source of the layout: the description of the benchmark of AGILE3D,
https://github.com/ywyue/AGILE3D, section on prepared data, for many objects at once.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.ply import read_ply
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import need_file, need_folder, read_json
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.structures import PointCloud

_COLUMNS = ('x', 'y', 'z', 'R', 'G', 'B', 'label')


def read_agile3d(root: Path) -> LazyObjects[LabeledObject]:
    """Read the samples of `val_list.json`, each a scan with some of its objects as parts.

    An entry `SCENE_obj_N` has `obj`, {number in the sample: label in the scan}, or is empty for
    all objects of the scan. Labels count from 1; what is not chosen has part -1.

    Raises:
        InputError: the list or the folder of scans is missing or malformed; on reading a sample,
            its scan is missing or lacks a property.
    """
    path = root / 'val_list.json'
    listed = read_json(path, dict, '{SCENE_obj_N: {"obj": {number: label}}}')
    scans = need_folder(root / 'scans', f'SCENE.ply with {", ".join(_COLUMNS)}')
    if not listed:
        raise InputError(f'{path} lists no samples; it must, as SCENE_obj_N')
    readers = {}
    for name, sample in listed.items():
        scene, mark, number = name.rpartition('_obj_')
        if not mark or not number.isdigit():
            raise InputError(f'{path} lists {name!r}; a sample must be named SCENE_obj_N')
        chosen = _chosen(sample, f'{path}: {name}')
        readers[name] = partial(_read_sample, scans / f'{scene}.ply', name, chosen)
    return LazyObjects(readers)


def _chosen(sample: Any, where: str) -> dict[int, int]:
    """Return {number in the sample: label in the scan}, empty for all objects."""
    if not sample:
        return {}
    try:
        return {int(number): int(label) for number, label in sample['obj'].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f'{where} must have "obj": {{number: label}}, got {error!r}') from None


def _read_sample(path: Path, name: str, chosen: dict[int, int]) -> LabeledObject:
    columns, _ = read_ply(need_file(path, f'properties {", ".join(_COLUMNS)}'))
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        raise InputError(
            f'{path} lacks {", ".join(missing)}; its points must have {", ".join(_COLUMNS)}'
        )
    labels = columns['label'].astype(np.int32)
    part_ids = np.full(len(labels), -1, np.int32)
    if chosen:
        for number, label in chosen.items():
            part_ids[labels == label] = number
    else:
        part_ids[labels > 0] = labels[labels > 0]
    cloud = PointCloud(
        points=np.stack([columns[axis] for axis in 'xyz'], axis=1),
        colors=np.stack([columns[channel] for channel in 'RGB'], axis=1) / 255,
    )
    shape = LabeledCloud(cloud=cloud, part_ids=part_ids)
    return LabeledObject(name=name, kind='', group='', part_names=(), shape=shape)
