# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Options that several protocols share, and what they ask for."""

from __future__ import annotations

import argparse
from pathlib import Path

from part_seg_ros.cli.model_options import add_model_options
from part_seg_ros.cli.workers import add_worker_options
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import OBJECTS_PER_FAMILY, Dataset, load_datasets
from part_seg_ros.evaluation.layouts.table import LAYOUTS, read_layout
from part_seg_ros.evaluation.views import FULL, FUSED, SINGLE, ViewConfig


def add_object_options(parser: argparse.ArgumentParser) -> None:
    """Add what every protocol takes that looks at the objects of data sets."""
    add_dataset_options(parser)
    add_model_options(parser)
    add_view_options(parser)
    add_report_option(parser)
    add_worker_options(parser)


def add_dataset_options(parser: argparse.ArgumentParser) -> None:
    """Add DATASET and what says where it lies."""
    parser.add_argument(
        'datasets',
        nargs='+',
        metavar='DATASET',
        help='folder of .npz objects with labels per face, or held_out: objects of families that'
        ' training never sees; with --root the name of a published layout: ' + ', '.join(LAYOUTS),
    )
    parser.add_argument(
        '--root',
        type=Path,
        metavar='DIR',
        help='where the data set of a published layout was unpacked, see docs/datasets.md',
    )
    parser.add_argument(
        '--objects-per-family',
        type=int,
        default=OBJECTS_PER_FAMILY,
        metavar='N',
        help='of held_out (default: %(default)s)',
    )


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """Add which points of an object are shown."""
    defaults = ViewConfig()
    parser.add_argument(
        '--view',
        choices=(FULL, SINGLE, FUSED),
        default=defaults.view,
        help='the surface from all sides, or what one simulated depth camera sees of it, or twelve'
        ' around it (default: %(default)s)',
    )
    parser.add_argument(
        '--num-points',
        type=int,
        default=defaults.num_points,
        help='points per object, at most so many where cameras see it (default: %(default)s)',
    )
    parser.add_argument(
        '--seed',
        type=int,
        default=defaults.seed,
        help='seed of the points, or of the place and noise of cameras (default: %(default)s)',
    )
    normals = parser.add_mutually_exclusive_group()
    normals.add_argument(
        '--exact-normals',
        action='store_const',
        const=True,
        dest='exact_normals',
        help='give the normals of the surface (default for --view full)',
    )
    normals.add_argument(
        '--estimated-normals',
        action='store_const',
        const=False,
        dest='exact_normals',
        help='hide them, as in a cloud without normals (default where cameras see it)',
    )
    parser.add_argument(
        '--no-noise', action='store_true', help='a perfect camera in the single view'
    )


def add_granularity_option(parser: argparse.ArgumentParser) -> None:
    """Add whether prompts tell how fine the true part is."""
    parser.add_argument(
        '--granularity',
        action='store_true',
        help='tell the granularity of the true part with every prompt',
    )


def add_report_option(parser: argparse.ArgumentParser) -> None:
    """Add where the report goes."""
    parser.add_argument(
        '--report', type=Path, metavar='DIR', help='write JSON, CSV, Markdown and plots there'
    )


def view_config(args: argparse.Namespace) -> ViewConfig:
    """Return the view that the options of `add_view_options` ask for.

    Raises:
        InputError: more points than the network is given.
        ConfigError: a value is out of range.
    """
    if args.max_points < args.num_points:
        raise InputError(
            f'--num-points {args.num_points} is more than the network sees; raise --max-points'
            f' ({args.max_points}) too'
        )
    return ViewConfig(
        view=args.view,
        num_points=args.num_points,
        seed=args.seed,
        exact_normals=args.exact_normals,
        has_noise=not args.no_noise,
    )


def read_datasets(args: argparse.Namespace) -> list[Dataset]:
    """Open the data sets that the options of `add_dataset_options` name.

    Raises:
        InputError: there is no such data set, or it has another layout.
    """
    if args.root is None:
        for name in LAYOUTS.keys() & set(args.datasets):
            if not Path(name).is_dir():
                raise InputError(f'{name} is a published layout; say where it lies: --root DIR')
        return load_datasets(args.datasets, objects_per_family=args.objects_per_family)
    if len(args.datasets) != 1:
        raise InputError(f'--root goes with one DATASET, got {len(args.datasets)}')
    return [read_layout(args.datasets[0], args.root)]
