# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg models`: table of systems and weights."""

from __future__ import annotations

import argparse
from typing import Any

from part_seg_ros.errors import PartSegError
from part_seg_ros.models import MODEL_SPECS, build_model


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    return subparsers.add_parser('models', description=__doc__)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    header = ('model', 'prompts', 'input', 'weights', 'licence', 'state')
    rows = [
        (name, spec.prompts, spec.input, spec.weights, spec.license, _state(name))
        for name, spec in MODEL_SPECS.items()
    ]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in (header, tuple('-' * width for width in widths), *rows):
        print(
            '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    return 0


def _state(name: str) -> str:
    """Say whether the system can be built here, else why not."""
    try:
        build_model(name, device='cpu')
    except PartSegError as error:
        return str(error)
    return 'ready'
