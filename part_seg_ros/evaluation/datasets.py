# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The objects that an evaluation looks at: folders of labelled meshes, or held-out families."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.labeled_meshes import LabeledMesh, find_labeled_meshes, load_labeled_mesh
from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects

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
        ids_are_meanings: A part id means the same in all objects of the kind; else it may be an
            instance, and names alone tell what parts of two objects are the same.
    """

    name: str
    kind: str
    group: str
    part_names: tuple[str, ...]
    shape: LabeledMesh | LabeledCloud | ProceduralObject
    ids_are_meanings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Objects under one name.

    Attributes:
        name: Of the data set.
        objects: Most often read one by one, whenever they are asked for.
    """

    name: str
    objects: Sequence[LabeledObject]

    @property
    def readers(self) -> Mapping[str, Callable[[], LabeledObject]]:
        """What reads each object, by its name; it can be pickled, to be called elsewhere."""
        if isinstance(self.objects, LazyObjects):
            return self.objects.readers
        return {obj.name: partial(_itself, obj) for obj in self.objects}


def _itself(obj: LabeledObject) -> LabeledObject:
    return obj


def load_datasets(
    sources: list[str], *, objects_per_family: int = OBJECTS_PER_FAMILY
) -> list[Dataset]:
    """Load several data sets.

    Args:
        sources: Folders of `.npz` objects, or the word `held_out`.
        objects_per_family: How many objects of every held-out family.

    Raises:
        InputError: a folder holds no objects, or two have the same name.
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
    """Find all `.npz` objects of a folder, and their kinds in its `manifest.json` if it has one.

    Raises:
        InputError: the folder holds no objects, or a malformed manifest; on reading an object, it
            is malformed.
    """
    manifest = _read_manifest(folder / 'manifest.json')
    entries = {path: manifest.get(path.stem, {}) for path in find_labeled_meshes(folder)}
    return Dataset(
        name=folder.resolve().name,
        objects=LazyObjects(
            {path.stem: partial(_read_object, path, entry) for path, entry in entries.items()},
            {path.stem: _kind_of(entry) for path, entry in entries.items()},
        ),
    )


def _read_object(path: Path, entry: Mapping[str, Any]) -> LabeledObject:
    labeled = load_labeled_mesh(path)
    prefix = labeled.name.split('_')[0]
    return LabeledObject(
        name=labeled.name,
        kind=_kind_of(entry),
        group=_GROUP_OF_PREFIX.get(prefix, '') if 'source' in entry else '',
        part_names=labeled.part_names,
        shape=labeled,
    )


def _kind_of(entry: Mapping[str, Any]) -> str:
    return str(entry.get('category', ''))


def held_out_objects(objects_per_family: int = OBJECTS_PER_FAMILY) -> Dataset:
    """Make objects of the families that training never sees, the same ones every time.

    Raises:
        InputError: less than one object a family.
    """
    if objects_per_family < 1:
        raise InputError(f'objects_per_family must be at least 1, got {objects_per_family}')
    made = [(f, number) for f in HELD_OUT_FAMILIES for number in range(objects_per_family)]
    return Dataset(
        name=HELD_OUT,
        objects=LazyObjects(
            {
                f'{family}_{number}': partial(_held_out_object, family, number)
                for family, number in made
            },
            {f'{family}_{number}': family for family, number in made},
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
