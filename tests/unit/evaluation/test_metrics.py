# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""IoU and the click protocol, worked out by hand and counted in other ways."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.metrics import (
    PARTSAM_CLICKS,
    POINT_SAM_CLICKS,
    best_iou,
    best_mask_iou,
    mask_iou,
    next_click,
)

LINE = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], 1)


def mask(*idx):
    chosen = np.zeros(10, bool)
    chosen[list(idx)] = True
    return chosen


@pytest.mark.parametrize(
    ('answer', 'target', 'iou'),
    [
        (mask(1, 2, 3), mask(2, 3, 4, 5), 2 / 5),  # shared 2, 3; covered 1, 2, 3, 4, 5
        (mask(1), mask(2), 0.0),  # nothing shared
        (mask(4, 5), mask(5, 4), 1.0),
        (~mask(), mask(0, 1, 2), 3 / 10),  # everything answered: the share of the part
        (mask(), mask(7), 0.0),
        (mask(0, 1, 2, 3, 4, 5, 6, 7), mask(4, 5, 6, 7, 8, 9), 4 / 10),
    ],
)
def test_iou(answer, target, iou):
    assert mask_iou(answer, target) == mask_iou(target, answer) == pytest.approx(iou)


def test_iou_of_nothing_with_nothing_is_no_number():
    assert np.isnan(mask_iou(mask(), mask()))


def test_best_iou_is_that_of_the_part_that_fits_best():
    part_ids = np.array([0, 0, 2, 2, 2, 2, 4, -1, -1, -1])
    # 1, 2, 3, 4: with part 0 {0, 1} 1 / 5, with part 2 {2, 3, 4, 5} 3 / 5.
    assert best_iou(part_ids, mask(1, 2, 3, 4)) == pytest.approx(3 / 5)
    assert best_iou(part_ids, mask(0, 1)) == 1.0
    # 6, 7: with part 4 {6} 1 / 2.
    assert best_iou(part_ids, mask(6, 7)) == pytest.approx(1 / 2)
    # 1, 2: with part 0 1 / 3, with part 2 1 / 5.
    assert best_iou(part_ids, mask(1, 2)) == pytest.approx(1 / 3)
    assert best_iou(part_ids, mask(7, 8)) == 0.0  # what no part covers is no part
    assert best_iou(np.full(10, -1), mask(0)) == 0.0


def test_best_iou_by_weight():
    part_ids = np.array([0, 0, 1, 1, -1])
    target = np.array([False, True, True, False, True])
    # Alike: part 0 {0, 1} 1 / 4, part 1 {2, 3} 1 / 4.
    assert best_iou(part_ids, target) == pytest.approx(1 / 4)
    # Weights 1, 2, 4, 1, 1: the target weighs 7. Part 0: 2 of 1 + 7 = 8. Part 1: 4 of 1 + 7 = 8.
    weights = np.array([1.0, 2.0, 4.0, 1.0, 1.0])
    assert best_iou(part_ids, target, weights) == pytest.approx(4 / 8)
    # Weights 8, 2, 4, 2, 0: the target weighs 6. Part 0: 2 of 14. Part 1: 4 of 8.
    weights = np.array([8.0, 2.0, 4.0, 2.0, 0.0])
    assert best_iou(part_ids, target, weights) == pytest.approx(4 / 8)
    # All weights twice as large change nothing; where the target weighs nothing, so does its IoU.
    assert best_iou(part_ids, target, 2 * weights) == pytest.approx(4 / 8)
    assert best_iou(part_ids, target, np.array([1.0, 0, 0, 1, 0])) == 0.0
    assert best_iou(part_ids, target, np.zeros(5)) == 0.0


def test_best_iou_of_masks_that_overlap():
    masks = np.stack([mask(0, 1, 2, 3), mask(2, 3), mask(3, 4, 5, 6, 7)])
    # 2, 3, 4: 2 / 5, 2 / 3, 2 / 6.
    assert best_mask_iou(masks, mask(2, 3, 4)) == pytest.approx(2 / 3)
    # 3, 4, 5, 6: 1 / 7, 1 / 5, 4 / 5.
    assert best_mask_iou(masks, mask(3, 4, 5, 6)) == pytest.approx(4 / 5)
    # 0, 1, 2: 3 / 4, 1 / 4, 0.
    assert best_mask_iou(masks, mask(0, 1, 2)) == pytest.approx(3 / 4)
    assert best_mask_iou(masks, mask(8, 9)) == 0.0
    assert best_mask_iou(np.zeros((0, 10), bool), mask(1)) == 0.0


