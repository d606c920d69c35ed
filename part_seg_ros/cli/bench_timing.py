# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Honest times and peaks: warm up, repeat, wait for the GPU, count the CPU's own seconds."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tqdm import tqdm

# Few runs say something, many take patience: a stage ends early once it has used its seconds.
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
        seconds: Time after which no further run begins, once there are three [s].
        finish: Waits for work that goes on elsewhere, such as on a GPU.

    Returns:
        Wall time in milliseconds: median, 10th and 90th percentile, least. CPU time of all threads
        of this process in milliseconds: median and least. Number of runs.
    """
    _warm_up(work, finish)
    wall: list[float] = []
    cpu: list[float] = []
    begin = time.perf_counter()
    for _ in tqdm(range(repeats), desc=name, unit='', disable=None, leave=False):
        if len(wall) >= MIN_RUNS and time.perf_counter() - begin > seconds:
            break
        start, cpu_start = time.perf_counter(), time.process_time()
        work()
        finish()
        wall.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - cpu_start))
    low, median, high = np.percentile(wall, [10, 50, 90])
    times = {
        'median_ms': median,
        'p10_ms': low,
        'p90_ms': high,
        'min_ms': min(wall),
        'cpu_median_ms': np.median(cpu),
        'cpu_min_ms': min(cpu),
    }
    return {key: round(float(value), 3) for key, value in times.items()} | {'runs': len(wall)}


def _warm_up(work: Callable[[], object], finish: Callable[[], None]) -> None:
    begin = time.perf_counter()
    for _ in range(_WARM_UPS):
        work()
        finish()
        if time.perf_counter() - begin > _WARM_UP_SECONDS:
            return


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
