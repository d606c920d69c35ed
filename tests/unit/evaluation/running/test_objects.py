# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Running a protocol over a data set."""

import pytest

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.clicks import ClicksConfig, evaluate_object
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.protocols import PROTOCOLS
from part_seg_ros.evaluation.running.objects import evaluate
from part_seg_ros.evaluation.views import ViewConfig

CLICKS = PROTOCOLS['clicks']
CONFIG = ClicksConfig(view=ViewConfig(num_points=100), clicks=(1,))


@pytest.fixture
def build(ball_segmenter):
    return lambda: ball_segmenter(0.5)


def failing(error):
    def read():
        raise error

    return read


def test_every_object_is_measured_in_order(build, squares):
    objects = (squares(name='x'), squares(name='y'))
    told = []
    measured = evaluate(
        CLICKS, build, Dataset(name='d', objects=objects), CONFIG, progress=told.append
    )
    alone = [r for obj in objects for r in evaluate_object(build(), obj, CONFIG)]
    for found, wanted in zip(measured.results, alone, strict=True):
        assert found.part == wanted.part
        assert found.trace.iou == wanted.trace.iou
        assert found.trace.clicks == wanted.trace.clicks
    assert [r.part.object_name for r in measured.results] == ['x', 'x', 'y', 'y']
    assert [(one.name, one.error) for one in told] == [('x', ''), ('y', '')]
    assert not measured.errors


def test_one_object_that_fails_is_told_and_left_out(build, squares):
    readers = {
        'bad': failing(InputError('it has no faces')),
        'good': lambda: squares(name='good'),
    }
    dataset = Dataset(name='d', objects=LazyObjects(readers, {'bad': 'plate', 'good': 'box'}))
    measured = evaluate(CLICKS, build, dataset, CONFIG)
    assert measured.errors == {'bad': 'InputError: it has no faces'}
    assert {r.part.object_name for r in measured.results} == {'good'}
    assert list(measured.dataset.objects.readers) == ['good']
    assert measured.dataset.objects[0].name == 'good'


def test_all_objects_failing_is_an_error(build):
    readers = {name: failing(ValueError(f'{name} is broken')) for name in 'ab'}
    dataset = Dataset(name='d', objects=LazyObjects(readers))
    with pytest.raises(InputError, match='none of the 2 objects of d .* a: ValueError: a is bro'):
        evaluate(CLICKS, build, dataset, CONFIG)


def test_a_missing_package_is_no_matter_of_one_object(build, squares):
    readers = {
        'good': lambda: squares(name='good'),
        'bad': failing(BackendMissingError('pip install it')),
    }
    with pytest.raises(BackendMissingError, match='pip install it'):
        evaluate(CLICKS, build, Dataset(name='d', objects=LazyObjects(readers)), CONFIG)


def test_nothing_to_measure_is_an_error(build):
    with pytest.raises(InputError, match='d has nothing to measure'):
        evaluate(CLICKS, build, Dataset(name='d', objects=()), CONFIG)
