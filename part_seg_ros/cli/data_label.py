# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data label`: part labels for a folder of 3D files."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.cli.workers import add_worker_options, executor, is_parallel
from part_seg_ros.cli.yaml_settings import read_mapping
from part_seg_ros.config import from_mapping
from part_seg_ros.data_engine.engine import Engine
from part_seg_ros.data_engine.folder import (
    FAILED,
    OUTCOMES,
    UNSUITABLE,
    find_sources,
    label_folder,
)
from part_seg_ros.errors import ConfigError

_IMAGE_MODELS = ('tiny', 'small', 'base_plus', 'large')


def add_parser(actions: Any) -> None:
    """Declare the options."""
    parser = actions.add_parser(
        'label',
        help='part labels for a folder of 3D files',
        description='Part labels for all 3D files below a folder, as npz objects that training and'
        ' evaluation read. Broken off, it goes on where it was; a file that fails is reported and'
        ' tried again the next time.',
    )
    parser.add_argument('folder', type=Path, help='3D files, in folders of any depth')
    parser.add_argument('-o', '--output', type=Path, required=True, help='folder')
    parser.add_argument(
        '--engine',
        choices=list(_BUILDERS),
        required=True,
        help="native: what the files' authors made; partsam: clusters of fragments that a model"
        ' finds again by clicks; s2am3d: all parts, with their share of the area, split where'
        ' they do not hang together; views: what SAM 2 sees on pictures and a model of clouds'
        ' agrees with',
    )
    parser.add_argument('--seed', type=int, default=0, help='default: %(default)s')
    parser.add_argument(
        '--config', type=Path, metavar='YAML', help="what differs from the engine's defaults"
    )
    add_model_options(parser)
    parser.add_argument(
        '--quality', type=Path, metavar='FILE', help='s2am3d: classifier by `data quality`'
    )
    parser.add_argument(
        '--image-model', choices=_IMAGE_MODELS, default='large', help='views: size of SAM 2.1'
    )
    parser.add_argument(
        '--image-checkpoint', type=Path, metavar='FILE', help='views: weights of SAM 2.1'
    )
    add_worker_options(parser, threads=None)
    parser.set_defaults(run_action=run)


def run(args: argparse.Namespace) -> int:
    """Label the folder, print what could not be labelled, and a summary."""
    build = partial(_BUILDERS[args.engine], args)
    execute = executor(args)
    counts: Counter[str] = Counter()
    num_parts = 0
    with tqdm(total=len(find_sources(args.folder)), unit='', disable=None) as progress:
        labeled = label_folder(
            args.folder,
            args.output,
            build(),
            seed=args.seed,
            execute=execute,
            build=build if is_parallel(args) else None,
        )
        for one in labeled:
            counts[one.outcome] += 1
            num_parts += one.num_parts
            progress.update()
            if one.outcome in (FAILED, UNSUITABLE):
                progress.write(f'{one.source}: {one.outcome}: {one.reason}')
    told = ', '.join(f'{counts[outcome]} {outcome}' for outcome in OUTCOMES)
    print(f'{counts.total()} files: {told}; {num_parts} parts written to {args.output}')
    return 0


def _native(args: argparse.Namespace) -> Engine:
    from part_seg_ros.data_engine.native import NativeEngine
    from part_seg_ros.data_engine.part_rules import PartRules

    return NativeEngine(_settings(args, PartRules))


def _partsam(args: argparse.Namespace) -> Engine:
    from part_seg_ros.data_engine.curation import CurationEngine, CurationSettings

    return CurationEngine(build_segmenter(args), _settings(args, CurationSettings))


def _s2am3d(args: argparse.Namespace) -> Engine:
    from part_seg_ros.data_engine.quality import load_quality
    from part_seg_ros.data_engine.scale_labels import ScaleLabelEngine, ScaleLabelSettings

    quality = None if args.quality is None else load_quality(args.quality)
    return ScaleLabelEngine(quality, _settings(args, ScaleLabelSettings))


def _views(args: argparse.Namespace) -> Engine:
    from part_seg_ros.data_engine.sam2_images import build_sam2
    from part_seg_ros.data_engine.views import ViewEngine, ViewSettings

    if args.image_checkpoint is None:
        raise ConfigError(
            'views needs --image-checkpoint, the weights of SAM 2.1, such as sam2.1_hiera_large.pt'
        )
    images = build_sam2(args.image_model, args.image_checkpoint, args.device)
    return ViewEngine(build_segmenter(args), images, _settings(args, ViewSettings))


def _settings(args: argparse.Namespace, settings_type: type) -> Any:
    return from_mapping(settings_type, read_mapping(args.config))


_BUILDERS: dict[str, Callable[[argparse.Namespace], Engine]] = {
    'native': _native,
    'partsam': _partsam,
    's2am3d': _s2am3d,
    'views': _views,
}
