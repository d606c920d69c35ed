# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes with materials, as glTF files hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.models.segvigen.voxels.paint import Material, MaterialPaint, Paint
from part_seg_ros.models.segvigen.voxels.textures import Texture, square
from part_seg_ros.structures import Mesh


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedMesh(Mesh):
    """A mesh whose colours are finer than its vertices.

    Attributes:
        paint: Its colours; `vertex_colors` is not read.
        piece_of: (F,) int32 node of the file that each face comes from, in the file's order.
    """

    paint: Paint
    piece_of: np.ndarray


def read_painted_mesh(path: str | Path) -> PaintedMesh:
    """Read a file with its materials and textures.

    Args:
        path: `*.glb` or `*.gltf`. What has no material is white, rough and not metallic; colours
            of vertices are not read.

    Returns:
        All nodes as one mesh; vertices are those of the file, none merged. Axes are those of the
        file.

    Raises:
        InputError: it cannot be read or has no triangles.
        BackendMissingError: trimesh is not installed.
    """
    try:
        import trimesh
    except ModuleNotFoundError as error:
        raise BackendMissingError('glTF files need trimesh: pip install trimesh') from error
    try:
        found: list[Any] = list(trimesh.load_scene(path, process=False).dump())
    except Exception as error:  # trimesh's readers raise whatever their parsing meets
        raise InputError(f'{path}: not a readable glTF file: {error}') from None
    pieces = [piece for piece in found if isinstance(piece, trimesh.Trimesh) and len(piece.faces)]
    if not pieces:
        raise InputError(f'{path}: holds no triangles')
    counts = [len(piece.faces) for piece in pieces]
    starts = np.cumsum(np.array([0] + [len(piece.vertices) for piece in pieces[:-1]]))
    piece_of = np.repeat(np.arange(len(pieces), dtype=np.int32), counts)
    return PaintedMesh(
        vertices=np.concatenate([piece.vertices for piece in pieces]),
        faces=np.concatenate([p.faces + s for p, s in zip(pieces, starts, strict=True)]),
        paint=MaterialPaint(
            materials=tuple(_material(piece) for piece in pieces),
            material_of=piece_of,
            uv=np.concatenate([_uv(piece) for piece in pieces]),
        ),
        piece_of=piece_of,
    )


def _uv(piece: Any) -> np.ndarray:
    """Return (F, 3, 2) places of the corners in the textures; zeros where there are none."""
    uv = getattr(piece.visual, 'uv', None)
    if uv is None:
        return np.zeros((len(piece.faces), 3, 2))
    return np.asarray(uv, np.float64)[piece.faces]


def _material(piece: Any) -> Material:
    found: Any = getattr(piece.visual, 'material', None)
    if type(found).__name__ != 'PBRMaterial':
        return Material(metallic=0.0)
    factor = np.ones(4)
    if found.baseColorFactor is not None:
        given = np.asarray(found.baseColorFactor)
        factor[: len(given)] = given / (255 if given.dtype == np.uint8 else 1)
    cutoff = found.alphaCutoff
    return Material(
        color=factor,
        metallic=1.0 if found.metallicFactor is None else float(found.metallicFactor),
        roughness=1.0 if found.roughnessFactor is None else float(found.roughnessFactor),
        color_texture=_texture(found.baseColorTexture),
        metal_texture=_texture(found.metallicRoughnessTexture),
        alpha_mode=found.alphaMode or 'OPAQUE',
        alpha_cutoff=0.5 if cutoff is None else float(cutoff),
    )


def _texture(image: Any) -> Texture | None:
    if image is None:
        return None
    # As in the release, before the conversion: Pillow takes the nearest texel of a palette's.
    side = square(*image.size)
    image = image.resize((side, side), resample=2)  # bilinear
    return Texture(np.asarray(image.convert('RGBA')))
