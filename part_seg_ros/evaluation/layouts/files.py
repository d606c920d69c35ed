# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What every layout needs: files that must be there, and names of instances."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.files import read_shape
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh


def need_folder(path: Path, holds: str) -> Path:
    """Return `path`.

    Raises:
        InputError: it is no folder; `holds` says what it should hold.
    """
    if not path.is_dir():
        raise InputError(f'{path} is missing; it must be a folder with {holds}')
    return path


def first_folder(root: Path, names: Iterable[str | Path], holds: str) -> Path:
    """Return the first of some folders below `root` that is there, or `root` itself.

    Raises:
        InputError: not even `root` is a folder; `holds` says what it should hold.
    """
    need_folder(root, holds)
    return next((root / name for name in names if (root / name).is_dir()), root)


def need_file(path: Path, holds: str) -> Path:
    """Return `path`.

    Raises:
        InputError: it is no file; `holds` says what it should hold.
    """
    if not path.is_file():
        raise InputError(f'{path} is missing; it must be a file with {holds}')
    return path


def read_json(path: Path, kind: type, holds: str) -> Any:
    """Read a file whose outermost value is of a kind, `dict` or `list`.

    Raises:
        InputError: it is missing, no JSON or of another kind; `holds` says what it should hold.
    """
    try:
        value = json.loads(need_file(path, holds).read_text())
    except ValueError as error:
        raise InputError(f'{path} is no JSON ({error}); it must have {holds}') from error
    if not isinstance(value, kind):
        raise InputError(f'{path} has a {type(value).__name__} outermost; it must have {holds}')
    return value


def read_mesh(path: Path) -> Mesh:
    """Read a mesh.

    Raises:
        InputError: the file is missing, unreadable or has no triangles.
    """
    shape = read_shape(path)
    if not isinstance(shape, Mesh):
        raise InputError(f'{path} has points alone; it must be a mesh')
    return shape


def join_meshes(meshes: Sequence[Mesh]) -> Mesh:
    """Return all meshes as one, vertices and faces in their order, without colours."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate(
            [mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]
        ),
    )


def read_labels(path: Path, count: int, of: str) -> np.ndarray:
    """Read (count,) integer labels from a `.npy`, as int32.

    Args:
        path: The file.
        count: How many there must be.
        of: What each is of, for messages: 'face' or 'point'.

    Raises:
        InputError: the file is missing, has objects in it, or labels of another number or type.
    """
    try:
        labels = np.load(need_file(path, f'a label per {of}'), allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f'{path}: not a readable npy of numbers: {error}') from None
    return checked_labels(labels, count, of, path)


def checked_labels(labels: Any, count: int, of: str, path: Path) -> np.ndarray:
    """Return integer labels as (count,) int32.

    Raises:
        InputError: they are of another number or type.
    """
    array = np.asarray(labels)
    if array.ndim != 1 and array.size == count:
        array = array.reshape(-1)
    if array.shape != (count,) or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f'{path}: labels must be ({count},) whole numbers, one per {of}, got'
            f' {array.dtype} {array.shape}'
        )
    return array.astype(np.int32)


def instance_names(
    instance_ids: np.ndarray, semantic_ids: np.ndarray, names: list[str]
) -> tuple[str, ...]:
    """Name every instance by the meaning that most of it has.

    Args:
        instance_ids: (N,) int32, below 0 for none.
        semantic_ids: (N,) int32 position in `names`, below 0 for none.
        names: Of the meanings.

    Returns:
        Name of instance k at position k, '' where it has none.
    """
    found = [''] * (int(instance_ids.max(initial=-1)) + 1)
    for instance in np.unique(instance_ids[instance_ids >= 0]):
        meanings = semantic_ids[(instance_ids == instance) & (semantic_ids >= 0)]
        if len(meanings):
            most = int(np.bincount(meanings).argmax())
            found[instance] = names[most] if most < len(names) else ''
    return tuple(found)
