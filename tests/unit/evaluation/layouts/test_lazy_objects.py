# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects are read when they are asked for, not before."""

from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects


def test_only_what_is_asked_for_is_read():
    read = []

    def reader(name):
        return lambda: read.append(name) or name.upper()

    objects = LazyObjects({name: reader(name) for name in 'abcd'})
    assert len(objects) == 4 and list(objects.readers) == list('abcd')
    assert objects[2] == 'C' and objects[-1] == 'D'
    some = objects[1:3]
    assert read == ['c', 'd']
    assert list(some) == ['B', 'C'] and list(some.readers) == ['b', 'c']
    assert read == ['c', 'd', 'b', 'c']


def test_some_of_the_objects_keep_their_kinds():
    objects = LazyObjects({name: str for name in 'abc'}, dict(zip('abc', 'xyx', strict=True)))
    assert objects[1:].kinds == {'b': 'y', 'c': 'x'}
    assert LazyObjects({'a': str}).kinds == {}
