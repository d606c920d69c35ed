# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Who measures the items: this process, a pool of processes, a local Ray cluster."""

from __future__ import annotations

import math
import os
import sys
from functools import partial

import numpy as np
import pytest
import torch

from part_seg_ros.errors import BackendMissingError, ConfigError, InputError
from part_seg_ros.evaluation.running.items import (
    Outcome,
    WorkerLostError,
    in_this_process,
    measure_item,
)
from part_seg_ros.evaluation.running.pool import in_processes
from part_seg_ros.evaluation.running.ray_pool import on_ray
from part_seg_ros.models import build_model

FACTORIALS = partial(partial, math.factorial)  # prepares math.factorial
POOL = partial(in_processes, num_workers=2, num_threads=1)
RAY = partial(on_ray, address='local', num_workers=2, num_threads=1)


def test_a_record_is_what_json_gives_back():
    outcome = measure_item(lambda value: {'a': (np.float32(0.1), np.int64(value))}, 'x', 3)
    assert outcome == Outcome(name='x', record={'a': [float(np.float32(0.1)), 3]})
    assert 'plain numbers' in measure_item(lambda value: {1, 2}, 'x', 3).error


def test_this_process_sets_its_threads_for_a_while():
    before = torch.get_num_threads()
    prepare = partial(partial, eval)
    execute = in_this_process(
        prepare, {'a': "__import__('torch').get_num_threads()"}, num_threads=3
    )
    assert [outcome.record for outcome in execute] == [3]
    assert torch.get_num_threads() == before


@pytest.mark.parametrize('execute', [in_this_process, POOL])
def test_each_item_is_measured_and_fails_alone(execute):
    items = {f'n{k}': k for k in range(-1, 6)}
    outcomes = {one.name: one for one in execute(FACTORIALS, items)}
    assert {name: one.record for name, one in outcomes.items()} == {
        'n-1': None, 'n0': 1, 'n1': 1, 'n2': 2, 'n3': 6, 'n4': 24, 'n5': 120,
    }  # fmt: skip
    assert outcomes['n-1'].error.startswith('ValueError: factorial()')
    assert not any(one.error for name, one in outcomes.items() if name != 'n-1')


def test_workers_prepare_once_and_take_the_threads_given(tmp_path):
    make_file = f"__import__('tempfile').mkstemp(dir={str(tmp_path)!r}) and eval"
    questions = {
        f'{word}{k}': f"__import__('{module}').{word}()"
        for module, word in (('os', 'getpid'), ('torch', 'get_num_threads'))
        for k in range(4)
    }
    outcomes = {
        one.name: one.record
        for one in in_processes(partial(eval, make_file), questions, num_workers=2, num_threads=3)
    }
    assert {outcomes[f'get_num_threads{k}'] for k in range(4)} == {3}
    pids = {outcomes[f'getpid{k}'] for k in range(4)}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= len(list(tmp_path.iterdir())) <= 2


@pytest.mark.parametrize('execute', [in_this_process, POOL])
def test_what_cannot_be_prepared_ends_the_run(execute):
    with pytest.raises(ConfigError, match='no_such_system'):
        list(execute(partial(build_model, 'no_such_system'), {'a': 1}))
    assert list(execute(partial(build_model, 'no_such_system'), {})) == []


def test_a_worker_that_ends_is_an_error_with_a_way_out():
    with pytest.raises(WorkerLostError, match='fewer --workers'):
        list(POOL(partial(partial, os._exit), {'a': 3}))


def test_ray_measures_the_same_items():
    pytest.importorskip('ray')
    items = {f'n{k}': k for k in range(-1, 4)}
    outcomes = {one.name: one for one in RAY(FACTORIALS, items)}
    assert outcomes == {one.name: one for one in in_this_process(FACTORIALS, items)}


def test_ray_tells_what_cannot_be_prepared_and_what_finds_no_room():
    pytest.importorskip('ray')
    with pytest.raises(ConfigError, match='no_such_system'):
        list(RAY(partial(build_model, 'no_such_system'), {'a': 1}))
    with pytest.raises(InputError, match='a worker takes 9999 CPUs'):
        list(on_ray(FACTORIALS, {'a': 1}, address='local', num_threads=9999))


def test_a_ray_cluster_that_is_not_there_is_told():
    pytest.importorskip('ray')
    with pytest.raises(InputError, match='no Ray cluster at auto'):
        list(on_ray(FACTORIALS, {'a': 1}, address='auto', num_threads=1))


def test_without_ray_its_package_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, 'ray', None)
    with pytest.raises(BackendMissingError, match='pip install ray'):
        list(RAY(FACTORIALS, {'a': 1}))
