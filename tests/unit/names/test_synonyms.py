# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

"""The tables of words agree with the vocabulary, with each other and with the training data."""

import re

import pytest

from part_seg_ros.data.procedural.families import PART_NAME_OF
from part_seg_ros.names import PART_NAMES
from part_seg_ros.names.synonyms import (
    _SYNONYMS_OF_NAME,
    IRREGULAR_PLURALS,
    OTHER_WORDS,
    RELATED,
    SYNONYMS,
)

# Labels that say something narrower in their family than the word does alone.
NARROWER = {'bun', 'dish', 'pad', 'wire'}


def test_each_synonym_stands_once_under_a_known_name() -> None:
    words = [word for listed in _SYNONYMS_OF_NAME.values() for word in listed.split()]
    assert len(words) == len(SYNONYMS) > len(PART_NAMES)
    assert _SYNONYMS_OF_NAME.keys() <= set(PART_NAMES)
    assert SYNONYMS.keys().isdisjoint(PART_NAMES)
    assert all(re.fullmatch('[a-z]+(_[a-z]+)*', word) for word in words)


def test_other_tables_hold_no_word_for_a_part() -> None:
    known = SYNONYMS.keys() | set(PART_NAMES)
    assert known.isdisjoint(OTHER_WORDS)
    assert known.isdisjoint(RELATED)
    assert known.isdisjoint(IRREGULAR_PLURALS)
    assert OTHER_WORDS.isdisjoint(RELATED)
    assert {name for names in RELATED.values() for name in names} <= set(PART_NAMES)
    assert set(IRREGULAR_PLURALS.values()) <= known


@pytest.mark.parametrize('word', sorted(SYNONYMS.keys() & PART_NAME_OF.keys() - NARROWER))
def test_a_synonym_means_the_part_that_the_training_data_calls_so(word: str) -> None:
    assert SYNONYMS[word] == PART_NAME_OF[word]


@pytest.mark.parametrize('name', PART_NAMES)
def test_a_name_that_is_a_label_too_keeps_its_meaning(name: str) -> None:
    assert PART_NAME_OF.get(name, name) == name
