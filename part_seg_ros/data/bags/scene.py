# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Procedural objects that stand on a table, as one surface whose faces know their part."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural import FAMILIES
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.data.procedural.surface import unit

OBJECT_SIZES = (0.16, 0.26)  # longest side [m]
OBJECT_GAP = 0.02  # [m]
TABLE_MARGIN = 0.15  # from the outermost object to the edge [m]
TABLE_THICKNESS = 0.03  # [m]
_TABLE_COLOR = (0.62, 0.52, 0.42)
_LIGHT = unit(np.array([0.4, -0.3, 0.9]))
_TRIES_PER_DISC = 40
_DISC_GROWTH = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePart:
    """A part of the scene: its own name, such as `handle`, and its object's, such as `mug_0`."""

    name: str
    object_name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableScene:
    """Objects on a table whose top is the plane z = 0 of the world frame.

    Attributes:
        vertices: (V, 3) float32 world frame [m].
        faces: (F, 3) int32, counter-clockwise seen from outside.
        face_part_ids: (F,) int32 index into `parts`, -1 for the table.
        face_colors: (F, 3) float32 rgb in [0, 1], shaded.
        parts: The parts of all objects.
        centre: (3,) float64 of the ball around the objects [m].
        radius: Of that ball [m].
    """

    vertices: np.ndarray
    faces: np.ndarray
    face_part_ids: np.ndarray
    face_colors: np.ndarray
    parts: tuple[TruePart, ...]
    centre: np.ndarray
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """A mesh with parts of its own: (V, 3), (F, 3), (F,), (F, 3) unit normals, (3,) colour."""

    vertices: np.ndarray
    faces: np.ndarray
    face_part_ids: np.ndarray
    face_normals: np.ndarray
    color: tuple[float, float, float]
    part_names: tuple[str, ...]


def table_scene(families: Sequence[str], rng: np.random.Generator) -> TableScene:
    """Draw an object of each family, turn it about the vertical, and stand them side by side.

    Args:
        families: Keys of `FAMILIES`, one or more.
        rng: Decides shapes, sizes, places and colours.
    """
    objects = [_standing_object(family, rng) for family in families]
    reaches = [float(np.linalg.norm(obj.vertices[:, :2], axis=1).max()) for obj in objects]
    spots = _places(reaches, rng)
    placed = [obj.vertices + [*spot, 0.0] for obj, spot in zip(objects, spots, strict=True)]
    everything = np.concatenate(placed)
    low, high = everything.min(axis=0), everything.max(axis=0)
    table = _table(low[:2], high[:2])
    pieces, vertices = [*objects, table], [*placed, table.vertices]
    first_vertex = np.cumsum([0] + [len(v) for v in vertices[:-1]])
    first_part = np.cumsum([0] + [len(obj.part_names) for obj in objects[:-1]])
    parts = [
        TruePart(name=name, object_name=f'{family}_{i}')
        for i, (family, obj) in enumerate(zip(families, objects, strict=True))
        for name in obj.part_names
    ]
    part_ids = [obj.face_part_ids + first for obj, first in zip(objects, first_part, strict=True)]
    return TableScene(
        vertices=np.concatenate(vertices).astype(np.float32),
        faces=np.concatenate(
            [piece.faces + first for piece, first in zip(pieces, first_vertex, strict=True)]
        ).astype(np.int32),
        face_part_ids=np.concatenate([*part_ids, table.face_part_ids]).astype(np.int32),
        face_colors=np.concatenate([_shaded(piece) for piece in pieces]).astype(np.float32),
        parts=tuple(parts),
        centre=0.5 * (low + high),
        radius=0.5 * float(np.linalg.norm(high - low)),
    )


def _standing_object(family: str, rng: np.random.Generator) -> _Piece:
    """Return an object on z = 0, centred about the z axis, in metres."""
    obj = FAMILIES[family](rng)
    vertices, faces, part_ids, normals = obj.mesh()
    angle = rng.uniform(0.0, 2.0 * np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    scale = rng.uniform(*OBJECT_SIZES) / np.ptp(vertices, axis=0).max()
    vertices = scale * vertices @ turn.T
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    foot = np.array([*(0.5 * (low + high))[:2], low[2]])
    return _Piece(
        vertices=vertices - foot,
        faces=faces,
        face_part_ids=part_ids,
        face_normals=unit(normals.mean(axis=1)) @ turn.T,
        color=colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 0.7), rng.uniform(0.5, 1.0)),
        part_names=tuple(part.name or f'part_{i}' for i, part in enumerate(obj.parts)),
    )


def _places(reaches: Sequence[float], rng: np.random.Generator) -> list[np.ndarray]:
    """Draw where objects of these radii stand without touching: (2,) each, in a small disc."""
    spots: list[np.ndarray] = []
    disc = float(np.sqrt(np.sum(np.square(reaches))))
    while len(spots) < len(reaches):
        for _ in range(_TRIES_PER_DISC):
            angle, distance = rng.uniform(0.0, 2.0 * np.pi), disc * np.sqrt(rng.random())
            spot = distance * np.array([np.cos(angle), np.sin(angle)])
            apart = [
                np.linalg.norm(spot - other) > reaches[len(spots)] + reach + OBJECT_GAP
                for other, reach in zip(spots, reaches, strict=False)
            ]
            if all(apart):
                spots.append(spot)
                break
        else:
            disc *= _DISC_GROWTH
    return spots


def _table(low: np.ndarray, high: np.ndarray) -> _Piece:
    size = (*(high - low + 2.0 * TABLE_MARGIN), TABLE_THICKNESS)
    T_world_table = np.eye(4)
    T_world_table[:3, 3] = [*(0.5 * (low + high)), -0.5 * TABLE_THICKNESS]
    slab = box(size).transformed(T_world_table)
    return _Piece(
        vertices=slab.vertices,
        faces=slab.faces,
        face_part_ids=np.full(len(slab.faces), -1),
        face_normals=slab.corner_normals.mean(axis=1),
        color=_TABLE_COLOR,
        part_names=(),
    )


def _shaded(piece: _Piece) -> np.ndarray:
    """Colours (F, 3) of a matt surface under one lamp and some light from all around."""
    light = 0.6 + 0.4 * np.clip(piece.face_normals @ _LIGHT, 0.0, 1.0)
    return light[:, None] * np.array(piece.color)
