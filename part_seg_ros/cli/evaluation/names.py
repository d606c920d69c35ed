# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate names`: asking for parts by name, and naming parts that are clicked."""

from __future__ import annotations

import argparse
from typing import Any

from part_seg_ros.cli.evaluation.options import (
    add_granularity_option,
    add_object_options,
    view_config,
)
from part_seg_ros.cli.evaluation.run_items import evaluate_datasets, segmenter_once
from part_seg_ros.evaluation.names import NamesConfig


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    parser = protocols.add_parser(
        'names',
        help="IoU of what is answered to a part's name",
        description="IoU of what is answered to a part's name, and whether clicked parts are named"
        ' rightly.',
    )
    add_object_options(parser)
    add_granularity_option(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Ask the objects of every data set for names; print one table."""
    config = NamesConfig(view=view_config(args), true_granularity=args.granularity)
    evaluate_datasets(args, 'names', config, segmenter_once(args))
    return 0
