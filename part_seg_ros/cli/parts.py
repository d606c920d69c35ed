# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg parts`: every part of a cloud or mesh."""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from tqdm import tqdm

from part_seg_ros.cli.model_options import (
    add_input_options,
    add_model_options,
    build_segmenter,
    in_region,
    read_input,
)
from part_seg_ros.cli.picture import Panel, draw
from part_seg_ros.data.results import check_result_path, write_segmentation
from part_seg_ros.segmenter import SegmentAllSettings
from part_seg_ros.structures import PartSegmentation, SegmentedPart

_DEFAULTS = SegmentAllSettings()
_THRESHOLDS: dict[str, tuple[type, str]] = {
    'num_prompts': (int, 'points that the network is asked at'),
    'min_score': (float, 'least quality of a part'),
    'nms_iou': (float, 'overlap from which two parts are one'),
    'min_points': (int, 'least points of a part'),
    'max_parts': (int, 'most parts, 0 for no limit'),
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        'parts',
        description='Every part of a cloud or mesh. A mesh is sampled, its result is a cloud. A'
        ' system with a way of its own, such as partsam, takes that, unless a threshold is given.',
    )
    add_input_options(parser)
    parser.add_argument(
        '--granularity', type=float, help='wanted fineness, above 0 (coarse) to 1 (fine)'
    )
    for name, (kind, meaning) in _THRESHOLDS.items():
        parser.add_argument(
            '--' + name.replace('_', '-'),
            type=kind,
            help=f'{meaning} (default: {getattr(_DEFAULTS, name)})',
        )
    add_model_options(parser)
    parser.add_argument('-o', '--output', required=True, help='result: .ply, .npz or .json')
    parser.add_argument('--picture', metavar='PNG', help='picture with one colour a part')
    return parser


def run(args: argparse.Namespace) -> int:
    """Find all parts, write them, and print a table."""
    check_result_path(args.output)
    settings = _settings(args)
    file = read_input(args)
    segmenter = build_segmenter(args)
    start = time.perf_counter()
    encoded = segmenter.encode(in_region(file.cloud, args.region))
    with tqdm(total=1.0, desc='parts', disable=None, bar_format='{desc}: {bar} {elapsed}') as bar:
        segmentation = segmenter.segment_all(
            encoded, settings, progress=lambda _stage, done, _found: bar.update(done - bar.n)
        )
    elapsed_ms = 1e3 * (time.perf_counter() - start)
    write_segmentation(args.output, file, segmentation)
    if args.picture:
        title = f'{len(segmentation.parts)} parts'
        panels = [Panel(title='cloud'), Panel(title=title, part_ids=segmentation.part_ids)]
        draw(args.picture, file.cloud, panels, focus=encoded.valid_idx)
    print(_table(segmentation))
    print(f'{len(segmentation.parts)} parts in {elapsed_ms:.0f} ms')
    return 0


def _settings(args: argparse.Namespace) -> SegmentAllSettings | None:
    """Return the thresholds given, the others at their defaults; None where none is given."""
    names = ('granularity', *_THRESHOLDS)
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    return SegmentAllSettings(**given) if given else None


def _table(segmentation: PartSegmentation) -> str:
    names = [_name(part) for part in segmentation.parts]
    width = max(map(len, ['name', *names]))
    lines = [f'part  points  score  {"name":<{width}}  size [m]']
    for part, name in zip(segmentation.parts, names, strict=True):
        num_points = np.count_nonzero(segmentation.part_ids == part.part_id)
        size = '' if part.box is None else ' x '.join(f'{side:.3f}' for side in part.box.size)
        row = f'{part.part_id:>4}  {num_points:>6}  {part.score:5.2f}  {name:<{width}}  {size}'
        lines.append(row)
    return '\n'.join(lines)


def _name(part: SegmentedPart) -> str:
    return f'{part.name} ({part.name_probability:.0%})' if part.name else ''
