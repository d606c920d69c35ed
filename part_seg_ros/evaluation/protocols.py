# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What can be measured, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from part_seg_ros.evaluation import (
    clicks,
    clicks_report,
    names,
    names_report,
    names_summary,
    parts,
    parts_report,
    proposals,
    proposals_report,
)
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One kind of measurement.

    Attributes:
        result_type: A dataclass of numbers, text and further such dataclasses.
        evaluate_object: (segmenter, object, config) to the results on one object, each a
            `result_type`; they depend on nothing else.
        summarize: (results, config) to the row of a table.
        write_report: (folder, model, config, results) to files.
    """

    result_type: type
    evaluate_object: Callable[[Segmenter, LabeledObject, Any], Sequence[Any]]
    summarize: Callable[[Sequence[Any], Any], dict[str, float]]
    write_report: Callable[[Path, str, Any, Sequence[Any]], None]


PROTOCOLS: dict[str, Protocol] = {
    'clicks': Protocol(
        result_type=clicks.PartClicks,
        evaluate_object=clicks.evaluate_object,
        summarize=clicks.summarize,
        write_report=clicks_report.write_report,
    ),
    'parts': Protocol(
        result_type=parts.PartFound,
        evaluate_object=parts.evaluate_object,
        summarize=parts.summarize,
        write_report=parts_report.write_report,
    ),
    'proposals': Protocol(
        result_type=proposals.PartProposed,
        evaluate_object=proposals.evaluate_object,
        summarize=proposals.summarize,
        write_report=proposals_report.write_report,
    ),
    'names': Protocol(
        result_type=names.ObjectNames,
        evaluate_object=names.evaluate_object,
        summarize=names_summary.summarize,
        write_report=names_report.write_report,
    ),
}
