# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of names on results worked out by hand."""

import dataclasses
import math

import numpy as np
import pytest

from part_seg_ros.evaluation.names import NameAsk, NamedClick, NamesConfig, ObjectNames
from part_seg_ros.evaluation.names_summary import (
    by_name,
    confusions,
    counts_of,
    precision,
    recall,
    summarize,
)


def ask(name, num_true, num_found, iou=0.0, is_right=False, any_iou=0.0, num_right=0, union=0.0):
    return NameAsk(
        name=name,
        num_true=num_true,
        num_found=num_found,
        num_right=num_right,
        union_iou=union,
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
        ask('lid', 2, 1, 0.8, True, 0.8, num_right=1, union=0.4),
        ask('knob', 1, 3, 0.1, False, 0.1, num_right=1, union=0.2),
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
            'IoU, all of a name': 15.0,  # of (0.3, 0)
            'IoU, any': 52.5,  # of (0.45, 0.6)
            'first right': 100 / 3,
            'precision': 40.0,  # 2 of the 1 + 3 + 1 + 0 answers; the fin is wrong
            'recall': 50.0,  # 2 of the 2 + 1 + 1 parts
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
            'IoU, all': 20.0,
            'first right': 50.0,
            'precision': 100.0,  # one answer, and that is right
            'recall': 100 / 3,
            'found': 50.0,
            'clicks': 2,
            'click top-1': 50.0,
            'click top-3': 50.0,
            'click precision': 50.0,  # held to be lids: a lid and a knob
        }
    )
    assert rows['knob']['click top-3'] == 100.0
    # Held to be knobs: one, and it is a lid. Answers: 3, of which one is right.
    assert rows['knob']['click precision'] == 0.0
    assert rows['knob']['precision'] == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ('asks', 'of_answers', 'of_parts'),
    [
        # Two of three answers are right, two of four parts are found.
        ([('lid', 4, 3, 2)], 2 / 3, 1 / 2),
        # 1 + 2 of 1 + 4 answers, 1 + 2 of 1 + 2 parts.
        ([('lid', 1, 1, 1), ('leg', 2, 4, 2)], 3 / 5, 1.0),
        # An answer where there is no such part is wrong and costs no recall: 1 of 2, 1 of 1.
        ([('lid', 1, 1, 1), ('fin', 0, 1, 0)], 1 / 2, 1.0),
        # No answer at all: nothing to be right, no part found.
        ([('lid', 2, 0, 0)], math.nan, 0.0),
        ([('fin', 0, 0, 0)], math.nan, math.nan),
    ],
)
def test_precision_and_recall_by_hand(asks, of_answers, of_parts):
    made = [ask(name, true, found, num_right=right) for name, true, found, right in asks]
    assert precision(made) == pytest.approx(of_answers, nan_ok=True)
    assert recall(made) == pytest.approx(of_parts, nan_ok=True)


def test_answers_where_objects_lack_a_name_count_for_its_precision():
    def asked(name, num_true):
        asks = (ask('lid', num_true, 2, num_right=num_true),)
        return ObjectNames(object_name=name, kind='', group='', asks=asks, clicks=())

    rows = by_name([asked('x', 1), asked('y', 0), asked('z', 2)])
    # Right are 1 of 2, 0 of 2 and 2 of 2 answers: 3 of 6. Found are 1 of 1 and 2 of 2 parts.
    assert rows['lid']['precision'] == pytest.approx(50.0)
    assert rows['lid']['recall'] == pytest.approx(100.0)
    assert rows['lid']['asks'] == 2


def test_confusions_count_wrong_first_names(results):
    assert confusions([*results, results[1]]) == {('lid', 'knob'): 2, ('knob', 'lid'): 1}
    assert next(iter(confusions([*results, results[1]]))) == ('lid', 'knob')


@pytest.mark.parametrize('seed', range(10))
def test_figures_agree_with_plain_counting(seed):
    """Random asks of four objects, counted one by one in dictionaries."""
    rng = np.random.default_rng(seed)
    results = []
    answers = {'right': 0, 'all': 0, 'parts': 0}
    ious = {}
    for number in range(4):
        asks = []
        for name in ('lid', 'leg', 'knob', 'fin'):
            true, found = (int(rng.integers(0, 4)) for _ in range(2))
            right = int(rng.integers(0, min(true, found) + 1))
            iou = float(rng.random()) if true and found else 0.0
            asks.append(ask(name, true, found, iou, num_right=right))
            answers['right'] += right
            answers['all'] += found
            answers['parts'] += true
            if true:
                ious.setdefault(number, []).append(iou)
        results.append(
            ObjectNames(object_name=str(number), kind='', group='', asks=tuple(asks), clicks=())
        )
    figures = summarize(results, NamesConfig())
    assert figures['precision'] == pytest.approx(100 * answers['right'] / answers['all'])
    assert figures['recall'] == pytest.approx(100 * answers['right'] / answers['parts'])
    means = [sum(values) / len(values) for values in ious.values()]
    assert len(means) == 4  # else the mean of an object would be of nothing
    assert figures['IoU by name'] == pytest.approx(100 * sum(means) / len(means))
