# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate proposals`: how many true parts are among masks that may overlap."""

from __future__ import annotations

import argparse
from typing import Any

from part_seg_ros.cli.evaluation.options import add_object_options, view_config
from part_seg_ros.cli.evaluation.published import show_comparisons
from part_seg_ros.cli.evaluation.run_items import evaluate_datasets, segmenter_once
from part_seg_ros.evaluation.proposals import ProposalsConfig
from part_seg_ros.evaluation.proposals_report import compare


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    defaults = ProposalsConfig()
    parser = protocols.add_parser(
        'proposals',
        help='average recall of masks that may overlap',
        description='Share of the true parts that one of the masks proposed for an object or scene'
        ' fits with an IoU of at least 25 and 50 %%. Masks may overlap.',
    )
    add_object_options(parser)
    parser.add_argument(
        '--num-prompts',
        type=int,
        default=defaults.num_prompts,
        help='points that the network is asked at (default: %(default)s)',
    )
    parser.add_argument(
        '--nms-iou',
        type=float,
        default=defaults.nms_iou,
        help='of two masks that overlap by more the worse is dropped (default: %(default)s)',
    )
    parser.add_argument(
        '--max-proposals',
        type=int,
        default=defaults.max_proposals,
        help='so many masks are kept, best first (default: %(default)s)',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Propose masks for the objects of every data set; print one table, and those of others."""
    config = ProposalsConfig(
        view=view_config(args),
        num_prompts=args.num_prompts,
        nms_iou=args.nms_iou,
        max_proposals=args.max_proposals,
    )
    for one in evaluate_datasets(args, 'proposals', config, segmenter_once(args)):
        comparisons = compare(args.model, one.dataset.name, config, one.results)
        show_comparisons(args, 'proposals', one.dataset.name, comparisons)
    return 0
