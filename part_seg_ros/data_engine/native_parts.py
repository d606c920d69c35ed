# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The parts that the author of a 3D file made: nodes of its scene, or connected pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.files import MESH_SUFFIXES
from part_seg_ros.data.labeled_meshes import load_labeled_mesh
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.face_graph import build_face_graph, connected_pieces
from part_seg_ros.geometry.surface_sampling import face_normals
from part_seg_ros.structures import Mesh

SOURCE_SUFFIXES = (*MESH_SUFFIXES, '.ply', '.npz')

# Of pieces without a colour in a scene that has some: PartSAM's training gave bare meshes this.
_GREY = 192 / 255


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NativeParts:
    """A mesh and the parts that its file says it has.

    Attributes:
        mesh: All faces with an area, in the frame of the scene.
        face_part_ids: (F,) int32 part of every face, from 0.
    """

    mesh: Mesh
    face_part_ids: np.ndarray

    @property
    def num_parts(self) -> int:
        """How many parts there are."""
        return int(self.face_part_ids.max()) + 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """Triangles: vertices (V, 3) float32, faces (F, 3) int64, colors (V, 3) float32 or None."""

    vertices: np.ndarray
    faces: np.ndarray
    colors: np.ndarray | None

    def select(self, kept: np.ndarray) -> _Piece:
        """Return the faces `kept` ((F,) bool) with the vertices that they use, in order."""
        used, faces = np.unique(self.faces[kept], return_inverse=True)
        colors = None if self.colors is None else self.colors[used]
        return _Piece(vertices=self.vertices[used], faces=faces.reshape(-1, 3), colors=colors)

    def as_mesh(self) -> Mesh:
        """Return the triangles as a mesh."""
        return Mesh(vertices=self.vertices, faces=self.faces, vertex_colors=self.colors)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the vertices (float32) and the faces (int64), both little-endian."""
        content = hashlib.sha256(np.ascontiguousarray(self.vertices, dtype='<f4').tobytes())
        content.update(np.ascontiguousarray(self.faces, dtype='<i8').tobytes())
        return content.digest()


def read_native_parts(path: Path) -> NativeParts:
    """Read the parts of a file.

    Every node of a scene with triangles is a part. If there is one such node alone, its parts are
    the sets of faces that hang together by edges of two faces; vertices at one place count as one
    there. Faces whose area is zero or not finite are left out. The order of the parts depends on
    their geometry, not on the order or the names of the nodes.

    Args:
        path: File with one of `SOURCE_SUFFIXES`. An npz of a labelled mesh has the parts of its
            labels, in their order; faces without a label are one part.

    Raises:
        InputError: the file is missing, unreadable, of another kind or has no triangle.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.5, and its release for the order (SHA-256 of the
        transformed vertices and faces). Whether coincident vertices count as one is not stated;
        here seams of textures cut nothing.
    """
    if path.suffix.lower() not in SOURCE_SUFFIXES:
        raise InputError(
            f'{path}: a mesh must end in {", ".join(SOURCE_SUFFIXES)}, got {path.suffix!r}'
        )
    if not path.is_file():
        raise InputError(f'{path}: no such file; give the path of a mesh')
    if path.suffix.lower() == '.npz':
        return _labeled_parts(path)
    nodes = [piece for piece in map(_with_area, _nodes(path)) if len(piece.faces)]
    if not nodes:
        raise InputError(f'{path}: holds no triangle with an area')
    pieces = nodes if len(nodes) > 1 else _connected(nodes[0])
    return _joined(sorted(pieces, key=lambda piece: piece.digest))


def _labeled_parts(path: Path) -> NativeParts:
    labeled = load_labeled_mesh(path)
    mesh, labels = labeled.mesh, labeled.face_part_ids
    piece = _Piece(
        vertices=mesh.vertices, faces=mesh.faces.astype(np.int64), colors=mesh.vertex_colors
    )
    kept = _has_area(piece)
    if not kept.any():
        raise InputError(f'{path}: holds no triangle with an area')
    _, part_ids = np.unique(labels[kept], return_inverse=True)
    return NativeParts(
        mesh=piece.select(kept).as_mesh(), face_part_ids=part_ids.reshape(-1).astype(np.int32)
    )


def _nodes(path: Path) -> Iterator[_Piece]:
    """Yield the triangles of each node of a scene, in the frame of the scene."""
    import trimesh

    try:
        scene = trimesh.load_scene(path, process=False)
        placed = [scene.graph[node] for node in scene.graph.nodes_geometry]
    except Exception as error:  # trimesh's readers raise whatever their parsing meets
        raise InputError(f'{path}: not a readable {path.suffix[1:]}: {error}') from None
    for T_scene_node, name in placed:
        geometry = scene.geometry[name]
        if not isinstance(geometry, trimesh.Trimesh):
            continue
        vertices = geometry.vertices @ T_scene_node[:3, :3].T + T_scene_node[:3, 3]
        faces = np.asarray(geometry.faces, dtype=np.int64)
        if np.linalg.det(T_scene_node[:3, :3]) < 0.0:  # a mirrored node: keep the outside outside
            faces = faces[:, ::-1]
        yield _Piece(
            vertices=vertices.astype(np.float32), faces=faces, colors=_vertex_colors(geometry)
        )


def _vertex_colors(geometry: Any) -> np.ndarray | None:
    """Return (V, 3) float32 colours in [0, 1], from a texture or material where there is one."""
    visual = geometry.visual
    if not visual.defined:
        return None
    if visual.kind == 'texture':
        visual = visual.to_color()  # one colour for all where there is no picture
    colors = np.broadcast_to(visual.vertex_colors, (len(geometry.vertices), 4))
    return colors[:, :3].astype(np.float32) / np.float32(255)


def _has_area(piece: _Piece) -> np.ndarray:
    with np.errstate(over='ignore', invalid='ignore'):
        areas = face_normals(piece.vertices.astype(np.float64)[piece.faces])[1]
    return np.isfinite(areas) & (areas > 0.0)


def _with_area(piece: _Piece) -> _Piece:
    return piece.select(_has_area(piece))


def _connected(piece: _Piece) -> list[_Piece]:
    pairs = build_face_graph(piece.as_mesh()).pairs
    number = connected_pieces(pairs, len(piece.faces))
    return [piece.select(number == idx) for idx in range(int(number.max()) + 1)]


def _joined(pieces: list[_Piece]) -> NativeParts:
    first_vertex = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    faces = [piece.faces + begin for piece, begin in zip(pieces, first_vertex, strict=False)]
    colors = None
    if any(piece.colors is not None for piece in pieces):
        colors = np.concatenate(
            [
                np.full_like(piece.vertices, _GREY) if piece.colors is None else piece.colors
                for piece in pieces
            ]
        )
    vertices = np.concatenate([piece.vertices for piece in pieces])
    counts = [len(piece.faces) for piece in pieces]
    return NativeParts(
        mesh=Mesh(vertices=vertices, faces=np.concatenate(faces), vertex_colors=colors),
        face_part_ids=np.repeat(np.arange(len(pieces), dtype=np.int32), counts),
    )
