# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate few_shot`: labels of new shapes from frozen features and a few examples."""

from __future__ import annotations

import argparse
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.evaluation.options import (
    add_dataset_options,
    add_report_option,
    add_view_options,
    read_datasets,
    view_config,
)
from part_seg_ros.cli.evaluation.published import show_comparisons
from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.evaluation.few_shot import (
    PLACE,
    SYSTEM,
    FewShotConfig,
    evaluate_few_shot,
    summarize,
)
from part_seg_ros.evaluation.few_shot_heads import HEADS
from part_seg_ros.evaluation.few_shot_report import compare, write_report
from part_seg_ros.evaluation.layouts.table import read_training_objects
from part_seg_ros.evaluation.tables import markdown_table


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    defaults = FewShotConfig()
    parser = protocols.add_parser(
        'few_shot',
        help='mean IoU of parts labelled from a few shapes, by frozen features',
        description='Learn the names of parts from the features of a few labelled shapes of each'
        ' kind, label the others, and tell the mean IoU. The system itself learns nothing.',
    )
    add_dataset_options(parser)
    add_model_options(parser)
    add_view_options(parser)
    add_report_option(parser)
    parser.add_argument(
        '--shots',
        type=int,
        default=defaults.shots,
        help='labelled shapes of each kind (default: %(default)s)',
    )
    parser.add_argument(
        '--draws',
        type=int,
        default=defaults.draws,
        help='how often they are drawn anew (default: %(default)s)',
    )
    parser.add_argument(
        '--head',
        choices=HEADS,
        default=defaults.head,
        help='what learns: a perceptron of two layers, of one, or the nearest mean (default:'
        ' %(default)s)',
    )
    parser.add_argument(
        '--features',
        choices=(SYSTEM, PLACE),
        default=defaults.features,
        help='learn from the features of the system, or as a floor from where the points lie on'
        ' the shape, and their normals (default: %(default)s)',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Label the objects of every data set; print one table, and those of others."""
    config = FewShotConfig(
        view=view_config(args),
        shots=args.shots,
        draws=args.draws,
        head=args.head,
        features=args.features,
    )
    datasets = read_datasets(args)
    segmenter = build_segmenter(args)
    summaries = {}
    comparisons = {}
    for source, dataset in zip(args.datasets, datasets, strict=True):
        training = None if args.root is None else read_training_objects(source, args.root)
        with tqdm(total=len(dataset.objects), desc=dataset.name, disable=None) as bar:
            results = evaluate_few_shot(
                segmenter, dataset, config, training=training, progress=bar.update
            )
        summaries[dataset.name] = summarize(results)
        comparisons[dataset.name] = compare(args.model, dataset.name, config, results)
        if args.report is not None:
            write_report(args.report / dataset.name, args.model, config, results)
    print(markdown_table(summaries))
    for name, published in comparisons.items():
        show_comparisons(args, 'few_shot', name, published)
    return 0
