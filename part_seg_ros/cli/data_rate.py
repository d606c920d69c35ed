# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How fast procedural objects are made, by several processes at once."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from part_seg_ros.data.procedural import random_object, sample_surface

NUM_POINTS = 2048
NUM_WARM_UP = 5


def objects_per_second(num_objects: int, num_processes: int) -> float:
    """Return how many random objects of 2 048 points all processes together make in a second.

    Args:
        num_objects: Objects that each process makes; the start of the processes is not counted.
        num_processes: At least 1.
    """
    jobs = [(num_objects, seed) for seed in range(num_processes)]
    with ProcessPoolExecutor(num_processes, mp_context=get_context('spawn')) as pool:
        return float(sum(pool.map(_rate, jobs)))


def _rate(job: tuple[int, int]) -> float:
    num_objects, seed = job
    rng = np.random.default_rng(seed)
    _make(rng, NUM_WARM_UP)
    start = time.perf_counter()
    _make(rng, num_objects)
    return num_objects / (time.perf_counter() - start)


def _make(rng: np.random.Generator, num_objects: int) -> None:
    for _ in range(num_objects):
        sample_surface(random_object(rng), NUM_POINTS, rng)
