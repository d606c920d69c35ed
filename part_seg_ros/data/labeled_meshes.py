# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Folders of labelled meshes: one `.npz` an object, parts as a label per face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from part_seg_ros.data.depth_camera import LabeledSurface
from part_seg_ros.data.mesh_sampling import sample_mesh
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PointCloud


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledMesh:
    """A mesh with its true parts.

    Attributes:
        name: File name without suffix.
        mesh: The mesh, in the units of the file.
        face_part_ids: (F,) int32 true part instance of every face.
        part_names: Name of part k at position k; empty when unknown.
    """

    name: str
    mesh: Mesh
    face_part_ids: np.ndarray
    part_names: tuple[str, ...]


def load_labeled_mesh(path: Path) -> LabeledMesh:
    """Read `vertices` (V, 3), `faces` (F, 3), `labels` (F,) and perhaps `names` from a `.npz`.

    Raises:
        InputError: an array is missing or does not fit the others.
    """
    with np.load(path, allow_pickle=False) as file:
        missing = {'vertices', 'faces', 'labels'} - set(file.files)
        if missing:
            raise InputError(f'{path} lacks {sorted(missing)}; it has {sorted(file.files)}')
        mesh = Mesh(vertices=file['vertices'], faces=file['faces'])
        labels = file['labels'].astype(np.int32)
        names = tuple(str(name) for name in file['names']) if 'names' in file.files else ()
    if labels.shape != (len(mesh.faces),):
        raise InputError(
            f'{path}: labels must have one entry per face ({len(mesh.faces)}), got {labels.shape}'
        )
    return LabeledMesh(name=path.stem, mesh=mesh, face_part_ids=labels, part_names=names)


def load_folder(root: Path) -> list[LabeledMesh]:
    """Read all `.npz` objects of a folder, by name.

    Raises:
        InputError: the folder is missing or holds none.
    """
    paths = sorted(root.glob('*.npz'))
    if not paths:
        raise InputError(f'no .npz objects in {root}; give the folder that holds them')
    return [load_labeled_mesh(path) for path in paths]


def sample_labeled_points(
    labeled: LabeledMesh, num_points: int, seed: int
) -> tuple[PointCloud, np.ndarray]:
    """Sample the surface uniformly by area.

    Returns:
        The cloud, N = `num_points`, with the faces' normals, and part_ids (N,) int32.
    """
    cloud, face_idx = sample_mesh(labeled.mesh, num_points, seed)
    return cloud, labeled.face_part_ids[face_idx]


def camera_surface(labeled: LabeledMesh) -> LabeledSurface:
    """What a simulated camera sees of a mesh: flat faces, from both sides, as winding may vary."""
    mesh = labeled.mesh
    corners = mesh.vertices[mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return LabeledSurface(
        vertices=mesh.vertices,
        faces=mesh.faces,
        face_part_ids=labeled.face_part_ids,
        corner_normals=np.repeat(unit(across)[:, None], 3, axis=1),
        is_solid=False,
    )
