# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Honest times and peaks: warm up, repeat, wait for the GPU, count the CPU's own seconds."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

MIN_RUNS = 3
_WARM_UPS = 3
_WARM_UP_SECONDS = 1.0


def timed(
    name: str,
    work: Callable[[], object],
    repeats: int,
    *,
    seconds: float = np.inf,
    finish: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """Run something again and again.

    Args:
        name: For the progress bar.
        work: What to time.
        repeats: Most runs that count. Up to three more come first, to warm up, and stop after a
            second.
        seconds: Time after which no further run begins, once there are three; what takes longer
            than that by itself runs once, and cold [s].
        finish: Waits for work that goes on elsewhere, such as on a GPU.

    Returns:
        Wall time in milliseconds: median, 10th and 90th percentile, least. CPU time of all threads
        of this process in milliseconds: median and least. Number of runs.
    """
    cold = _warm_up(work, finish)
    if cold.wall_ms > 1e3 * seconds:
        return _summary([cold])
    runs: list[_Run] = []
    begin = time.perf_counter()
    for _ in tqdm(range(repeats), desc=name, unit='', disable=None, leave=False):
        if len(runs) >= MIN_RUNS and time.perf_counter() - begin > seconds:
            break
        runs.append(_run(work, finish))
    return _summary(runs)


class _Run(NamedTuple):
    wall_ms: float
    cpu_ms: float


def _run(work: Callable[[], object], finish: Callable[[], None]) -> _Run:
    start, cpu_start = time.perf_counter(), time.process_time()
    work()
    finish()
    cpu_ms = 1e3 * (time.process_time() - cpu_start)
    return _Run(1e3 * (time.perf_counter() - start), cpu_ms)


def _warm_up(work: Callable[[], object], finish: Callable[[], None]) -> _Run:
    """Return the first run."""
    begin = time.perf_counter()
    first = _run(work, finish)
    for _ in range(1, _WARM_UPS):
        if time.perf_counter() - begin > _WARM_UP_SECONDS:
            break
        _run(work, finish)
    return first


def _summary(runs: Sequence[_Run]) -> dict[str, float]:
    wall, cpu = zip(*runs, strict=True)
    low, median, high = np.percentile(wall, [10, 50, 90])
    times = {
        'median_ms': median,
        'p10_ms': low,
        'p90_ms': high,
        'min_ms': min(wall),
        'cpu_median_ms': np.median(cpu),
        'cpu_min_ms': min(cpu),
    }
    return {key: round(float(value), 3) for key, value in times.items()} | {'runs': len(runs)}


def peak_resident_mib() -> float:
    """Return the most memory that this process has held so far [MiB].

    Linux is asked for the peak of the program that runs: the counter of `getrusage` also knows
    the process which started it, from before the start.
    """
    status = Path('/proc/self/status')
    if status.exists():
        lines = dict(line.split(':', 1) for line in status.read_text().splitlines())
        return int(lines['VmHWM'].split()[0]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == 'darwin' else 2**10)
