# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How often things run that are timed, and what counts."""

import subprocess
import sys
import time

import numpy as np
import pytest

from part_seg_ros.cli import bench_timing
from part_seg_ros.cli.bench_timing import MIN_RUNS, timed


def test_runs_count_after_a_warm_up_and_each_is_waited_for():
    calls = []
    times = timed('x', lambda: calls.append('work'), 4, finish=lambda: calls.append('finish'))
    assert times['runs'] == 4
    assert calls == ['work', 'finish'] * (3 + 4)


class _Clock:
    """Goes on by as much as it is told."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def process_time(self):
        return self.now / 2

    def work(self, seconds):
        self.now += seconds


@pytest.mark.parametrize(
    ('of_one', 'num_calls', 'num_runs'),
    [
        (0.1, 3 + 20, 20),  # all repeats
        (0.5, 3 + 20, 20),
        (4.0, 1 + 6, 6),  # the sixth begins at 20 s
        (19.0, 1 + MIN_RUNS, MIN_RUNS),
        (21.0, 1, 1),
    ],
)
def test_slow_work_runs_less_often(monkeypatch, of_one, num_calls, num_runs):
    clock = _Clock()
    monkeypatch.setattr(bench_timing, 'time', clock)
    calls = []

    def work():
        calls.append(clock.now)
        clock.work(of_one)

    times = timed('x', work, 20, seconds=20.0)
    assert (len(calls), times['runs']) == (num_calls, num_runs)
    for name in ('median_ms', 'p10_ms', 'p90_ms', 'min_ms'):
        assert times[name] == pytest.approx(1e3 * of_one)
    for name in ('cpu_median_ms', 'cpu_min_ms'):
        assert times[name] == pytest.approx(500 * of_one)


def test_waiting_is_part_of_the_wall_time_and_not_of_the_cpus():
    times = timed('x', lambda: None, 1, finish=lambda: time.sleep(0.05))
    assert times['min_ms'] >= 50
    assert times['cpu_min_ms'] < times['min_ms']


def test_the_peak_is_that_of_the_own_program_and_stays():
    script = (
        'import numpy as np\n'
        'from part_seg_ros.cli.bench_timing import peak_resident_mib\n'
        'peaks = [peak_resident_mib()]\n'
        'held = np.ones(2**24)\n'
        'del held\n'
        "print(*peaks, peak_resident_mib(), sep='\\n')\n"
    )
    of_parent = np.ones(2**26)  # 512 MiB, which the counter of getrusage hands on
    run = subprocess.run(
        [sys.executable, '-c', script], check=True, capture_output=True, text=True
    )
    before, after = map(float, run.stdout.split())
    assert before < of_parent.nbytes / 2**20
    assert after > before + 100
