# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg parts` with SegviGen: faces of a mesh are painted, perhaps guided by a picture."""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.config import parse_settings
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.structures import Mesh, PartSegmentation, PointCloud

MODELS = ('segvigen', 'segvigen-tiny')
_GLTF = ('.glb', '.gltf')


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what guides the painting."""
    group = parser.add_argument_group('guidance, with --model segvigen')
    group.add_argument(
        '--guide',
        metavar='FILE',
        help='picture in whose flat colours the parts are drawn, white around them, from the view'
        ' of the training or, of a mesh, from --camera; or for a mesh the .npz that this command'
        ' wrote of it with another system',
    )
    group.add_argument(
        '--camera',
        metavar='JSON',
        help='camera of the picture: camera_angle_x [rad] and transform_matrix; z up, the longest'
        ' side of the object 1, its middle at the origin',
    )
    group.add_argument(
        '--view',
        metavar='PNG',
        help='picture of the mesh in its own colours, from the view of the training, which the'
        ' network then sees, as in the release; not with --guide',
    )


def check_options(args: argparse.Namespace, *, is_mesh: bool) -> None:
    """Refuse guidance that cannot be used, before the long work.

    Raises:
        InputError: for another system, or of a kind that clouds do not take.
    """
    if args.view is not None and (args.guide is not None or args.model not in MODELS):
        raise InputError(f'--view goes with --model {" or ".join(MODELS)}, and without --guide')
    if args.view is not None and not is_mesh:
        raise InputError('--view goes with meshes')
    if args.camera is not None and args.guide is None:
        raise InputError('--camera says where the picture --guide is from; give both')
    if args.guide is None:
        return
    if args.model not in MODELS:
        raise InputError(f'--guide goes with --model {" or ".join(MODELS)}, not {args.model}')
    if not is_mesh and (args.camera is not None or _is_result(args.guide)):
        raise InputError(
            'a cloud takes a picture from the view of the training alone; --camera and parts of'
            ' faces go with meshes'
        )


def wanted_settings(args: argparse.Namespace) -> list[str]:
    """Return `--setting` words, with those that the guidance of a cloud stands for."""
    return args.setting if args.guide is None else [*args.setting, f'guide={args.guide}']


def with_materials(args: argparse.Namespace, mesh: Mesh) -> Mesh:
    """Read a glTF file again, with its materials, for the systems that look at them.

    Args:
        args: Parsed options of the command.
        mesh: As it was read.

    Raises:
        InputError: its materials cannot be read.
    """
    if args.model not in MODELS or Path(args.file).suffix.lower() not in _GLTF:
        return mesh
    from part_seg_ros.models.segvigen.voxels.painted_mesh import read_painted_mesh

    return read_painted_mesh(args.file)


def paint_mesh(
    args: argparse.Namespace, mesh: Mesh, progress: Callable[[float, int], None]
) -> tuple[Mesh, PartSegmentation, PointCloud, np.ndarray]:
    """Paint every part of a mesh, on its faces.

    Args:
        args: Parsed options of the command.
        mesh: As it was read; glTF files are read again, with their materials.
        progress: Told the share done in [0, 1], and parts.

    Returns:
        The mesh of F faces, part ids of them, points on it for a picture, and the (N,) faces that
        these lie on.

    Raises:
        PartSegError: weights are missing, or the guide does not fit.
    """
    from part_seg_ros.models import build_model
    from part_seg_ros.models.segvigen.picture import read_picture
    from part_seg_ros.models.segvigen.system import SegvigenSystem

    mesh = with_materials(args, mesh)
    settings: dict[str, Any] = {'mesh_points': args.num_samples}
    settings |= parse_settings(args.setting)
    system = build_model(args.model, args.checkpoint, args.device, settings)
    if not isinstance(system, SegvigenSystem):
        raise ConfigError(f'{args.model} paints no faces')
    embedding = system.encode(mesh)
    every = None
    if args.view is not None:
        embedding = system.with_view(embedding, read_picture(Path(args.view)))
    if args.guide is not None:
        every = _every_settings(args, mesh, embedding.state.placement)
    found = system.segment_faces(mesh, embedding, every, progress=progress)
    corners = mesh.vertices[mesh.faces]
    parts = tuple(
        replace(part, box=oriented_box(corners[found.part_ids == part.part_id].reshape(-1, 3)))
        for part in found.parts
    )
    cloud = PointCloud(points=embedding.points)
    return mesh, replace(found, parts=parts), cloud, embedding.face_idx


def _is_result(guide: str) -> bool:
    return Path(guide).suffix.lower() == '.npz'


def _every_settings(args: argparse.Namespace, mesh: Mesh, placement: Any) -> Any:
    """Return the picture that guides, and its palette where it is drawn here."""
    from part_seg_ros.models.segvigen.guidance import draw_guide, parts_in_picture, read_camera
    from part_seg_ros.models.segvigen.picture import read_picture
    from part_seg_ros.models.segvigen.settings import SegmentEverySettings

    path = Path(args.guide)
    if _is_result(args.guide):
        if args.camera is not None:
            raise InputError('parts of faces are seen from no camera; leave --camera out')
        part_ids = _read_part_ids(path)
    else:
        picture = read_picture(path)
        if args.camera is None:
            return SegmentEverySettings(picture=picture)
        camera = read_camera(Path(args.camera), picture.shape[0])
        part_ids = parts_in_picture(mesh, placement, picture, camera)
    guide = draw_guide(mesh, placement, part_ids)
    return SegmentEverySettings(picture=guide.picture, palette=guide.palette)


def _read_part_ids(path: Path) -> np.ndarray:
    """Read the part ids of the faces of a mesh.

    Raises:
        InputError: the file is missing or holds none.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            part_ids = file['part_ids'] if 'faces' in file.files else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f'{path}: no readable npz with part_ids ({error})') from error
    if part_ids is None:
        raise InputError(f'{path}: holds no faces; give the parts of a mesh, not of a cloud')
    return part_ids
