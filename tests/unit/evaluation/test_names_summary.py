# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of names on results worked out by hand."""

import dataclasses
import math

import pytest

from part_seg_ros.evaluation.names import NameAsk, NamedClick, NamesConfig, ObjectNames
from part_seg_ros.evaluation.names_summary import by_name, confusions, counts_of, summarize


def ask(name, num_true, num_found, iou=0.0, is_right=False, any_iou=0.0):
    return NameAsk(
        name=name,
        num_true=num_true,
        num_found=num_found,
        iou=iou,
        is_right=is_right,
        any_iou=any_iou,
        probability=0.5,
        iou_pred=0.5,
    )


@pytest.fixture
def results(true_part):
    def click(name, likeliest, iou):
        return NamedClick(
            part=true_part('x'),
            name=name,
            likeliest=tuple(likeliest.split()),
            probability=0.5,
            iou=iou,
        )

    def names_of(name, asks, clicks):
        return ObjectNames(object_name=name, kind='', group='', asks=asks, clicks=clicks)

    first = (
        ask('lid', 2, 1, 0.8, True, 0.8),
        ask('knob', 1, 3, 0.1, False, 0.1),
        ask('leg', 0, 0),
        ask('fin', 0, 1),
    )
    first_clicks = (click('lid', 'lid knob leg', 0.9), click('knob', 'lid fin knob', 0.2))
    second = (ask('lid', 1, 0, 0.0, False, 0.6), ask('leg', 0, 0))
    second_clicks = (click('lid', 'knob leg fin', 0.5),)
    return [names_of('x', first, first_clicks), names_of('y', second, second_clicks)]


def test_figures(results):
    assert summarize(results, NamesConfig()) == pytest.approx(
        {
            'IoU by name': 22.5,  # of (0.45, 0)
            'IoU, any': 52.5,  # of (0.45, 0.6)
            'first right': 100 / 3,
            'found': 200 / 3,
            'absent: none': 200 / 3,
            'click top-1': 100 / 3,
            'click top-3': 200 / 3,
            'click top-1, good masks': 50.0,
        }
    )
    assert counts_of(results) == {'objects': 2, 'asks': 3, 'absent': 3, 'clicks': 3}


def test_figures_of_nothing_are_no_numbers(results):
    figures = summarize([dataclasses.replace(results[0], clicks=())], NamesConfig())
    assert figures['IoU by name'] == pytest.approx(45.0)
    assert math.isnan(figures['click top-1']) and math.isnan(figures['click top-1, good masks'])


def test_names_are_listed_by_frequency_without_absent_ones(results):
    rows = by_name(results)
    assert list(rows) == ['lid', 'knob']
    assert rows['lid'] == pytest.approx(
        {
            'asks': 2,
            'IoU': 40.0,
            'first right': 50.0,
            'found': 50.0,
            'clicks': 2,
            'click top-1': 50.0,
            'click top-3': 50.0,
        }
    )
    assert rows['knob']['click top-3'] == 100.0


def test_confusions_count_wrong_first_names(results):
    assert confusions([*results, results[1]]) == {('lid', 'knob'): 2, ('knob', 'lid'): 1}
    assert next(iter(confusions([*results, results[1]]))) == ('lid', 'knob')
