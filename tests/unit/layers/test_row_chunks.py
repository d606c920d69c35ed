# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Maps of rows in chunks."""

import torch

from part_seg_ros.layers.row_chunks import map_rows, row_chunks


def test_chunks_are_put_together_in_their_order():
    first, second = torch.randn(2, 2500, 3), torch.randn(2, 2500, 1)
    sizes = []

    def function(rows, factors):
        sizes.append(rows.shape[1])
        return (rows * factors).cumsum(-1)

    found = map_rows(function, first, second)
    assert torch.equal(found, (first * second).cumsum(-1))
    assert len(sizes) > 1 and sum(sizes) == 2500


def test_chunks_hold_all_rows_of_all_tables_in_their_order():
    first, second = torch.randn(2, 250, 3), torch.randn(2, 250, 1)
    chunks = row_chunks(first, second, chunk=100)
    assert [rows.shape[1] for rows, _ in chunks] == [100, 100, 50]
    assert torch.equal(torch.cat([rows for rows, _ in chunks], 1), first)
    assert torch.equal(torch.cat([factors for _, factors in chunks], 1), second)
