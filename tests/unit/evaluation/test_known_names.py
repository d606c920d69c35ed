# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which name of the vocabulary true parts bear."""

import dataclasses

from part_seg_ros.data.procedural.families import PART_NAME_OF
from part_seg_ros.evaluation.datasets import held_out_objects
from part_seg_ros.evaluation.known_names import known_names
from part_seg_ros.names import PART_NAMES


def test_free_labels_of_meshes_are_looked_up_and_unknown_ones_left_out(squares):
    obj = squares(names=('left_handle_2', 'part_3', 'back', 'handle_and_jaw', 'lid'))
    assert known_names(obj, [0, 1, 2, 3, 4, 9], PART_NAMES) == {
        0: 'handle',
        2: 'backrest',
        4: 'lid',
    }
    assert known_names(obj, [2, 4], PART_NAMES) == {2: 'backrest', 4: 'lid'}
    assert known_names(obj, range(5), ('lid', 'wheel')) == {4: 'lid'}


def test_labels_of_families_mean_what_training_takes_them_for():
    obj = dataclasses.replace(
        held_out_objects(1).objects[0], part_names=('wire', 'battery', '', 'no label')
    )
    assert known_names(obj, range(4), PART_NAMES) == {
        0: PART_NAME_OF['wire'],
        1: PART_NAME_OF['battery'],
    }


def test_every_held_out_object_has_names():
    for obj in held_out_objects(1).objects:
        names = known_names(obj, range(len(obj.part_names)), PART_NAMES)
        assert names.keys() == {i for i, label in enumerate(obj.part_names) if label}
        assert names
