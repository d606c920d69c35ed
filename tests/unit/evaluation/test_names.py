# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The protocol of names with stand-in systems whose answers are known."""

import dataclasses

import pytest

from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.names import NamesConfig, evaluate_object
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.segmenter import FindNamedSettings

CONFIG = NamesConfig(
    settings=FindNamedSettings(min_probability=0.1), view=ViewConfig(num_points=600), num_absent=2
)


def test_parts_that_are_found_and_named_score_one(naming_segmenter, squares):
    (found,) = evaluate_object(naming_segmenter(0.5), squares(names=('handle', 'lid')), CONFIG)
    asks = {ask.name: ask for ask in found.asks}
    assert list(asks)[:2] == ['handle', 'lid']
    assert len(asks) == 4
    for name in ('handle', 'lid'):
        ask = asks.pop(name)
        assert (ask.num_true, ask.num_found, ask.iou, ask.is_right) == (1, 1, 1.0, True)
        assert (ask.num_right, ask.union_iou) == (1, 1.0)
        assert (ask.any_iou, ask.iou_pred) == (1.0, 1.0)
        assert ask.probability == pytest.approx(0.9)
    assert asks.keys() < {'door', 'knob', 'wheel'}
    for ask in asks.values():
        assert (ask.num_true, ask.num_found, ask.iou, ask.is_right) == (0, 0, 0.0, False)
        assert (ask.num_right, ask.union_iou) == (0, 0.0)
        assert ask.probability == pytest.approx(0.025)
    clicks = [(c.part.part_id, c.name, c.likeliest[0], c.iou) for c in found.clicks]
    assert clicks == [(0, 'handle', 'handle', 1.0), (1, 'lid', 'lid', 1.0)]
    assert [len(c.likeliest) for c in found.clicks] == [3, 3]
    assert found.clicks[0].probability == pytest.approx(0.9)


def test_names_of_the_wrong_parts_are_not_right(naming_segmenter, squares):
    (found,) = evaluate_object(naming_segmenter(0.5), squares(names=('lid', 'handle')), CONFIG)
    for ask in found.asks[:2]:
        assert (ask.num_true, ask.num_found, ask.iou, ask.is_right) == (1, 1, 0.0, False)
        assert (ask.num_right, ask.union_iou) == (0, 0.0)  # found is just what it is not
    assert [(c.name, c.likeliest[0]) for c in found.clicks] == [
        ('lid', 'handle'),
        ('handle', 'lid'),
    ]


def test_several_parts_of_a_name_are_one_ask_and_any_of_them_counts(naming_segmenter, squares):
    (found,) = evaluate_object(naming_segmenter(0.5), squares(names=('lid', 'lid_2')), CONFIG)
    lid = found.asks[0]
    assert (lid.name, lid.num_true, lid.iou, lid.is_right) == ('lid', 2, 1.0, True)
    assert [c.name for c in found.clicks] == ['lid', 'lid']
    assert len(found.asks) == 3
    # One square is answered, exactly; both are lids.
    assert (lid.num_found, lid.num_right) == (1, 1)
    assert lid.union_iou == found.clicks[1].part.share


def test_a_part_found_several_times_is_right_once(naming_segmenter, squares):
    segmenter = naming_segmenter(0.1)  # discs on a square, each a third of it or more
    settings = FindNamedSettings(min_probability=0.1, nms_iou=0.9, max_overlap=1.0)
    config = dataclasses.replace(CONFIG, settings=settings)
    (found,) = evaluate_object(segmenter, squares(names=('handle', 'lid')), config)
    for ask in found.asks[:2]:
        assert ask.num_found == 8 and ask.iou > config.min_iou
        assert ask.num_right == ask.num_true == 1
        assert ask.union_iou == 1.0  # together they cover it


