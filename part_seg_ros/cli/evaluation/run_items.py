# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Measuring on every object of every data set, with a report for each and one table."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from part_seg_ros.cli.evaluation.options import read_datasets
from part_seg_ros.cli.model_options import build_segmenter
from part_seg_ros.cli.workers import executor, is_parallel
from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.protocols import PROTOCOLS
from part_seg_ros.evaluation.running.failures import report_failures
from part_seg_ros.evaluation.running.fingerprint import software
from part_seg_ros.evaluation.running.item_store import ItemStore
from part_seg_ros.evaluation.running.items import Outcome
from part_seg_ros.evaluation.running.objects import MeasuredDataset, evaluate
from part_seg_ros.evaluation.tables import markdown_table
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluated:
    """A data set and what was measured on it.

    Attributes:
        source: What the command line calls it.
        dataset: Its objects that could be measured.
        results: Of the protocol, those of one object after those of another, in their order.
    """

    source: str
    dataset: Dataset
    results: Sequence[Any]


def segmenter_once(args: argparse.Namespace) -> Callable[[], Segmenter]:
    """Return what builds the segmenter of this process when it is first asked for."""
    return functools.cache(functools.partial(build_segmenter, args))


def evaluate_datasets(
    args: argparse.Namespace,
    protocol_name: str,
    config: Any,
    segmenter: Callable[[], Segmenter],
) -> list[Evaluated]:
    """Measure, write the reports that the options ask for, and print a row for each data set.

    With a report, objects are kept as they are finished, so that the same command goes on where
    it was broken off; they are removed when all is done. Objects that fail are told on stderr.

    Args:
        args: Parsed options of `add_object_options`.
        protocol_name: A key of `PROTOCOLS`.
        config: Its configuration.
        segmenter: From `segmenter_once`; not called where other processes measure.

    Raises:
        InputError: there is no such data set, or nothing to measure in one, or the folder of the
            report holds finished objects of a run that was different.
        PartSegError: the system cannot be built, or a worker was lost.
    """
    protocol = PROTOCOLS[protocol_name]
    execute = executor(args)
    build = functools.partial(build_segmenter, args) if is_parallel(args) else segmenter
    datasets = read_datasets(args)
    stores = _stores(args, protocol_name, config, segmenter, datasets)
    evaluated, summaries, finished = [], {}, []
    for source, dataset, store in zip(args.datasets, datasets, stores, strict=True):
        with tqdm(total=len(dataset.objects), desc=dataset.name, disable=None) as bar:
            measured = evaluate(
                protocol,
                build,
                dataset,
                config,
                execute=execute,
                store=store,
                progress=functools.partial(_tell, bar, dataset.name),
            )
        summaries[dataset.name] = protocol.summarize(measured.results, config)
        if args.report is not None:
            folder = args.report / dataset.name
            protocol.write_report(folder, args.model, config, measured.results)
            report_failures(folder, protocol_name, measured.errors)
        if store is not None and not measured.errors:
            finished.append(store)
        evaluated.append(_evaluated(source, measured))
    print(markdown_table(summaries))
    for store in finished:
        store.remove()
    return evaluated


def _evaluated(source: str, measured: MeasuredDataset) -> Evaluated:
    return Evaluated(source=source, dataset=measured.dataset, results=measured.results)


def _tell(bar: tqdm[Any], dataset_name: str, outcome: Outcome) -> None:
    bar.update()
    if outcome.error:
        bar.write(f'{dataset_name}: {outcome.name} failed: {outcome.error}', file=sys.stderr)


def _stores(
    args: argparse.Namespace,
    protocol_name: str,
    config: Any,
    segmenter: Callable[[], Segmenter],
    datasets: Sequence[Dataset],
) -> list[ItemStore | None]:
    """Open the finished objects of each data set; nothing is kept without a report."""
    if args.report is None:
        return [None] * len(datasets)
    shared = {
        'protocol': protocol_name,
        'model': args.model,
        'weights_sha256': _weights_sha256(args, segmenter),
        'setting': args.setting,
        'max_points': args.max_points,
        'device': args.device,
        'threads': args.threads,
        'config': to_mapping(config),
        'software': software(),
    }
    stores: list[ItemStore | None] = []
    for source, dataset in zip(args.datasets, datasets, strict=True):
        folder = args.report / dataset.name / f'{protocol_name}_items'
        store = ItemStore(folder, {**shared, 'dataset': str(Path(args.root or source).resolve())})
        if len(store):
            print(f'{dataset.name}: goes on after {len(store)} objects', file=sys.stderr)
        stores.append(store)
    return stores


def _weights_sha256(args: argparse.Namespace, segmenter: Callable[[], Segmenter]) -> str:
    """Return that of the system, which is built for this alone where other processes measure."""
    if not is_parallel(args):
        return segmenter().system.weights_sha256
    on_cpu = argparse.Namespace(**{**vars(args), 'device': 'cpu'})
    return build_segmenter(on_cpu).system.weights_sha256
