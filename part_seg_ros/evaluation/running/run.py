# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A run over items: finished ones are kept, failed ones told, none measured twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from part_seg_ros.evaluation.running.item_store import ItemStore
from part_seg_ros.evaluation.running.items import Execute, Outcome, Prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of all items, in their order.

    Attributes:
        records: {name: what was measured}.
        errors: {name: why it failed}.
    """

    records: Mapping[str, Any]
    errors: Mapping[str, str]


def run_items(
    items: Mapping[str, Any],
    prepare: Prepare,
    execute: Execute,
    *,
    store: ItemStore | None = None,
    progress: Callable[[Outcome], object] | None = None,
) -> Run:
    """Measure all items that are not finished yet.

    Args:
        items: {name: value}.
        prepare: Builds what all share.
        execute: Who measures.
        store: Has what is finished and keeps what will be; None keeps nothing.
        progress: Called after each item, the finished ones first.

    Raises:
        PartSegError: whatever `execute` raises. What was finished before stays in the store.
    """
    outcomes = {} if store is None else store.finished(items)
    for outcome in outcomes.values():
        if progress is not None:
            progress(outcome)
    missing = {name: value for name, value in items.items() if name not in outcomes}
    for outcome in execute(prepare, missing):
        if store is not None and not outcome.error:
            store.add(outcome)
        outcomes[outcome.name] = outcome
        if progress is not None:
            progress(outcome)
    ordered = [outcomes[name] for name in items]
    return Run(
        records={one.name: one.record for one in ordered if not one.error},
        errors={one.name: one.error for one in ordered if one.error},
    )
