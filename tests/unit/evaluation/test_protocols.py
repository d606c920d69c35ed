# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Running a protocol over a data set."""

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.protocols import PROTOCOLS, evaluate
from part_seg_ros.evaluation.views import ViewConfig

CONFIG = ClicksConfig(view=ViewConfig(num_points=100), clicks=(1,))


def test_every_object_is_measured_in_order(ball_segmenter, squares):
    dataset = Dataset(name='d', objects=(squares(name='x'), squares(name='y')))
    told = []
    results = evaluate(
        PROTOCOLS['clicks'],
        ball_segmenter(0.5),
        dataset,
        CONFIG,
        progress=lambda: told.append(1),
    )
    assert [r.part.object_name for r in results] == ['x', 'x', 'y', 'y']
    assert len(told) == 2


def test_nothing_to_measure_is_an_error(ball_segmenter):
    with pytest.raises(InputError, match='d has nothing to measure'):
        evaluate(PROTOCOLS['clicks'], ball_segmenter(0.5), Dataset(name='d', objects=()), CONFIG)
