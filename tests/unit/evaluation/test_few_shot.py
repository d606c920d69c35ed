# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels from a few shapes, with features whose worth is known on paper."""

import numpy as np
import pytest

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject
from part_seg_ros.evaluation.few_shot import (
    FewShotConfig,
    LabeledShape,
    evaluate_few_shot,
    label_ious,
    mean_iou,
    rows_by_kind,
    summarize,
)
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud


class CellSystem:
    """Knows of every point how many cells from x = 0 it lies, or nothing at all."""

    name, device, weights_sha256, part_names = 'cells', 'cpu', '', ()
    capabilities = Capabilities()

    def __init__(self, *, sees=True):
        self.sees, self.encoded = sees, []

    def encode(self, shape):
        self.encoded.append(len(shape))
        cells = np.floor(shape.points[:, 0]).astype(int)
        features = np.eye(8, dtype=np.float32)[cells] * self.sees
        return Embedding(points=shape.points, point_features=features, state=None, num_bytes=0)


def segmenter(max_points=10_000, **knows):
    return Segmenter(CellSystem(**knows), SegmenterConfig(max_points=max_points))


def shape(name, cells, part_ids, *, kind='chair', names=('seat', 'leg', 'arm'), **more):
    """Points in cells along x, each with its part."""
    rng = np.random.default_rng(len(name))
    points = rng.uniform(0.1, 0.9, (len(cells), 3))
    points[:, 0] += cells
    cloud = LabeledCloud(cloud=PointCloud(points=points), part_ids=np.array(part_ids))
    return LabeledObject(name=name, kind=kind, group='', part_names=names, shape=cloud, **more)


def chair(name, seat=30, leg=20, arm=0, **more):
    cells = [0] * seat + [1] * leg + [2] * arm
    return shape(name, cells, cells, **more)


def config(head='mean', **settings):
    return FewShotConfig(view=ViewConfig(num_points=200), head=head, **settings)


def of_results(results):
    return [(r.object_name, r.draw, r.iou) for r in results]


@pytest.mark.parametrize('head', ['mlp', 'linear', 'mean'])
def test_features_that_tell_the_parts_label_them_all(head):
    chairs = Dataset(name='d', objects=[chair('a'), chair('b', 20, 40), chair('c', 10, 60)])
    results = evaluate_few_shot(segmenter(), chairs, config(head=head, draws=2))
    assert [r.iou for r in results] == [1.0] * 4
    assert {r.kind for r in results} == {'chair'}


@pytest.mark.parametrize('head', ['mlp', 'linear'])
def test_features_that_tell_nothing_give_the_commonest_label(head):
    example = [chair('example', 40, 20)]
    asked = Dataset(name='d', objects=[chair('a', 30, 20), chair('b', 10, 10, 20)])
    results = evaluate_few_shot(
        segmenter(sees=False), asked, config(head=head, draws=1), training=example
    )
    # a: all 50 points are called seat, 30 are: IoU 0.6; leg 0; arm nowhere: 1. b: 0.25, 0, 0.
    assert of_results(results) == [
        ('a', 0, pytest.approx(1.6 / 3)),
        ('b', 0, pytest.approx(0.25 / 3)),
    ]


def test_part_that_the_example_lacks_cannot_be_found():
    asked = Dataset(name='d', objects=[chair('a', 30, 20, 10)])
    results = evaluate_few_shot(segmenter(), asked, config(draws=1), training=[chair('example')])
    # The arm (10) goes to seat or leg: IoU 30 / 40 and 1, or 1 and 20 / 30.
    assert results[0].iou in (pytest.approx(1.75 / 3), pytest.approx((5 / 3) / 3))


def test_two_shots_know_the_parts_of_both():
    examples = [chair('x', 30, 20), chair('y', 30, 0, 20)]
    asked = Dataset(name='d', objects=[chair('a', 30, 20, 10)])
    results = evaluate_few_shot(segmenter(), asked, config(shots=2, draws=1), training=examples)
    assert of_results(results) == [('a', 0, 1.0)]


