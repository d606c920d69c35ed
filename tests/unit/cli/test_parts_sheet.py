# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The picture of the objects whose parts were found worst, in the middle and best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.cli.parts_sheet import choose_objects, colored_as
from part_seg_ros.evaluation.datasets import held_out_objects
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.parts import PartsConfig, evaluate_object, segment_object
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.segmenter.build import build_segmenter


def test_worst_middle_and_best_are_chosen_once():
    ious = {
        name: float(iou) for name, iou in zip('hgfedcba', (5, 1, 7, 3, 8, 2, 6, 4), strict=True)
    }
    assert choose_objects(ious, 2) == ['g', 'c', 'a', 'h', 'f', 'd']
    assert choose_objects({name: ious[name] for name in 'hgf'}, 2) == ['g', 'h', 'f']


def test_found_parts_take_the_color_of_the_true_part_they_fit():
    true_ids = np.array([4, 4, 4, 4, 7, 7, 7, -1, -1])
    part_ids = np.array([1, 1, 1, 0, 0, 0, 2, 2, -1])
    # part 1 fits 4; part 0 fits 7; part 2 is one too many; what has no part keeps none
    assert colored_as(part_ids, true_ids).tolist() == [4, 4, 4, 7, 7, 7, 11, 11, -1]


@pytest.mark.parametrize('scan', [False, True])
def test_what_is_drawn_is_what_was_measured(scan):
    segmenter = build_segmenter('compact-tiny', device='cpu')
    obj = held_out_objects(1).objects[0]
    config = PartsConfig(view=ViewConfig(num_points=300), scan=scan)
    seen, part_ids = segment_object(segmenter, obj, config)
    for found in evaluate_object(segmenter, obj, config):
        assert best_iou(part_ids, seen.part_ids == found.part.part_id) == found.iou


def test_the_command_draws_a_picture_a_data_set(tmp_path: Path) -> None:
    words = ['held_out', '--objects-per-family', '1', '--model', 'compact-tiny']
    words += ['--num-points', '300', '--num-prompts', '16', '--cases', str(tmp_path)]
    assert main(['evaluate', 'parts', *words]) == 0
    data = (tmp_path / 'held_out_parts.png').read_bytes()
    assert data.startswith(b'\x89PNG')
    assert len(data) > 20_000
