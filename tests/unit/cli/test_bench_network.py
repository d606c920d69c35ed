# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The process of a measurement: its threads and its end."""

import os
import signal
import subprocess
import sys

import pytest

from part_seg_ros.cli import bench_network
from part_seg_ros.cli.bench_network import NetworkJob, measure_apart
from part_seg_ros.errors import InputError

_LINUX = pytest.mark.skipif(sys.platform != 'linux', reason='cores are chosen on Linux alone')


@_LINUX
@pytest.mark.parametrize('num_threads', [1, 2, 999])
def test_a_measurement_stays_on_its_cores(num_threads):
    script = (
        'import os\n'
        'import torch\n'
        'from part_seg_ros.cli.bench_network import _core_in_use, limit_threads\n'
        'allowed = os.sched_getaffinity(0)\n'
        f'limit_threads({num_threads})\n'
        'cores = os.sched_getaffinity(0)\n'
        'assert cores <= allowed, (cores, allowed)\n'
        'assert _core_in_use() in cores\n'
        'print(len(cores), len(allowed), torch.get_num_threads())\n'
    )
    run = subprocess.run(
        [sys.executable, '-c', script], check=True, capture_output=True, text=True
    )
    num_cores, num_allowed, num_torch = map(int, run.stdout.split())
    assert num_cores == min(num_threads, num_allowed)
    assert num_torch == num_threads


def _die(job):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_was_ended_is_told(monkeypatch):
    job = NetworkJob(
        model='point_sam-tiny',
        checkpoint=None,
        random_seed=0,
        device='cpu',
        settings={},
        num_points=300,
        max_points=None,
        num_prompts=1,
        every_part=0,
        threads=1,
        repeats=1,
        seconds=1.0,
    )
    monkeypatch.setattr(bench_network, 'measure', _die)
    with pytest.raises(InputError, match='point_sam-tiny at 300 points was ended'):
        measure_apart(job)
