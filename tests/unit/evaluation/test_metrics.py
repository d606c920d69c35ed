# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""IoU and the click protocol on cases worked out by hand."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.metrics import best_iou, mask_iou, next_click

LINE = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], 1)


def mask(*idx):
    chosen = np.zeros(10, bool)
    chosen[list(idx)] = True
    return chosen


def test_iou():
    assert mask_iou(mask(1, 2, 3), mask(2, 3, 4, 5)) == pytest.approx(2 / 5)
    assert mask_iou(mask(1), mask(2)) == 0.0
    assert np.isnan(mask_iou(mask(), mask()))


def test_best_iou_is_that_of_the_part_that_fits_best():
    part_ids = np.array([0, 0, 2, 2, 2, 2, 4, -1, -1, -1])
    assert best_iou(part_ids, mask(1, 2, 3, 4)) == pytest.approx(3 / 5)
    assert best_iou(part_ids, mask(0, 1)) == 1.0
    assert best_iou(part_ids, mask(6, 7)) == pytest.approx(1 / 2)
    assert best_iou(part_ids, mask(7, 8)) == 0.0  # what no part covers is no part
    assert best_iou(np.full(10, -1), mask(0)) == 0.0


def test_first_click_is_the_deepest_point_of_the_part():
    assert next_click(LINE, mask(2, 3, 4, 5, 6), None) == (4, 1)


def test_later_click_goes_to_the_deeper_error():
    target = mask(0, 1, 2, 3, 4)
    assert next_click(LINE, target, mask(0)) == (2, 1)  # of the missed 1-4; 3 lies as deep
    assert next_click(LINE, target, mask(0, 1, 2, 3, 4, 7, 8, 9)) == (9, 0)
    assert next_click(LINE, target, mask(3, 4, 8)) == (0, 1)  # missed 0-2 lie deeper than 8


def test_draw_goes_to_the_wrongly_covered():
    assert next_click(LINE, mask(2, 3), mask(3, 6)) == (6, 0)


def test_perfect_mask_is_clicked_at_the_part_again():
    assert next_click(LINE, mask(2, 3, 4), mask(2, 3, 4)) == (3, 1)


@pytest.mark.parametrize('target', [mask(), ~mask()])
def test_part_without_a_border_cannot_be_clicked(target):
    with pytest.raises(InputError, match='neither empty nor'):
        next_click(LINE, target, None)
