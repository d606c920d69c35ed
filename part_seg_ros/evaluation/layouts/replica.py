# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Replica: meshes of indoor scenes with an object per face, in the layout for Habitat.

Source of the layout: https://github.com/facebookresearch/Replica-Dataset and what its maintainers
answered about `object_id` there (issues 17 and 24).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.ply import read_labeled_ply
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import need_file, need_folder, read_json
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.structures import Mesh


def read_replica(root: Path) -> LazyObjects[LabeledObject]:
    """Read every scene of a folder; its objects are the parts.

    Faces of an object that `info_semantic.json` does not list have part -1.

    Raises:
        InputError: the folder is missing or has no scenes; on reading a scene, its list of objects
            is missing or malformed, or its mesh has no `object_id` per face.
    """
    need_folder(root, 'SCENE/habitat/mesh_semantic.ply')
    folders = sorted(path.parent for path in root.glob('*/habitat/mesh_semantic.ply'))
    if not folders:
        raise InputError(
            f'{root} has no scenes; put them there as SCENE/habitat/mesh_semantic.ply'
        )
    return LazyObjects({folder.parent.name: partial(_read_scene, folder) for folder in folders})


def _read_scene(folder: Path) -> LabeledObject:
    name = folder.parent.name
    names = _read_names(folder / 'info_semantic.json')
    path = need_file(folder / 'mesh_semantic.ply', 'an object_id per face')
    vertices, faces, object_ids = read_labeled_ply(path, 'object_id')
    face_part_ids = np.where(np.isin(object_ids, list(names)), object_ids, -1).astype(np.int32)
    part_names = tuple(names.get(k, '') for k in range(max(names, default=-1) + 1))
    shape = LabeledMesh(
        name=name,
        mesh=Mesh(vertices=vertices, faces=faces),
        face_part_ids=face_part_ids,
        part_names=part_names,
    )
    return LabeledObject(name=name, kind='', group='', part_names=part_names, shape=shape)


def _read_names(path: Path) -> dict[int, str]:
    """Return {object_id: class}."""
    wanted = '{"objects": [{"id": number, "class_name": name}]}'
    info = read_json(path, dict, wanted)
    try:
        names = {int(entry['id']): str(entry['class_name']) for entry in info['objects']}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f'{path} must have {wanted}, got {error!r}') from None
    return {number: name for number, name in names.items() if number >= 0}
