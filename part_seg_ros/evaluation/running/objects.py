# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The objects of a data set as items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from part_seg_ros.config import from_mapping, to_mapping
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.protocols import Protocol
from part_seg_ros.evaluation.running.item_store import ItemStore
from part_seg_ros.evaluation.running.items import Execute, Measure, Outcome, in_this_process
from part_seg_ros.evaluation.running.run import run_items
from part_seg_ros.segmenter.segmenter import Segmenter

Reader = Callable[[], LabeledObject]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredDataset:
    """A data set and what was measured on it.

    Attributes:
        dataset: The objects that could be measured.
        results: Of the protocol, those of one object after those of another, in their order.
        errors: {object that could not be measured: why}.
    """

    dataset: Dataset
    results: Sequence[Any]
    errors: Mapping[str, str]


def evaluate(
    protocol: Protocol,
    build: Callable[[], Segmenter],
    dataset: Dataset,
    config: Any,
    *,
    execute: Execute = in_this_process,
    store: ItemStore | None = None,
    progress: Callable[[Outcome], object] | None = None,
) -> MeasuredDataset:
    """Measure on all objects of a data set.

    The results are the same whoever executes, as long as torch has the same number of threads:
    the order of its sums depends on that.

    Args:
        protocol: What is measured.
        build: Builds the system, once a worker; pickled where workers are other processes.
        dataset: The objects.
        config: Of the protocol.
        execute: Who measures.
        store: Has the objects that are finished, and keeps what will be.
        progress: Called after each object.

    Raises:
        InputError: none of the objects can be measured or has anything to measure.
        PartSegError: whatever `build` and `execute` raise.
    """
    prepare = partial(_prepare, build, protocol, config)
    run = run_items(dataset.readers, prepare, execute, store=store, progress=progress)
    results: list[Any] = [
        from_mapping(protocol.result_type, entry)
        for record in run.records.values()
        for entry in record
    ]
    if run.errors and not run.records:
        name, error = next(iter(run.errors.items()))
        raise InputError(
            f'none of the {len(run.errors)} objects of {dataset.name} could be measured; {name}:'
            f' {error}'
        )
    if not results:
        raise InputError(
            f'{dataset.name} has nothing to measure: no object shows two parts with enough points'
            ' and, for names, known names'
        )
    measured = LazyObjects({name: dataset.readers[name] for name in run.records})
    return MeasuredDataset(
        dataset=Dataset(name=dataset.name, objects=measured), results=results, errors=run.errors
    )


def _prepare(build: Callable[[], Segmenter], protocol: Protocol, config: Any) -> Measure:
    segmenter = build()

    def measure(read: Reader) -> list[dict[str, Any]]:
        return [
            to_mapping(result) for result in protocol.evaluate_object(segmenter, read(), config)
        ]

    return measure
