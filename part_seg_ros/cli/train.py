# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg train [CONFIG]`: train the bundled network, or one of the published systems."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

from part_seg_ros.cli.yaml_settings import read_mapping
from part_seg_ros.config import from_mapping
from part_seg_ros.training.recipes import RECIPES


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser('train', description=__doc__)
    parser.add_argument(
        'config',
        nargs='?',
        type=Path,
        help='YAML with settings that differ from the defaults of the recipe',
    )
    parser.add_argument(
        '--recipe',
        default='compact',
        choices=list(RECIPES),
        help='what is trained: '
        + '; '.join(f'{name}, {spec.description}' for name, spec in RECIPES.items())
        + ' (default: %(default)s)',
    )
    parser.add_argument(
        '-o', '--out', type=Path, default=Path('train_out'), help='folder (default: %(default)s)'
    )
    parser.add_argument('--resume', action='store_true', help='go on from the folder')
    parser.add_argument('--init', type=Path, help='start from these weights')
    parser.add_argument('--num-steps', type=int, help='overrides the configuration')
    parser.add_argument('--until', type=int, metavar='STEP', help='stop there, to resume later')
    return parser


def run(args: argparse.Namespace) -> int:
    """Train; the folder holds weights, curve and everything needed to go on."""
    from part_seg_ros.training.loop import run as carry_out

    logging.basicConfig(level=logging.INFO, format='%(message)s')
    mapping = read_mapping(args.config)
    if args.num_steps is not None:
        mapping['num_steps'] = args.num_steps
    spec = RECIPES[args.recipe]
    config = from_mapping(spec.config_type(), mapping)
    recipe = spec.build(config, init=args.init)
    weights = carry_out(recipe, config, args.out, resume=args.resume, until=args.until)
    print(weights)
    return 0
