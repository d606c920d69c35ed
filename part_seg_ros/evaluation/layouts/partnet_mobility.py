# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNet-Mobility: articulated objects, a URDF each, one part per link.

Source of the layout: the data set of SAPIEN, https://sapien.ucsd.edu/browse, as its public
readers describe it: `mobility.urdf` names the meshes of each link, `semantics.txt` each link's
meaning, `meta.json` the category.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import join_meshes, need_file, need_folder, read_json
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.urdf import read_link_meshes


def read_partnet_mobility(root: Path) -> LazyObjects[LabeledObject]:
    """Read every object of a folder, all joints at zero.

    Raises:
        InputError: the folder is missing or has no objects; on reading an object, one of its
            files is missing or malformed, or no link has a mesh.
    """
    need_folder(root, 'ID/mobility.urdf')
    folders = sorted(path.parent for path in root.glob('*/mobility.urdf'))
    if not folders:
        raise InputError(f'{root} has no objects; put them there as ID/mobility.urdf')
    return LazyObjects({folder.name: partial(_read_object, folder) for folder in folders})


def _read_object(folder: Path) -> LabeledObject:
    meta = read_json(folder / 'meta.json', dict, 'model_cat, the category')
    meanings = _read_meanings(folder / 'semantics.txt')
    links = read_link_meshes(folder / 'mobility.urdf')
    if not links:
        raise InputError(f'{folder / "mobility.urdf"} has no link with a mesh to see; it must')
    part_names = tuple(meanings.get(link, '') for link in links)
    mesh = join_meshes(list(links.values()))
    face_part_ids = np.repeat(
        np.arange(len(links), dtype=np.int32), [len(link.faces) for link in links.values()]
    )
    shape = LabeledMesh(
        name=folder.name, mesh=mesh, face_part_ids=face_part_ids, part_names=part_names
    )
    return LabeledObject(
        name=folder.name,
        kind=str(meta.get('model_cat', '')),
        group='',
        part_names=part_names,
        shape=shape,
    )


def _read_meanings(path: Path) -> dict[str, str]:
    """Return {link: meaning}."""
    wanted = 'lines LINK JOINT MEANING'
    rows = [row.split() for row in need_file(path, wanted).read_text().split('\n')]
    rows = [row for row in rows if row]
    if not all(len(row) == 3 for row in rows):
        raise InputError(f'{path} must have {wanted}')
    return {link: meaning for link, _, meaning in rows}
