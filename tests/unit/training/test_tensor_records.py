# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Gradients that go back piece by piece equal those of the whole graph."""

from dataclasses import dataclass

import torch
from torch import Tensor

from part_seg_ros.training.tensor_records import backward_through, detached, moved


@dataclass(frozen=True, kw_only=True)
class Inner:
    values: Tensor


@dataclass(frozen=True, kw_only=True)
class Record:
    made: Tensor
    unread: Tensor
    given: Tensor
    inner: Inner


def record_of(weight):
    return Record(
        made=weight**2,
        unread=3 * weight,
        given=torch.arange(3.0),
        inner=Inner(values=torch.zeros(2)),
    )


def losses_of(record):
    return [(record.made * record.given).sum(), record.made.exp().sum()]


def test_losses_sent_back_one_by_one_give_the_gradient_of_their_sum():
    whole = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
    sum(losses_of(record_of(whole))).backward()
    weight = whole.detach().clone().requires_grad_()
    leaf, pairs = detached(record_of(weight))
    for loss in losses_of(leaf):
        loss.backward()
    assert weight.grad is None
    backward_through(pairs)
    assert torch.allclose(weight.grad, whole.grad)


def test_leaves_gather_in_full_precision_and_the_rest_stays():
    weight = torch.ones(3, requires_grad=True)
    record = record_of(weight.bfloat16())
    leaf, pairs = detached(record)
    assert leaf.made.dtype == torch.float32 and leaf.made.is_leaf
    assert leaf.given is record.given and leaf.inner is record.inner
    sum(losses_of(leaf)).backward()
    backward_through(pairs)
    assert weight.grad.abs().min() > 0


def test_tensors_of_inner_records_move_along():
    there = moved(record_of(torch.ones(3)), 'meta')
    assert there.made.is_meta and there.inner.values.is_meta
