# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate clicks FOLDER`: IoU after k simulated clicks on labelled meshes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.data.labeled_meshes import load_folder
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig, evaluate_clicks, summarize
from part_seg_ros.evaluation.report import markdown_table, write_report


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser('evaluate', description=__doc__)
    parser.add_argument('protocol', choices=['clicks'], help='what is measured')
    parser.add_argument(
        'folders', nargs='+', type=Path, metavar='FOLDER', help='.npz objects with labels per face'
    )
    add_model_options(parser)
    defaults = ClicksConfig()
    parser.add_argument(
        '--num-points',
        type=int,
        default=defaults.num_points,
        help='points sampled per object (default: %(default)s)',
    )
    parser.add_argument(
        '--seed', type=int, default=defaults.seed, help='seed of the sampling (default: 0)'
    )
    parser.add_argument(
        '--estimated-normals',
        action='store_true',
        help='hide the normals of the mesh, as for a cloud without normals',
    )
    parser.add_argument(
        '--report', type=Path, metavar='DIR', help='write JSON, CSV, Markdown and a plot there'
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Evaluate every folder and print one table."""
    if args.max_points < args.num_points:
        raise InputError(
            f'--num-points {args.num_points} is more than the network sees; raise --max-points'
            f' ({args.max_points}) too'
        )
    config = ClicksConfig(
        num_points=args.num_points, seed=args.seed, exact_normals=not args.estimated_normals
    )
    data = {folder.resolve().name: load_folder(folder) for folder in args.folders}
    segmenter = build_segmenter(args)
    summaries = {}
    for name, objects in data.items():
        with tqdm(total=len(objects), desc=name, unit='object', disable=None) as bar:
            results = evaluate_clicks(
                segmenter, objects, config, progress=lambda done, total: bar.update()
            )
        summaries[name] = summarize(results, config)
        if args.report is not None:
            write_report(args.report / name, args.model, config, results)
    print(markdown_table(summaries))
    return 0
