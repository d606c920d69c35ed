# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data bag`: a ROS 2 bag of a simulated scene with truth."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.writer import STORAGES, write_bag


def add_parser(actions: Any) -> None:
    """Declare the options."""
    usual = BagRecipe()
    parser = actions.add_parser(
        'bag',
        help='write a ROS 2 bag of a simulated scene',
        description='Write a ROS 2 bag: procedural objects stand on a table, a noisy depth camera'
        ' orbits them. It holds clouds with the true part of every point (field `label`), TF, the'
        ' names of the parts, and clicks. The same seed gives the same messages.',
    )
    parser.add_argument('output', type=Path, metavar='OUT', help='folder of the bag, a new one')
    parser.add_argument(
        '--storage', choices=STORAGES, default=STORAGES[0], help='default: %(default)s'
    )
    parser.add_argument(
        '--frames', type=int, default=usual.num_frames, help='clouds (default: %(default)s)'
    )
    parser.add_argument(
        '--rate', type=float, default=usual.rate_hz, help='clouds a second (default: %(default)s)'
    )
    parser.add_argument('--seed', type=int, default=usual.seed, help='default: %(default)s')
    parser.add_argument(
        '--objects',
        nargs='+',
        default=usual.objects,
        metavar='FAMILY',
        help=f'what stands on the table (default: {" ".join(usual.objects)})',
    )
    parser.add_argument(
        '--resolution',
        type=int,
        nargs=2,
        default=usual.resolution,
        metavar=('COLUMNS', 'ROWS'),
        help=f'pixels of the camera (default: {usual.resolution[0]} {usual.resolution[1]})',
    )
    parser.add_argument(
        '--clicks',
        action=argparse.BooleanOptionalAction,
        default=usual.with_clicks,
        help='clicks on parts in the first frames (default: yes)',
    )
    parser.set_defaults(run_action=run)


def run(args: argparse.Namespace) -> int:
    """Write the bag and say what is in it."""
    recipe = BagRecipe(
        objects=tuple(args.objects),
        num_frames=args.frames,
        rate_hz=args.rate,
        seed=args.seed,
        resolution=tuple(args.resolution),
        with_clicks=args.clicks,
    )
    counts = write_bag(args.output, recipe, storage=args.storage)
    print(f'{args.output}: {", ".join(f"{n} {topic}" for topic, n in counts.items())}')
    return 0