@pytest.mark.parametrize('seed', range(20))
def test_ious_agree_with_sets_of_points(seed):
    rng = np.random.default_rng(seed)
    part_ids = rng.integers(-1, 4, 30)
    target = rng.random(30) < 0.3
    target[seed] = True
    weights = rng.integers(0, 5, 30)
    wanted = set(np.flatnonzero(target).tolist())
    parts = [{i for i in range(30) if part_ids[i] == k} for k in range(4)]
    plain = [len(part & wanted) / len(part | wanted) for part in parts]
    assert best_iou(part_ids, target) == pytest.approx(max(plain))
    heavy = [
        (sum(weights[i] for i in part & wanted), sum(weights[i] for i in part | wanted))
        for part in parts
    ]
    by_weight = max(float(both / either) if either else 0.0 for both, either in heavy)
    assert best_iou(part_ids, target, weights.astype(float)) == pytest.approx(by_weight)
    masks = rng.random((5, 30)) < 0.4
    sets = [{i for i in range(30) if row[i]} for row in masks]
    ious = [len(part & wanted) / len(part | wanted) for part in sets]
    assert [mask_iou(row, target) for row in masks] == pytest.approx(ious)
    assert best_mask_iou(masks, target) == pytest.approx(max(ious))


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


def depths_by_table(points, region):
    """Depth of every point of a region from the table of all distances; -1 where it has none."""
    table = np.linalg.norm(points[:, None] - points[None], axis=2)
    found = np.full(len(points), -1.0)
    for i in range(len(points)):
        outside = [table[i, j] for j in range(len(points)) if not region[j]]
        if region[i] and outside:
            found[i] = min(outside)
    return found


@pytest.mark.parametrize('rule', [POINT_SAM_CLICKS, PARTSAM_CLICKS])
@pytest.mark.parametrize('seed', range(20))
def test_clicks_agree_with_a_table_of_distances(seed, rule):
    rng = np.random.default_rng(seed)
    points = rng.random((40, 3))
    target, answer = (points[:, 0] < rng.uniform(0.2, 0.8) for _ in range(2))
    answer ^= rng.random(40) < 0.2
    target[:2] = True, False
    first = depths_by_table(points, target)
    assert next_click(points, target, None, rule) == (int(first.argmax()), 1)
    missed = depths_by_table(points, target & ~answer)
    wrong = depths_by_table(points, answer & ~target)
    if missed.max() > wrong.max():
        wanted = int(missed.argmax()), 1
    elif wrong.max() >= 0:
        wanted = int(wrong.argmax()), 0
    else:
        wanted = int(first.argmax()), 1
    assert next_click(points, target, answer, rule) == wanted


def test_clicks_in_a_plane():
    # Points 0 to 8 row by row on a 3 x 3 grid of unit 1, point 9 at (5, 1).
    grid = np.array([[x, y, 0.0] for y in range(3) for x in range(3)])
    points = np.concatenate([grid, [[5.0, 1.0, 0.0]]])
    # The part is the left two columns; its border are 2, 5 and 8. The left column lies 2 from
    # them, the middle one 1: of 0, 3 and 6 the lowest index.
    target = mask(0, 1, 3, 4, 6, 7)
    assert next_click(points, target, None) == (0, 1)
    # Missed 0 and 3: 0 lies 1 from 1, 3 lies 1 from 4. Wrong 9: 3 from 5. The wrong one is deeper.
    assert next_click(points, target, mask(1, 4, 6, 7, 9)) == (9, 0)
    # Missed 0, 1, 3, 4: 0 is sqrt(4) from 2 and 6, 1 is 1 from 2, 3 is 1 from 6, 4 is 1 from 5.
    assert next_click(points, target, mask(6, 7)) == (0, 1)
