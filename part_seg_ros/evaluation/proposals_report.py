# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the evaluation of proposals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from part_seg_ros.evaluation.comparisons import Comparison, beside_published
from part_seg_ros.evaluation.parts_report import FoundReport
from part_seg_ros.evaluation.proposals import (
    PartProposed,
    ProposalsConfig,
    averages,
    summarize,
)

_REPORT = FoundReport(
    stem='proposals',
    title='proposals',
    looked_for='proposal',
    summarize=summarize,
    averages=averages,
)


def write_report(
    folder: Path, model: str, config: ProposalsConfig, results: Sequence[PartProposed]
) -> None:
    """Write `proposals` as JSON, CSV, Markdown and plot, and `proposals_times.*`."""
    _REPORT.write(folder, model, config, results)


def compare(
    model: str, dataset: str, config: ProposalsConfig, results: Sequence[PartProposed]
) -> list[Comparison]:
    """Put the figures beside published ones of the same data set."""
    return beside_published('proposals', dataset, {model: averages(results, config)})
