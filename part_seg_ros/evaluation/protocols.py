# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What can be measured, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation import (
    clicks,
    clicks_report,
    names,
    names_report,
    names_summary,
    parts,
    parts_report,
)
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One kind of measurement.

    Attributes:
        evaluate_object: (segmenter, object, config) to the results on one object.
        summarize: (results, config) to the row of a table.
        write_report: (folder, model, config, results) to files.
    """

    evaluate_object: Callable[[Segmenter, LabeledObject, Any], Sequence[Any]]
    summarize: Callable[[Sequence[Any], Any], dict[str, float]]
    write_report: Callable[[Path, str, Any, Sequence[Any]], None]


PROTOCOLS: dict[str, Protocol] = {
    'clicks': Protocol(
        evaluate_object=clicks.evaluate_object,
        summarize=clicks.summarize,
        write_report=clicks_report.write_report,
    ),
    'parts': Protocol(
        evaluate_object=parts.evaluate_object,
        summarize=parts.summarize,
        write_report=parts_report.write_report,
    ),
    'names': Protocol(
        evaluate_object=names.evaluate_object,
        summarize=names_summary.summarize,
        write_report=names_report.write_report,
    ),
}


def evaluate(
    protocol: Protocol,
    segmenter: Segmenter,
    dataset: Dataset,
    config: Any,
    *,
    progress: Callable[[], object] | None = None,
) -> list[Any]:
    """Measure on all objects of a data set; `progress` is called after each.

    Raises:
        InputError: none of the objects has anything to measure.
    """
    results: list[Any] = []
    for obj in dataset.objects:
        results += protocol.evaluate_object(segmenter, obj, config)
        if progress is not None:
            progress()
    if not results:
        raise InputError(
            f'{dataset.name} has nothing to measure: no object shows two parts with enough points'
            ' and, for names, known names'
        )
    return results
