# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate bag`: the clouds of a recorded bag, as the node would answer them."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.evaluation.options import add_report_option
from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.data.bags.writer import STORAGES
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.bags.annotated import AnnotatedBag
from part_seg_ros.evaluation.bags.label_file import LabelFile
from part_seg_ros.evaluation.bags.prompts import Prompt, prompts_from_topic, read_prompts
from part_seg_ros.evaluation.bags.protocol import BagConfig, Keeper, evaluate_bag
from part_seg_ros.evaluation.bags.reader import Bag, open_bag
from part_seg_ros.evaluation.bags.report import LABEL_FILE, remarks, write_report
from part_seg_ros.evaluation.bags.results import by_part, summarize
from part_seg_ros.evaluation.bags.truth import FieldTruth, FileTruth, Truth
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.segmenter.following import FollowSettings
from part_seg_ros.segmenter.warm_up import warm_up

NO_TOPIC = 'none'


def add_parser(protocols: Any) -> argparse.ArgumentParser:
    """Declare the options."""
    usual = BagConfig()
    parser = protocols.add_parser(
        'bag',
        help='parts in a recorded ROS 2 bag, followed from prompts, or every part',
        description='Evaluate the clouds of a ROS 2 bag (sqlite3, MCAP) without ROS. With prompts'
        ' each opens a part, which is answered as the node answers it and then followed from cloud'
        ' to cloud; without, every part of each cloud is searched for. Reports IoU where the truth'
        ' is known, latency, stability of the labels, dropped points.',
    )
    parser.add_argument('bag', type=Path, metavar='BAG', help='folder, or .db3 or .mcap file')
    add_model_options(parser)
    parser.add_argument(
        '--topic', default=usual.topic, help='topic of the clouds (default: %(default)s)'
    )
    prompts = parser.add_mutually_exclusive_group()
    prompts.add_argument(
        '--prompts',
        type=Path,
        metavar='FILE',
        help='YAML or JSON list of prompts, see docs/evaluation.md',
    )
    prompts.add_argument(
        '--prompt-topic',
        metavar='TOPIC',
        help='topic of clicks or prompts in the bag, such as /clicked_point; none to find every'
        ' part',
    )
    truth = parser.add_mutually_exclusive_group()
    truth.add_argument(
        '--truth-field',
        metavar='NAME',
        help='integer field of the clouds with the true part of each point, negative for none'
        ' (default: label, where the clouds have it)',
    )
    truth.add_argument(
        '--truth', type=Path, metavar='FILE', help='.npz with the true parts, an array a cloud'
    )
    parser.add_argument(
        '--target-frame',
        default='',
        metavar='FRAME',
        help='frame in which the scene rests; parts are followed and compared in it (default: the'
        ' root of the transforms in the bag)',
    )
    parser.add_argument(
        '--every', type=int, default=usual.every, metavar='N', help='take one of N clouds'
    )
    parser.add_argument(
        '--region-radius',
        type=float,
        default=usual.region_radius,
        help='give the network only the points this near to a click [m], as the parameter of the'
        ' node; 0 for the whole cloud (default: %(default)s)',
    )
    parser.add_argument(
        '--match-radius',
        type=float,
        default=usual.follow.radius,
        help='points of two clouds this near to each other may be the same place [m]'
        ' (default: %(default)s)',
    )
    add_report_option(parser)
    parser.add_argument(
        '--annotated',
        type=_path_if_any,
        metavar='OUT_BAG',
        help='write a bag with the answers beside the original messages; empty for none',
    )
    parser.add_argument(
        '--storage',
        choices=STORAGES,
        default=STORAGES[0],
        help='of the annotated bag (default: %(default)s)',
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Evaluate the bag, write what was asked for, print tables and what went wrong."""
    config = BagConfig(
        topic=args.topic,
        target_frame=args.target_frame,
        every=args.every,
        region_radius=args.region_radius,
        follow=FollowSettings(radius=args.match_radius),
    )
    with ExitStack() as stack:
        bag = stack.enter_context(open_bag(args.bag))
        prompts, truth = _prompts(bag, args), _truth(args)
        keepers = _keepers(bag, args, stack)
        segmenter = build_segmenter(args)
        warm_up(segmenter)
        results = evaluate_bag(
            bag,
            segmenter,
            config,
            truth=truth,
            prompts=prompts,
            keep=keepers,
            with_others=args.annotated is not None,
        )
    if args.report is not None:
        write_report(args.report, args.bag, args.model, config, results)
    print(markdown_table({args.bag.name: summarize(results)}))
    parts = by_part(results)
    if parts:
        print('\n' + markdown_table(parts, 'part'))
    for remark in remarks(results):
        print(f'part-seg: {remark}', file=sys.stderr)
    return 0


def _path_if_any(text: str) -> Path | None:
    """Read an option that a launch file always gives, perhaps empty."""
    return Path(text) if text else None


def _prompts(bag: Bag, args: argparse.Namespace) -> list[Prompt] | None:
    if args.prompts is not None:
        return read_prompts(args.prompts)
    has_topic = args.prompt_topic not in (None, 'none')
    return prompts_from_topic(bag, args.prompt_topic) if has_topic else None


def _path_or_none(text: str) -> Path | None:
    """Take an empty text, as a launch file passes it on, for nothing."""
    return Path(text) if text else None


def _truth(args: argparse.Namespace) -> Truth:
    if args.truth is not None:
        return FileTruth(args.truth)
    if args.truth_field is not None:
        return FieldTruth(args.truth_field, is_required=True)
    return FieldTruth()


def _keepers(bag: Bag, args: argparse.Namespace, stack: ExitStack) -> list[Keeper]:
    """Open everything that is written while the clouds are evaluated."""
    topic = bag.topics.get(args.topic)
    num_frames = 0 if topic is None else -(-topic.num_messages // max(args.every, 1))
    bar = stack.enter_context(tqdm(total=num_frames, desc=args.bag.name, disable=None))
    keepers: list[Keeper] = [lambda answer: bar.update()]
    if args.annotated is not None:
        if args.annotated.resolve() == args.bag.resolve():
            raise InputError('--annotated must name another bag than BAG')
        annotated = AnnotatedBag(args.annotated, bag, args.topic, storage=args.storage)
        keepers.append(stack.enter_context(annotated).keep)
    if args.report is not None:
        args.report.mkdir(parents=True, exist_ok=True)
        keepers.append(stack.enter_context(LabelFile(args.report / LABEL_FILE)).keep)
    return keepers
