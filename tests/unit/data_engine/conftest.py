# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes as their authors build them, and a simple model of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy import ndimage

from part_seg_ros.data_engine.image_segmenter import ImageMasks

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


class ColorRegions:
    """A model of images that knows connected regions of one tone, whatever the light on them."""

    name = 'color regions'
    weights_sha256 = 'cd'

    def __init__(self) -> None:
        self.regions = np.zeros((0, 0), int)
        self.pictures: list[np.ndarray] = []

    def set_image(self, rgb: np.ndarray) -> None:
        self.pictures.append(rgb)
        light = rgb.astype(float)
        tone = np.rint(4 * light / np.maximum(light.sum(axis=2, keepdims=True), 1)).astype(int)
        key = tone @ [100, 10, 1]
        key[(rgb == 255).all(axis=2)] = -1  # the background
        self.regions = np.zeros(key.shape, int)
        for tone_key in np.unique(key):
            labels = ndimage.label(key == tone_key)[0]
            self.regions[labels > 0] = labels[labels > 0] + self.regions.max()

    def predict(
        self, points_px: np.ndarray, labels: np.ndarray, previous: np.ndarray | None = None
    ) -> ImageMasks:
        column, row = points_px[0].astype(int)
        region = self.regions == self.regions[row, column]
        logits = np.where([region, np.ones_like(region)], 9.0, -9.0).astype(np.float32)
        return ImageMasks(
            mask_logits=logits, iou_pred=np.array([0.9, 0.3], np.float32), feedback=logits
        )


@pytest.fixture
def color_regions() -> ColorRegions:
    return ColorRegions()


LAMP = (
    ([[-0.5, 0, -0.5], [0.5, 0.1, 0.5]], (255, 0, 0)),
    ([[-0.15, 0.1, -0.15], [0.15, 1, 0.15]], (0, 255, 0)),
    ([[-0.4, 1, -0.4], [0.4, 1.5, 0.4]], (0, 0, 255)),
)


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    """A red foot, a green pole and a blue shade on one axis, y up, with a node each."""
    scene = trimesh.Scene()
    for bounds, color in LAMP:
        mesh = trimesh.creation.box(bounds=bounds).subdivide().subdivide()
        mesh.visual.vertex_colors = [*color, 255]
        scene.add_geometry(mesh)
    scene.export(tmp_path / 'lamp.glb')
    return tmp_path / 'lamp.glb'
