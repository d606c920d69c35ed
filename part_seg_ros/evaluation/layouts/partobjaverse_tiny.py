# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartObjaverse-Tiny: 200 meshes with a semantic and an instance label per face.

Source of the layout: the description beside the data set,
yhyang-myron/PartObjaverse-Tiny, and that of SAMPart3D.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import (
    instance_names,
    need_folder,
    read_json,
    read_labels,
    read_mesh,
)
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects

_PREFIX = 'PartObjaverse-Tiny_'


def read_partobjaverse_tiny(root: Path) -> LazyObjects[LabeledObject]:
    """Read the objects that `PartObjaverse-Tiny_semantic.json` lists and whose mesh is there.

    The faces of a file of several meshes count in the order of the scene's nodes, as trimesh
    joins them.

    Raises:
        InputError: a folder or the list is missing, or no listed mesh is there; on reading an
            object, its labels are missing or not one per face.
    """
    listed = read_json(
        root / f'{_PREFIX}semantic.json', dict, '{category: {uid: [part names]}} of all objects'
    )
    meshes = need_folder(root / f'{_PREFIX}mesh', 'a mesh UID.glb per object')
    need_folder(root / f'{_PREFIX}instance_gt', 'UID.npy per object, an instance per face')
    need_folder(root / f'{_PREFIX}semantic_gt', 'UID.npy per object, a meaning per face')
    if not all(isinstance(of_kind, dict) for of_kind in listed.values()):
        raise InputError(
            f'{root / f"{_PREFIX}semantic.json"} must map every category to {{uid: [part names]}}'
        )
    readers = {
        uid: partial(_read_object, root, uid, kind, [str(name) for name in names])
        for kind, of_kind in listed.items()
        for uid, names in of_kind.items()
        if (meshes / f'{uid}.glb').is_file()
    }
    if not readers:
        raise InputError(f'{meshes} has none of the objects that the list names, as UID.glb')
    kinds = {uid: kind for kind, of_kind in listed.items() for uid in of_kind if uid in readers}
    return LazyObjects(readers, kinds)


def _read_object(root: Path, uid: str, kind: str, names: list[str]) -> LabeledObject:
    mesh = read_mesh(root / f'{_PREFIX}mesh' / f'{uid}.glb')
    count = len(mesh.faces)
    instances = read_labels(root / f'{_PREFIX}instance_gt' / f'{uid}.npy', count, 'face')
    meanings = read_labels(root / f'{_PREFIX}semantic_gt' / f'{uid}.npy', count, 'face')
    part_names = instance_names(instances, meanings, names)
    return LabeledObject(
        name=uid,
        kind=kind,
        group='',
        part_names=part_names,
        shape=LabeledMesh(name=uid, mesh=mesh, face_part_ids=instances, part_names=part_names),
    )
