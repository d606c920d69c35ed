# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Items on a Ray cluster, or on one of this machine alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.running.items import (
    Measure,
    Outcome,
    Prepare,
    WorkerLostError,
    measure_item,
)

LOCAL = 'local'


def on_ray(
    prepare: Prepare,
    items: Mapping[str, Any],
    *,
    address: str,
    num_workers: int | None = None,
    num_threads: int,
    needs_gpu: bool = False,
) -> Iterator[Outcome]:
    """Measure items by Ray's actors.

    Every machine needs this package, and the files under the same paths.

    Args:
        prepare: Called once in every worker.
        items: {name: value}.
        address: Of a running cluster; `auto` for the one that this machine belongs to, `local`
            for one that is started here and ended afterwards.
        num_workers: At least 1; None for as many as there is room for.
        num_threads: Threads of torch in each, and the CPUs that it takes.
        needs_gpu: Each takes a GPU, too.

    Raises:
        BackendMissingError: the package ray is missing.
        InputError: there is no such cluster, or no room for a worker.
        WorkerLostError: a worker or its machine ended.
    """
    try:
        import ray
        from ray.exceptions import RayError, RayTaskError
        from ray.util import ActorPool
    except ImportError as error:
        raise BackendMissingError('--ray needs the package ray: pip install ray') from error
    if not items:
        return
    _connect(ray, address, num_workers, num_threads)
    try:
        room = _room(ray.cluster_resources(), num_threads, needs_gpu)
        count = min(room, num_workers or room, len(items))
        worker_type = ray.remote(num_cpus=num_threads, num_gpus=int(needs_gpu))(_Worker)
        workers = [worker_type.remote(prepare, num_threads, os.getcwd()) for _ in range(count)]
        yield from ActorPool(workers).map_unordered(
            lambda worker, item: worker.measure.remote(*item), list(items.items())
        )
    except RayTaskError as error:
        raise error.cause from None
    except RayError as error:
        raise WorkerLostError(f'a worker of the Ray cluster ended: {error}') from error
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str, num_workers: int | None, num_threads: int) -> None:
    os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
    own: dict[str, Any] = {'include_dashboard': False}
    if num_workers is not None:
        own['num_cpus'] = num_workers * num_threads
    options = own if address == LOCAL else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level='ERROR', **options)
    except (ConnectionError, ValueError) as error:
        raise InputError(
            f'no Ray cluster at {address} ({error}); start one with `ray start --head`, or give'
            f' {LOCAL}'
        ) from error


def _room(resources: Mapping[str, float], num_threads: int, needs_gpu: bool) -> int:
    """Return how many workers a cluster can hold.

    Raises:
        InputError: none.
    """
    room = int(resources.get('CPU', 0) // num_threads)
    if needs_gpu:
        room = min(room, int(resources.get('GPU', 0)))
    if not room:
        wanted = f'{num_threads} CPUs' + (' and a GPU' if needs_gpu else '')
        raise InputError(f'a worker takes {wanted}; the cluster has {dict(resources)}')
    return room


class _Worker:
    """An actor that has built what all items share."""

    def __init__(self, prepare: Prepare, num_threads: int, folder: str) -> None:
        os.chdir(folder)  # paths may be relative to where the run began
        torch.set_num_threads(num_threads)
        self._prepare = prepare
        self._prepared: Measure | None = None

    def measure(self, name: str, value: Any) -> Outcome:
        if self._prepared is None:
            self._prepared = self._prepare()
        return measure_item(self._prepared, name, value)
