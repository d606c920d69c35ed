# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Folders of labelled meshes: one `.npz` an object, parts as a label per face or as masks."""

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
        face_part_ids: (F,) int32 true part instance of every face, -1 where none is known; -1
            everywhere when the file has masks alone.
        part_names: Name of part k at position k; empty when unknown.
        face_masks: (M, F) bool parts that may overlap and need not cover the mesh, or None.
        scales: (M,) float32 share of the mesh's area that each mask holds, in [0, 1], or where
            there are no masks each part k at position k; None when the file has none.
    """

    name: str
    mesh: Mesh
    face_part_ids: np.ndarray
    part_names: tuple[str, ...]
    face_masks: np.ndarray | None = None
    scales: np.ndarray | None = None


def load_labeled_mesh(path: Path) -> LabeledMesh:
    """Read one object from a `.npz`.

    The file has `vertices` (V, 3), `faces` (F, 3) and `labels` (F,), `masks` (M, F) bool or both;
    perhaps `names`, one a label, `scales`, one a mask or without masks one a label, and
    `vertex_colors` (V, 3) in [0, 1].

    Raises:
        InputError: an array is missing or does not fit the others.
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    missing = {'vertices', 'faces'} - arrays.keys()
    if not {'labels', 'masks'} & arrays.keys():
        missing.add('labels')
    if missing:
        raise InputError(f'{path} lacks {sorted(missing)}; it has {sorted(arrays)}')
    mesh = Mesh(
        vertices=arrays['vertices'],
        faces=arrays['faces'],
        vertex_colors=arrays.get('vertex_colors'),
    )
    num_faces = len(mesh.faces)
    labels = arrays.get('labels', np.full(num_faces, -1)).astype(np.int32)
    if labels.shape != (num_faces,):
        raise InputError(
            f'{path}: labels must have one entry per face ({num_faces}), got {labels.shape}'
        )
    masks = arrays.get('masks')
    if masks is not None and (masks.dtype != bool or masks.shape != (len(masks), num_faces)):
        raise InputError(
            f'{path}: masks must be bool (M, {num_faces}), a row a part and an entry a face, got'
            f' {masks.dtype} {masks.shape}'
        )
    scales = arrays.get('scales')
    num_scales = labels.max(initial=-1) + 1 if masks is None else len(masks)
    if scales is not None and scales.shape != (num_scales,):
        kind = 'label' if masks is None else 'mask'
        raise InputError(
            f'{path}: scales must have one entry per {kind} ({num_scales}), got {scales.shape}'
        )
    return LabeledMesh(
        name=path.stem,
        mesh=mesh,
        face_part_ids=labels,
        part_names=tuple(str(name) for name in arrays.get('names', ())),
        face_masks=masks,
        scales=scales,
    )


def find_labeled_meshes(root: Path) -> list[Path]:
    """List the `.npz` objects of a folder, by name.

    Raises:
        InputError: the folder is missing or holds none.
    """
    paths = sorted(root.glob('*.npz'))
    if not paths:
        raise InputError(f'no .npz objects in {root}; give the folder that holds them')
    return paths


def load_folder(root: Path) -> list[LabeledMesh]:
    """Read all `.npz` objects of a folder, by name.

    Raises:
        InputError: the folder is missing or holds none, or an object is malformed.
    """
    return [load_labeled_mesh(path) for path in find_labeled_meshes(root)]


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
