# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes as their authors build them: boxes as nodes, in one node, mirrored, coloured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import trimesh

Box = tuple[Sequence[float], Sequence[float]]  # size, centre


def box(size: Sequence[float], center: Sequence[float]) -> trimesh.Trimesh:
    return trimesh.creation.box(
        extents=size, transform=trimesh.transformations.translation_matrix(center)
    )


@pytest.fixture
def write_scene(tmp_path: Path) -> Callable[..., Path]:
    """Write boxes as the nodes of a GLB, each placed by the transform of its node."""

    def write(name: str, boxes: Sequence[Box], *, colors: Sequence[Sequence[int]] = ()) -> Path:
        scene = trimesh.Scene()
        for number, (size, center) in enumerate(boxes):
            mesh = box(size, (0, 0, 0))
            if colors:
                mesh.visual.face_colors = colors[number]
            place = trimesh.transformations.translation_matrix(center)
            scene.add_geometry(mesh, node_name=f'node{number}', transform=place)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        scene.export(path)
        return path

    return write


@pytest.fixture
def write_single_node(tmp_path: Path) -> Callable[..., Path]:
    """Write boxes as the one mesh of a GLB."""

    def write(name: str, boxes: Sequence[Box]) -> Path:
        mesh = trimesh.util.concatenate([box(size, center) for size, center in boxes])
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        trimesh.Scene(mesh).export(path)
        return path

    return write
