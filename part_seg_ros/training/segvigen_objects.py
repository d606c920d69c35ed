# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training objects of SegviGen: voxels as they are and as they should be painted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.clicks import pack_clicks
from part_seg_ros.models.segvigen.config import CELL, NUM_POINT_TOKENS, PRESETS
from part_seg_ros.models.segvigen.preparation import place
from part_seg_ros.models.segvigen.voxels.from_mesh import painted_voxels
from part_seg_ros.models.segvigen.voxels.o_voxels import OVoxels
from part_seg_ros.models.segvigen.voxels.paint import (
    Material,
    MaterialPaint,
    Paint,
    VertexPaint,
)
from part_seg_ros.training.distributed import ProcessRank, own_share
from part_seg_ros.training.labeled_objects import LabeledObject, ObjectSource
from part_seg_ros.training.segvigen_config import SegvigenTraining
from part_seg_ros.training.segvigen_pictures import flat_picture, network_input, shaded

MAX_DRAWS = 100
GREY = 0.5
WHITE = np.ones(3)
# An encoder's cells count from 0 to 4095 along each axis.
_CELL_STEPS = np.array([1 << 24, 1 << 12, 1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedObject:
    """An object of M voxels and how a task wants it painted.

    Attributes:
        mode: One of `MODES`.
        coords: (M, 4) int64 voxels, the first column 0.
        shape_values: (M, 6) float32 input of the shape encoder.
        texture_values: (M, 6) float32 input of the texture encoder, the object as it is.
        target_values: (M, 6) float32 the same, the object as it should be.
        click_cells: (1, 10, 3) int64 from `pack_clicks`; None in modes without clicks.
        click_labels: (1, 10) int64 from `pack_clicks`; None likewise.
        picture: (3, S, S) float32 input of the image encoder; None for no picture.
    """

    mode: str
    coords: Tensor
    shape_values: Tensor
    texture_values: Tensor
    target_values: Tensor
    click_cells: Tensor | None
    click_labels: Tensor | None
    picture: Tensor | None

    def to(self, device: str) -> PaintedObject:
        """Return the object on a device."""
        tensors = {
            name: getattr(self, name).to(device)
            for name in self.__dataclass_fields__
            if isinstance(getattr(self, name), Tensor)
        }
        return replace(self, **tensors)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedObjects:
    """A batch of objects, each a sequence of its own length."""

    objects: tuple[PaintedObject, ...]

    def to(self, device: str) -> PaintedObjects:
        """Return the objects on a device."""
        return PaintedObjects(objects=tuple(one.to(device) for one in self.objects))


def segvigen_batch(
    config: SegvigenTraining, source: ObjectSource, index: int, process: ProcessRank
) -> PaintedObjects:
    """Make a process's share of a batch; modes take turns from object to object.

    An object is the same however many processes there are.

    Raises:
        ConfigError: the objects of a batch cannot be shared out evenly.
        InputError: hardly any object has a part with a cell of its own to click into.
    """
    objects = []
    for number in own_share(config.batch_clouds, process, 'batch_clouds'):
        turn = index * config.batch_clouds + number
        rng = np.random.default_rng((config.seed, index, number))
        objects.append(draw_painted(config, source, config.modes[turn % len(config.modes)], rng))
    return PaintedObjects(objects=tuple(objects))


def draw_painted(
    config: SegvigenTraining, source: ObjectSource, mode: str, rng: np.random.Generator
) -> PaintedObject:
    """Draw an object and how it should be painted.

    Raises:
        InputError: hardly any object has a part with a cell of its own to click into.
    """
    grid = PRESETS[config.preset].grid
    for _ in range(MAX_DRAWS):
        obj = source.draw(rng)
        placement = place(obj.vertices, obj.up_axis)
        points = placement.apply(obj.vertices)
        own = own_paint(obj, config.painted_share, rng)
        part, palette = None, distinct_colors(obj.num_parts, rng)
        if mode == 'interactive':
            part = int(rng.choice(np.unique(obj.part_ids[obj.part_ids >= 0])))
            palette = np.where(np.arange(obj.num_parts)[:, None] == part, WHITE, 0.0)
        target = part_paint(obj.part_ids, palette)
        before, after = painted_voxels(points, obj.faces, (own, target), grid)
        clicks = None
        if mode == 'interactive':
            clicks = draw_clicks(after, rng)
            if clicks is None:
                continue
        picture = None
        if rng.random() >= config.null_share:
            side = PRESETS[config.preset].image.side
            picture = _picture(obj, points, target if mode == 'guided' else own, mode, side)
        cells, labels = (None, None)
        if clicks is not None:
            cells, labels = (torch.from_numpy(array)[None] for array in clicks)
        coords = np.concatenate([np.zeros((len(before), 1), np.int64), before.coords], axis=1)
        return PaintedObject(
            mode=mode,
            coords=torch.from_numpy(coords),
            shape_values=torch.from_numpy(before.shape_values),
            texture_values=torch.from_numpy(before.texture_values),
            target_values=torch.from_numpy(after.texture_values),
            click_cells=cells,
            click_labels=labels,
            picture=picture,
        )
    raise InputError(
        f'of {MAX_DRAWS} objects none had a drawn part with a cell of {CELL} voxels of its own to'
        ' click into; are the parts too thin?'
    )


def distinct_colors(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return (count, 3) random colours in [0, 1], whole 255ths, no two alike."""
    while True:
        colors = rng.integers(0, 256, (count, 3))
        if len(np.unique(colors, axis=0)) == count:
            return colors / 255


def own_paint(obj: LabeledObject, painted_share: float, rng: np.random.Generator) -> Paint:
    """Return an object's own colours, or those that stand in for them.

    Of objects without colours some are grey, and others have parts of one colour each, which
    several parts may share: a border between colours is one between parts, not the other way
    round.
    """
    if obj.vertex_colors is not None or rng.random() >= painted_share:
        return VertexPaint(corners=obj.faces, colors=obj.vertex_colors)
    palette = rng.random((int(rng.integers(1, obj.num_parts + 2)), 3))
    return part_paint(obj.part_ids, palette[rng.integers(len(palette), size=obj.num_parts)])


def part_paint(part_ids: np.ndarray, palette: np.ndarray) -> MaterialPaint:
    """Return the paint of parts as targets have it: rough, not metallic; faces of none are black.

    Args:
        part_ids: (F,) int from 0, -1 for none.
        palette: (K, 3) in [0, 1].
    """
    colors = np.concatenate([palette, np.zeros((1, 3))])
    materials = tuple(
        Material(color=np.append(color, 1.0), metallic=0.0, roughness=1.0) for color in colors
    )
    return MaterialPaint(
        materials=materials, material_of=np.where(part_ids < 0, len(palette), part_ids)
    )


def draw_clicks(
    painted: OVoxels, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray] | None:
    """Draw 1 to 10 cells that hold white voxels only.

    Args:
        painted: Voxels of the target, white and black.
        rng: Source of randomness.

    Returns:
        (10, 3) cells and (10,) labels of `pack_clicks`; None where there is no such cell.
    """
    keys = painted.coords // CELL @ _CELL_STEPS
    is_white = (painted.attributes['base_color'] == 255).all(axis=1)
    pure = np.setdiff1d(keys[is_white], keys[~is_white])
    if not len(pure):
        return None
    count = min(int(rng.integers(1, NUM_POINT_TOKENS + 1)), len(pure))
    chosen = rng.choice(pure, count, replace=False)
    cells = chosen[:, None] // _CELL_STEPS % (1 << 12)
    return pack_clicks(cells * CELL, painted.grid)


def _picture(
    obj: LabeledObject, points: np.ndarray, paint: Paint, mode: str, side: int
) -> Tensor | None:
    """Return the picture of an object in some paint: flat where it guides, else shaded."""
    num = len(obj.faces)
    middle = np.full((num, 3), 1 / 3)
    colors = paint.values(np.arange(num), middle, np.zeros(num))[:, :3]
    if mode != 'guided':
        colors = shaded(points, obj.faces, colors)
    return network_input(flat_picture(points, obj.faces, colors), side)
