# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Writing the parts of a mesh."""

from __future__ import annotations

import colorsys
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from part_seg_ros.data.ply import write_ply
from part_seg_ros.data.results import part_summary
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PartSegmentation, SegmentedPart

MESH_RESULT_SUFFIXES = ('.glb', '.ply', '.npz', '.json')
UNASSIGNED = 'unassigned'
"""Node of a glb that holds the faces of no part."""

_GOLDEN_RATIO = 0.618034
_GREY = (0.6, 0.6, 0.6)


def check_mesh_result_path(path: str | Path) -> Path:
    """Return `path` if the parts of a mesh can be written there; call it before the long work.

    Raises:
        InputError: the suffix is none of `MESH_RESULT_SUFFIXES`.
    """
    path = Path(path)
    if path.suffix.lower() not in MESH_RESULT_SUFFIXES:
        raise InputError(
            f'{path}: the parts of a mesh are written as {", ".join(MESH_RESULT_SUFFIXES)}, got'
            f' {path.suffix!r}'
        )
    return path


def write_mesh_parts(path: str | Path, mesh: Mesh, segmentation: PartSegmentation) -> None:
    """Write a mesh and its parts.

    Args:
        path: .glb (one named node a part, in its colour, and `unassigned` for the rest), .ply (the
            mesh with a property `part_id` of its faces), .npz (`vertices`, `faces`, `part_ids`,
            `part_names`) or .json (the parts alone, each with its face indices). Missing folders
            are made.
        mesh: The mesh that was segmented.
        segmentation: Part ids of its F faces.

    Raises:
        InputError: an unknown suffix, or part ids of another mesh.
    """
    path = check_mesh_result_path(path)
    if segmentation.part_ids.shape != (len(mesh.faces),):
        raise InputError(
            f'part ids must have one entry per face: {len(mesh.faces)}, got'
            f' {segmentation.part_ids.shape}'
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Callable[[Path, Mesh, PartSegmentation], None]] = {
        '.glb': _write_glb,
        '.ply': _write_ply,
        '.npz': _write_npz,
        '.json': _write_json,
    }
    writers[path.suffix.lower()](path, mesh, segmentation)


def node_names(parts: tuple[SegmentedPart, ...]) -> list[str]:
    """Return a name for each part that no other has: its own, numbered where it is not alone."""
    names = [part.name or 'part' for part in parts]
    return [
        name if part.name and names.count(name) == 1 else f'{name}_{part.part_id}'
        for part, name in zip(parts, names, strict=True)
    ]


def _write_glb(path: Path, mesh: Mesh, segmentation: PartSegmentation) -> None:
    import trimesh

    nodes = list(zip(node_names(segmentation.parts), segmentation.parts, strict=True))
    scene = trimesh.Scene()
    for name, part_id in [(n, p.part_id) for n, p in nodes] + [(UNASSIGNED, -1)]:
        faces = mesh.faces[segmentation.part_ids == part_id]
        if not len(faces):
            continue
        used, corners = np.unique(faces, return_inverse=True)
        hue = (part_id * _GOLDEN_RATIO) % 1.0
        color = _GREY if part_id < 0 else colorsys.hsv_to_rgb(hue, 0.7, 0.9)
        material = trimesh.visual.material.PBRMaterial(
            name=name, baseColorFactor=(*color, 1.0), doubleSided=True
        )
        piece = trimesh.Trimesh(
            mesh.vertices[used],
            corners.reshape(-1, 3),
            process=False,
            visual=trimesh.visual.TextureVisuals(material=material),
        )
        scene.add_geometry(piece, node_name=name, geom_name=name)
    path.write_bytes(scene.export(file_type='glb'))


def _write_ply(path: Path, mesh: Mesh, segmentation: PartSegmentation) -> None:
    columns = dict(zip('xyz', mesh.vertices.T, strict=True))
    if mesh.vertex_colors is not None:
        rgb = np.rint(np.clip(mesh.vertex_colors, 0.0, 1.0) * 255).astype(np.uint8)
        columns |= zip(('red', 'green', 'blue'), rgb.T, strict=True)
    write_ply(path, columns, faces=mesh.faces, face_columns={'part_id': segmentation.part_ids})


def _write_npz(path: Path, mesh: Mesh, segmentation: PartSegmentation) -> None:
    np.savez_compressed(
        path,
        vertices=mesh.vertices,
        faces=mesh.faces,
        part_ids=segmentation.part_ids,
        part_names=np.array(node_names(segmentation.parts), dtype=np.str_),
    )


def _write_json(path: Path, mesh: Mesh, segmentation: PartSegmentation) -> None:
    parts = [
        part_summary(part)
        | {'face_indices': np.flatnonzero(segmentation.part_ids == part.part_id).tolist()}
        for part in segmentation.parts
    ]
    summary = {'num_faces': len(mesh.faces), 'frame_id': mesh.frame_id, 'parts': parts}
    path.write_text(json.dumps(summary, indent=1))
