# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Finds the part that free wording names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from part_seg_ros.errors import InputError
from part_seg_ros.names.spelling import spelling_similarity
from part_seg_ros.names.synonyms import IRREGULAR_PLURALS, OTHER_WORDS, RELATED, SYNONYMS
from part_seg_ros.names.vocabulary import PART_NAMES

MIN_SIMILARITY = 0.8
"""From this similarity on a word is a known one misspelt: one slip in five letters."""

MIN_NAME_LETTERS = 5
"""Slips in a shorter name, or in a shorter word, are not put right: too much looks like it."""

MIN_SYNONYM_LETTERS = 7
"""The same for synonyms, of which there are more."""

MIN_HINT_SIMILARITY = 0.75
"""From this `difflib` ratio on a known word is named in the error."""

_NAME_OF = {name: name for name in PART_NAMES} | SYNONYMS
_NOT_PARTS = OTHER_WORDS | RELATED.keys()
# What stands after one of these only says which part it is.
_PREPOSITIONS = frozenset(
    """
    above at behind below beneath beside between by for from in inside near of on opposite over
    that to under underneath which with without
    """.split()
)
_CONJUNCTIONS = frozenset({'and', 'or'})
# These say which one of several, or nothing.
_FILLERS = frozenset(
    """
    all an any area both center centre each every first five four fourth front its inner left
    lower middle my one other outer pair part piece please rear region right second set some that
    the these third this those three two upper
    """.split()
)


def find_part_name(text: str) -> str:
    """Find the name of the vocabulary that a wording means.

    The last word before 'of', 'on' and the like counts, as in 'the left door handle of the car';
    plurals and synonyms are resolved. A misspelt word is put right only if all known words with
    its first letter that are at least `MIN_SIMILARITY` similar to it mean the same part.
    Side, place and number ('left', 'second', '_2') are ignored: a name stands for all parts that
    bear it.

    Args:
        text: English words in any case, or a label such as `left_handle_1`.

    Returns:
        One of `PART_NAMES`.

    Raises:
        InputError: no word, an unknown one (names near it are listed), or several parts.
    """
    names = {_name_of_phrase(phrase, text) for phrase in _phrases(text)}
    if len(names) > 1:
        raise InputError(
            f'{text!r} names several parts ({", ".join(sorted(names))}); ask for one at a time'
        )
    return names.pop()


def _phrases(text: str) -> list[list[str]]:
    """Words of each part that the text lists, without what only says which one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|['’]s\b", ' ', text)
    phrases: list[list[str]] = [[]]
    skipping = False
    for word in re.findall(r'[^\W\d_]+|[,;&+/]', spaced):
        word = word.lower()
        if word in _CONJUNCTIONS or not word.isalpha():
            skipping = False
            phrases.append([])
        elif word in _PREPOSITIONS:
            skipping = bool(phrases[-1])  # in 'one of the legs' the part comes after
        elif not skipping and word not in _FILLERS and len(word) > 1:
            phrases[-1].append(word)
    phrases = [phrase for phrase in phrases if phrase]
    if not phrases:
        raise InputError(f"{text!r} names no part; say for instance 'handle'")
    return phrases


def _name_of_phrase(words: list[str], text: str) -> str:
    """Name of the longest known phrase at the end, else of the last word put right."""
    for start in range(len(words)):
        ending = words[start:]
        for glue in ('_', ''):
            for singular in _singulars(glue.join(ending)):
                if singular in _NAME_OF:
                    return _NAME_OF[singular]
                if singular in _NOT_PARTS:
                    raise InputError(_unknown(words[-1], text))
    name = _correction(words[-1])
    if name is None:
        raise InputError(_unknown(words[-1], text))
    return name


def _singulars(word: str) -> Iterator[str]:
    """The word itself and what it may be the plural of."""
    yield word
    if word in IRREGULAR_PLURALS:
        yield IRREGULAR_PLURALS[word]
    if word.endswith('s') and not word.endswith('ss'):
        yield word[:-1]
    if word.endswith('es'):
        yield word[:-2]
    if word.endswith('ies'):
        yield word[:-3] + 'y'


def _correction(word: str) -> str | None:
    """Name that the word must be a misspelling of, None if there is none or a choice."""
    similar = [
        known
        for known in _NAME_OF
        if min(len(word), len(known)) >= MIN_NAME_LETTERS
        and known[0] == word[0]
        and any(spelling_similarity(one, known) >= MIN_SIMILARITY for one in _singulars(word))
    ]
    names = {_NAME_OF[known] for known in similar}
    if len(names) == 1 and any(
        known in PART_NAMES or len(known) >= MIN_SYNONYM_LETTERS for known in similar
    ):
        return names.pop()
    return None


def _unknown(word: str, text: str) -> str:
    """Message for a word that is in no list."""
    hints = next((list(RELATED[one]) for one in _singulars(word) if one in RELATED), [])
    if not hints:
        near = get_close_matches(word, _NAME_OF, cutoff=MIN_HINT_SIMILARITY)
        first_of_name = {_NAME_OF[one]: one for one in reversed(near)}
        hints = [
            name if one == name else f'{name} ({one})' for name, one in first_of_name.items()
        ][::-1]
    asked = repr(text) if word == text else f'{word!r} in {text!r}'
    if hints:
        return f'{asked} is no known part; known and near: {", ".join(hints)}'
    return f'{asked} is no known part, nor near one; part_seg_ros.names.PART_NAMES lists them'