def test_no_shape_is_labelled_from_itself_and_each_is_encoded_once_for_all_draws():
    chairs = Dataset(name='d', objects=[chair(name) for name in 'abcd'])
    system = segmenter()
    results = evaluate_few_shot(system, chairs, config(shots=2, draws=5))
    asked = [[r.object_name for r in results if r.draw == draw] for draw in range(5)]
    assert all(len(names) == len(set(names)) == 2 for names in asked)
    assert len({tuple(names) for names in asked}) > 1
    assert len(system.system.encoded) <= 4 + 4


def test_seed_alone_decides_which_examples_are_drawn():
    chairs = Dataset(name='d', objects=[chair(name, kind='x') for name in 'abcdefgh'])

    def asked(seed):
        view = ViewConfig(num_points=200, seed=seed)
        results = evaluate_few_shot(
            segmenter(), chairs, FewShotConfig(view=view, shots=4, head='mean')
        )
        return of_results(results)

    assert asked(0) == asked(0) != asked(1)


def test_each_kind_has_its_own_labels_and_kinds_without_examples_are_left_out():
    swapped = [
        shape(f'desk {k}', [0] * 20 + [1] * 20, [1] * 20 + [0] * 20, kind='desk') for k in 'ab'
    ]
    lonely = [chair('lamp', kind='lamp')]
    data = Dataset(name='d', objects=[*swapped, *lonely, chair('a'), chair('b')])
    system = segmenter()
    results = evaluate_few_shot(system, data, config(draws=1))
    assert {r.kind: r.iou for r in results} == {'desk': 1.0, 'chair': 1.0}
    assert len(system.system.encoded) == 2 * (1 + 2)  # the lamp never
    with pytest.raises(InputError, match='d has no kind with enough shapes to learn 2 from'):
        evaluate_few_shot(segmenter(), data, config(shots=2))


def test_labels_reach_the_points_that_the_network_did_not_see():
    chairs = [chair('a', 90, 90), chair('b', 90, 90)]
    system = segmenter(max_points=40)
    results = evaluate_few_shot(system, Dataset(name='d', objects=chairs), config(draws=1))
    assert set(system.system.encoded) == {40}
    assert 0.8 < results[0].iou <= 1.0


def test_points_of_no_known_part_count_nowhere():
    cells = [0] * 20 + [1] * 20
    hidden = [-1] * 10 + [0] * 10 + [1] * 10 + [3] * 10  # part 3 has no name
    asked = [shape('a', cells, hidden), shape('none', cells, [-1] * 40)]
    results = evaluate_few_shot(
        segmenter(),
        Dataset(name='d', objects=asked),
        config(draws=1),
        training=[shape('example', cells, hidden)],
    )
    assert of_results(results) == [('a', 0, 1.0)]
    with pytest.raises(InputError, match='no label of none is known; take it out'):
        evaluate_few_shot(
            segmenter(), Dataset(name='d', objects=asked), config(), training=asked[1:]
        )


def test_ids_are_learned_only_where_they_are_meanings():
    told = [chair(name, names=(), ids_are_meanings=True) for name in 'ab']
    results = evaluate_few_shot(segmenter(), Dataset(name='d', objects=told), config(draws=1))
    assert [r.iou for r in results] == [1.0]
    untold = [chair(name, names=()) for name in 'ab']
    with pytest.raises(InputError, match=r'the parts of \w have no names'):
        evaluate_few_shot(segmenter(), Dataset(name='d', objects=untold), config())


def test_system_without_features_is_refused(ball_segmenter):
    chairs = Dataset(name='d', objects=[chair('a'), chair('b')])
    with pytest.raises(InputError, match='ball has no features of points to learn from'):
        evaluate_few_shot(ball_segmenter(1.0), chairs, config())


