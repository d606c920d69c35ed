# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weighted sums of rows."""

import pytest
import torch

from part_seg_ros.layers.row_mixing import mix_rows


@pytest.mark.parametrize(('num_clouds', 'num_tables'), [(1, 1), (3, 3), (1, 3)])
def test_each_query_gets_the_weighted_sum_of_its_rows(num_clouds, num_tables):
    torch.manual_seed(0)
    table = torch.randn(num_tables, 7, 5)
    idx, weights = torch.randint(7, (num_clouds, 4, 3)), torch.rand(num_clouds, 4, 3)
    found = mix_rows(table, idx, weights)
    assert found.shape == (num_tables, 4, 5)
    for cloud in range(num_tables):
        own = cloud % num_clouds
        wanted = torch.einsum('nkc,nk->nc', table[cloud][idx[own]], weights[own])
        torch.testing.assert_close(found[cloud], wanted)


def test_gradients_reach_table_and_weights():
    table = torch.randn(2, 7, 5, requires_grad=True)
    weights = torch.rand(2, 4, 3, requires_grad=True)
    mix_rows(table, torch.randint(7, (2, 4, 3)), weights).square().sum().backward()
    assert table.grad.abs().sum() > 0 and weights.grad.abs().sum() > 0


def test_tables_of_mixed_precision_are_read_at_the_precision_of_the_weights():
    torch.manual_seed(0)
    table = torch.randn(1, 7, 5).bfloat16()
    idx, weights = torch.randint(7, (1, 4, 3)), torch.rand(1, 4, 3)
    found = mix_rows(table, idx, weights)
    assert found.dtype == torch.float32
    assert torch.equal(found, mix_rows(table.float(), idx, weights))