def test_an_answer_is_right_from_the_least_iou_on(naming_segmenter, squares):
    segmenter, obj = naming_segmenter(0.035), squares(names=('handle', 'lid'))
    config = dataclasses.replace(CONFIG, view=ViewConfig(num_points=1500))
    (found,) = evaluate_object(segmenter, obj, config)
    assert all(0.02 < ask.iou < 0.25 and not ask.is_right for ask in found.asks[:2])
    (found,) = evaluate_object(segmenter, obj, dataclasses.replace(config, min_iou=0.02))
    assert all(ask.is_right for ask in found.asks[:2])


def test_an_answer_that_fits_another_part_better_is_not_right(naming_segmenter, squares):
    config = dataclasses.replace(CONFIG, view=ViewConfig(num_points=601))
    obj = squares(names=('handle', 'lid'))
    (found,) = evaluate_object(naming_segmenter(9.0), obj, config)  # answers with everything
    assert all(0.25 < ask.iou < 0.75 for ask in found.asks[:2])
    smaller, larger = sorted(found.asks[:2], key=lambda ask: ask.iou)
    assert (smaller.is_right, larger.is_right) == (False, True)


def test_best_candidate_is_told_where_no_answer_reaches_the_thresholds(naming_segmenter, squares):
    segmenter = naming_segmenter(0.5, iou_pred=0.125)
    (found,) = evaluate_object(segmenter, squares(names=('handle', 'lid')), CONFIG)
    for ask in found.asks[:2]:
        assert (ask.num_found, ask.iou, ask.is_right) == (0, 0.0, False)
        assert (ask.any_iou, ask.iou_pred) == (1.0, 0.125)


def granularities(segmenter, obj, config):
    (found,) = evaluate_object(segmenter, obj, config)
    given = [prompt.granularity for prompt in segmenter.system.prompts]
    num_clicks = len(found.clicks)
    return found, given[:-num_clicks], given[-num_clicks:]


def test_granularity_is_told_of_parts_that_are_there(naming_segmenter, squares):
    config = dataclasses.replace(CONFIG, num_absent=1, true_granularity=True)
    obj = squares(names=('lid', 'lid'))
    found, asked, clicked = granularities(naming_segmenter(0.5), obj, config)
    assert clicked == [click.part.granularity for click in found.clicks]
    assert clicked[0] != clicked[1]
    absent = asked.index(None)
    assert asked[:absent] == pytest.approx([1 / 8] * absent)  # each lid is about one half
    assert absent >= FindNamedSettings().num_prompts and set(asked[absent:]) == {None}


def test_granularity_is_not_told_unless_wanted(naming_segmenter, squares):
    _, asked, clicked = granularities(naming_segmenter(0.5), squares(names=('lid', 'lid')), CONFIG)
    assert {*asked, *clicked} == {None}


def test_absent_names_depend_on_object_and_seed_and_never_are_there(naming_segmenter, squares):
    def absent(name, seed):
        view = ViewConfig(num_points=100, seed=seed)
        config = NamesConfig(view=view, num_absent=2)
        obj = squares(name=name, names=('handle', 'part', 'lid'))  # the lid has no points
        (found,) = evaluate_object(naming_segmenter(0.5), obj, config)
        return tuple(ask.name for ask in found.asks if ask.num_true == 0)

    drawn = {absent(name, seed) for name in 'xy' for seed in range(3)}
    assert len(drawn) > 2
    assert {name for names in drawn for name in names} == {'door', 'knob', 'wheel'}
    assert absent('x', 0) == absent('x', 0)


def test_objects_without_names_are_left_out(naming_segmenter, squares):
    assert evaluate_object(naming_segmenter(0.5), squares(names=('part_1', '')), CONFIG) == []


def test_systems_without_names_and_bad_settings_are_refused(ball_segmenter, squares):
    with pytest.raises(InputError, match='takes no names'):
        evaluate_object(ball_segmenter(0.5), squares(), CONFIG)
    with pytest.raises(ConfigError, match='num_absent'):
        NamesConfig(num_absent=0)
