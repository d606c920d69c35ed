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
from part_seg_ros.cli.evaluation.published import show_comparisons
from part_seg_ros.cli.evaluation.run_items import evaluate_datasets, segmenter_once
from part_seg_ros.evaluation.clicks import ClicksConfig
from part_seg_ros.evaluation.clicks_report import compare
from part_seg_ros.evaluation.simulated_users import CLICK_PROTOCOLS, POINT_SAM


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
        '--protocol',
        choices=tuple(CLICK_PROTOCOLS),
        default=POINT_SAM,
        help='where the simulated user clicks: in the middle of the part and then of the worst'
        ' error (point_sam, partsam, s2am3d differ in details), or at random on the part, never'
        ' off it (segvigen) (default: %(default)s)',
    )
    parser.add_argument(
        '--cases',
        type=Path,
        metavar='DIR',
        help='draw the worst, middle and best first answers there, DATASET.png',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Click on the objects of every data set; print one table, and those of others."""
    config = ClicksConfig(
        view=view_config(args), protocol=args.protocol, true_granularity=args.granularity
    )
    segmenter = segmenter_once(args)
    for one in evaluate_datasets(args, 'clicks', config, segmenter):
        comparisons = compare(args.model, one.dataset.name, config, one.results)
        show_comparisons(args, 'clicks', one.dataset.name, comparisons)
        if args.cases is not None:
            path = args.cases / f'{one.dataset.name}.png'
            write_case_sheet(path, segmenter(), one.dataset, one.results, config)
    return 0
