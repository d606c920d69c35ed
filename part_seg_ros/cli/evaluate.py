# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate`: how well clicks, names or "every part" find the true parts of objects.

clicks: IoU after k simulated clicks on every true part, and whether the system knows its IoU.
parts: best IoU of every true part with any part of "segment every part".
names: IoU of what is answered to a part's name, and whether clicked parts are named rightly.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.case_sheet import write_case_sheet
from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig
from part_seg_ros.evaluation.datasets import OBJECTS_PER_FAMILY, Dataset, load_datasets
from part_seg_ros.evaluation.layouts.table import LAYOUTS, read_layout
from part_seg_ros.evaluation.names import NamesConfig
from part_seg_ros.evaluation.parts import PartFound, PartsConfig
from part_seg_ros.evaluation.protocols import PROTOCOLS, evaluate
from part_seg_ros.evaluation.published_parts import (
    comparison,
    floors,
    of_results,
    read_published,
)
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.evaluation.views import FULL, SINGLE, ViewConfig
from part_seg_ros.segmenter.mesh_parts import MeshSettings
from part_seg_ros.segmenter.segment_all import SegmentAllSettings


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
        ' training never sees; with --root the name of a published layout: ' + ', '.join(LAYOUTS),
    )
    parser.add_argument(
        '--root',
        type=Path,
        metavar='DIR',
        help='where the data set of a published layout was unpacked, see docs/evaluation.md',
    )
    add_model_options(parser)
    _add_view_options(parser)
    parser.add_argument(
        '--granularity',
        action='store_true',
        help='tell the granularity of the true part with every prompt (not for parts)',
    )
    _add_parts_options(parser)
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


def _add_parts_options(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_argument_group('parts')
    parts.add_argument(
        '--scan',
        action='store_true',
        help='take for each object the best of ten granularities, which the truth chooses',
    )
    parts.add_argument(
        '--mesh',
        action='store_true',
        help='segment the meshes themselves, connectivity included, not points alone',
    )
    parts.add_argument(
        '--graph-cut', action='store_true', help='move borders on meshes to creases'
    )
    parts.add_argument('--num-prompts', type=int, help='points that the network is asked at')


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
    datasets = _datasets(args)
    segmenter = build_segmenter(args)
    summaries = {}
    comparisons: dict[str, dict[str, dict[str, float]]] = {}
    for source, dataset in zip(args.datasets, datasets, strict=True):
        with tqdm(total=len(dataset.objects), desc=dataset.name, disable=None) as bar:
            results = evaluate(protocol, segmenter, dataset, config, progress=bar.update)
        summaries[dataset.name] = protocol.summarize(results, config)
        if args.report is not None:
            protocol.write_report(args.report / dataset.name, args.model, config, results)
        if args.cases is not None and isinstance(config, ClicksConfig):
            write_case_sheet(
                args.cases / f'{dataset.name}.png', segmenter, dataset, results, config
            )
        if isinstance(config, PartsConfig):
            rows = _compared(source, dataset, results, config, args)
            if rows:
                comparisons[dataset.name] = rows
    print(markdown_table(summaries))
    for name, rows in comparisons.items():
        print(f'\nBest IoU of true parts, {name}\n')
        print(markdown_table(rows))
    return 0


def _datasets(args: argparse.Namespace) -> list[Dataset]:
    if args.root is None:
        for name in LAYOUTS.keys() & set(args.datasets):
            if not Path(name).is_dir():
                raise InputError(f'{name} is a published layout; say where it lies: --root DIR')
        return load_datasets(args.datasets, objects_per_family=args.objects_per_family)
    if len(args.datasets) != 1:
        raise InputError(f'--root goes with one DATASET, got {len(args.datasets)}')
    return [read_layout(args.datasets[0], args.root)]


def _compared(
    source: str,
    dataset: Dataset,
    results: Sequence[PartFound],
    config: PartsConfig,
    args: argparse.Namespace,
) -> dict[str, dict[str, float]]:
    """Lay the figures of others, and of no method, beside ours; none where nobody has any."""
    published = read_published(Path(source))
    if not published:
        return {}
    ours = args.model + (', mesh' if config.on_mesh else '') + (', scan' if config.scan else '')
    return comparison({ours: of_results(results), **floors(dataset, config.view), **published})


def _config(args: argparse.Namespace) -> ClicksConfig | PartsConfig | NamesConfig:
    view = ViewConfig(
        view=args.view,
        num_points=args.num_points,
        seed=args.seed,
        exact_normals=args.exact_normals,
        has_noise=not args.no_noise,
    )
    if args.protocol != 'parts' and (args.scan or args.mesh or args.graph_cut):
        raise InputError(f'--scan, --mesh and --graph-cut go with parts, not {args.protocol}')
    if args.protocol == 'clicks':
        return ClicksConfig(view=view, true_granularity=args.granularity)
    if args.protocol == 'names':
        return NamesConfig(view=view, true_granularity=args.granularity)
    if args.granularity:
        raise InputError('parts gives no prompts of its own; leave out --granularity')
    settings = None
    if args.num_prompts is not None:
        settings = SegmentAllSettings(num_prompts=args.num_prompts)
    return PartsConfig(
        view=view,
        settings=settings,
        scan=args.scan,
        on_mesh=args.mesh,
        mesh=MeshSettings(graph_cut=args.graph_cut),
    )