def test_places_on_the_shape_are_the_floor(ball_segmenter):
    """Seats lie on the left and legs on the right, at another place and size in each shape."""
    rng = np.random.default_rng(0)
    chairs = []
    for name, shift, size in (('a', 0.0, 1.0), ('b', 50.0, 9.0)):
        points = rng.uniform(-1, 1, (60, 3))
        part_ids = (points[:, 0] > 0).astype(int)
        points[:, 0] += np.sign(points[:, 0])
        cloud = LabeledCloud(cloud=PointCloud(points=size * points + shift), part_ids=part_ids)
        chairs.append(
            LabeledObject(
                name=name, kind='chair', group='', part_names=('seat', 'leg'), shape=cloud
            )
        )
    data = Dataset(name='d', objects=chairs)
    results = evaluate_few_shot(ball_segmenter(1.0), data, config(features='place'))
    assert [r.iou for r in results] == [1.0] * 3


def test_normals_tell_where_places_do_not(ball_segmenter):
    points = np.random.default_rng(0).uniform(-1, 1, (60, 3))
    part_ids = np.arange(60) % 2
    normals = np.where(part_ids[:, None] == 0, [[0, 0, 1]], [[1, 0, 0]])
    for given, lowest, highest in ((normals, 1.0, 1.0), (None, 0.0, 0.9)):
        cloud = LabeledCloud(cloud=PointCloud(points=points, normals=given), part_ids=part_ids)
        known = {'kind': 'x', 'group': '', 'part_names': ('p', 'q'), 'shape': cloud}
        data = Dataset(name='d', objects=[LabeledObject(name=name, **known) for name in 'ab'])
        results = evaluate_few_shot(ball_segmenter(1.0), data, config(features='place', draws=1))
        assert lowest <= results[0].iou <= highest


def test_progress_is_told_after_each_shape():
    done = []
    chairs = Dataset(name='d', objects=[chair(name) for name in 'abc'])
    evaluate_few_shot(segmenter(), chairs, config(draws=2), progress=lambda: done.append(1))
    assert len(done) == 3


def test_kinds_that_are_told_are_not_read():
    def refuse():
        raise AssertionError('read')

    objects = LazyObjects(dict.fromkeys('abc', refuse), {'a': 'x', 'b': 'y', 'c': 'x'})
    assert rows_by_kind(objects) == {'x': [0, 2], 'y': [1]}
    assert rows_by_kind([chair('a', kind='y'), chair('b', kind='x')]) == {'y': [0], 'x': [1]}


@pytest.mark.parametrize(
    ('predicted', 'truth', 'expected'),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], {0: 1.0, 1: 1.0}),
        ([0, 0, 0, 2], [0, 0, 1, 1], {0: 2 / 3, 1: 0.0, 2: 0.0}),
        ([5, 5, 1, 1], [-1, -1, 1, 0], {0: 0.0, 1: 0.5}),
        ([0, 1], [-1, -1], {}),
    ],
)
def test_iou_of_labels_by_hand(predicted, truth, expected):
    assert label_ious(np.array(predicted), np.array(truth)) == pytest.approx(expected)


def test_labels_that_are_nowhere_count_as_found():
    assert mean_iou({0: 0.5, 3: 0.0}, 4) == pytest.approx(2.5 / 4)
    assert mean_iou({0: 0.5, 3: 0.0}, 2) == pytest.approx(0.25)


def test_averages_by_hand():
    made = [
        ('a', 'mug', 0, 0.2),
        ('b', 'mug', 0, 0.4),
        ('c', 'pan', 0, 0.9),
        ('a', 'mug', 1, 0.6),
        ('c', 'pan', 1, 1.0),
    ]
    results = [
        LabeledShape(object_name=name, kind=kind, draw=draw, iou=iou)
        for name, kind, draw, iou in made
    ]
    # Draw 0: kinds 0.3 and 0.9, mean 0.6; shapes 0.5. Draw 1: 0.8 and 0.8.
    assert summarize(results) == pytest.approx(
        {'class mIoU': 70.0, 'instance mIoU': 65.0, 'deviation over draws': 10.0}
    )


@pytest.mark.parametrize(
    'bad', [{'shots': 0}, {'draws': 0}, {'head': 'forest'}, {'features': 'none'}]
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(ConfigError, match=next(iter(bad))):
        FewShotConfig(**bad)
