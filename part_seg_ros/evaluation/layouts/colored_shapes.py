# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A folder of shapes whose parts are told by colour or by node.

A `.ply` has one part per colour, of its points or of its faces' vertices; a `.glb` has one part
per node, named as the node is. Colours are the truth here, so systems are not shown them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from part_seg_ros.data.files import read_shape
from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.mesh_results import UNASSIGNED
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.layouts.files import join_meshes, need_folder
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.layouts.scenes import read_pieces
from part_seg_ros.structures import Mesh, PointCloud


def read_colored_shapes(root: Path) -> LazyObjects[LabeledObject]:
    """Read every `.ply` and `.glb` of a folder, by file name.

    Raises:
        InputError: the folder is missing, has neither, or has two files of one name; on reading
            an object, it is unreadable or a `.ply` without colours.
    """
    need_folder(root, 'coloured .ply files, or .glb files of one node a part')
    readers = {'.ply': _read_ply, '.glb': _read_glb}
    paths = sorted(path for path in root.iterdir() if path.suffix.lower() in readers)
    if not paths:
        raise InputError(f'{root} has no .ply or .glb; put there one file per object')
    stems = [path.stem for path in paths]
    repeated = sorted({stem for stem in stems if stems.count(stem) > 1})
    if repeated:
        raise InputError(f'{root} has {repeated[0]} as .ply and as .glb; keep one of them')
    return LazyObjects({path.stem: partial(readers[path.suffix.lower()], path) for path in paths})


def _read_ply(path: Path) -> LabeledObject:
    shape = read_shape(path)
    colors = shape.vertex_colors if isinstance(shape, Mesh) else shape.cloud.colors
    if colors is None:
        raise InputError(f'{path} has no colours; give its points red, green and blue')
    point_ids = np.unique(np.rint(255 * colors).astype(np.uint8), axis=0, return_inverse=True)[1]
    point_ids = point_ids.reshape(-1)
    if not isinstance(shape, Mesh):
        cloud = PointCloud(points=shape.cloud.points, normals=shape.cloud.normals)
        return _object(path, (), LabeledCloud(cloud=cloud, part_ids=point_ids))
    mesh = Mesh(vertices=shape.vertices, faces=shape.faces)
    face_part_ids = _majority(point_ids[mesh.faces])
    return _object(
        path,
        (),
        LabeledMesh(name=path.stem, mesh=mesh, face_part_ids=face_part_ids, part_names=()),
    )


def _majority(corner_ids: np.ndarray) -> np.ndarray:
    """Return the (F,) int32 part that two or three corners of each face have, -1 without one."""
    first, second, third = corner_ids.T
    is_first = (first == second) | (first == third)
    return np.where(is_first, first, np.where(second == third, second, -1)).astype(np.int32)


def _read_glb(path: Path) -> LabeledObject:
    pieces = sorted(read_pieces(path), key=lambda piece: piece.node)
    names = tuple(piece.node for piece in pieces if piece.node != UNASSIGNED)
    mesh = join_meshes([piece.mesh for piece in pieces])
    face_part_ids = np.repeat(
        [names.index(piece.node) if piece.node in names else -1 for piece in pieces],
        [len(piece.mesh.faces) for piece in pieces],
    ).astype(np.int32)
    return _object(
        path,
        names,
        LabeledMesh(name=path.stem, mesh=mesh, face_part_ids=face_part_ids, part_names=names),
    )


def _object(
    path: Path, part_names: tuple[str, ...], shape: LabeledMesh | LabeledCloud
) -> LabeledObject:
    return LabeledObject(name=path.stem, kind='', group='', part_names=part_names, shape=shape)
