# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Published figures beside ours: printed after the table, and written with the report."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from part_seg_ros.evaluation.comparisons import Comparison, write_comparisons


def show_comparisons(
    args: argparse.Namespace,
    protocol: str,
    dataset_name: str,
    comparisons: Sequence[Comparison],
) -> None:
    """Print our figures beside those of others, and write them where a report is wanted."""
    for one in comparisons:
        print(f'\n{dataset_name}: {one.title}\n\n{one.to_markdown()}')
    if args.report is not None:
        write_comparisons(args.report / dataset_name, protocol, comparisons)
