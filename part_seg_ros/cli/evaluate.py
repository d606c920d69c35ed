# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate PROTOCOL`: how well a system finds the true parts of objects.

Each protocol is a module with `add_parser(protocols)`, which returns its parser, and
`run(args) -> int`, which returns the exit code, so that each has options of its own.
"""

from __future__ import annotations

import argparse
from typing import Any

from part_seg_ros.cli.evaluation import bag, clicks, few_shot, names, parts, proposals

PROTOCOLS = (clicks, parts, proposals, names, few_shot, bag)


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the options of every protocol."""
    parser = subparsers.add_parser(
        'evaluate', description='How well a system finds the true parts of objects.'
    )
    protocols = parser.add_subparsers(metavar='PROTOCOL', required=True)
    for module in PROTOCOLS:
        module.add_parser(protocols).set_defaults(run_protocol=module.run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Evaluate by the protocol that was asked for."""
    return args.run_protocol(args)
