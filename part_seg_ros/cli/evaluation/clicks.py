# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate clicks`: IoU after k simulated clicks on every true part."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from part_seg_ros.cli.case_sheet import write_case_sheet
from part_seg_ros.cli.evaluation.options import (
    add_granularity_option,
    add_object_options,
    view_config,
)
from part_seg_ros.cli.evaluation.run_items import evaluate_datasets
from part_seg_ros.cli.model_options import build_segmenter
from part_seg_ros.evaluation.clicks import ClicksConfig


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    parser = protocols.add_parser(
        'clicks',
        help='IoU after k simulated clicks on every true part',
        description='IoU after k simulated clicks on every true part, and whether the system knows'
        ' its IoU.',
    )
    add_object_options(parser)
    add_granularity_option(parser)
    parser.add_argument(
        '--cases',
        type=Path,
        metavar='DIR',
        help='draw the worst, middle and best first answers there, DATASET.png',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Click on the objects of every data set; print one table."""
    config = ClicksConfig(view=view_config(args), true_granularity=args.granularity)
    segmenter = build_segmenter(args)
    for one in evaluate_datasets(args, 'clicks', config, segmenter):
        if args.cases is not None:
            path = args.cases / f'{one.dataset.name}.png'
            write_case_sheet(path, segmenter, one.dataset, one.results, config)
    return 0
