# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Independent work on the cores of a CPU, a piece on each, instead of all cores on each product.

Threads that divide a small product wait for each other after it, and where other programs run
too, for those. Threads that have work of their own do not.
"""

from __future__ import annotations

import contextvars
import functools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar('T')
R = TypeVar('R')


def map_on_threads(function: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Apply a function to each item, as many at a time as torch has threads here.

    Args:
        function: Of torch operations on a CPU, each of which runs on one thread. It finds the
            context variables of the caller, but sets what torch keeps for each thread, such as
            inference mode, by itself.
        items: What to apply it to.

    Returns:
        The results in the order of the items. They do not depend on the number of threads.
    """
    num_threads = torch.get_num_threads()
    if num_threads == 1:
        return [function(item) for item in items]
    contexts = [contextvars.copy_context() for _ in items]
    pool = _pool(os.getpid(), num_threads)
    return list(pool.map(lambda context, item: context.run(function, item), contexts, items))


@functools.cache
def _pool(process_id: int, num_threads: int) -> ThreadPoolExecutor:
    """Return threads whose torch operations run on one thread; a forked process gets its own."""
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix=f'torch-{process_id}')
    all_started = threading.Barrier(num_threads + 1)

    def start() -> None:
        torch.get_num_threads()  # else its first use would undo what follows
        torch.set_num_threads(1)
        all_started.wait()

    for _ in range(num_threads):
        pool.submit(start)
    all_started.wait()
    torch.set_num_threads(num_threads)  # of threads that begin later; a thread has its own number
    return pool
