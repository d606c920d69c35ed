# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Measuring on every object of every data set, with a report for each and one table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.evaluation.options import read_datasets
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.protocols import PROTOCOLS, evaluate
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluated:
    """A data set and what was measured on it.

    Attributes:
        source: What the command line calls it.
        dataset: Its objects.
        results: Of the protocol, those of one object after those of another, in their order.
    """

    source: str
    dataset: Dataset
    results: Sequence[Any]


def evaluate_datasets(
    args: argparse.Namespace, protocol_name: str, config: Any, segmenter: Segmenter
) -> list[Evaluated]:
    """Measure, write the reports that the options ask for, and print a row for each data set.

    Args:
        args: Parsed options of `add_object_options`.
        protocol_name: A key of `PROTOCOLS`.
        config: Its configuration.
        segmenter: Answers.

    Raises:
        InputError: there is no such data set, or nothing to measure in one.
    """
    protocol = PROTOCOLS[protocol_name]
    evaluated = []
    summaries = {}
    for source, dataset in zip(args.datasets, read_datasets(args), strict=True):
        with tqdm(total=len(dataset.objects), desc=dataset.name, disable=None) as bar:
            results = evaluate(protocol, segmenter, dataset, config, progress=bar.update)
        summaries[dataset.name] = protocol.summarize(results, config)
        if args.report is not None:
            protocol.write_report(args.report / dataset.name, args.model, config, results)
        evaluated.append(Evaluated(source=source, dataset=dataset, results=results))
    print(markdown_table(summaries))
    return evaluated
