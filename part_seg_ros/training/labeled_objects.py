# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sources of meshes with a part for every face: procedural objects, and labelled meshes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from part_seg_ros.data.labeled_meshes import load_folder
from part_seg_ros.data.procedural import random_object
from part_seg_ros.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledObject:
    """A mesh and its finest parts.

    Attributes:
        vertices: (V, 3) float32.
        faces: (F, 3) int64.
        part_ids: (F,) int64 part of every face, from 0, or -1 for none.
        vertex_colors: (V, 3) float32 in [0, 1], or None.
        up_axis: Axis that points up: `y`, `z` or `-y`.
    """

    vertices: np.ndarray
    faces: np.ndarray
    part_ids: np.ndarray
    vertex_colors: np.ndarray | None
    up_axis: str

    @property
    def num_parts(self) -> int:
        """One more than the highest part."""
        return int(self.part_ids.max(initial=-1)) + 1


class ObjectSource(Protocol):
    """Where training objects come from."""

    def draw(self, rng: np.random.Generator) -> LabeledObject:
        """Return an object; equal states of `rng` make equal objects."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceduralObjects:
    """Endless procedural objects of two parts or more, with their hidden surfaces.

    Attributes:
        free_share: Probability of a free assembly; the others are of a named family.
    """

    free_share: float

    def draw(self, rng: np.random.Generator) -> LabeledObject:
        """Make an object."""
        while True:
            obj = random_object(rng, free_share=self.free_share)
            if len(obj.parts) > 1:
                vertices, faces, part_ids, _ = obj.mesh()
                return LabeledObject(
                    vertices=vertices,
                    faces=faces.astype(np.int64),
                    part_ids=part_ids.astype(np.int64),
                    vertex_colors=None,
                    up_axis='z',
                )


class MeshFolderObjects:
    """The labelled meshes of a folder; each is drawn as often as the others.

    Attributes:
        objects: All of them that have labels.
    """

    def __init__(self, root: Path, up_axis: str) -> None:
        """Read the folder.

        Raises:
            InputError: it is missing, or no mesh in it has a label a face.
        """
        meshes = [mesh for mesh in load_folder(root) if (mesh.face_part_ids >= 0).any()]
        if not meshes:
            raise InputError(
                f'no mesh in {root} has labels of its faces, which this training needs; masks'
                ' alone are not enough'
            )
        self.objects = [
            LabeledObject(
                vertices=labeled.mesh.vertices,
                faces=labeled.mesh.faces.astype(np.int64),
                part_ids=labeled.face_part_ids.astype(np.int64),
                vertex_colors=labeled.mesh.vertex_colors,
                up_axis=up_axis,
            )
            for labeled in meshes
        ]

    def draw(self, rng: np.random.Generator) -> LabeledObject:
        """Return one of the meshes."""
        return self.objects[int(rng.integers(len(self.objects)))]


def object_source(meshes: str, *, up_axis: str, free_share: float) -> ObjectSource:
    """Return the source that a run asks for.

    Args:
        meshes: Folder of labelled meshes, `''` for procedural objects.
        up_axis: Of these meshes.
        free_share: Probability of a free assembly among procedural objects.

    Raises:
        InputError: the folder is missing, or holds no labelled meshes.
    """
    if meshes:
        return MeshFolderObjects(Path(meshes), up_axis)
    return ProceduralObjects(free_share=free_share)
