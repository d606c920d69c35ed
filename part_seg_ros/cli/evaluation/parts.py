# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate parts`: best IoU of every true part with any part of "every part"."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from part_seg_ros.cli.evaluation.options import add_object_options, view_config
from part_seg_ros.cli.evaluation.published import show_comparisons
from part_seg_ros.cli.evaluation.run_items import evaluate_datasets, segmenter_once
from part_seg_ros.cli.parts_sheet import write_parts_sheet
from part_seg_ros.evaluation.parts import PartsConfig
from part_seg_ros.evaluation.published_parts import compare_parts
from part_seg_ros.evaluation.view_prompts import VARIANTS
from part_seg_ros.segmenter.mesh_parts import MeshSettings
from part_seg_ros.segmenter.segment_all import SegmentAllSettings


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    parser = protocols.add_parser(
        'parts',
        help='best IoU of every true part with any part of "segment every part"',
        description='Best IoU of every true part with any part of "segment every part".',
    )
    add_object_options(parser)
    parser.add_argument(
        '--scan',
        action='store_true',
        help='take for each object the best of ten granularities, which the truth chooses',
    )
    parser.add_argument(
        '--mesh',
        action='store_true',
        help='segment the meshes themselves, connectivity included, not points alone',
    )
    parser.add_argument(
        '--graph-cut', action='store_true', help='move borders on meshes to creases'
    )
    parser.add_argument(
        '--front-masks',
        choices=VARIANTS,
        default='',
        help='prompt the true masks of the front view, as GeoSAM2 is evaluated; faces and points'
        ' that none of them reaches take the part of their neighbours (filled), have none (open),'
        ' or are one more part (rest)',
    )
    parser.add_argument('--num-prompts', type=int, help='points that the network is asked at')
    parser.add_argument(
        '--cases',
        type=Path,
        metavar='DIR',
        help='draw the worst, middle and best objects there, true parts beside those found,'
        ' DATASET_parts.png',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Segment the objects of every data set; print one table, and those of others."""
    settings = None
    if args.num_prompts is not None:
        settings = SegmentAllSettings(num_prompts=args.num_prompts)
    config = PartsConfig(
        view=view_config(args),
        settings=settings,
        scan=args.scan,
        on_mesh=args.mesh,
        front_masks=args.front_masks,
        mesh=MeshSettings(graph_cut=args.graph_cut),
    )
    segmenter = segmenter_once(args)
    for one in evaluate_datasets(args, 'parts', config, segmenter):
        comparisons = compare_parts(args.model, Path(one.source), one.dataset, config, one.results)
        show_comparisons(args, 'parts', one.dataset.name, comparisons)
        if args.cases is not None:
            path = args.cases / f'{one.dataset.name}_parts.png'
            write_parts_sheet(path, segmenter(), one.dataset, one.results, config)
    return 0
