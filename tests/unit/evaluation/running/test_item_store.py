# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Finished items on disk, and runs that go on from them."""

from __future__ import annotations

import math
from functools import partial

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.running.item_store import ItemStore
from part_seg_ros.evaluation.running.items import Outcome, in_this_process
from part_seg_ros.evaluation.running.run import run_items

FINGERPRINT = {'model': 'm', 'config': {'view': {'seed': 0}, 'clicks': (1, 3)}}
NAMES = ('cup', 'a/b ü', '..', 'run')


def test_what_was_added_is_finished_in_another_process_too(tmp_path):
    store = ItemStore(tmp_path / 'items', FINGERPRINT)
    for k, name in enumerate(NAMES):
        store.add(Outcome(name=name, record={'iou': k / 7}))
    again = ItemStore(tmp_path / 'items', FINGERPRINT)
    assert len(again) == 4
    found = again.finished((*NAMES, 'other'))
    assert {name: one.record for name, one in found.items()} == {
        name: {'iou': k / 7} for k, name in enumerate(NAMES)
    }
    assert [path.name for path in tmp_path.iterdir()] == ['items']


def test_damaged_and_half_written_files_count_as_none(tmp_path):
    store = ItemStore(tmp_path, FINGERPRINT)
    for name in ('whole', 'cut', 'empty', 'foreign'):
        store.add(Outcome(name=name, record=[1.5]))
    whole = (tmp_path / 'whole.item.json').read_text()
    (tmp_path / 'cut.item.json').write_text(whole[:-5])
    (tmp_path / 'empty.item.json').write_text('')
    (tmp_path / 'foreign.item.json').write_text(whole)
    (tmp_path / 'new.item.json.123.partial').write_text(whole)
    assert list(store.finished(['whole', 'cut', 'empty', 'foreign', 'new'])) == ['whole']


def test_items_of_another_run_are_refused_and_what_differs_is_named(tmp_path):
    ItemStore(tmp_path, FINGERPRINT).add(Outcome(name='cup', record=1))
    other = {'model': 'm', 'config': {'view': {'seed': 1}, 'clicks': (1, 3)}}
    with pytest.raises(InputError, match=r'differs in config.view.seed \(0 there, 1 now\); rep'):
        ItemStore(tmp_path, other)
    assert len(ItemStore(tmp_path, FINGERPRINT)) == 1


def test_a_run_without_items_stands_in_the_way_of_none(tmp_path):
    ItemStore(tmp_path, FINGERPRINT)
    ItemStore(tmp_path, {'model': 'other'}).add(Outcome(name='cup', record=1))
    with pytest.raises(InputError, match=r'differs in model \(other there, m now\), config'):
        ItemStore(tmp_path, FINGERPRINT)


def test_items_whose_run_is_not_known_are_measured_again(tmp_path):
    ItemStore(tmp_path, FINGERPRINT).add(Outcome(name='cup', record=1))
    (tmp_path / 'run.json').write_text('{"model": ')
    assert ItemStore(tmp_path, FINGERPRINT).finished(['cup']) == {}


def test_removing_leaves_what_others_put_there(tmp_path):
    for folder, other in ((tmp_path / 'a', None), (tmp_path / 'b', 'notes.txt')):
        store = ItemStore(folder, FINGERPRINT)
        store.add(Outcome(name='cup', record=1))
        (folder / 'saw.item.json.123.partial').write_text('{"name"')
        if other:
            (folder / other).write_text('mine')
        store.remove()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*')] == [
        'b',
        'b/notes.txt',
    ]


def test_a_run_goes_on_where_it_was_and_tries_again_what_failed(tmp_path):
    store = ItemStore(tmp_path, FINGERPRINT)
    factorials = partial(partial, math.factorial)
    first = run_items({'a': 3, 'b': -1}, factorials, in_this_process, store=store)
    assert (first.records, list(first.errors)) == ({'a': 6}, ['b'])
    told = []
    items = {'b': 4, 'a': 99, 'c': 5}  # a is finished, whatever its value would give
    second = run_items(items, factorials, in_this_process, store=store, progress=told.append)
    assert list(second.records.items()) == [('b', 24), ('a', 6), ('c', 120)]
    assert second.errors == {}
    assert [one.name for one in told] == ['a', 'b', 'c']


def test_what_was_finished_stays_when_the_run_breaks_off(tmp_path):
    store = ItemStore(tmp_path, FINGERPRINT)

    def breaking(prepare, items):
        yield from in_this_process(prepare, {'a': items['a']})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_items({'a': 3, 'b': 4}, partial(partial, math.factorial), breaking, store=store)
    assert list(store.finished(['a', 'b'])) == ['a']
