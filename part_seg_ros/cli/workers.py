# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Options that say who works on independent items: objects to measure, files to label."""

from __future__ import annotations

import argparse
from functools import partial

from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.running.items import Execute, in_this_process
from part_seg_ros.evaluation.running.pool import in_processes
from part_seg_ros.evaluation.running.ray_pool import LOCAL, on_ray


def add_worker_options(parser: argparse.ArgumentParser, *, threads: int | None = 1) -> None:
    """Add how many processes, on which machines.

    Args:
        parser: Of the command.
        threads: Default for each worker; None for those that torch has, and for one each where
            there are several workers.
    """
    parser.add_argument(
        '--workers',
        type=int,
        metavar='N',
        help='objects worked on at a time, each by a process with a network of its own (default:'
        ' 1; with --ray as many as the cluster has room for)',
    )
    parser.add_argument(
        '--threads',
        type=int,
        default=threads,
        metavar='N',
        help='threads of each worker; results do not depend on the number of workers, but in the'
        ' last digits on this (default: '
        + ('all cores; 1 of several workers)' if threads is None else f'{threads})'),
    )
    parser.add_argument(
        '--ray',
        metavar='ADDRESS',
        help='work on a Ray cluster, which reads the same paths: its address, auto for the one'
        f' that this machine belongs to, or {LOCAL} for one of this machine alone',
    )


def is_parallel(args: argparse.Namespace) -> bool:
    """Tell whether other processes work."""
    return args.ray is not None or (args.workers or 1) > 1


def executor(args: argparse.Namespace) -> Execute:
    """Return who works, from the options of `add_worker_options` and of the model.

    Raises:
        ConfigError: less than one worker or thread.
    """
    for name in ('workers', 'threads'):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise ConfigError(f'--{name} must be at least 1, got {value}')
    if args.ray is not None:
        return partial(
            on_ray,
            address=args.ray,
            num_workers=args.workers,
            num_threads=args.threads or 1,
            needs_gpu=args.device.startswith('cuda'),
        )
    if is_parallel(args):
        return partial(in_processes, num_workers=args.workers, num_threads=args.threads or 1)
    return partial(in_this_process, num_threads=args.threads)
