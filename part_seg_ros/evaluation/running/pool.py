# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Items in a pool of processes on this machine."""

from __future__ import annotations

import functools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import torch

from part_seg_ros.evaluation.running.items import (
    Measure,
    Outcome,
    Prepare,
    WorkerLostError,
    measure_item,
)


def in_processes(
    prepare: Prepare, items: Mapping[str, Any], *, num_workers: int, num_threads: int
) -> Iterator[Outcome]:
    """Measure as many items at a time as there are workers, each in a new process.

    Args:
        prepare: Called once in every worker.
        items: {name: value}.
        num_workers: At least 1.
        num_threads: Threads of torch in each.

    Raises:
        WorkerLostError: a worker ended, most often for want of memory.
    """
    if not items:
        return
    pool = ProcessPoolExecutor(
        min(num_workers, len(items)),
        mp_context=multiprocessing.get_context('spawn'),
        initializer=_begin,
        initargs=(prepare, num_threads),
    )
    try:
        futures = [pool.submit(_measure, name, value) for name, value in items.items()]
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as error:
        raise WorkerLostError(
            'a worker ended while it measured, perhaps for want of memory; take fewer --workers'
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_prepare: Prepare | None = None
"""Of this worker."""


def _begin(prepare: Prepare, num_threads: int) -> None:
    """Make this process a worker; an error here would be lost, so nothing is built yet."""
    global _prepare
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once and without a word
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(num_threads)
    _prepare = prepare


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, even if that was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _measure(name: str, value: Any) -> Outcome:
    return measure_item(_prepared(), name, value)


@functools.cache
def _prepared() -> Measure:
    assert _prepare is not None
    return _prepare()
