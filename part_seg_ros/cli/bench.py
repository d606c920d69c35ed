# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg bench`: speed and memory of encoding, clicks, names, propagation and conversion."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

from part_seg_ros.cli import bench_voxels
from part_seg_ros.cli.bench_network import NetworkJob, measure_apart, procedural_cloud
from part_seg_ros.cli.bench_surroundings import measure_surroundings
from part_seg_ros.cli.bench_table import as_table
from part_seg_ros.cli.model_options import add_system_options
from part_seg_ros.config import parse_settings
from part_seg_ros.errors import CheckpointError, ConfigError
from part_seg_ros.segmenter.network_input import MIN_POINTS

_BUNDLED = ('compact', 'compact-tiny')
_EVERY_PART_PROMPTS = 512


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser('bench', description=__doc__)
    add_system_options(parser)
    parser.set_defaults(device='cpu')
    parser.add_argument(
        '--random-weights',
        type=int,
        nargs='?',
        const=0,
        metavar='SEED',
        help='random weights of the official size in the place of a file, by a seed (0 if none is'
        ' named): the answers mean nothing, but time and memory are the same',
    )
    parser.add_argument(
        '--num-points',
        type=int,
        nargs='+',
        default=[10_000],
        help='points encoded, one measurement for each number (default: 10000)',
    )
    parser.add_argument(
        '--num-faces',
        type=int,
        default=100_000,
        help='faces of the mesh, about, for a system that looks at views, such as geosam2; it'
        ' follows one click through twelve views (default: %(default)s)',
    )
    parser.add_argument(
        '--max-points',
        type=int,
        help='points given to the network, the rest is interpolated (default: all of them)',
    )
    parser.add_argument(
        '--num-prompts',
        type=int,
        default=64,
        help='clicks answered in batches, as the search for every part does it'
        ' (default: %(default)s)',
    )
    parser.add_argument(
        '--every-part',
        type=int,
        metavar='PROMPTS',
        help='also search for every part with so many clicks, merging included; 0 for not at all'
        f' (default: {_EVERY_PART_PROMPTS} with compact, else 0)',
    )
    parser.add_argument(
        '--threads', type=int, default=os.cpu_count(), help='CPU threads (default: all cores)'
    )
    parser.add_argument(
        '--repeats', type=int, default=20, help='most timed repetitions (default: %(default)s)'
    )
    parser.add_argument(
        '--seconds',
        type=float,
        default=20.0,
        help='time after which a stage repeats no more, once it ran three times; one that takes'
        ' longer by itself runs once [s] (default: %(default)s)',
    )
    parser.add_argument(
        '--surroundings',
        action=argparse.BooleanOptionalAction,
        help='also measure what is the same for every system: propagation of masks, message'
        ' conversion, procedural objects (default: with compact alone)',
    )
    parser.add_argument(
        '--num-targets',
        type=int,
        default=300_000,
        help='points that masks are propagated to, and of the message (default: %(default)s)',
    )
    parser.add_argument(
        '--num-objects',
        type=int,
        default=400,
        help='procedural objects that each thread makes (default: %(default)s)',
    )
    bench_voxels.add_options(parser)
    parser.add_argument('-o', '--output', metavar='JSON', help='write all figures there as well')
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure everything, print a table and write the JSON.

    Raises:
        PartSegError: an unknown system, missing weights, a missing device, or too few points.
    """
    if bench_voxels.is_wanted(args):
        return bench_voxels.run(args)
    if args.random_weights is not None and args.checkpoint is not None:
        raise ConfigError('take either --random-weights or --checkpoint, not both')
    _check_at_least('num_points', min(args.num_points), MIN_POINTS)
    for name in ('threads', 'repeats', 'num_prompts', 'num_faces'):
        _check_at_least(name, getattr(args, name), 1)
    if args.every_part is None:
        args.every_part = _EVERY_PART_PROMPTS if args.model in _BUNDLED else 0
    _check_at_least('every_part', args.every_part, 0)
    report: dict[str, Any] = {
        'config': {key: getattr(args, key) for key in _CONFIG_KEYS},
        'machine': _machine(),
        'networks': _measure_networks(args),
    }
    wanted = args.surroundings
    if args.model in _BUNDLED if wanted is None else wanted:
        report['surroundings'] = measure_surroundings(
            procedural_cloud(args.num_points[0]).points,
            num_targets=args.num_targets,
            num_objects=args.num_objects,
            num_processes=args.threads,
        )
    print(as_table(report))
    if args.output:
        Path(args.output).parent.mkdir(parents=True, exist_ok=True)
        Path(args.output).write_text(json.dumps(report, indent=1) + '\n')
    return 0


_CONFIG_KEYS = (
    'model',
    'checkpoint',
    'random_weights',
    'setting',
    'device',
    'num_points',
    'num_faces',
    'max_points',
    'num_prompts',
    'every_part',
    'threads',
    'repeats',
    'seconds',
    'num_targets',
    'num_objects',
)


def _check_at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(f'{name} must be at least {least}, got {value}')


def _measure_networks(args: argparse.Namespace) -> list[dict[str, Any]]:
    try:
        results = []
        for num_points in args.num_points:
            results.append(measure_apart(_job(args, num_points)))
            if 'num_faces' in results[-1]:  # which has nothing to do with the number of points
                break
        return results
    except CheckpointError as error:
        if args.checkpoint is not None:
            raise
        raise CheckpointError(f'{error} (or measure with --random-weights)') from None


def _job(args: argparse.Namespace, num_points: int) -> NetworkJob:
    return NetworkJob(
        model=args.model,
        checkpoint=args.checkpoint,
        random_seed=args.random_weights,
        device=args.device,
        settings=parse_settings(args.setting),
        num_points=num_points,
        max_points=args.max_points,
        num_prompts=args.num_prompts,
        every_part=args.every_part,
        threads=args.threads,
        repeats=args.repeats,
        seconds=args.seconds,
        num_faces=args.num_faces,
    )


def _machine() -> dict[str, Any]:
    cpu_info = Path('/proc/cpuinfo')
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return {
        'cpu': names[0] if names else platform.processor(),
        'cores': os.cpu_count(),
        'load_average_1min': os.getloadavg()[0],
        'platform': platform.platform(),
        'python': platform.python_version(),
        'numpy': importlib.metadata.version('numpy'),
        'torch': importlib.metadata.version('torch'),
    }
