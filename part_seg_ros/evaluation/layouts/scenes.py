# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes of glTF scenes, one piece a node, in the frame of the scene."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenePiece:
    """A mesh that a node of a scene shows.

    Attributes:
        node: Its name, as the file has it but for what trimesh appends to repeated names.
        geometry_idx: Place of its mesh among those of the scene, shared by nodes of one mesh.
        mesh: The mesh where the node puts it, faces as in the file, without colours.
    """

    node: str
    geometry_idx: int
    mesh: Mesh


def read_pieces(path: Path, content: bytes | None = None) -> list[ScenePiece]:
    """Read the pieces of a scene, in the order of its nodes.

    Args:
        path: A `.glb` or `.gltf`.
        content: What the file holds, where it lies in an archive; `path` then only names it.

    Raises:
        InputError: the scene is unreadable or shows no triangles.
    """
    import trimesh

    try:
        scene = trimesh.load_scene(
            path if content is None else io.BytesIO(content),
            file_type=path.suffix[1:].lower(),
            process=False,
        )
        places = {name: place for place, name in enumerate(scene.geometry)}
        shown = [(str(node), *scene.graph[node]) for node in scene.graph.nodes_geometry]
        pieces = []
        for node, pose, geometry in shown:
            piece = scene.geometry[geometry]
            if isinstance(piece, trimesh.Trimesh):
                placed = piece.copy().apply_transform(pose)
                mesh = Mesh(vertices=placed.vertices, faces=placed.faces)
                pieces.append(ScenePiece(node=node, geometry_idx=places[geometry], mesh=mesh))
    except Exception as error:  # trimesh's readers raise whatever their parsing meets
        raise InputError(f'{path}: not a readable {path.suffix[1:]}: {error}') from None
    if not pieces:
        raise InputError(f'{path} has no node with triangles; give it one node per part')
    return pieces
