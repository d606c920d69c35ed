# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data`: procedural objects as files, in a picture or a bag; labels for 3D files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from part_seg_ros.cli import data_bag, data_label, data_quality
from part_seg_ros.cli.picture import Panel, draw_sheet
from part_seg_ros.data.depth_camera import camera_cloud
from part_seg_ros.data.files import CloudFile, write_cloud
from part_seg_ros.data.procedural import (
    FAMILIES,
    HELD_OUT_FAMILIES,
    ProceduralObject,
    free_assembly,
    random_held_out_object,
    random_object,
    sample_surface,
)
from part_seg_ros.errors import ConfigError
from part_seg_ros.structures import PointCloud


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the options of every action."""
    parser = subparsers.add_parser('data', description=__doc__)
    actions = parser.add_subparsers(
        dest='action', metavar='generate|show|bag|label|quality', required=True
    )
    generate = actions.add_parser('generate', help='write objects as clouds with part ids')
    generate.add_argument('--suffix', choices=('npz', 'ply'), default='npz', help='file format')
    show = actions.add_parser('show', help='draw objects, one colour a part')
    for action, count in ((generate, 10), (show, 12)):
        action.add_argument(
            '--count', type=int, default=count, help='objects (default: %(default)s)'
        )
        action.add_argument(
            '--family',
            help='named family, free, or held_out for a mixture of those kept out of training'
            ' (default: a mixture of the others)',
        )
        action.add_argument('--seed', type=int, default=0, help='default: %(default)s')
        action.add_argument(
            '--num-points', type=int, default=10_000, help='per object (default: %(default)s)'
        )
        action.add_argument(
            '--camera', action='store_true', help='what one noisy depth camera sees, not all sides'
        )
    generate.add_argument('-o', '--output', required=True, help='folder')
    show.add_argument('-o', '--output', required=True, metavar='PNG', help='picture')
    for action in (generate, show):
        action.set_defaults(run_action=_run_procedural)
    data_bag.add_parser(actions)
    data_label.add_parser(actions)
    data_quality.add_parser(actions)
    return parser


def run(args: argparse.Namespace) -> int:
    """Carry out the action."""
    return args.run_action(args)


def _run_procedural(args: argparse.Namespace) -> int:
    """Make the objects and write or draw them."""
    rng = np.random.default_rng(args.seed)
    made = [
        _make(args, rng) for _ in tqdm(range(args.count), desc='objects', unit='', disable=None)
    ]
    if args.action == 'show':
        panels = [
            (file.cloud, Panel(title=obj.family, part_ids=file.part_ids)) for obj, file in made
        ]
        draw_sheet(args.output, panels)
        return 0
    folder = Path(args.output)
    for idx, (obj, file) in enumerate(made):
        write_cloud(folder / f'{idx:05d}_{obj.family}.{args.suffix}', file)
    print(f'{len(made)} objects in {folder}')
    return 0


def _make(
    args: argparse.Namespace, rng: np.random.Generator
) -> tuple[ProceduralObject, CloudFile]:
    obj = _draw_object(args.family, rng)
    if args.camera:
        side = int(np.sqrt(2 * args.num_points))
        view = camera_cloud(obj, rng, resolution=(side, side))
        cloud = PointCloud(points=view.points, normals=view.normals, viewpoint=view.viewpoint)
        return obj, CloudFile(cloud=cloud, part_ids=view.part_ids)
    sample = sample_surface(obj, args.num_points, rng)
    cloud = PointCloud(points=sample.points, normals=sample.normals)
    return obj, CloudFile(cloud=cloud, part_ids=sample.part_ids)


def _draw_object(family: str | None, rng: np.random.Generator) -> ProceduralObject:
    if family is None:
        return random_object(rng)
    mixtures = {'free': free_assembly, 'held_out': random_held_out_object}
    families = FAMILIES | HELD_OUT_FAMILIES | mixtures
    if family not in families:
        raise ConfigError(
            f'no family is called {family!r}; known are {", ".join(sorted(families))}'
        )
    return families[family](rng)
