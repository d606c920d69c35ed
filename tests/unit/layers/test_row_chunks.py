# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Maps of rows in chunks."""

import torch

from part_seg_ros.layers.row_chunks import map_rows


def test_chunks_are_put_together_in_their_order():
    first, second = torch.randn(2, 2500, 3), torch.randn(2, 2500, 1)
    sizes = []

    def function(rows, factors):
        sizes.append(rows.shape[1])
        return (rows * factors).cumsum(-1)

    found = map_rows(function, first, second)
    assert torch.equal(found, (first * second).cumsum(-1))
    assert len(sizes) > 1 and sum(sizes) == 2500
