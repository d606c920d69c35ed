# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate`: how well clicks, names or "every part" find the true parts of objects.

clicks: IoU after k simulated clicks on every true part, and whether the system knows its IoU.
parts: best IoU of every true part with any part of "segment every part".
names: IoU of what is answered to a part's name, and whether clicked parts are named rightly.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.case_sheet import write_case_sheet
from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig
from part_seg_ros.evaluation.datasets import OBJECTS_PER_FAMILY, load_datasets
from part_seg_ros.evaluation.names import NamesConfig
from part_seg_ros.evaluation.parts import PartsConfig
from part_seg_ros.evaluation.protocols import PROTOCOLS, evaluate
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.evaluation.views import FULL, SINGLE, ViewConfig


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'evaluate', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('protocol', choices=tuple(PROTOCOLS), help='what is measured')
    parser.add_argument(
        'datasets',
        nargs='+',
        metavar='DATASET',
        help='folder of .npz objects with labels per face, or held_out: objects of families that'
        ' training never sees',
    )
    add_model_options(parser)
    _add_view_options(parser)
    parser.add_argument(
        '--granularity',
        action='store_true',
        help='tell the granularity of the true part with every prompt (not for parts)',
    )
    parser.add_argument(
        '--objects-per-family',
        type=int,
        default=OBJECTS_PER_FAMILY,
        metavar='N',
        help='of held_out (default: %(default)s)',
    )
    parser.add_argument(
        '--cases',
        type=Path,
        metavar='DIR',
        help='draw the worst, middle and best first answers there, DATASET.png (only for clicks)',
    )
    parser.add_argument(
        '--report', type=Path, metavar='DIR', help='write JSON, CSV, Markdown and plots there'
    )
    return parser


def _add_view_options(parser: argparse.ArgumentParser) -> None:
    defaults = ViewConfig()
    parser.add_argument(
        '--view',
        choices=(FULL, SINGLE),
        default=defaults.view,
        help='the surface from all sides, or what one simulated depth camera sees of it'
        ' (default: %(default)s)',
    )
    parser.add_argument(
        '--num-points',
        type=int,
        default=defaults.num_points,
        help='points per object, at most so many in a single view (default: %(default)s)',
    )
    parser.add_argument(
        '--seed',
        type=int,
        default=defaults.seed,
        help='seed of the points, or of the place and noise of the camera (default: %(default)s)',
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
        help='hide them, as in a cloud without normals (default for --view single)',
    )
    parser.add_argument(
        '--no-noise', action='store_true', help='a perfect camera in the single view'
    )


def run(args: argparse.Namespace) -> int:
    """Evaluate every data set and print one table."""
    if args.max_points < args.num_points:
        raise InputError(
            f'--num-points {args.num_points} is more than the network sees; raise --max-points'
            f' ({args.max_points}) too'
        )
    config = _config(args)
    protocol = PROTOCOLS[args.protocol]
    if args.cases is not None and args.protocol != 'clicks':
        raise InputError(f'--cases draws clicks; leave it out for {args.protocol}')
    datasets = load_datasets(args.datasets, objects_per_family=args.objects_per_family)
    segmenter = build_segmenter(args)
    summaries = {}
    for dataset in datasets:
        with tqdm(total=len(dataset.objects), desc=dataset.name, disable=None) as bar:
            results = evaluate(protocol, segmenter, dataset, config, progress=bar.update)
        summaries[dataset.name] = protocol.summarize(results, config)
        if args.report is not None:
            protocol.write_report(args.report / dataset.name, args.model, config, results)
        if args.cases is not None and isinstance(config, ClicksConfig):
            write_case_sheet(
                args.cases / f'{dataset.name}.png', segmenter, dataset, results, config
            )
    print(markdown_table(summaries))
    return 0


def _config(args: argparse.Namespace) -> ClicksConfig | PartsConfig | NamesConfig:
    view = ViewConfig(
        view=args.view,
        num_points=args.num_points,
        seed=args.seed,
        exact_normals=args.exact_normals,
        has_noise=not args.no_noise,
    )
    if args.protocol == 'clicks':
        return ClicksConfig(view=view, true_granularity=args.granularity)
    if args.protocol == 'names':
        return NamesConfig(view=view, true_granularity=args.granularity)
    if args.granularity:
        raise InputError('parts gives no prompts of its own; leave out --granularity')
    return PartsConfig(view=view)
