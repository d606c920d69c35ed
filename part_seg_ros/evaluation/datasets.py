# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The objects that an evaluation looks at: folders of labelled meshes, or held-out families."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.labeled_meshes import LabeledMesh, load_folder
from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.errors import InputError

HELD_OUT = 'held_out'
OBJECTS_PER_FAMILY = 3

_GROUP_OF_PREFIX = {
    'calvin': 'play table',
    'fb': 'furniture',
    'gz': 'gazebo',
    'ikea': 'furniture',
    'kitchen': 'kitchen',
    'mw': 'meta-world',
    'tool': 'tools',
}
"""What the first word of a file name says where the manifest of the folder tells a source."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledObject:
    """An object whose parts are known.

    Attributes:
        name: Of the file without suffix, or family and number; unique in its data set.
        kind: What it is, '' where the data set does not tell.
        group: Where it comes from, '' where the data set does not tell.
        part_names: Name of part k at position k; empty where no names are known.
        shape: Its surface, or points of it.
    """

    name: str
    kind: str
    group: str
    part_names: tuple[str, ...]
    shape: LabeledMesh | LabeledCloud | ProceduralObject


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Objects under one name."""

    name: str
    objects: Sequence[LabeledObject]


def load_datasets(
    sources: list[str], *, objects_per_family: int = OBJECTS_PER_FAMILY
) -> list[Dataset]:
    """Load several data sets.

    Args:
        sources: Folders of `.npz` objects, or the word `held_out`.
        objects_per_family: How many objects of every held-out family.

    Raises:
        InputError: a folder holds no objects or a malformed one, or two have the same name.
    """
    datasets = [
        held_out_objects(objects_per_family) if source == HELD_OUT else read_folder(Path(source))
        for source in sources
    ]
    names = [dataset.name for dataset in datasets]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            f'data sets need different names, got {", ".join(repeated)} more than once; evaluate'
            ' them one by one'
        )
    return datasets


def read_folder(folder: Path) -> Dataset:
    """Read all `.npz` objects of a folder, and their kinds from its `manifest.json` if it has one.

    Raises:
        InputError: the folder holds no objects, a malformed one or a malformed manifest.
    """
    labeled_meshes = load_folder(folder)
    manifest = _read_manifest(folder / 'manifest.json')
    objects = []
    for labeled in labeled_meshes:
        entry = manifest.get(labeled.name, {})
        prefix = labeled.name.split('_')[0]
        objects.append(
            LabeledObject(
                name=labeled.name,
                kind=str(entry.get('category', '')),
                group=_GROUP_OF_PREFIX.get(prefix, '') if 'source' in entry else '',
                part_names=labeled.part_names,
                shape=labeled,
            )
        )
    return Dataset(name=folder.resolve().name, objects=tuple(objects))


def held_out_objects(objects_per_family: int = OBJECTS_PER_FAMILY) -> Dataset:
    """Make objects of the families that training never sees, the same ones every time.

    Raises:
        InputError: less than one object a family.
    """
    if objects_per_family < 1:
        raise InputError(f'objects_per_family must be at least 1, got {objects_per_family}')
    return Dataset(
        name=HELD_OUT,
        objects=tuple(
            _held_out_object(family, number)
            for family in HELD_OUT_FAMILIES
            for number in range(objects_per_family)
        ),
    )


def seed_of(name: str) -> int:
    """Number that stands for a name in the seed of a generator, the same in every run."""
    return zlib.crc32(name.encode())


def _held_out_object(family: str, number: int) -> LabeledObject:
    shape = HELD_OUT_FAMILIES[family](np.random.default_rng((seed_of(family), number)))
    return LabeledObject(
        name=f'{family}_{number}',
        kind=family,
        group='',
        part_names=tuple(part.name for part in shape.parts),
        shape=shape,
    )


def _read_manifest(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        manifest = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f'{path} is no JSON ({error}); mend or remove it') from error
    if not isinstance(manifest, dict) or not all(isinstance(v, dict) for v in manifest.values()):
        raise InputError(
            f'{path} must map the name of each object to a mapping; mend or remove it'
        )
    return manifest
