# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Work on several threads, each of which multiplies alone."""

import threading

import pytest
import torch

from part_seg_ros.layers.linear import linear, products_in
from part_seg_ros.models.cpu_threads import map_on_threads


@pytest.fixture(params=[1, 2, 3])
def num_threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def threads_of_torch_in_a_new_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return found[0]


def test_results_come_in_the_order_of_the_items(num_threads):
    assert map_on_threads(lambda x: x * x, range(20)) == [x * x for x in range(20)]
    assert map_on_threads(lambda x: x * x, []) == []


def test_items_are_worked_on_side_by_side_by_threads_that_multiply_alone(num_threads):
    all_there = threading.Barrier(num_threads)

    def meet(_):
        all_there.wait(timeout=60)  # breaks unless so many are at work at once
        return threading.get_ident(), torch.get_num_threads()

    found = map_on_threads(meet, range(num_threads))
    assert len({thread for thread, _ in found}) == num_threads
    assert {threads for _, threads in found} == {1}


def test_other_threads_keep_their_number(num_threads):
    map_on_threads(lambda x: x, range(4))
    assert torch.get_num_threads() == num_threads
    assert threads_of_torch_in_a_new_thread() == num_threads


def test_context_variables_are_those_of_the_caller(num_threads):
    features, weight = torch.full((1, 3), 1.01), torch.ones(2, 3)

    def product(_):
        with torch.inference_mode():
            return linear(features, weight)

    with products_in(torch.bfloat16):
        rounded = product(0)
        found = map_on_threads(product, range(5))
    assert all(torch.equal(value, rounded) for value in found)
    assert not torch.equal(product(0), rounded)


def test_an_error_reaches_the_caller(num_threads):
    with pytest.raises(ZeroDivisionError):
        map_on_threads(lambda x: 1 // x, [1, 0, 2])
    assert map_on_threads(lambda x: -x, [1, 2]) == [-1, -2]
